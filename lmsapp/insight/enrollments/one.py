"""One enrollment, with everything that happened to it, newest first (ENR-7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import contains_eager

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.quizzes.models import Quiz
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.signatures.models import Signature, SigningTextVersion
from lmsapp.infra.db import db
from lmsapp.insight.enrollments.filters import Scope, within
from lmsapp.insight.person import Happened
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.expressions import status_at
from lmsapp.learning.enrollments.models import Enrollment, LessonProgress
from lmsapp.learning.quizzes.models import QuizSubmission
from lmsapp.learning.scorm.models import ScormAttempt
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.viewer import Viewer

MOST = 400  # of each kind


@dataclass(frozen=True, slots=True)
class OneEnrollment:
    """An enrollment with employee and course loaded; its status and department, and the open or latest assignment."""

    enrollment: Enrollment
    status: str
    department: str | None
    assignment: Any


def enrollment_in(viewer: Viewer, scope: Scope, enrollment_id: int, now: dt.datetime) -> OneEnrollment | None:
    """One the viewer may see. Two statements."""
    row = db.session.execute(
        select(Enrollment, status_at(now), Department.name)
        .join(Enrollment.employee)
        .join(Enrollment.course)
        .outerjoin(Department, Department.id == Employee.department_id)
        .options(contains_eager(Enrollment.employee), contains_eager(Enrollment.course))
        .where(Enrollment.id == enrollment_id, within(viewer, scope))
    ).one_or_none()
    if row is None:
        return None
    latest = (
        select(
            TrainingAssignment.id,
            TrainingAssignment.due_on,
            TrainingAssignment.due_at,
            TrainingAssignment.closed_as,
            TrainingAssignment.completed_on,
        )
        .where(TrainingAssignment.enrollment_id == enrollment_id)
        .order_by(TrainingAssignment.id.desc())
        .limit(1)
    )
    return OneEnrollment(row[0], row[1], row[2], db.session.execute(latest).one_or_none())


def what_happened(enrollment: Enrollment) -> list[Happened]:
    """Newest first, of an enrollment the viewer may see. Seven statements, however long it is; words: `web.timeline`.

    `kind`: 'lesson', 'attempt', 'package', 'signature', 'completed', 'notice', or what the trail names.
    """
    found = [
        *_lessons(enrollment),
        *_attempts(enrollment),
        *_packages(enrollment),
        *_signatures(enrollment),
        *_records(enrollment),
        *_notices(enrollment),
        *_entries(enrollment),
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _lessons(enrollment: Enrollment) -> Iterable[Happened]:
    rows = db.session.execute(
        select(
            Lesson.title,
            Lesson.kind,
            LessonProgress.opened_at,
            LessonProgress.done_at,
            LessonProgress.active_seconds,
            LessonProgress.cycle,
        )
        .join(Lesson, Lesson.id == LessonProgress.lesson_id)
        .where(LessonProgress.enrollment_id == enrollment.id)
        .limit(MOST)
    )
    for row in rows:
        detail = {"title": row.title, "kind": row.kind, "seconds": row.active_seconds, "cycle": row.cycle}
        yield Happened(row.opened_at, "lesson", "begun", "", detail)
        if row.done_at is not None:
            yield Happened(row.done_at, "lesson", "done", "", detail)


def _attempts(enrollment: Enrollment) -> Iterable[Happened]:
    rows = db.session.execute(
        select(
            Lesson.title,
            QuizSubmission.number,
            QuizSubmission.started_at,
            QuizSubmission.submitted_at,
            QuizSubmission.percent,
            QuizSubmission.passed,
            QuizSubmission.practice,
        )
        .join(Quiz, Quiz.id == QuizSubmission.quiz_id)
        .join(Lesson, Lesson.id == Quiz.lesson_id)
        .where(QuizSubmission.enrollment_id == enrollment.id)
        .limit(MOST)
    )
    for row in rows:
        detail: dict[str, Any] = {"title": row.title, "number": row.number, "practice": row.practice}
        detail |= {"passed": row.passed, "percent": str(row.percent or 0)}
        yield Happened(row.started_at, "attempt", "begun", "", detail)
        if row.submitted_at is not None:
            yield Happened(row.submitted_at, "attempt", "handed in", "", detail)


def _packages(enrollment: Enrollment) -> Iterable[Happened]:
    """Attempts at packages: begun, and the rule of the lesson met. What was said in between stands on its own page."""
    rows = db.session.execute(
        select(
            Lesson.title,
            ScormAttempt.number,
            ScormAttempt.started_at,
            ScormAttempt.done_at,
            ScormAttempt.completion,
            ScormAttempt.success,
            ScormAttempt.score,
        )
        .join(Lesson, Lesson.id == ScormAttempt.lesson_id)
        .where(ScormAttempt.enrollment_id == enrollment.id)
        .limit(MOST)
    )
    for row in rows:
        detail = {"title": row.title, "number": row.number, "score": row.score}
        detail |= {"completion": row.completion, "success": row.success}
        yield Happened(row.started_at, "package", "begun", "", detail)
        if row.done_at is not None:
            yield Happened(row.done_at, "package", "done", "", detail)


def _signatures(enrollment: Enrollment) -> Iterable[Happened]:
    signed = (
        select(LessonProgress.detail["signature"]["id"].as_integer())
        .where(LessonProgress.enrollment_id == enrollment.id, LessonProgress.detail.has_key("signature"))
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Signature.signed_at, SigningTextVersion.title, Signature.printed_name, Signature.id)
        .join(SigningTextVersion, SigningTextVersion.id == Signature.text_version_id)
        .where(Signature.id.in_(signed), Signature.employee_id == enrollment.employee_id)
        .limit(MOST)
    )
    for row in rows:
        yield Happened(row.signed_at, "signature", "signed", row.printed_name, {"title": row.title, "number": row.id})


def _records(enrollment: Enrollment) -> Iterable[Happened]:
    rows = db.session.scalars(
        select(CompletionRecord)
        .where(
            CompletionRecord.employee_id == enrollment.employee_id,
            CompletionRecord.subject_kind == "course",
            CompletionRecord.subject_id == enrollment.course_id,
        )
        .limit(MOST)
    )
    for one in rows:
        detail = {
            "score": one.score,
            "record": one.id,
            "how": one.how,
            "approved_by": one.approved_by_name,
            "supersedes": one.supersedes_id,
        }
        by_hand = one.how != "rule"
        yield Happened(
            one.recorded_at if by_hand else one.occurred_at,
            "completed",
            one.title,
            one.actor_name if by_hand else "",
            detail,
            one.reason,
        )


def _notices(enrollment: Enrollment) -> Iterable[Happened]:
    rows = db.session.execute(
        select(Notice.queued_at, Notice.sent_at, Notice.subject, Notice.status, Notice.channel)
        .where(
            Notice.employee_id == enrollment.employee_id,
            _of(Notice.about_kind, Notice.about_id, enrollment),
        )
        .limit(MOST)
    )
    for row in rows:
        detail = {"status": row.status, "channel": row.channel}
        yield Happened(row.sent_at or row.queued_at, "notice", row.subject, "", detail)


def _entries(enrollment: Enrollment) -> Iterable[Happened]:
    """What the trail has of the enrollment, its assignments and certificates; completions stand in their records."""
    rows = db.session.scalars(
        select(AuditEntry)
        .where(_of(AuditEntry.subject_kind, AuditEntry.subject_id, enrollment))
        .order_by(AuditEntry.id.desc())
        .limit(MOST)
    )
    for one in rows:
        detail = {"before": one.before or {}, **(one.after or {})}
        yield Happened(one.at, one.subject_kind, one.action, one.actor_name, detail, one.reason)


def _of(kind: Any, subject_id: Any, enrollment: Enrollment) -> ColumnElement[bool]:
    assignments = select(TrainingAssignment.id).where(TrainingAssignment.enrollment_id == enrollment.id)
    certificates = select(Certificate.id).where(Certificate.enrollment_id == enrollment.id)
    return or_(
        and_(kind == "enrollment", subject_id == enrollment.id),
        and_(kind == "assignment", subject_id.in_(assignments)),
        and_(kind == "certificate", subject_id.in_(certificates)),
    )


def lessons_of(enrollment: Enrollment) -> Any:
    """(course loaded) Titles of its live lessons by id, in one statement; for choosing a quiz to grant attempts of."""
    rows = db.session.execute(
        select(Lesson.id, Lesson.title, Lesson.kind)
        .join(Course, Course.id == Lesson.course_id)
        .where(Lesson.course_id == enrollment.course_id, Lesson.archived_at.is_(None))
        .order_by(Lesson.id)
    )
    return rows.all()
