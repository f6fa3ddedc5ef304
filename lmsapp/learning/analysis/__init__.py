"""Question analysis (QIZ-6): how hard a question is, whether it tells apart, and what its options are worth.

Pure figures in `rules.py`, each with its source; `queries.py` reads what was answered. Stands on attempts whose result
stands. Never writes.
"""
