"""Dashboards and reports (DSH-1, DSH-3, DSH-4, REP-1). Reads every area below, writes nothing.

`team.py` is the table of a manager's own line, `numbers.py` its tiles and charts, `completion.py` the completion
report, `person.py` one person, `sheets.py` writes rows as CSV, `reports/` is the family of reports with their files and
schedules. Figures are counted when asked for, by the dated rules: no figure is kept, so none is stale.
"""
