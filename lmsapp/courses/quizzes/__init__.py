"""What a quiz asks and how it scores (QIZ-1, QIZ-2). Who answered what is `learning.quizzes`.

A question is never edited in place once it was asked: a change makes a new version of it.
"""
