"""Telling others that training is late or stands still (REM-6): whom, by the reporting line and around its holes.

E-mail and notices in the product are gathered into one digest a day a reader; Slack and text messages go at once. What
they say is asked when they are sent, so that nobody is told of training completed meanwhile.
"""
