"""Holds, their lifting, disposals and erasures testify in the completion ledger (EVD-2, EVD-6)."""

from __future__ import annotations

from lmsapp.evidence.ledger.sources import Source
from lmsapp.evidence.retention.erasures.models import Erasure
from lmsapp.evidence.retention.holds.models import HoldLifting, LegalHold
from lmsapp.evidence.retention.reviews.models import Disposal

HOLDS = Source(
    LegalHold,
    facts=("scope", "kind", "from_on", "until_on", "set_at", "set_by_id"),
    personal=("title", "reason", "target_id"),
    occurred="set_at",
    employee="",
)
LIFTINGS = Source(
    HoldLifting,
    facts=("hold_id", "lifted_at", "lifted_by_id"),
    personal=("reason",),
    occurred="lifted_at",
    employee="",
)
DISPOSALS = Source(
    Disposal,
    facts=(
        "kind", "record_id", "subject", "why", "policy_id", "law", "due_on", "item_id", "reviewed_by_id",
        "approved_by_id", "sha256", "files", "disposed_at",
    ),
    personal=(),
    occurred="disposed_at",
    employee="",
    left_out=("txid",),
)  # fmt: skip
ERASURES = Source(
    Erasure,
    facts=("asked_on", "entered_at", "entered_by_id"),
    personal=("employee_id",),
    occurred="entered_at",
    left_out=(
        "asked", "state", "tries", "done", "total", "lease_until", "error", "error_values", "counts", "kept",
        "language", "letter", "finished_at",
    ),
)  # fmt: skip
