"""What a published course says, and whether it may be published (CRS-2, CRS-3, EVD-1).

Stands on the models and queries of catalogue and quizzes; their actions call `content_changed` after every change.
The rows of chapters, lessons and questions are the author's draft. Publishing keeps what they say as a version, and
learners read versions (`reading.py`): nobody is thrown back in the middle of a course, and a record names what was
taken. Versions are added, never changed, and a version is complete: an unfinished draft is not published.
"""
