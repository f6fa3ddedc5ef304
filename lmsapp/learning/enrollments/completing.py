"""What follows when a completion rule is met: the record, with what it took (CRS-3, EVD-1)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from lmsapp.courses.catalogue.rules import CriterionKind, Judgement, LessonKind
from lmsapp.courses.packages.rules import DoneWhen
from lmsapp.courses.packages.terms import terms_of
from lmsapp.courses.publishing.reading import Version
from lmsapp.evidence.records.actions import Completed, record_completion
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.learning.enrollments.events import CourseCompleted
from lmsapp.learning.enrollments.facts import Standing, version_taken
from lmsapp.learning.enrollments.models import Enrollment, LessonProgress
from lmsapp.learning.links.evidence import by_links
from lmsapp.people.employees.models import Department
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class ByHand:
    """A completion that a person sets or takes back: who, why, who approved, and the digest of what was shown."""

    by: Viewer
    reason: str
    approved_by: Viewer | None = None
    proof_sha256: str = ""

    def as_criterion(self) -> dict[str, Any]:
        """For the record, beside what the rule asked and how far it was met."""
        kept: dict[str, Any] = {"kind": "by hand", "met": True, "by": self.by.name}
        if self.approved_by is not None:
            kept["approved by"] = self.approved_by.name
        return kept | ({"proof sha256": self.proof_sha256} if self.proof_sha256 else {})


def complete_enrollment(
    enrollment: Enrollment, standing: Standing, judgement: Judgement, hand: ByHand | None = None
) -> CompletionRecord:
    """The rule is met, or a person says so: the record, and news of it, in the transaction that caused it."""
    now = clock.now()
    enrollment.completed_at = now
    enrollment.completed_by_hand = hand is not None
    enrollment.failed_at = enrollment.renewal_started_at = None
    employee = enrollment.employee
    department = db.session.scalar(select(Department.name).where(Department.id == employee.department_id))
    version = version_taken(enrollment)
    record = record_completion(
        employee,
        department or "",
        Completed(
            subject=("course", enrollment.course_id),
            title=enrollment.course.title,
            content_version=version.number,
            content_sha256=version.sha256,
            rule_version=standing.rule.version,
            criteria=_criteria(enrollment, judgement, hand),
            score=_score(standing, version),
            attempt=_attempt(enrollment),
        ),
        at=now,
        by=hand.by if hand else None,
        reason=hand.reason if hand else "",
        approved_by=hand.approved_by if hand else None,
    )
    emit(CourseCompleted(enrollment, record))
    return record


def _criteria(enrollment: Enrollment, judgement: Judgement, hand: ByHand | None) -> list[dict[str, Any]]:
    """Each criterion with its value, who graded work, by which single-use links the learner came, and the decision by
    hand where there was one."""
    said = [
        state.as_json() | (_graded(enrollment) if state.kind is CriterionKind.ASSIGNMENT_PASSED else {})
        for state in judgement.criteria
    ]
    said += by_links(enrollment)
    return [*said, hand.as_criterion()] if hand else said


def _graded(enrollment: Enrollment) -> dict[str, Any]:
    """Who graded the work that was handed in, and when: the record says so (QIZ-5)."""
    graded = LessonProgress.detail["graded"]
    here = (LessonProgress.enrollment_id == enrollment.id, LessonProgress.cycle == enrollment.cycle)
    rows = db.session.scalars(select(graded).where(*here, graded.is_not(None)).order_by(LessonProgress.lesson_id))
    return {"graded": list(rows)}


def _score(standing: Standing, version: Version) -> Decimal | None:
    """The lowest of the best scores that count: what the record can promise of every quiz, and of every package that
    was asked for a score. Where nothing was, what the packages reported is still worth keeping."""
    reported = {key: one.percent for key, one in standing.done.items() if one.percent is not None}
    packages = {key for key in reported if key in version.lessons and version.lessons[key].kind == LessonKind.SCORM}
    asked = {key for key in packages if _is_asked(key, standing, version)}
    counted = [got for key, got in reported.items() if key not in packages or key in asked]
    scores = counted or list(reported.values())
    return Decimal(str(min(scores))) if scores else None


def _is_asked(lesson_id: int, standing: Standing, version: Version) -> bool:
    """Whether the lesson's terms or the rule ask this package to be passed or for a score."""
    if terms_of(version.lessons[lesson_id]).done_when is not DoneWhen.COMPLETED:
        return True
    scored = (one for one in standing.rule.criteria if one.kind is CriterionKind.PACKAGE_SCORE)
    return any(one.lesson_id in (None, lesson_id) for one in scored)


def _attempt(enrollment: Enrollment) -> int | None:
    numbers = db.session.scalars(
        select(LessonProgress.detail["attempt"].astext).where(
            LessonProgress.enrollment_id == enrollment.id,
            LessonProgress.cycle == enrollment.cycle,
            LessonProgress.detail["attempt"].astext.is_not(None),
        )
    ).all()
    return max((int(number) for number in numbers if number), default=None)
