"""Rounds: asking many people at once to sign a policy by a date, with letters and reminders (ORG-7)."""
