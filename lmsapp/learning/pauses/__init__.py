"""Pausing a course for leave, sickness or a conflict at work (ENR-10).

A pause is a row with two dates and a reason. While it lasts reminders rest; what it means for due dates is decided by
the assignments, which hear of it. When it ends, the learner is welcomed back, once.
"""
