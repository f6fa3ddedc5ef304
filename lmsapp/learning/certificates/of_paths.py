"""The credential of a learning path as a whole, in the transaction that completes it (CRT-5)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.certificates.actions import Subject, issue, standing_of
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.certificates.plans import Issuing, plan_of
from lmsapp.learning.paths.events import PathCompleted
from lmsapp.learning.paths.facts import facts_of, in_force
from lmsapp.learning.paths.models import PathEnrollment
from lmsapp.learning.paths.rules import valid_until
from lmsapp.people.calendar.rules import add_months


def certify_path(event: PathCompleted) -> None:
    """Where the path issues certificates, which it does unless it says otherwise."""
    if plan_of(path_id=event.enrollment.path_id).issuing is Issuing.COMPLETION:
        issue_for_path(event.enrollment, event.record)


def issue_for_path(row: PathEnrollment, record: CompletionRecord) -> Certificate:
    """The certificate of a path's completion record; asked again, the one that is there. Path is loaded.

    It lists the courses it covers with their days, and lasts as long as they do, or as many months as the path says.
    """
    known = standing_of(record.id)
    if known is not None:
        return known
    plan = plan_of(path_id=row.path_id)
    courses = [one for one in record.criteria if one.get("met")]
    subject = Subject(
        columns={"path_enrollment_id": row.id, "path_id": row.path_id},
        plan=plan,
        valid_until=_until(row, record, plan.validity_months),
        printed={
            "minutes": sum(filter(None, (_minutes(one["course_id"]) for one in courses))),
            "courses": [{name: one[name] for name in ("title", "completed_on", "valid_until")} for one in courses],
        },
    )
    return issue(record, subject)


def _until(row: PathEnrollment, record: CompletionRecord, months: int | None) -> dt.date | None:
    if months is not None:
        return add_months(record.occurred_at.astimezone(clock.zone(record.time_zone)).date(), months)
    asked = in_force(row.path)
    facts: dict[int, Any] = facts_of([row.employee_id], asked.course_ids).get(row.employee_id, {})
    return valid_until(asked, facts)


def _minutes(course_id: int) -> int:
    course = db.session.get(Course, course_id)
    return course.minutes if course else 0
