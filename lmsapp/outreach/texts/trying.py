"""'Send test to me': what a message would look like where it arrives, through the real outbox (REM-8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.outreach.channels.models import Channel
from lmsapp.outreach.contact.queries import allows_sms
from lmsapp.outreach.notices.actions import notice_row, write_letters
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.recipient import Recipient
from lmsapp.outreach.notices.wording import LONGEST_SUBJECT, draft_letter
from lmsapp.outreach.texts.kinds import Kind
from lmsapp.outreach.texts.rules import TESTS_AN_HOUR, Words, checked
from lmsapp.people.employees.models import Employee
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

TEMPLATE = "test"  # no folder: a test arrives in words, and nobody asks whether it is still wanted
PREFIX = "Test: "


def reaches_oneself(viewer: Viewer) -> dict[str, str]:
    """By channel: where a test would arrive. A channel without an address of the viewer's is left out."""
    found = {"email": viewer.email} if viewer.email else {}
    mobile = db.session.scalar(select(Employee.mobile).where(Employee.id == viewer.employee_id))
    if mobile and allows_sms(viewer.employee_id):
        found["sms"] = mobile
    name = db.session.scalar(
        select(Channel.name).where(Channel.kind == "slack", Channel.enabled).order_by(Channel.id).limit(1)
    )
    return found | ({"slack": name} if name else {}) | {"in_app": viewer.name}


def send_test(
    kind: Kind, channel: str, drafts: Mapping[str, Words], values: Mapping[str, Any], *, to: Viewer
) -> list[str]:
    """One test for each language of `drafts`, by one channel; what became of them, as addresses or names.

    Raises RuleBroken for words that may not be saved, for a channel that does not reach the viewer, and for too many
    within an hour; NotAllowed.
    """
    if not to.may(May.MODERATE):
        raise NotAllowed(N_("Only moderators change message texts."))
    reached = reaches_oneself(to)
    if channel not in reached:
        raise RuleBroken(N_("There is no address of yours for this channel, so no test can arrive."))
    _check_few(to, len(drafts))
    rows = []
    for language, words in drafts.items():
        fields = {"subject_field": f"{language}_subject", "field": f"{language}_body"}
        rows.append(
            _row(kind, channel, language, checked(kind, channel, words, **fields), values, to, reached[channel])
        )
    write_letters(rows)
    return [reached[channel]] * len(rows)


def _row(
    kind: Kind, channel: str, language: str, words: Words, values: Mapping[str, Any], to: Viewer, address: str
) -> dict[str, Any]:
    letter = draft_letter(kind, words, language, {**values, "employee_id": to.employee_id}, channel)
    reader = Recipient(to.name, to.email, to.user_id, to.employee_id, language, to.zone)
    row = notice_row(
        key=f"test/{to.user_id}/{clock.now().isoformat()}/{language}/{channel}",
        channel=channel,
        template=kind.template,
        to=reader if channel != "sms" else replace(reader, address=address),
        values=values,
        link=values.get("link"),
        reason={"why": "test", "message": kind.template},
    )
    short = channel in ("sms", "slack")
    return row | {
        "template": TEMPLATE,
        "address": None if channel == "slack" else row["address"],
        "subject": f"{PREFIX}{letter.subject}"[:LONGEST_SUBJECT],
        "body_text": f"{PREFIX}{letter.text}" if short else letter.text,
        "body_html": letter.html,
        "mandatory": True,  # asked for just now: no cap holds it back
    }


def _check_few(to: Viewer, more: int) -> None:
    since = clock.now() - dt.timedelta(hours=1)
    sent = select(func.count()).where(
        Notice.user_id == to.user_id, Notice.template == TEMPLATE, Notice.queued_at > since
    )
    if (db.session.scalar(sent) or 0) + more > TESTS_AN_HOUR:
        raise RuleBroken(N_("You have sent many tests within an hour. Wait a little; the preview shows the same."))
