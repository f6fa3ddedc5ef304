"""Where everybody stands in the ledger, a short text per person, so that a matrix of 10,000 by 30 is counted at once.

Kept beside the facts and never instead of them: each text says until which day it holds, and any change of a duty, a
decision or a type leaves a row in `compliance_touched`, written by triggers in the same transaction as the change,
whichever path made it. Who has no text that holds is worked out from the facts (HRD-7). Measured in
docs/performance.md: 200 ms to join and count 300,000 rows, 2 ms to read 10,000 texts.
"""
