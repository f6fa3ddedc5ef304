"""To system managers, HR and auditors, by letter and in the product: each finding once, however often it is found."""

from __future__ import annotations

from typing import Any

from lmsapp.evidence.verifications.events import TamperingFound, VerificationFailed
from lmsapp.outreach.notices.actions import notice_row, write_letters
from lmsapp.outreach.notices.recipient import recipient_for
from lmsapp.people.accounts.models import User
from lmsapp.people.accounts.queries import holders_of
from lmsapp.people.roles import Role

ADMIN, HR = "/admin/completion-ledger", "/hr/completion-ledger"
SHOWN = 5


def tell_of_tampering(event: TamperingFound) -> None:
    """One letter about all that a verification found anew."""
    first = [{"words": one.words, "values": one.facts, "kind": one.record_kind} for one in event.findings[:SHOWN]]
    values = {"count": len(event.findings), "first": first}
    _tell(f"ledger/verification/{event.verification.id}", "ledger_changed", values)


def tell_of_failure(event: VerificationFailed) -> None:
    _tell(f"ledger/run/{event.run_id}/failed", "ledger_unverified", {"why": event.words})


def _tell(key: str, template: str, values: dict[str, Any]) -> None:
    write_letters(
        [
            notice_row(
                key=f"{key}/{user.id}/{channel}",
                channel=channel,
                template=template,
                to=recipient_for(user),
                values=values,
                link=link,
            )
            for user, link in _readers().values()
            for channel in ("email", "in_app")
        ]
    )


def _readers() -> dict[int, tuple[User, str]]:
    """Each once, with the page in the wing they may enter."""
    found: dict[int, tuple[User, str]] = {}
    for role, link in ((Role.HR_MANAGER, HR), (Role.AUDITOR, ADMIN), (Role.SYSTEM_MANAGER, ADMIN)):
        found |= {user.id: (user, link) for user in holders_of(role)}
    return found
