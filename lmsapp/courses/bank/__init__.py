"""The question bank: every question an author may see, whatever quiz or pool it stands in (QIZ-1).

Looks over the questions of `courses.quizzes` and `courses.pools`, and changes many at once; owns nothing itself.
"""
