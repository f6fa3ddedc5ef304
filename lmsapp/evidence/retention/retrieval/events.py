"""News of the retrieval test."""

from __future__ import annotations

from dataclasses import dataclass

from lmsapp.evidence.retention.retrieval.models import RetrievalTest
from lmsapp.infra.events import Event


@dataclass(frozen=True, slots=True)
class RetrievalFailed(Event):
    """A record could not be opened as an auditor would."""

    test: RetrievalTest
    failed: int
