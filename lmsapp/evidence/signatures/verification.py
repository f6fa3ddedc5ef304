"""Whether a signature still fits what it was made under (21 CFR 11.70): everything is computed anew and compared."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from lmsapp.evidence.seals.models import SealedFile
from lmsapp.evidence.signatures.actions import KIND
from lmsapp.evidence.signatures.models import Signature, SigningTextVersion
from lmsapp.evidence.signatures.rules import SEALED, Words, fingerprint, seal_of
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile, path_of
from lmsapp.infra.words import N_

BATCH = 500
TEXT_DIFFERS = N_("The stored text is not the one that was signed.")
SAID_DIFFERS = N_("Name, time or meaning is not what was signed.")
PDF_DIFFERS = N_("The PDF is not the one that was made.")
PDF_GONE = N_("The PDF is missing from the store.")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`text_sha256`, `seal`, `pdf_sha256` are what was computed just now; `pdf_sha256` '' while there is none.

    `problems` in words; empty: everything fits.
    """

    signature_id: int
    printed_name: str
    title: str
    text_sha256: str
    seal: str
    pdf_sha256: str
    problems: tuple[str, ...]

    @property
    def good(self) -> bool:
        """Nothing was changed."""
        return not self.problems


def verify(signature: Signature) -> Verdict:
    """One signature, its version loaded."""
    row = db.session.execute(
        select(StoredFile.sha256)
        .join(SealedFile, SealedFile.file_id == StoredFile.id)
        .where(SealedFile.kind == KIND, SealedFile.subject_id == signature.id)
    ).scalar_one_or_none()
    return _judge(signature, row)


def verify_all() -> Iterator[Verdict]:
    """Every signature there is, oldest first; a batch at a time, so that any number fits into memory."""
    last = 0
    while True:
        rows = db.session.execute(
            select(Signature, StoredFile.sha256)
            .join(Signature.version)
            .outerjoin(SealedFile, (SealedFile.kind == KIND) & (SealedFile.subject_id == Signature.id))
            .outerjoin(StoredFile, StoredFile.id == SealedFile.file_id)
            .options(contains_eager(Signature.version))
            .where(Signature.id > last)
            .order_by(Signature.id)
            .limit(BATCH)
        ).all()
        if not rows:
            return
        for signature, pdf in rows:
            yield _judge(signature, pdf)
        last = rows[-1][0].id
        db.session.expunge_all()


def _judge(signature: Signature, pdf: str | None) -> Verdict:
    version: SigningTextVersion = signature.version
    text = fingerprint(Words(version.title, version.meaning, version.body))
    seal = seal_of({name: getattr(signature, name) for name in SEALED})
    problems = []
    if not text == version.sha256 == signature.text_sha256 or version.meaning != signature.meaning:
        problems.append(TEXT_DIFFERS)
    if seal != signature.sha256:
        problems.append(SAID_DIFFERS)
    found = _pdf_digest(pdf) if pdf else ""
    if pdf and found != pdf:
        problems.append(PDF_DIFFERS if found else PDF_GONE)
    return Verdict(signature.id, signature.printed_name, version.title, text, seal, found, tuple(problems))


def _pdf_digest(sha256: str) -> str:
    path = path_of(sha256)
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""
