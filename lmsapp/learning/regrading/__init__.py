"""Regrading (QIZ-4): a question had a wrong key, and what was scored by it is scored anew, with a reason.

What was asked never changes: a correction lives in the new entry of `quiz_grading`. `rules.py` says what a correction
does and who changes by it, for the preview and for the worker alike. A regrade of many attempts is a row that the
worker goes through once, each attempt once. Stands on attempts and their gradings; tells enrollments through
`quizzes.outcome`, the one place where a result acts.
"""
