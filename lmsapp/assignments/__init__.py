"""Training assignments and their reminders (ASG, REM-1 to REM-3).

Stands on learning. Its status is a dated rule over facts, never a stored word. Hands its letters to outreach.
"""
