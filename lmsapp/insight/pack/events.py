"""What others may hear of."""

from __future__ import annotations

from dataclasses import dataclass

from lmsapp.infra.events import Event
from lmsapp.insight.pack.models import EvidencePack


@dataclass(frozen=True)
class PackReady(Event):
    """The file is there to be downloaded."""

    pack: EvidencePack


@dataclass(frozen=True)
class PackFailed(Event):
    """Given up; `pack.error` says why."""

    pack: EvidencePack
