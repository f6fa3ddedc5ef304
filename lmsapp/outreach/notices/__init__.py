"""Notices: one row per message and channel, unique by what it stands for, kept for good (REM-7)."""
