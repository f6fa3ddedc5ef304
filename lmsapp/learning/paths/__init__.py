"""Who is on which learning path, how far, and what is still locked for them (CRS-4).

A path is taken by taking its courses: being on it means being enrolled in each of them, and what is locked stands on
those enrollments (`learning.enrollments.door`). Everything follows in the transaction that causes it: `settling` is
the one place that says what a path means for somebody, and may be asked as often as one likes.

Three rules, each tested. A completion counts while it is valid. A course that was begun or completed is never locked
again, nor is anything by a path that is completed. A course that takes no new learners is not asked of somebody who is
not enrolled in it.
"""
