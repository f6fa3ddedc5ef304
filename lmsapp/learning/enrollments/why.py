"""'Why not complete?', and once it is: why complete (ENR-8). For the learner, and for staff who may see that person.

What is open comes from the very judgement that decides (`Standing.judgement`); what is complete, from the completion
record, as it was then.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Row, select

from lmsapp.courses.catalogue.rules import CriterionState, Judgement, Mode
from lmsapp.courses.completion.facts import CriterionKind
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.records.queries import counts
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.engagement.models import LessonVisit
from lmsapp.learning.enrollments.facts import number_taken, status_of
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.enrollments.queries import StudyView, enrollment_for, one_enrollment, study
from lmsapp.learning.enrollments.rules import EnrollmentStatus
from lmsapp.people.queries import employee_ids_visible_to
from lmsapp.people.viewer import Viewer

BY_HAND = "by hand"


@dataclass(frozen=True, slots=True)
class Kept:
    """A completion as its record has it. `by` is empty where the rule decided."""

    record_id: int
    at: dt.datetime
    rule_version: int
    content_version: int
    criteria: tuple[CriterionState, ...]
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """One enrollment explained. `kept`: the latest completion; `complete`: it is of the current time round."""

    view: StudyView
    status: EnrollmentStatus
    kept: Kept | None
    rule_version: int
    content_version: int

    @property
    def complete(self) -> bool:
        """Whether there is nothing left to do this time round."""
        return self.view.enrollment.complete

    @property
    def judgement(self) -> Judgement:
        """What to show: as it was when it was completed, else as it is."""
        mode = self.view.judgement.mode
        if not self.complete or self.kept is None or not self.kept.criteria:
            return self.view.judgement
        if any(not one.met and not one.group for one in self.kept.criteria):
            mode = Mode.ANY
        return Judgement(True, mode, self.kept.criteria)


def why_own(viewer: Viewer, course_id: int) -> Why | None:
    """The viewer's own enrollment in that course, explained."""
    enrollment = enrollment_for(viewer, course_id)
    return explain(enrollment) if enrollment else None


def why_not_complete(viewer: Viewer, enrollment_id: int) -> Why | None:
    """Any enrollment of somebody the viewer may see, withdrawn ones too."""
    enrollment = one_enrollment(
        Enrollment.id == enrollment_id, Enrollment.employee_id.in_(employee_ids_visible_to(viewer)), withdrawn=True
    )
    return explain(enrollment) if enrollment else None


def explain(enrollment: Enrollment) -> Why:
    """Everything that is to be said of an enrollment at hand (course and employee loaded). Two statements."""
    view = study(enrollment)
    return Why(
        view=view,
        status=status_of(enrollment, clock.today(enrollment.employee.time_zone)),
        kept=_kept(enrollment) if enrollment.completed_at else None,
        rule_version=view.standing.rule.version,
        content_version=number_taken(enrollment),
    )


def visits_of(
    enrollment: Enrollment,
) -> list[Row[tuple[int, int, dt.datetime, dt.datetime, int, int, int, float, int, int]]]:
    """What was measured, visit by visit, newest first, of the current time round.

    Columns: lesson_id, number, opened_at, last_at, beats, claimed, credited, gained, visits, earlier.
    """
    return list(
        db.session.execute(
            select(
                LessonVisit.lesson_id,
                LessonVisit.number,
                LessonVisit.opened_at,
                LessonVisit.last_at,
                LessonVisit.beats,
                LessonVisit.claimed,
                LessonVisit.credited,
                LessonVisit.gained,
                LessonVisit.visits,
                LessonVisit.earlier,
            )
            .where(LessonVisit.enrollment_id == enrollment.id, LessonVisit.cycle == enrollment.cycle)
            .order_by(LessonVisit.opened_at.desc(), LessonVisit.lesson_id, LessonVisit.number)
            .limit(200)
        )
    )


def _kept(enrollment: Enrollment) -> Kept | None:
    record = db.session.scalar(
        select(CompletionRecord)
        .where(
            CompletionRecord.employee_id == enrollment.employee_id,
            CompletionRecord.subject_kind == "course",
            CompletionRecord.subject_id == enrollment.course_id,
            counts(),
        )
        .order_by(CompletionRecord.occurred_at.desc(), CompletionRecord.id.desc())
        .limit(1)
    )
    if record is None:
        return None
    return Kept(
        record.id,
        record.occurred_at,
        record.rule_version,
        record.content_version,
        tuple(CriterionState.from_json(one) for one in record.criteria if one.get("kind") in set(CriterionKind)),
        record.actor_name if record.how == BY_HAND else "",
        record.reason,
    )
