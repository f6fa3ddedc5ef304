"""When the daily job looks at an assignment, what it promises then, and what a reminder says (REM-1 to REM-3).

Whose turn it is follows from `policies.rules` alone; `planning` is the one place that says when to look next.
"""
