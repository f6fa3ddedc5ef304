"""What each person's assignments are at the moment, a letter for each: so a line of 10,000 people is counted at once.

Whatever is not completed has a letter, one row in ten, and what is completed while its due date is near or its
certificate ends soon; everything else is tallied (`assignments.tallies`). Kept beside the facts and never instead of
them: each text says from when until when it holds, and triggers leave a mark in the same transaction with any change
of what it says, whichever path made it. Who has no text that holds is worked out from the facts in the same reading,
so that counts are those of the facts at every instant (DSH-1). Figures: docs/performance.md, docs/scaling.md.
"""
