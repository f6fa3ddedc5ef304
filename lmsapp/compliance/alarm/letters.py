"""To system managers, HR and auditors, by letter and in the product: each finding once, however often it is found."""

from __future__ import annotations

from typing import Any

from lmsapp.evidence.verifications.events import TamperingFound, VerificationFailed
from lmsapp.infra.claims import why
from lmsapp.outreach.notices.staff import tell_each
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
    """With the reason."""
    _tell(f"ledger/run/{event.run.id}/failed", "ledger_unverified", why(event.run))


def _tell(key: str, template: str, values: dict[str, Any]) -> None:
    """Each once, with the page in the wing they may enter."""
    elsewhere = [*holders_of(Role.AUDITOR), *holders_of(Role.SYSTEM_MANAGER)]
    inside = {user.id: user for user in elsewhere}
    keepers = [user for user in holders_of(Role.HR_MANAGER) if user.id not in inside]
    for users, link in ((keepers, HR), (inside.values(), ADMIN)):
        tell_each(users, template, key, values, link)
