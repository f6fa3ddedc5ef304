"""The completion ledger: what is on record cannot be changed, removed or slipped in unseen (EVD-2).

Beside a row of evidence stands an event: exactly the bytes that are hashed, made of the row's columns. Events are added
without a lock, in the transaction of the row; one sequencer gives them their places in a Merkle tree (RFC 6962) and
signs its root. `sources` says which rows testify, `rules` what an event is made of, `actions` adds events.
Not to be confused with the compliance ledger of HR (`lmsapp.compliance.ledger`), whose decisions testify here.
"""
