"""Go/no-go checklists (REP-3): a group of people, a set of things they must hold, and a day.

`rules.readiness` says of one person and one thing where it stands on that day, `expressions` says the same in SQL, and
`answers` counts it: what is shown is worked out when asked, so nothing is stale. What is kept is the checklist itself,
whom somebody cleared without the training (never touching the record of training), and PDFs asked for.
"""
