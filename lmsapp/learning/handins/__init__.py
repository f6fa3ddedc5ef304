"""Hand-ins: what learners give in an assignment lesson, and how it is graded (CRS-1, CRS-3, QIZ-5).

Stands on enrollments and the tasks of courses. A hand-in and a grading are rows that are only added to; where a hand-in
stands follows from its gradings by `rules.state_of`. What is being written is a draft, kept as it is typed. Passing
finishes the lesson and judges the completion rule in the grader's own request.
"""
