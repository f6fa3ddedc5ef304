"""Employees, departments and the reporting line (ORG-3).

Stands on accounts. The reporting line is stored closed (every manager above, with the depth), so that
'my line' is one indexed lookup at any size.
"""
