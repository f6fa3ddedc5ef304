"""Open answers of quiz attempts, graded by hand (QIZ-5): points, feedback, rework, all answers to one question.

Stands on attempts and their gradings; who may grade what is `grading.scope`, as for hand-ins. Passed or not follows
from the points, so nobody decides it; what it does to the enrollment happens in the same transaction.
"""
