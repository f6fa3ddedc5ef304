"""Retention: how long each kind of record is kept, and how it goes (EVD-6).

`policies`: for how long, from which day, by which law; the longest wins. `holds`: what may not go whatever a policy
says. `reviews`: what became due, looked at by a person, then disposed of by the worker. `erasures`: somebody asked to
be forgotten. `retrieval`: once a year, whether what is kept can be read. Stands on the ledger and the trail; knows no
course: kinds are told from above (`kinds.Kind`). What may go is decided by the database itself: views, one door, and
guards on the tables (`migrations/retention`); nothing here can go around them.
"""
