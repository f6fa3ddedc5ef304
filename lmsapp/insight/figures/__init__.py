"""What the statistics and the completion report count, kept per person, so that no page reads two million rows.

Rows of bytes: a person's days and best scores, a byte per course; per kind of course the counts of the months that the
statistics show; and what the completion report says of each enrollment, with its counts (DSH-3, REP-1). Never instead
of the facts: each says from when until when it holds, and any change of what it was counted from leaves a row in
`figures_touched`, written by triggers in the same transaction, whichever path made it.
Whose figures do not hold is counted from the facts, by the very statements that a past day is asked with. A sweep makes
them anew; a look at night compares them with the facts, mends and says so. Measured in docs/performance.md.
"""
