"""What others may hear of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lmsapp.infra.events import Event


@dataclass(frozen=True, slots=True)
class LedgerTroubled(Event):
    """Something keeps the ledger from being signed or exported. `words`: English with places for `facts`."""

    trouble_id: int
    kind: str
    words: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CheckpointMade(Event):
    """The checkpoint of the day: `note` is the signed text."""

    epoch: int
    size: int
    note: str
