"""The question bank: every question an author may see, whatever quiz or pool it stands in (QIZ-1).

Looks over the questions and pools of `courses.quizzes`, and changes many at once; owns nothing itself. What an attempt
draws is decided when it begins, by `learning.quizzes`.
"""
