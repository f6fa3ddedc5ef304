"""What every area stands on: database, clock, queue, events, mail, PDF, files, words.

Requirement ids: OPS, SEC. Stands on libraries only. Never knows a training word: no course, no
employee, no certificate.
"""
