"""Acting on assignments that somebody chose: remind, move the due date, tell the next level (DSH-2).

A few are done in the request; many are lines of a row that the worker works through, each judged by itself, with how
far it is and what came of each. Stands on reminding, escalation and due dates; does nothing that one assignment alone
could not have done to it.
"""
