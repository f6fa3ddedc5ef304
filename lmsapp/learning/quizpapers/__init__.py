"""PDFs about attempts (QIZ-6): the report of one, all attempts of one enrollment, the analysis of a quiz's questions.

A report of one attempt is promised when its result stands, and another, dated anew, with each regrade; the other two
are asked for. Each shows what was so when it was promised: a later change makes a new PDF and leaves the old one.
"""
