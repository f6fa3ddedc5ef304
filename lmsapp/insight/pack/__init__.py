"""Evidence packs: what an auditor takes away and can check without trusting us (EVD-4).

A row is what somebody asked for; the worker writes the zip file, says how far it is, and lets go of it after some days.
`population` says who and what is in it, `ledger` reads events and proofs, `tables` and `papers` the rest, `archive`
writes zip files of which every byte follows from their contents, `writing` puts it together. `static/verify_pack.py`
lies in each pack: one file, which imports nothing of ours and is not of this house. The format: docs/evidence-pack.md.
Line managers get none: a pack holds the trail and HR's decisions, which their grant does not reach.
"""
