"""What became of a message, with when and why, as a person says it (REM-7).

`row` has the columns of `insight.messages.listing`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from lmsapp.web.admin import words
from lmsapp.web.dates import moment
from lmsapp.web.notice_words import NOTICE_STATUSES


def became(row: Any) -> str:
    """Sent when, carried by which digest, not sent why, or that nobody knows."""
    return FATES.get(row.status, _unknown)(row)


def steps(row: Any) -> list[tuple[str, Any]]:
    """Facts of one message as (label, value), for whoever has to prove it; empty values are for leaving out."""
    tries = ngettext("%(num)s try", "%(num)s tries", row.tries) if row.tries > 1 else ""
    about = row.course or (words.word(words.KINDS, row.about_kind) if row.about_kind else "")
    return [
        (_("To"), _together(row.to_name, row.address)),
        (_("Channel"), words.word(words.CHANNELS, row.channel)),
        (_("Kind"), words.word(words.TEMPLATES, row.template)),
        (_("About"), about),
        (_("Why"), words.why(row.reason)),
        (_("Written"), moment(row.queued_at)),
        (_("What became of it"), _together(became(row), tries)),
        (_("Number of the message"), row.message_id),
        (_("Number of the provider"), row.provider_id),
    ]


def _sent(row: Any) -> str:
    if row.channel != "in_app":
        return _("Sent %(when)s", when=moment(row.sent_at))
    shown = _("Shown in the product %(when)s", when=moment(row.sent_at))
    return _("%(shown)s, read %(when)s", shown=shown, when=moment(row.read_at)) if row.read_at else shown


def _gathered(row: Any) -> str:
    return _("Waits for the next digest to %(name)s", name=row.to_name)


def _carried(row: Any) -> str:
    if row.digest_status == "sent":
        return _("Carried in the digest to %(name)s of %(when)s", name=row.digest_to, when=moment(row.digest_sent_at))
    if row.digest_status in ("queued", "sending"):
        when = moment(row.digest_next_try_at)
        return _("Goes out in the digest to %(name)s, %(when)s at the earliest", name=row.digest_to, when=when)
    _look, label = NOTICE_STATUSES.get(row.digest_status or "", ("", _("Unknown")))
    return _("In the digest to %(name)s: %(state)s", name=row.digest_to or row.to_name, state=label)


def _queued(row: Any) -> str:
    when, why = moment(row.next_try_at), _error(row)
    if why:
        return _("Waits until %(when)s: %(why)s", when=when, why=why)
    return _("Waits to be sent, %(when)s at the earliest", when=when)


def _sending(_row: Any) -> str:
    return _("Is being sent now")


def _failed(row: Any) -> str:
    return _("Could not be sent: %(why)s", why=why) if (why := _error(row)) else _("Could not be sent")


def _suppressed(row: Any) -> str:
    why = _error(row) or (words.word(words.SUPPRESSED, row.suppressed_as) if row.suppressed_as else "")
    return _("Not sent: %(why)s", why=why) if why else _("Not sent")


def _unknown(row: Any) -> str:
    return f"{_('Nobody knows whether it arrived.')} {_error(row)}".strip()


def _error(row: Any) -> str:
    return words.said(row.error) if row.error else ""


def _together(*parts: str | None) -> str:
    return " · ".join(part for part in parts if part)


FATES: dict[str, Callable[[Any], str]] = {
    "sent": _sent,
    "gathered": _gathered,
    "carried": _carried,
    "queued": _queued,
    "sending": _sending,
    "failed": _failed,
    "suppressed": _suppressed,
    "unknown": _unknown,
}
