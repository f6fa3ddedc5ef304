"""What a signature puts on record (EVD-2): what was signed, when and how; by whom as a salted commitment."""

from __future__ import annotations

from lmsapp.evidence.ledger.sources import Source
from lmsapp.evidence.signatures.models import Signature

SIGNATURES = Source(
    Signature,
    facts=("text_version_id", "text_sha256", "meaning", "signed_at", "local_time", "time_zone", "method"),
    # `sha256` is made of name and number without a salt: whoever guesses them could tell it.
    personal=(
        "employee_id", "user_id", "printed_name", "employee_number", "address", "request_id", "reason", "sha256",
    ),
    occurred="signed_at",
)  # fmt: skip
