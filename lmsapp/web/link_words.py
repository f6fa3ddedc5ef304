"""Single-use links in words, for HR and the administration. Never the link itself: nobody has it but its reader."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as __

from lmsapp.infra import clock
from lmsapp.learning.links.rules import Ended, State, state_of
from lmsapp.web.dates import moment

CHANNELS: dict[str, Any] = {"sms": __("by text message"), "email": __("by e-mail")}
ENDED: dict[str, Any] = {
    Ended.REPLACED: __("replaced by a newer one"),
    Ended.OTHER_OPENED: __("another one was opened"),
    Ended.COMPLETED: __("the training was completed"),
    Ended.CLOSED: __("the training was closed"),
    Ended.LEFT: __("the person left"),
    Ended.ADDRESS: __("number or address changed"),
    Ended.BY_HAND: __("revoked by hand"),
    Ended.SWITCHED_OFF: __("such links were switched off"),
    Ended.ACCOUNT: __("signed out everywhere, or the account closed"),
}
LOOKS: dict[State, tuple[str, Any]] = {
    State.WAITING: ("waiting", __("Not opened")),
    State.OPENED: ("running", __("Opened")),
    State.EXPIRED: ("skipped", __("Expired")),
    State.REVOKED: ("skipped", __("Revoked")),
}


def shown(row: Any) -> dict[str, Any]:
    """A row of `learning.links.queries` for a list."""
    state = state_of(row.opened_at, row.revoked_at, row.expires_at, clock.now())
    look, label = LOOKS[state]
    sent = _(
        "Sent %(how)s to %(where)s, %(when)s", how=CHANNELS[row.channel], where=row.sent_to, when=moment(row.made_at)
    )
    meta = [sent]
    if row.opened_at:
        meta.append(_("opened %(when)s", when=moment(row.opened_at)))
    if state is State.REVOKED:
        meta.append(str(ENDED.get(row.revoked_as, row.revoked_as)))
    elif state is State.WAITING:
        meta.append(_("until %(when)s", when=moment(row.expires_at)))
    return {
        "id": row.id,
        "employee_id": row.employee_id,
        "name": row.name,
        "title": row.title,
        "meta": meta,
        "look": look,
        "label": label,
        "alive": state in (State.WAITING, State.OPENED) and clock.now() < row.expires_at,
    }
