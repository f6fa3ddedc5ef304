"""What a report of a past day has to say beside its rows: since when the past is known, and what was recorded later.

A report as of a day shows what was recorded by its end where the organisation is (EVD-5). A record entered later about
an earlier day is not in it; here such records are counted and listed. Rows of the past are found by `infra.past`.
"""
