"""What completes a course (CRS-3): measurable criteria in words the learner sees, combined with all and any (ENR-8).

`facts` says what can be known, `kinds` holds one small module for each kind of criterion, `rules` combines and judges.
All of it is pure: the same facts give the same judgement on the screen, in a job and in an export. Two properties hold
for every kind, and are tested: more facts never undo a completion, and without any fact nothing is ever completed.

A new kind is a line in `CriterionKind`, a module in `kinds`, and its words and form fields in `web.criteria` and
`web.studio.rule_fields`; whatever it needs to know is a field of `LessonFact` or `Facts`.
"""
