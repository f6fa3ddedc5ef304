"""Letters about the completion ledger: an alarm to whoever runs the system, the checkpoint of the day to auditors."""

from __future__ import annotations

from lmsapp.evidence.ledger.events import CheckpointMade, LedgerTroubled
from lmsapp.outreach.notices.staff import tell_each
from lmsapp.people.accounts.queries import holders_of
from lmsapp.people.roles import Role
from lmsapp.people.settings.queries import setting

PAGE = "/admin/checkpoints"


def tell_of_trouble(event: LedgerTroubled) -> None:
    """Once for each trouble, by letter and in the product."""
    values = {"kind": event.kind, "why": event.words, "values": event.facts}
    key = f"ledger/trouble/{event.trouble_id}"
    about = ("ledger_trouble", event.trouble_id)
    tell_each(holders_of(Role.SYSTEM_MANAGER), "ledger_trouble", key, values, PAGE, about=about)


def send_checkpoint(event: CheckpointMade) -> None:
    """So that a copy lies where nobody here can change it; the same checkpoint only once."""
    if setting("ledger_to_auditors"):
        values = {"note": event.note, "size": event.size}
        key = f"ledger/checkpoint/{event.epoch}/{event.size}"
        tell_each(holders_of(Role.AUDITOR), "ledger_checkpoint", key, values, PAGE, channels=("email",))
