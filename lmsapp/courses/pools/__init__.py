"""Pools: stocks of questions from which quizzes draw (QIZ-1, QIZ-2). A pool belongs to one course, or to all.

Stands on the questions of `courses.quizzes`. What an attempt draws is decided when it begins, by `learning.quizzes`.
"""
