"""People: accounts, roles, employees and their reporting line, the roster from the HR system (ORG-1 to ORG-8).

Stands on infra alone. `viewer.py` is who is asking: every query above takes one. Knows no course.
"""
