"""A test message by one channel, at once, and what came of it in words (REM-4)."""

from __future__ import annotations

import uuid

from flask import current_app
from flask_babel import force_locale, gettext

from lmsapp.infra import mail
from lmsapp.infra.outcomes import NotNow, Refused, Uncertain
from lmsapp.outreach.channels.carriers import CARRIERS, Parcel
from lmsapp.outreach.channels.rules import Way


def send_test(way: Way, address: str, name: str, language: str, member: str = "") -> str | None:
    """Send it; None: it was taken. Else what went wrong, for staff."""
    with force_locale(language):
        subject = gettext("Test message from %(organisation)s", organisation=current_app.config["ORGANISATION"])
        text = gettext("This is a test: messages about training can reach you this way. There is nothing to do.")
    body = {"sms": f"{subject}. {text}", "slack": f"*{subject}*\n{text}"}.get(way.kind, text)
    parcel = Parcel(
        key=_key(way),
        to_name=name,
        address=address,
        subject=subject,
        text=body,
        language=language,
        member=member,
    )
    try:
        with CARRIERS[way.kind](way, parcel) as hand_over:
            hand_over()
    except (Refused, NotNow, Uncertain) as problem:
        return str(problem)
    return None


def _key(way: Way) -> str:
    """Each test is a message of its own."""
    new = str(uuid.uuid4())
    return mail.message_id_for(f"test/{new}", current_app.config["MAIL_FROM"]) if way.kind == "email" else new
