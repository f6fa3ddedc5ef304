"""Tables that only grow, sealed stretch by stretch into the completion ledger: the audit trail first of all (EVD-3).

A row of evidence has an event of its own; the trail has too many rows for that. So once an hour, and before each
verification, one `TableSeal` says of all new rows what they are: a mark each (number and SHA-256 of the row), of which
the ledger holds the SHA-256. A changed row no longer fits its mark, a removed one leaves a mark behind, one slipped in
has none. `rules` says which columns, `actions` seals; verification is part of `evidence.ledger.checking`.
"""
