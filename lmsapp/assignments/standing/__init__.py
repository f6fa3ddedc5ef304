"""Standing training: what an audience has to take, from when, by which due date (CRS-5, ASG-5).

A training rule leads from an audience to a course or a learning path. `facts` says how each person stands to it,
`rules.judge` what follows, and preview, worker and the few at once all ask these two, so that what was shown is what
happens. Nothing passes in silence: who cannot be assigned stands among the exceptions, with the reason, until it is
settled. `applying` hands out and withdraws courses, `on_paths` does so with paths.
"""
