"""What a sealed PDF puts on record once it is there (EVD-2, EVD-7); the SHA-256 of its bytes is the evidence."""

from __future__ import annotations

from lmsapp.evidence.ledger.sources import Source
from lmsapp.evidence.seals.models import SealedFile

SEALED_FILES = Source(
    SealedFile,
    facts=("kind", "subject_id", "language", "status", "file_id", "created_at", "ready_at"),
    personal=("employee_id", "title"),  # a report may bear a name in its title
    occurred="ready_at",
    # How the work on it went: no evidence.
    left_out=("tries", "next_try_at", "lease_until", "error"),
    once="ready_at",
)
