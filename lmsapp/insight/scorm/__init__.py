"""What content reported, over all learners of a lesson: the list, its sheets, how questions were answered (SCO-5).

Read-only. Stands on `learning.scorm`, whose rules say what an attempt comes to, and on the courses the viewer writes.
"""
