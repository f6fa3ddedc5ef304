"""Measured engagement: active time, seconds watched, pages seen, judged by the server (CRS-1, CRS-3, ENR-8).

The page of a lesson reports; here it is decided what counts. Each second of the day counts once for a learner in a
course, however many tabs say otherwise. One row a page visit is kept for staff, at most forty a lesson; nothing of it
goes on the audit trail. Stands on enrollments, whose progress it moves.
"""
