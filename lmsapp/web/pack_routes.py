"""The addresses of evidence packs, the same in each wing that has them (EVD-4)."""

from __future__ import annotations

from lmsapp.web import packs
from lmsapp.web.wing_routes import Route

ALL = "/evidence-packs"
ONE = f"{ALL}/<int:pack_id>"
# They take `own`: only the packs one asked for oneself.
PACKS: tuple[Route, ...] = (
    Route(ALL, "evidence_packs", packs.packs_page),
    Route(ALL, "create_evidence_pack", packs.create_pack, "POST"),
    Route(f"{ALL}/preview", "evidence_pack_preview", packs.show_preview, "POST"),
    Route(ONE, "evidence_pack", packs.pack_page),
    Route(f"{ONE}/cancellation", "cancel_evidence_pack", packs.cancel, "POST"),
    Route(f"{ONE}/attempt", "repeat_evidence_pack", packs.repeat, "POST"),
    Route(f"{ONE}/end", "end_evidence_pack", packs.throw, "POST"),
    Route(f"{ONE}/pack.zip", "evidence_pack_file", packs.send_pack),
)
