"""Verifications of the completion ledger: asked for or daily, done by the worker, kept, and what they found (EVD-2).

`evidence.ledger.verification` looks; here is who asked, how far it is, what came of it, and who answered for a finding.
A finding is found again by every verification until it is mended; it is told once, and stays after it was acknowledged.
"""
