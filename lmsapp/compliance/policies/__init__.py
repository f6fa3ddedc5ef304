"""Rounds: asking many people at once to sign a policy by a date, with letters and reminders (ORG-7).

Stands on the signatures of evidence, which know nothing of rounds, and on the notices of outreach. A round's requests
are its list; joiners and movers are added by reactions to what happens to people.
"""
