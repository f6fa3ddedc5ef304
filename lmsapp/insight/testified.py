"""Every kind of row that testifies in the completion ledger, for whoever reads them all: the check, packs, erasure."""

from __future__ import annotations

from lmsapp.evidence.ledger.sources import COMPLETIONS, Source

SOURCES: dict[str, Source] = {one.kind: one for one in (COMPLETIONS,)}
