"""Evidence: completion records, the audit trail, sealed files (EVD-1, EVD-3, EVD-7).

Stands on people. Low on the ladder because every area testifies; it does not know what a course is: a subject is
named by a kind, a number and the words that held at the time. Records are added, never changed (the database refuses).
"""
