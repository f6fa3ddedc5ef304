"""Reports as one family (REP-1 to REP-5): what there is, who may ask, and its rows as one statement.

Read-only. A report is asked for by the parameters of its address (`Terms`), so that a page, a sheet, a schedule and a
file that the worker makes ask the same question in the same words.
"""
