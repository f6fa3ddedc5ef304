"""The file a learner showed, kept with the decision (ENR-9)."""

from __future__ import annotations

from typing import IO

from lmsapp.infra.files import StoredFile, store
from lmsapp.infra.filetypes import DOCX, HEAD, JPEG, PDF, PNG, fitting_name, sniff
from lmsapp.infra.words import N_, RuleBroken

TAKEN = (PDF, PNG, JPEG, DOCX)
MOST_BYTES = 25 * 1024 * 1024


def keep_proof(source: IO[bytes], name: str) -> StoredFile:
    """Checked by its content, not its name. Raises RuleBroken (field 'proof')."""
    source.seek(0, 2)
    size = source.tell()
    source.seek(0)
    kind = sniff(source.read(HEAD))
    source.seek(0)
    if kind not in TAKEN or kind is None:
        raise RuleBroken(N_("Choose a PDF, JPG, PNG or DOCX file."), field="proof")
    if size > MOST_BYTES:
        raise RuleBroken(N_("This file is larger than %(n)s MB."), field="proof", n=MOST_BYTES // 1024 // 1024)
    return store(source, name=fitting_name(name, kind), media_type=kind.media_type)
