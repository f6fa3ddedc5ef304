"""Telling people that they are asked to sign, and reminding them: once each, and never after signing (ORG-7, REM-3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Date, cast, func, select
from sqlalchemy.orm import contains_eager

from lmsapp.compliance.policies import rules
from lmsapp.evidence.signatures.models import SignatureRequest, SigningText
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.outreach.notices.actions import notice_row, write_letters
from lmsapp.outreach.notices.recipient import recipient_of
from lmsapp.people.employees.models import Employee

BATCH = 500
ASKED = "signature_requested"
REMINDER = "signature_reminder"


def tell_asked() -> int:
    """Tell the next people a round has asked; how many. Call again while it answers more than 0."""
    untold = _load(SignatureRequest.told_at.is_(None), order=SignatureRequest.id)
    rows = []
    for one in untold:
        today = clock.today(one.employee.time_zone)
        one.told_at, one.next_reminder_on = clock.now(), rules.next_reminder(one.due_on, today)
        rows += [_row(one, ASKED, channel, f"signature/{one.id}/asked/{channel}", {"why": "asked to sign"})
                 for channel in ("in_app", "email")]  # fmt: skip
    write_letters(rows)
    db.session.flush()
    return len(untold)


def remind_to_sign() -> int:
    """Write the reminders whose day has begun where their readers are; how many requests were looked at."""
    tomorrow = clock.now().date() + dt.timedelta(days=1)  # somewhere it may be; the index needs a constant
    there = cast(func.timezone(Employee.time_zone, clock.now()) - clock.NIGHT, Date)
    day = SignatureRequest.next_reminder_on
    due = _load(day <= tomorrow, day <= there, order=day)
    rows = []
    for one in due:
        today = clock.today(one.employee.time_zone)
        before = rules.reminder_due(one.due_on, today) if one.due_on else None
        if before is not None:
            key = f"signature/{one.id}/reminder/{one.due_on}/{before}/email"
            rows.append(_row(one, REMINDER, "email", key, {"policy": "before due", "days_before": before}))
        one.next_reminder_on = rules.next_reminder(one.due_on, today)
    write_letters(rows)
    db.session.flush()
    return len(due)


def still_to_sign(request_id: int) -> bool:
    """Asked again just before a letter is handed over."""
    row = db.session.execute(
        select(SignatureRequest.signature_id, SignatureRequest.withdrawn_at).where(SignatureRequest.id == request_id)
    ).one_or_none()
    return row is not None and row.signature_id is None and row.withdrawn_at is None


def _load(*conditions: Any, order: Any) -> Sequence[SignatureRequest]:
    return db.session.scalars(
        select(SignatureRequest)
        .join(SignatureRequest.employee)
        .join(SignatureRequest.text)
        .options(contains_eager(SignatureRequest.employee), contains_eager(SignatureRequest.text))
        .where(
            SignatureRequest.signature_id.is_(None),
            SignatureRequest.withdrawn_at.is_(None),
            SignatureRequest.source_kind == rules.SOURCE,
            *conditions,
        )
        .order_by(order)
        .limit(BATCH)
        .with_for_update(of=SignatureRequest, skip_locked=True)
    ).all()


def _row(one: SignatureRequest, template: str, channel: str, key: str, reason: dict[str, Any]) -> dict[str, Any]:
    text: SigningText = one.text
    left = (one.due_on - clock.today(one.employee.time_zone)).days if one.due_on else None
    return notice_row(
        key=key,
        channel=channel,
        template=template,
        to=recipient_of(one.employee),
        values={"title": text.title, "due_on": one.due_on, "days_left": left},
        link=f"/account/to-sign/{one.text_id}",
        about=("signature_request", one.id),
        reason=reason,
    )
