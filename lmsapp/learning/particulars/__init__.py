"""What a rule asks of a training record beyond the completion itself: who trained and why they were fit to, who
evaluated and when, and when training by another employer was found adequate (REP-2, 29 CFR 1910.1030(h)(2),
1910.178(l)(6), 1926.503(b)).

Rows are added and never changed: of each course, session or completion the newest one holds.
"""
