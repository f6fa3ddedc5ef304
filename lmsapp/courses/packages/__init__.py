"""SCORM packages: what came as a ZIP, what its manifest says, its files by content (SCO-1).

A package never changes: importing again makes another one, and learners in an older version keep theirs. Nothing of a
ZIP is trusted: no name in it becomes a path on disk, no byte of it is run on our side. Stands on the catalogue, whose
lesson of kind 'scorm' names the package; what learners do in it is `learning.scorm`.
"""
