"""Texts to sign as HR writes them: drafts, versions, who has to sign anew (ORG-7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, func, null, select

from lmsapp.evidence.signatures.models import (
    Signature,
    SignatureRequest,
    SigningText,
    SigningTextDraft,
    SigningTextVersion,
)
from lmsapp.evidence.signatures.rules import LANGUAGES, TextKind, Words
from lmsapp.infra.db import db
from lmsapp.people.employees.models import Employee
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer


def text_for(viewer: Viewer, text_id: int) -> SigningText | None:
    """A text HR keeps; what lessons made is none."""
    if not viewer.may(May.KEEP_RECORDS):
        return None
    return db.session.scalars(
        select(SigningText).where(SigningText.id == text_id, SigningText.kind != TextKind.LESSON)
    ).one_or_none()


def signers_of_earlier(text: SigningText) -> list[int]:
    """Active employees who signed a version that does not count any more, and nobody asks right now."""
    asked = select(SignatureRequest.id).where(
        SignatureRequest.employee_id == Signature.employee_id,
        SignatureRequest.text_id == text.id,
        SignatureRequest.signature_id.is_(None),
        SignatureRequest.withdrawn_at.is_(None),
    )
    return list(
        db.session.scalars(
            select(Signature.employee_id)
            .join(SigningTextVersion, SigningTextVersion.id == Signature.text_version_id)
            .join(Employee, Employee.id == Signature.employee_id)
            .where(SigningTextVersion.text_id == text.id, Employee.status == "active", ~asked.exists())
            .group_by(Signature.employee_id)
            .having(func.max(SigningTextVersion.number) < text.counts_from)
        )
    )


def drafts_of(text: SigningText) -> dict[str, Words]:
    """What is being written, by language, in the order of LANGUAGES."""
    rows = db.session.scalars(select(SigningTextDraft).where(SigningTextDraft.text_id == text.id)).all()
    written = {row.language: Words(row.title, row.meaning, row.body) for row in rows}
    return {code: written[code] for code in LANGUAGES if code in written}


def draft_saved(text_id: int, language: str) -> Any:
    """Who wrote last at one language of what comes next: actor_id (None: not kept), actor_name, at; or None."""
    draft = SigningTextDraft
    saved = select(null().label("actor_id"), draft.changed_by_name.label("actor_name"), draft.changed_at.label("at"))
    found = saved.where(draft.text_id == text_id, draft.language == language)
    return db.session.execute(found).one_or_none()


def history_of(text: SigningText) -> Sequence[Any]:
    """Its versions, newest first, one row a language.

    Columns: number, language, title, sha256, asks_again, change_note, published_at, published_by_name, signed (people).
    """
    return db.session.execute(
        select(
            SigningTextVersion.number,
            SigningTextVersion.language,
            SigningTextVersion.title,
            SigningTextVersion.sha256,
            SigningTextVersion.asks_again,
            SigningTextVersion.change_note,
            SigningTextVersion.published_at,
            SigningTextVersion.published_by_name,
            func.count(Signature.employee_id.distinct()).label("signed"),
        )
        .outerjoin(Signature, Signature.text_version_id == SigningTextVersion.id)
        .where(SigningTextVersion.text_id == text.id)
        .group_by(SigningTextVersion.id)
        .order_by(SigningTextVersion.number.desc(), SigningTextVersion.id)
    ).all()


def version_in(text: SigningText, number: int, language: str, *, exact: bool = False) -> SigningTextVersion | None:
    """One version in a language; unless `exact`, in its first one where it is not written in that."""
    found = select(SigningTextVersion).where(SigningTextVersion.text_id == text.id, SigningTextVersion.number == number)
    if exact:
        found = found.where(SigningTextVersion.language == language)
    preferred = case((SigningTextVersion.language == language, 0), else_=1)
    return db.session.scalars(found.order_by(preferred, SigningTextVersion.id).limit(1)).one_or_none()
