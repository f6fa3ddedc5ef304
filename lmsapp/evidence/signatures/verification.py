"""Whether a signature still fits what it was made under (21 CFR 11.70): everything is computed anew and compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select

from lmsapp.evidence.seals.models import SealedFile
from lmsapp.evidence.signatures.actions import KIND
from lmsapp.evidence.signatures.models import Signature, SigningTextVersion
from lmsapp.evidence.signatures.rules import SEALED, Words, fingerprint, seal_of
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile, stream
from lmsapp.infra.shelves import digest_of
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


def verify(signature_id: int) -> Verdict:
    """One signature. Ask only for one the viewer may see."""
    return _judge(db.session.execute(_facts().where(Signature.id == signature_id)).one())


def verify_all() -> Iterator[Verdict]:
    """Every signature there is, oldest first; a batch at a time, so that any number fits into memory."""
    last = 0
    while rows := db.session.execute(_facts().where(Signature.id > last).limit(BATCH)).all():
        yield from map(_judge, rows)
        last = rows[-1].id


def _facts() -> Select[Any]:
    """The columns themselves and no objects: what stands in the database now is what is judged."""
    return (
        select(
            Signature.id,
            Signature.sha256,
            *(getattr(Signature, name) for name in SEALED),
            SigningTextVersion.title,
            SigningTextVersion.meaning.label("version_meaning"),
            SigningTextVersion.body,
            SigningTextVersion.sha256.label("version_sha256"),
            StoredFile.sha256.label("pdf"),
        )
        .join(SigningTextVersion, SigningTextVersion.id == Signature.text_version_id)
        .outerjoin(SealedFile, (SealedFile.kind == KIND) & (SealedFile.subject_id == Signature.id))
        .outerjoin(StoredFile, StoredFile.id == SealedFile.file_id)
        .order_by(Signature.id)
    )


def _judge(row: Row[Any]) -> Verdict:
    text = fingerprint(Words(row.title, row.version_meaning, row.body))
    seal = seal_of({name: getattr(row, name) for name in SEALED})
    found = _pdf_digest(row.pdf) if row.pdf else ""
    problems = []
    if not text == row.version_sha256 == row.text_sha256 or row.version_meaning != row.meaning:
        problems.append(TEXT_DIFFERS)
    if seal != row.sha256:
        problems.append(SAID_DIFFERS)
    if row.pdf and found != row.pdf:
        problems.append(PDF_DIFFERS if found else PDF_GONE)
    return Verdict(row.id, row.printed_name, row.title, text, seal, found, tuple(problems))


def _pdf_digest(sha256: str) -> str:
    try:
        return digest_of(stream(sha256))
    except FileNotFoundError:
        return ""
