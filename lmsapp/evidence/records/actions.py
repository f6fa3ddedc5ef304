"""Writing completion records: added, never changed (EVD-1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Completed:
    """What was completed, in which version, by which rule. `subject` is (kind, id); `score` a percentage."""

    subject: tuple[str, int]
    title: str
    content_version: int
    content_sha256: str
    rule_version: int
    criteria: Sequence[dict[str, Any]]
    score: Decimal | None = None
    attempt: int | None = None


def record_completion(
    employee: Employee, department: str, completed: Completed, *, at: dt.datetime, by: Viewer | None, reason: str = ""
) -> CompletionRecord:
    """Add the record of what `employee` completed `at` an instant (UTC). `by` None: by the rule itself."""
    record = CompletionRecord(
        employee_id=employee.id,
        employee_number=employee.number,
        employee_name=employee.name,
        job_role=employee.job_role,
        department=department,
        subject_kind=completed.subject[0],
        subject_id=completed.subject[1],
        title=completed.title,
        content_version=completed.content_version,
        content_sha256=completed.content_sha256,
        rule_version=completed.rule_version,
        criteria=list(completed.criteria),
        score=completed.score,
        attempt=completed.attempt,
        occurred_at=at,
        local_time=at.astimezone(clock.zone(employee.time_zone)).isoformat(timespec="seconds"),
        time_zone=employee.time_zone,
        actor_id=by.user_id if by else employee.user_id,
        actor_name=by.name if by else employee.name,
        how="by hand" if by else "rule",
        reason=reason,
    )
    db.session.add(record)
    db.session.flush()
    return record
