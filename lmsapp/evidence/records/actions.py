"""Writing completion records: added, never changed (EVD-1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lmsapp.evidence.ledger.actions import attest_new
from lmsapp.evidence.ledger.sources import COMPLETIONS
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra import clock
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer

HUNDREDTH = Decimal("0.01")  # as the column keeps it: the ledger is told what is stored


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
    employee: Employee,
    department: str,
    completed: Completed,
    *,
    at: dt.datetime,
    by: Viewer | None,
    reason: str = "",
    approved_by: Viewer | None = None,
) -> CompletionRecord:
    """Add the record of what `employee` completed `at` an instant (UTC). `by` None: by the rule itself; else set by
    hand, for a reason, and `approved_by` a second person where one was asked (ENR-9)."""
    values = {
        "employee_id": employee.id,
        "employee_number": employee.number,
        "employee_name": employee.name,
        "job_role": employee.job_role,
        "department": department,
        "subject_kind": completed.subject[0],
        "subject_id": completed.subject[1],
        "title": completed.title,
        "content_version": completed.content_version,
        "content_sha256": completed.content_sha256,
        "rule_version": completed.rule_version,
        "criteria": list(completed.criteria),
        "score": completed.score and completed.score.quantize(HUNDREDTH, ROUND_HALF_UP),
        "attempt": completed.attempt,
        "occurred_at": at,
        "local_time": at.astimezone(clock.zone(employee.time_zone)).isoformat(timespec="seconds"),
        "time_zone": employee.time_zone,
        "recorded_at": clock.now(),
        "actor_id": by.user_id if by else employee.user_id,
        "actor_name": by.name if by else employee.name,
        "how": "by hand" if by else "rule",
        "reason": reason,
        "approved_by_id": approved_by.user_id if approved_by else None,
        "approved_by_name": approved_by.name if approved_by else None,
        "supersedes_id": None,
    }
    record: CompletionRecord = attest_new(COMPLETIONS, values, "completed")
    return record


def take_back_record(
    record: CompletionRecord, *, by: Viewer, reason: str, approved_by: Viewer | None = None
) -> CompletionRecord:
    """A new record that supersedes one set by hand: it says that the earlier one counts no more (ENR-9)."""
    same = (
        "employee_id", "employee_number", "employee_name", "job_role", "department", "subject_kind", "subject_id",
        "title", "content_version", "content_sha256", "rule_version", "time_zone",
    )  # fmt: skip
    at = clock.now()
    values = {name: getattr(record, name) for name in same} | {
        "criteria": [],
        "score": None,
        "attempt": None,
        "occurred_at": at,
        "local_time": at.astimezone(clock.zone(record.time_zone)).isoformat(timespec="seconds"),
        "recorded_at": at,
        "actor_id": by.user_id,
        "actor_name": by.name,
        "how": "taken back",
        "reason": reason,
        "approved_by_id": approved_by.user_id if approved_by else None,
        "approved_by_name": approved_by.name if approved_by else None,
        "supersedes_id": record.id,
    }
    later: CompletionRecord = attest_new(COMPLETIONS, values, "taken back")
    return later
