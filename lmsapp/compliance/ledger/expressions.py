"""The status rule as SQL, one letter each, beside the rule it must equal (a test compares both over dice and dates).

Letters stand where a whole person is one short text, position by position: see `compliance.standing`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Date, and_, case, cast, func, or_, text

from lmsapp.compliance.ledger.rules import ComplianceStatus

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
    complete = case(
        (renewal_on.is_(None), "C"),
        (today > renewal_on, "X"),
        (today < renewal_on - notice_days, "C"),
        (today >= _month_before(renewal_on), "R"),
        else_="E",
    )
    waived = case((and_(renewal_on.is_not(None), today > renewal_on), "N"), else_="W")
    return case(
        (decision == "complete", complete),
        (decision == "waived", waived),
        (or_(decision == "required", asked), "N"),
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
