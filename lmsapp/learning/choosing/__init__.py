"""Choosing a course: the catalogue with its filters, what fits somebody and why, what they do not want (CRS-8, ENR-4).

Stands on the search of `courses.finding`, on enrollments and ratings. Suggestions count colleagues and never name them.
"""
