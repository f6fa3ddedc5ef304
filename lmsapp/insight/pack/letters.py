"""Telling whoever asked that their pack is there, or why it is not."""

from __future__ import annotations

from lmsapp.infra.claims import why
from lmsapp.infra.db import db
from lmsapp.insight.pack.actions import KEPT_DAYS, KIND
from lmsapp.insight.pack.events import PackFailed, PackReady
from lmsapp.insight.pack.models import EvidencePack
from lmsapp.outreach.notices.actions import notice_row, write_letters
from lmsapp.outreach.notices.recipient import recipient_for
from lmsapp.people.accounts.models import User
from lmsapp.people.queries import viewer_now
from lmsapp.people.roles import May
from lmsapp.people.settings.queries import setting

TEMPLATE, FAILED = "evidence_pack_ready", "evidence_pack_failed"
WINGS = ("hr", "admin")  # HR's; auditors have the same pages in the other


def tell_of_pack(event: PackReady) -> None:
    """By letter and in the product; never the pack itself, which is downloaded by somebody signed in."""
    _tell(event.pack, TEMPLATE, {"title": event.pack.title, "days": setting(KEPT_DAYS)})


def tell_of_failed_pack(event: PackFailed) -> None:
    """With the reason."""
    _tell(event.pack, FAILED, {"title": event.pack.title, **why(event.pack)})


def _tell(pack: EvidencePack, template: str, values: dict[str, object]) -> None:
    user = db.session.get_one(User, pack.asked_by_id)
    viewer = viewer_now(user.id)
    wing = WINGS[0] if viewer is None or viewer.may(May.KEEP_RECORDS) else WINGS[1]
    moment = pack.finished_at.isoformat() if pack.finished_at else pack.tries
    write_letters(
        [
            notice_row(
                key=f"{template}/{pack.id}/{moment}/{channel}",
                channel=channel,
                template=template,
                to=recipient_for(user),
                values=values,
                link=f"/{wing}/evidence-packs/{pack.id}",
                about=(KIND, pack.id),
            )
            for channel in ("email", "in_app")
        ]
    )
