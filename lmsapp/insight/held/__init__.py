"""Everything held about one person, as a zip file for that person (ORG-8; GDPR articles 15 and 20).

`parts.py` says what a part is; `person.py`, `learning.py`, `papers.py` and `signed.py` read them, each for the
viewer alone and never by another id; `bundle.py` writes the file. A new area adds its part to `PARTS` there. Reads all,
writes nothing.
"""
