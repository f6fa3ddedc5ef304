"""What a new version of a course means for those who take it (CRS-2, CRS-3).

Whoever began stays in the version they began; whoever completed has completed. Publishing may ask for more: that
learners go on in the new version, or that everybody who completed takes it again by a date. Both are work for the
worker.
"""
