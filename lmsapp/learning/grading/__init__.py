"""Grading of hand-ins (QIZ-5): the queue, claims, decisions, and telling the learner.

Who grades what: moderators everything; authors what is handed in in the courses they wrote; evaluators the courses they
are named for, courses that name nobody, and the people who report to them. Nobody, in no role, finds their own work.
"""
