"""The bytes themselves: what is named as evidence is there, and is what it was."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator

from lmsapp.evidence.ledger.checking.findings import Finding
from lmsapp.infra import files


def look_at_files(shas: Collection[str]) -> Iterator[Finding]:
    """Of each SHA-256, once. A finding about a file is about no record: several may lead to it."""
    for sha256 in sorted(shas):
        try:
            found = hashlib.sha256(files.read(sha256)).hexdigest()
        except FileNotFoundError:
            yield Finding("file missing", ("stored_file", 0), {"sha256": sha256})
            continue
        if found != sha256:
            yield Finding("file changed", ("stored_file", 0), {"sha256": sha256})
