"""Outreach: the post office. Notices, channels, the outbox (REM-3, REM-4, REM-7).

Stands on people. It knows whom to write to and how, never why: the writer gives the reason in words and keys.
"""
