"""The status rule as SQL, as words or a letter each, beside the rule it must equal (a test compares them over dates).

Letters stand where a whole person is one short text, position by position: see `compliance.standing`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, case, cast, func, or_, text, true

from lmsapp.compliance.ledger.models import ComplianceType, EmployeeCompliance
from lmsapp.compliance.ledger.rules import ComplianceStatus
from lmsapp.people.employees.models import Employee

LETTERS: dict[str, ComplianceStatus] = {
    "X": ComplianceStatus.EXPIRED,
    "R": ComplianceStatus.RENEWAL_REQUIRED,
    "E": ComplianceStatus.EXPIRING,
    "N": ComplianceStatus.REQUIRED,
    "C": ComplianceStatus.COMPLETE,
    "W": ComplianceStatus.WAIVED,
}
LETTER_OF = {status: letter for letter, status in LETTERS.items()}
NOT_ASKED = "."
NEVER = "9999-12-31"  # as a date: nothing changes by itself any more


def letter(decision: Any, renewal_on: Any, notice_days: Any, today: Any, asked: Any) -> ColumnElement[str]:
    """`rules.status` of a decision as its letter; no decision is Required where it is `asked`, else NOT_ASKED."""
    return _status(decision, renewal_on, notice_days, today, asked, LETTER_OF)


def status_at(now: dt.datetime) -> ColumnElement[str]:
    """The word, over `Employee`, `ComplianceType` and an outer join of the present decision; Required without one."""
    held = EmployeeCompliance
    words = {status: status.value for status in ComplianceStatus}
    return _status(held.decision, held.renewal_on, ComplianceType.notice_days, local_day(now), true(), words)


def local_day(now: dt.datetime) -> ColumnElement[dt.date]:
    """The date where the employee is."""
    return cast(func.timezone(Employee.time_zone, now), Date)


def _status(
    decision: Any, renewal_on: Any, notice_days: Any, today: Any, asked: Any, say: Mapping[ComplianceStatus, str]
) -> ColumnElement[str]:
    complete = case(
        (renewal_on.is_(None), say[ComplianceStatus.COMPLETE]),
        (today > renewal_on, say[ComplianceStatus.EXPIRED]),
        (today < renewal_on - notice_days, say[ComplianceStatus.COMPLETE]),
        (today >= _month_before(renewal_on), say[ComplianceStatus.RENEWAL_REQUIRED]),
        else_=say[ComplianceStatus.EXPIRING],
    )
    over = and_(renewal_on.is_not(None), today > renewal_on)
    waived = case((over, say[ComplianceStatus.REQUIRED]), else_=say[ComplianceStatus.WAIVED])
    return case(
        (decision == "complete", complete),
        (decision == "waived", waived),
        (or_(decision == "required", asked), say[ComplianceStatus.REQUIRED]),
        else_=NOT_ASKED,
    )


def changes_on(decision: Any, renewal_on: Any, notice_days: Any, today: Any) -> ColumnElement[Any]:
    """The first day after `today` on which the letter may be another one; null: no such day."""
    days = (
        case((decision == "complete", renewal_on - notice_days)),
        case((decision == "complete", _month_before(renewal_on))),
        case((decision.in_(("complete", "waived")), renewal_on + 1)),
    )
    return func.least(*(case((day > today, day)) for day in days))


def _month_before(day: Any) -> ColumnElement[Any]:
    """As `add_months(day, -1)`: the same day of the month before, or its last."""
    return cast(day - text("interval '1 month'"), Date)
