"""What stands beside an enrollment in the completion report: the latest assignment, certificate and record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    any_,
    case,
    cast,
    false,
    func,
    literal,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import distinct_on

from lmsapp.assignments.expressions import is_open, is_status
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.rules import AssignmentStatus
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.records.queries import all_that_count
from lmsapp.insight.completion_dates import EXEMPT, stands
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.models import Enrollment


@dataclass(frozen=True, slots=True)
class Of:
    """Of these courses, enrollments and people alone; () and None are all. Very many enrollments are said by what
    selects their ids."""

    courses: Sequence[int] = ()
    enrollments: Sequence[int] | Select[int] | None = None
    people: Sequence[int] | None = None

    def among(self, course: Any, enrollment: Any, employee: Any) -> list[ColumnElement[bool]]:
        """Of columns that say whose a row is."""
        wanted: list[ColumnElement[bool]] = []
        if self.courses:
            wanted.append(course.in_(self.courses))
        if self.enrollments is not None:
            wanted.append(enrollment.in_(self.enrollments))
        if self.people is not None:
            wanted.append(employee == any_(cast(literal(list(self.people), ARRAY(Integer)), ARRAY(Integer))))
        return wanted


def latest_assignments(now: dt.datetime, of: Of) -> Subquery:
    """One that was cancelled counts as none. `exempt`: it need not be done, and nothing is due; null without any."""
    one = TrainingAssignment
    exempt = func.coalesce(one.closed_as == EXEMPT, false())
    return (
        select(
            one.enrollment_id,
            one.assigned_at,
            case((~exempt, one.due_on)).label("due_on"),
            exempt.label("exempt"),
            case((exempt, one.closed_at)).label("exempt_at"),
            is_status(AssignmentStatus.OVERDUE, now).label("overdue"),
            case((and_(is_open(), one.due_at > now), one.due_at)).label("falls_due_at"),
        )
        .ext(distinct_on(one.enrollment_id))
        .where(
            stands(one),
            *of.among(one.course_id, one.enrollment_id, one.employee_id),
        )
        .order_by(one.enrollment_id, one.id.desc())
        .subquery()
    )


def latest_certificates(of: Of) -> Subquery:
    """Of those that stand."""
    one = Certificate
    return (
        select(one.enrollment_id, one.number)
        .ext(distinct_on(one.enrollment_id))
        .where(one.revoked_at.is_(None), one.replaced_at.is_(None))
        .where(*of.among(one.course_id, one.enrollment_id, one.employee_id))
        .order_by(one.enrollment_id, one.id.desc())
        .subquery()
    )


def latest_records(of: Of) -> Subquery:
    """Of those that count, for each person and course."""
    one = CompletionRecord
    whose = Of(of.courses, people=of.people).among(one.subject_id, None, one.employee_id)
    if isinstance(of.enrollments, Select):
        pairs = of.enrollments.with_only_columns(Enrollment.employee_id, Enrollment.course_id)
        whose.append(tuple_(one.employee_id, one.subject_id).in_(pairs))
    elif of.enrollments is not None:
        whose.append(one.employee_id.in_(select(Enrollment.employee_id).where(Enrollment.id.in_(of.enrollments))))
    return (
        select(one.employee_id, one.subject_id.label("course_id"), one.id, one.score, one.how)
        # Course by course, as an index has them with all that is asked here.
        .ext(distinct_on(one.subject_id, one.employee_id))
        .where(one.subject_kind == "course", all_that_count(), *whose)
        .order_by(one.subject_id, one.employee_id, one.id.desc())
        .subquery()
    )
