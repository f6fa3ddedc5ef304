"""How long completing a course counts (CRS-6): the policy of a course, and the dates that follow from it.

Pure, and the only place where such a date is worked out: the preview on the settings page, the certification periods
of `learning.validity`, certificates and the proof in `bench/proofs/validity.py` all ask `rules.dates_of`.
"""
