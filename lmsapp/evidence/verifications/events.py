"""What others may hear of verifications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lmsapp.evidence.verifications.models import LedgerFinding, LedgerVerification, VerificationRun
from lmsapp.infra.events import Event


@dataclass(frozen=True, slots=True)
class TamperingFound(Event):
    """A verification found something that none before it did. `findings`: the new ones."""

    verification: LedgerVerification
    findings: Sequence[LedgerFinding]


@dataclass(frozen=True, slots=True)
class VerificationFailed(Event):
    """A verification could not be made; `run.error` says why."""

    run: VerificationRun
