"""Which rows testify in the completion ledger, by the name of their table (EVD-2)."""

from __future__ import annotations

from lmsapp.evidence.ledger.sources import COMPLETIONS, Source
from lmsapp.evidence.retention.testimony import DISPOSALS, ERASURES, HOLDS, LIFTINGS

SOURCES: dict[str, Source] = {
    one.kind: one
    for one in (
        COMPLETIONS,
        HOLDS,
        LIFTINGS,
        DISPOSALS,
        ERASURES,
    )
}
