"""What a published course says, and whether it may be published (CRS-2, CRS-3, EVD-1).

Stands on the models and queries of catalogue and quizzes; their actions call `content_changed` after every change. A
published course is complete at every moment: a change that would break it is refused, with the reason. Versions are
added, never changed.
"""
