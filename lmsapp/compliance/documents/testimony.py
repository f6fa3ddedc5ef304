"""What the completion ledger holds of employee documents: each as it stands, and each of its files (EVD-2).

A title names people and illnesses, so it stands there as a commitment; so does a file's name. What the bytes are is in
the open: without the file, its SHA-256 says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from lmsapp.compliance.documents.models import DocumentVersion, EmployeeDocument
from lmsapp.evidence.ledger.actions import attest, attest_many
from lmsapp.evidence.ledger.sources import Source

DOCUMENTS = Source(
    EmployeeDocument,
    facts=(
        "type_id", "source", "sealed_file_id", "sha256", "version", "issued_on", "expires_on", "filed_by_id",
        "filed_at", "archived_at", "replaced_at", "replaced_by_id",
    ),
    personal=("employee_id", "title", "filed_by_name"),
    occurred="filed_at",
    left_out=("file_id",),  # a row of the store; what it holds is `sha256`
)  # fmt: skip
VERSIONS = Source(
    DocumentVersion,
    facts=("document_id", "number", "sha256", "size", "added_by_id", "added_at"),
    personal=("employee_id", "file_name", "reason", "added_by_name"),
    occurred="added_at",
    left_out=("file_id",),
)


def testify(documents: Sequence[EmployeeDocument], what: str) -> None:
    """The documents (flushed) as they stand now: filed, changed, new version, taken out, put back, replaced."""
    attest_many(DOCUMENTS, documents, what, evidence={one.id: (one.sha256,) for one in documents})


def testify_version(version: DocumentVersion) -> None:
    attest(VERSIONS, version, "version added", evidence=(version.sha256,))
