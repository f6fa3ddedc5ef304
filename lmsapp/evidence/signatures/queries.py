"""What there is to sign, and what was signed, through the viewer (ORG-7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, case, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from lmsapp.evidence.signatures.models import (
    Signature,
    SignatureRequest,
    SigningText,
    SigningTextVersion,
)
from lmsapp.evidence.signatures.rules import TextKind, TextStatus
from lmsapp.infra.db import db
from lmsapp.people.employees.models import Employee
from lmsapp.people.queries import employee_ids_visible_to
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

PAGE = 50
LARGEST_ID = 2**31 - 1  # what a form says may be any number


@dataclass(frozen=True, slots=True)
class SignaturesPage:
    """Newest first. Rows: id, printed_name, employee_number, title, number, signed_at, method."""

    rows: Sequence[Any]
    number: int
    size: int
    total: int


@dataclass(frozen=True, slots=True)
class SigningPage:
    """What one person is about to sign. `languages` it can be read and signed in; `due_on` the earliest asked for."""

    version: SigningTextVersion
    languages: tuple[str, ...]
    due_on: dt.date | None
    printed_name: str
    employee_number: str
    time_zone: str


def published_texts(viewer: Viewer) -> Sequence[Any]:
    """What HR can ask people to sign. Columns: id, title, kind, number. Empty for everybody else."""
    if not viewer.may(May.KEEP_RECORDS):
        return []
    return db.session.execute(
        select(SigningText.id, SigningText.title, SigningText.kind, SigningText.number)
        .where(SigningText.status == TextStatus.PUBLISHED, SigningText.kind != TextKind.LESSON)
        .order_by(SigningText.title, SigningText.id)
    ).all()


# Built once: every home page asks.
TO_SIGN = (
    select(
        SigningText.id.label("text_id"),
        SigningText.title,
        SigningText.kind,
        SigningText.number,
        SignatureRequest.due_on,
        SignatureRequest.created_at,
        SignatureRequest.asked_by_name,
    )
    .join(SigningText, SigningText.id == SignatureRequest.text_id)
    .where(
        SignatureRequest.employee_id == bindparam("employee_id"),
        SignatureRequest.signature_id.is_(None),
        SignatureRequest.withdrawn_at.is_(None),
        SigningText.status == TextStatus.PUBLISHED,
    )
    .order_by(SignatureRequest.due_on.asc().nulls_last(), SignatureRequest.id)
)


def requests_for(viewer: Viewer) -> list[Any]:
    """What the viewer has to sign, due first, one row a text.

    Columns: text_id, title, kind, number, due_on, created_at, asked_by_name.
    """
    first: dict[int, Any] = {}
    for row in db.session.execute(TO_SIGN, {"employee_id": viewer.employee_id}):
        first.setdefault(row.text_id, row)
    return list(first.values())


def signing_page(viewer: Viewer, text_id: int, language: str | None = None) -> SigningPage | None:
    """What the viewer is asked to sign, in the version in force; None when nobody asks.

    `language` that of the reader where left out; the text's own first language where it is not written in it.
    """
    asked = next((row for row in requests_for(viewer) if row.text_id == text_id), None)
    if asked is None:
        return None
    wanted = language or viewer.language
    versions = db.session.scalars(
        select(SigningTextVersion)
        .where(SigningTextVersion.text_id == text_id, SigningTextVersion.number == asked.number)
        .order_by(case((SigningTextVersion.language == wanted, 0), else_=1), SigningTextVersion.id)
    ).all()
    signer = db.session.execute(
        select(Employee.name, Employee.number, Employee.time_zone).where(Employee.id == viewer.employee_id)
    ).one()
    return SigningPage(
        version=versions[0],
        languages=tuple(sorted(version.language for version in versions)),
        due_on=asked.due_on,
        printed_name=signer.name,
        employee_number=signer.number,
        time_zone=signer.time_zone,
    )


def what_became(viewer: Viewer, text_id: int) -> int | None:
    """Of a text the viewer was asked to sign: the id of their newest signature under it, 0 where they have not signed.

    None where nobody ever asked.
    """
    asked = select(SignatureRequest.id).where(
        SignatureRequest.employee_id == viewer.employee_id, SignatureRequest.text_id == text_id
    )
    signed = (
        select(func.max(Signature.id))
        .join(SigningTextVersion, SigningTextVersion.id == Signature.text_version_id)
        .where(Signature.employee_id == viewer.employee_id, SigningTextVersion.text_id == text_id)
    )
    return db.session.scalar(select(func.coalesce(signed.scalar_subquery(), 0)).where(asked.exists()))


def signature_for(viewer: Viewer, signature_id: int) -> Signature | None:
    """A signature of somebody the viewer may see, its version loaded."""
    return db.session.scalars(
        select(Signature)
        .where(Signature.id == signature_id, Signature.employee_id.in_(employee_ids_visible_to(viewer)))
        .options(joinedload(Signature.version))
    ).one_or_none()


def own_version(viewer: Viewer, text_id: int, version_id: int) -> SigningTextVersion | None:
    """The version a form names, if it is one of a text the viewer is or was asked to sign."""
    if not 0 < version_id <= LARGEST_ID:
        return None
    asked = select(SignatureRequest.id).where(
        SignatureRequest.employee_id == viewer.employee_id, SignatureRequest.text_id == text_id
    )
    return db.session.scalars(
        select(SigningTextVersion).where(
            SigningTextVersion.id == version_id, SigningTextVersion.text_id == text_id, asked.exists()
        )
    ).one_or_none()


def signature_of(viewer: Viewer, signature_id: int) -> Signature | None:
    """One of the viewer's own, its version loaded."""
    return db.session.scalars(
        select(Signature)
        .where(Signature.id == signature_id, Signature.employee_id == viewer.employee_id)
        .options(joinedload(Signature.version))
    ).one_or_none()


def own_signature_of(viewer: Viewer, source: tuple[str, int]) -> Signature | None:
    """The viewer's newest signature under the text of a lesson ('lesson', id), its version loaded."""
    return db.session.scalars(
        select(Signature)
        .join(Signature.version)
        .join(SigningText, SigningText.id == SigningTextVersion.text_id)
        .where(
            Signature.employee_id == viewer.employee_id,
            SigningText.source_kind == source[0],
            SigningText.source_id == source[1],
        )
        .options(contains_eager(Signature.version))
        .order_by(Signature.id.desc())
        .limit(1)
    ).one_or_none()


def own_signatures(viewer: Viewer) -> Sequence[Any]:
    """What the viewer has signed, newest first. Columns: id, title, number, language, signed_at, local_time."""
    return db.session.execute(
        select(
            Signature.id,
            SigningTextVersion.title,
            SigningTextVersion.number,
            SigningTextVersion.language,
            Signature.signed_at,
            Signature.local_time,
        )
        .join(SigningTextVersion, SigningTextVersion.id == Signature.text_version_id)
        .where(Signature.employee_id == viewer.employee_id)
        .order_by(Signature.id.desc())
    ).all()


def signatures_page(viewer: Viewer, q: str, number: int = 1) -> SignaturesPage:
    """Signatures of people the viewer may see. `q` finds in name, employee number and title. Two statements."""
    wanted = (
        select(
            Signature.id,
            Signature.printed_name,
            Signature.employee_number,
            SigningTextVersion.title,
            SigningTextVersion.number,
            Signature.signed_at,
            Signature.method,
        )
        .join(SigningTextVersion, SigningTextVersion.id == Signature.text_version_id)
        .where(Signature.employee_id.in_(employee_ids_visible_to(viewer)))
    )
    if q:
        where = (Signature.printed_name, Signature.employee_number, SigningTextVersion.title)
        wanted = wanted.where(or_(*(column.icontains(q, autoescape=True) for column in where)))
    total = db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    number = max(1, min(number, -(-total // PAGE)))
    rows = db.session.execute(wanted.order_by(Signature.id.desc()).limit(PAGE).offset((number - 1) * PAGE))
    return SignaturesPage(rows.all(), number, PAGE, total)
