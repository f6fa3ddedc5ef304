"""Letters about the completion ledger: an alarm to whoever runs the system, the checkpoint of the day to auditors."""

from __future__ import annotations

from typing import Any

from lmsapp.evidence.ledger.events import CheckpointMade, LedgerTroubled
from lmsapp.outreach.notices.actions import notice_row, write_letters
from lmsapp.outreach.notices.recipient import recipient_for
from lmsapp.people.accounts.queries import holders_of
from lmsapp.people.roles import Role
from lmsapp.people.settings.queries import setting

PAGE = "/admin/checkpoints"


def tell_of_trouble(event: LedgerTroubled) -> None:
    """Once for each trouble, by letter and in the product."""
    values = {"kind": event.kind, "why": event.words, "values": event.facts}
    key = f"ledger/trouble/{event.trouble_id}"
    about = ("ledger_trouble", event.trouble_id)
    write_letters(_rows(Role.SYSTEM_MANAGER, ("email", "in_app"), "ledger_trouble", key, values, about))


def send_checkpoint(event: CheckpointMade) -> None:
    """So that a copy lies where nobody here can change it; the same checkpoint only once."""
    if setting("ledger_to_auditors"):
        values = {"note": event.note, "size": event.size}
        key = f"ledger/checkpoint/{event.epoch}/{event.size}"
        write_letters(_rows(Role.AUDITOR, ("email",), "ledger_checkpoint", key, values, None))


def _rows(
    role: Role,
    channels: tuple[str, ...],
    template: str,
    key: str,
    values: dict[str, Any],
    about: tuple[str, int] | None,
) -> list[dict[str, Any]]:
    return [
        notice_row(
            key=f"{key}/{user.id}/{channel}",
            channel=channel,
            template=template,
            to=recipient_for(user),
            values=values,
            link=PAGE,
            about=about,
        )
        for user in holders_of(role)
        for channel in channels
    ]
