"""Reports asked for as PDF: drawn by the worker, signed, kept, byte-identical ever after (EVD-7, REP-1).

A row says who asked for what and when; the sealed file of `evidence.seals` holds the PDF. Only who asked gets it,
and only while they may still see such a report. Everything else in `insight` writes nothing.
"""
