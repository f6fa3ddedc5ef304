"""Evidence packs: HR finds all of them (EVD-4)."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from lmsapp.people.roles import May
from lmsapp.web import packs
from lmsapp.web.gates import needs
from lmsapp.web.hr.wing import bp


@bp.get("/evidence-packs")
@needs(May.KEEP_RECORDS)
def evidence_packs() -> ResponseReturnValue:
    """The form, and the packs so far."""
    return packs.packs_page("hr", own=False)


@bp.post("/evidence-packs")
@needs(May.KEEP_RECORDS)
def create_evidence_pack() -> ResponseReturnValue:
    """Asked for; the worker makes it."""
    return packs.create_pack("hr", own=False)


@bp.post("/evidence-packs/preview")
@needs(May.KEEP_RECORDS)
def evidence_pack_preview() -> ResponseReturnValue:
    """What it would hold."""
    return packs.show_preview("hr", own=False)


@bp.get("/evidence-packs/<int:pack_id>")
@needs(May.KEEP_RECORDS)
def evidence_pack(pack_id: int) -> ResponseReturnValue:
    """One of them."""
    return packs.pack_page("hr", pack_id, own=False)


@bp.post("/evidence-packs/<int:pack_id>/cancellation")
@needs(May.KEEP_RECORDS)
def cancel_evidence_pack(pack_id: int) -> ResponseReturnValue:
    """Called off."""
    return packs.cancel("hr", pack_id, own=False)


@bp.post("/evidence-packs/<int:pack_id>/attempt")
@needs(May.KEEP_RECORDS)
def repeat_evidence_pack(pack_id: int) -> ResponseReturnValue:
    """Once more."""
    return packs.repeat("hr", pack_id, own=False)


@bp.post("/evidence-packs/<int:pack_id>/end")
@needs(May.KEEP_RECORDS)
def end_evidence_pack(pack_id: int) -> ResponseReturnValue:
    """Its file thrown away."""
    return packs.throw("hr", pack_id, own=False)


@bp.get("/evidence-packs/<int:pack_id>/pack.zip")
@needs(May.KEEP_RECORDS)
def evidence_pack_file(pack_id: int) -> Response:
    """The file."""
    return packs.send_pack(pack_id, own=False)
