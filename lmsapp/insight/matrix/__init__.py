"""The compliance matrix: people by type (HRD-7). Read-only.

Everything asks one board (`board.py`): one line per person with the letters of all types, from the kept texts or, for a
past day, worked out. Filters and facets are conditions over it; the numbers of the column heads are letters counted in
one long text. The instant is an argument everywhere (`compliance.ledger.moments`).
"""
