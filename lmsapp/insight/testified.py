"""Everything that testifies in the completion ledger (EVD-2)."""

from __future__ import annotations

from lmsapp.evidence.ledger.adopting import ADOPTIONS
from lmsapp.evidence.ledger.sources import COMPLETIONS, Source

ALL: tuple[Source, ...] = (COMPLETIONS, ADOPTIONS)
SOURCES: dict[str, Source] = {source.kind: source for source in ALL}
