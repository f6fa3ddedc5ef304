"""Reminder policies: when whom is told of training, and by which channel (REM-2, REM-6).

One list of steps holds reminders to the learner and escalations to those above; `rules` says which of them fall on
which day, and the daily job, the previews and the calendar of what will be sent all ask it.
"""
