"""What an assignment lesson asks: what may be handed in, how often, and the rubric it is graded by (CRS-1, QIZ-5).

'Assignment' is the kind of lesson; what a learner gives is a hand-in (`learning.handins`). The settings lie in
`Lesson.detail["task"]`, and so in every content version; who grades a course is a row each, and acts at once.
"""
