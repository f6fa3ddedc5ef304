"""Sealed files: PDF evidence made once by the worker, signed, byte-identical ever after (EVD-7).

A row is the promise of a PDF, unique by what it stands for. The row knows its kind and the id of what it shows,
not how to draw it: `lmsapp/jobs.py` names the drawing function for each kind.
"""
