"""Rows as they were: any statement can be asked of a past instant, and finds what was recorded by then (EVD-5).

The database itself keeps, in the same transaction, what a row said before it was changed or deleted, whichever way it
was changed: a trigger on each table of `tables.KEPT` writes to `past.<table>_was`. The schema `past` has a view with
the name and the columns of each of those tables. Inside `reading.as_of(instant)` the database looks there first, so
the very statements of today's reports, with the same rules, answer for that day; nothing is told twice.

History is kept to the quarter of an hour: every day of every time zone ends on one, so a row changed forty times in an
afternoon is kept once. What has not changed since is not copied at all.
"""
