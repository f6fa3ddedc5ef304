"""Attendance: a session of a course that was held, and who was there (CRS-3 'attendance').

Staff record it for many at once; what was recorded wrongly is corrected by an entry with a reason. The completion rule
counts the sessions somebody attended and is judged in the same transaction.
"""
