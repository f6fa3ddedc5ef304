"""What a certificate puts on record (EVD-2): issued, revoked with its reason, replaced."""

from __future__ import annotations

from lmsapp.evidence.ledger.sources import Source
from lmsapp.learning.certificates.models import Certificate

CERTIFICATES = Source(
    Certificate,
    facts=(
        "number", "record_id", "enrollment_id", "course_id", "path_enrollment_id", "path_id", "title", "issued_on",
        "valid_until", "issued_at", "template_id", "template_version", "printed", "revoked_at", "replaces_id",
        "replaced_at",
    ),
    # `token` opens the public page: whoever reads the ledger is not to have it.
    personal=("employee_id", "holder_name", "revoke_reason", "token"),
    occurred="issued_at",
)  # fmt: skip
