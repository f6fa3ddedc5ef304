"""Every number that has rows: what it is called, and whom and what it counted, by the conditions that counted it."""

from __future__ import annotations

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.infra.words import N_
from lmsapp.insight.statistics import facts
from lmsapp.insight.statistics.compliance import has_mandatory, hired_by, is_behind
from lmsapp.insight.statistics.row_kinds import (
    Listed,
    assignment_rows,
    at_this_lesson,
    behind_then,
    best_score_of,
    certificate_rows,
    days_seen_of,
    ended_as,
    enrollment_rows,
    people_rows,
    period_rows,
    reminded_rows,
    still_at_this_lesson,
    took_days,
)
from lmsapp.learning.enrollments.models import Enrollment

DUE, DONE = N_("due on"), N_("completed on")
ENROLLED, DAYS, SCORE = N_("enrolled on"), N_("days"), N_("score")
LATE = N_("overdue trainings")
DATES = (DUE, DONE, "")
TOOK = (ENROLLED, DONE, DAYS)
REMINDED = (N_("last reminded on"), DONE, N_("reminders"))
completed_on = TrainingAssignment.completed_on

WHAT: dict[str, Listed] = {
    "people": Listed(
        N_("People with mandatory training"), ("", "", LATE), people_rows(lambda a, _of: has_mandatory(a))
    ),
    "people-without": Listed(
        N_("People without mandatory training"), ("", "", ""), people_rows(lambda a, _of: ~has_mandatory(a))
    ),
    "people-behind": Listed(
        N_("People with mandatory training overdue"),
        ("", "", LATE),
        people_rows(lambda a, _of: has_mandatory(a), lambda a, _of: is_behind(a)),
    ),
    "people-kept": Listed(
        N_("People with nothing mandatory overdue"),
        ("", "", ""),
        people_rows(lambda a, _of: has_mandatory(a), lambda a, _of: ~is_behind(a)),
    ),
    "people-then": Listed(
        N_("People with mandatory training, hired by then"),
        ("", "", LATE),
        people_rows(lambda a, _of: has_mandatory(a), lambda a, of: hired_by(of.until or a.today)),
    ),
    "people-behind-then": Listed(
        N_("People who had mandatory training overdue then"),
        ("", "", LATE),
        people_rows(lambda a, _of: has_mandatory(a), lambda a, of: hired_by(of.until or a.today), behind_then),
    ),
    "due": Listed(N_("Mandatory training that fell due"), DATES, assignment_rows()),
    "due-kept": Listed(N_("Mandatory training completed in time"), DATES, assignment_rows(facts.in_time())),
    "due-late": Listed(N_("Mandatory training completed late"), DATES, assignment_rows(facts.late())),
    "due-overdue": Listed(N_("Mandatory training overdue"), DATES, assignment_rows(completed_on.is_(None))),
    "done": Listed(
        N_("Completed"),
        DATES,
        assignment_rows(completed_on.is_not(None), dated=completed_on, due=False, mandatory=False),
    ),
    "done-kept": Listed(
        N_("Completed on time"), DATES, assignment_rows(facts.in_time(), dated=completed_on, due=False, mandatory=False)
    ),
    "done-late": Listed(
        N_("Completed late"), DATES, assignment_rows(facts.late(), dated=completed_on, due=False, mandatory=False)
    ),
    "scored": Listed(N_("Assessed"), (ENROLLED, DONE, SCORE), enrollment_rows(*facts.has_score(), value=best_score_of)),
    "took": Listed(
        N_("Completed, and how long it took"), TOOK, enrollment_rows(facts.completed_by_learning(), value=took_days)
    ),
    "enrolled": Listed(
        N_("Ever enrolled"), TOOK, enrollment_rows(value=days_seen_of, who_left=True, more=ended_as(""))
    ),
    "end-completed": Listed(
        N_("Completed"), TOOK, enrollment_rows(value=days_seen_of, who_left=True, more=ended_as("completed"))
    ),
    "end-still": Listed(
        N_("Not completed, and seen no further"),
        TOOK,
        enrollment_rows(value=days_seen_of, who_left=True, more=ended_as("still")),
    ),
    "end-learning": Listed(
        N_("Still learning"), TOOK, enrollment_rows(value=days_seen_of, who_left=True, more=ended_as("learning"))
    ),
    "end-withdrawn": Listed(
        N_("Withdrawn"), TOOK, enrollment_rows(value=days_seen_of, who_left=True, more=ended_as("withdrawn"))
    ),
    "end-exempt": Listed(
        N_("Exempted"), TOOK, enrollment_rows(value=days_seen_of, who_left=True, more=ended_as("exempt"))
    ),
    "end-left": Listed(
        N_("Left before completing"), TOOK, enrollment_rows(value=days_seen_of, who_left=True, more=ended_as("left"))
    ),
    "at-lesson": Listed(N_("Reached this lesson last"), TOOK, enrollment_rows(value=days_seen_of, more=at_this_lesson)),
    "still-at-lesson": Listed(
        N_("Stand still at this lesson"), TOOK, enrollment_rows(value=days_seen_of, more=still_at_this_lesson)
    ),
    "asked": Listed(
        N_("Enrolled, and asked to complete"), TOOK, enrollment_rows(*facts.asked_to_complete(), value=days_seen_of)
    ),
    "completed": Listed(
        N_("Enrolled, and completed"),
        TOOK,
        enrollment_rows(*facts.asked_to_complete(), Enrollment.completed_at.is_not(None), value=days_seen_of),
    ),
    "issued": Listed(N_("Certificates issued"), (N_("issued on"), N_("valid until"), ""), certificate_rows),
    "ending": Listed(N_("Certifications that end"), (N_("certified on"), N_("valid until"), ""), period_rows),
    "reminded": Listed(N_("Reminded"), REMINDED, reminded_rows(was=True)),
    "reminded-3": Listed(N_("Completed within 3 days after a reminder"), REMINDED, reminded_rows(was=True, within=3)),
    "reminded-7": Listed(N_("Completed within 7 days after a reminder"), REMINDED, reminded_rows(was=True, within=7)),
    "reminded-14": Listed(
        N_("Completed within 14 days after a reminder"), REMINDED, reminded_rows(was=True, within=14)
    ),
    "reminded-kept": Listed(N_("Reminded, and completed in time"), REMINDED, reminded_rows(was=True, kept=True)),
    "alone": Listed(N_("Fell due without a reminder"), DATES, reminded_rows(was=False)),
    "alone-kept": Listed(N_("Completed in time without a reminder"), DATES, reminded_rows(was=False, kept=True)),
}
