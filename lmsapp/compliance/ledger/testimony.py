"""What of a decision stands in the completion ledger (EVD-2). Each time one is added or replaced it testifies anew."""

from __future__ import annotations

from lmsapp.compliance.ledger.models import EmployeeCompliance
from lmsapp.evidence.ledger.sources import Source

DECISIONS = Source(
    EmployeeCompliance,
    facts=(
        "type_id", "decision", "completed_on", "renewal_on", "counted_from", "anchor_day", "evidence_id",
        "not_applicable", "decided_by_id", "decided_at", "approved_by_id", "how", "switch_id", "undoes_id",
        "replaced_at",
    ),
    personal=("employee_id", "reason", "decided_by_name", "approved_by_name"),
    occurred="decided_at",
)  # fmt: skip
