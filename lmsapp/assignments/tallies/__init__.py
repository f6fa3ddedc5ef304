"""How much everybody has completed, kept beside the assignments, so that nine rows in ten are never read to be counted.

One row per person: how many, and a byte for each course. A trigger on training_assignment notes each completion that
comes or goes, in the same transaction, as a row of its own that is only added: no two changes wait for each other
because of it. Counts are tally plus notes; a sweep makes the tally anew from the assignments of whoever has notes, in
one statement, so that a reader sees both or neither (DSH-1). Figures: docs/performance.md, docs/scaling.md.
"""
