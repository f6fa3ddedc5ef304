"""Questions from other houses and back: CSV, Moodle GIFT, Moodle XML, QTI 2.x (QIZ-1).

`formats` is pure: bytes -> drafts of questions, and drafts -> bytes. Beside it stand the files somebody sent, what was
found in them and what came of it. Stands on quizzes. A file is trusted in nothing; what a format or this product cannot
say is told in words, question by question, never dropped in silence.
"""
