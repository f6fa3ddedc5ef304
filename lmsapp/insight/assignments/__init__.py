"""Training assignments as a list: who has to take what, earliest due first, as page and as sheet (ASG-1, ASG-7).

Read-only. Moderators see everybody's, managers those of their own line (`line=True`). One set of conditions stands
behind the page, its counts, the sheet and what is done to 'all that match', so they cannot disagree.
"""
