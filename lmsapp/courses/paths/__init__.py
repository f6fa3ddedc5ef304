"""Learning paths: which courses, in which order, and what opens when (CRS-4).

Rows of items and gates are the author's draft. Learners are held to the newest `PathVersion`, which never changes; a
draft reaches them by being published, after a preview of whose progress or locks it changes. Knows nobody who takes a
path; that is `learning.paths`.
"""
