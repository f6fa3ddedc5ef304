"""Figures over time and between groups (DSH-3, DSH-4): what is counted, and the rows behind each number.

`rules.py` and `survival.py` say what counts, pure and dated; `facts.py` is their SQL twin. Each subject has a file of
its own; `segments.py` breaks any figure down by group; `rows.py` lists whom and what a number counted, by the same
conditions, so that a number and its rows cannot differ. Read-only; whose figures it is, `asking.Asking` says.
"""
