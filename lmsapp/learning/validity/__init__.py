"""Certification periods and renewal (CRS-6, ENR-3): a row for each completion, and what it means today.

Stands on enrollments and certificates' neighbour; the dates come from `courses.validity`. A period is a fact: its dates
are never changed and the row is never deleted (a trigger refuses both). What may happen to it later is set once, beside
the facts: revoked, replaced by another row with a reason, or a turn that was told. Marks rather than further rows,
because each can happen only once and every list asks for them; a correction of dates is another row, because the old
dates were told to somebody and stay. `is_current` points at the row that counts now, and is no fact.

What the dates mean is compared when it is asked (`enrollments.rules.status`), so that every page is right without the
daily job; the job only tells people, and assigns the renewal.
"""
