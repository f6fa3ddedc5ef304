"""Evidence packs for auditors, who find those they asked for: a pack holds what its asker may open (EVD-4)."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from lmsapp.people.roles import May, Reach
from lmsapp.web import packs
from lmsapp.web.admin.wing import bp
from lmsapp.web.gates import needs


@bp.get("/evidence-packs")
@needs(May.AUDIT, reach=Reach.OWN)
def evidence_packs() -> ResponseReturnValue:
    """The form, and the packs so far."""
    return packs.packs_page("admin", own=True)


@bp.post("/evidence-packs")
@needs(May.AUDIT, reach=Reach.OWN)
def create_evidence_pack() -> ResponseReturnValue:
    """Asked for; the worker makes it."""
    return packs.create_pack("admin", own=True)


@bp.post("/evidence-packs/preview")
@needs(May.AUDIT, reach=Reach.OWN)
def evidence_pack_preview() -> ResponseReturnValue:
    """What it would hold."""
    return packs.show_preview("admin", own=True)


@bp.get("/evidence-packs/<int:pack_id>")
@needs(May.AUDIT, reach=Reach.OWN)
def evidence_pack(pack_id: int) -> ResponseReturnValue:
    """One of them."""
    return packs.pack_page("admin", pack_id, own=True)


@bp.post("/evidence-packs/<int:pack_id>/cancellation")
@needs(May.AUDIT, reach=Reach.OWN)
def cancel_evidence_pack(pack_id: int) -> ResponseReturnValue:
    """Called off."""
    return packs.cancel("admin", pack_id, own=True)


@bp.post("/evidence-packs/<int:pack_id>/attempt")
@needs(May.AUDIT, reach=Reach.OWN)
def repeat_evidence_pack(pack_id: int) -> ResponseReturnValue:
    """Once more."""
    return packs.repeat("admin", pack_id, own=True)


@bp.post("/evidence-packs/<int:pack_id>/end")
@needs(May.AUDIT, reach=Reach.OWN)
def end_evidence_pack(pack_id: int) -> ResponseReturnValue:
    """Its file thrown away."""
    return packs.throw("admin", pack_id, own=True)


@bp.get("/evidence-packs/<int:pack_id>/pack.zip")
@needs(May.AUDIT, reach=Reach.OWN)
def evidence_pack_file(pack_id: int) -> Response:
    """The file."""
    return packs.send_pack(pack_id, own=True)
