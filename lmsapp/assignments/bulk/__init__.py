"""Enrolling and assigning from a file (ENR-6): read and tried in the worker, applied when somebody says so.

Imitates `people.roster`: the row is the promise, the worker claims it with a lease, the sweep rings again. Stands on
its reader of tables. A line that names a due date assigns, one without enrolls; the same file again changes nothing.
"""
