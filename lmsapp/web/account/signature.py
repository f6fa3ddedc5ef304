"""A signature as every page shows it: who, when, with which meaning, under which text (21 CFR 11.50)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from babel.dates import format_datetime
from flask import url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from lmsapp.evidence.seals.queries import sealed_for
from lmsapp.evidence.signatures.actions import KIND
from lmsapp.evidence.signatures.document import signature_number
from lmsapp.infra import clock
from lmsapp.web.promised import Paper, note_of

if TYPE_CHECKING:
    from lmsapp.evidence.signatures.models import Signature

SHORT = 12  # hex digits of a fingerprint shown first; the rest stands in the PDF and for HR


@dataclass(frozen=True, slots=True)
class Shown:
    """In words, in the reader's language; the meaning in that of the text."""

    id: int
    number: str
    title: str
    printed_name: str
    employee_number: str
    when: str
    meaning: str
    version: int
    language: str
    short: str
    sha256: str
    paper: Paper | None


def show_signature(signature: Signature, *, own: bool = True) -> Shown:
    """`signature.version` is loaded. `own`: with the signer's copy; others fetch theirs elsewhere."""
    version = signature.version
    return Shown(
        id=signature.id,
        number=signature_number(signature.id),
        title=version.title,
        printed_name=signature.printed_name,
        employee_number=signature.employee_number,
        when=exactly(signature.signed_at, signature.time_zone),
        meaning=signature.meaning,
        version=version.number,
        language=version.language,
        short=signature.text_sha256[:SHORT],
        sha256=signature.text_sha256,
        paper=paper_of(signature) if own else None,
    )


def exactly(instant: dt.datetime, zone: str) -> str:
    """'4 Dec 2026, 14:02:10 GMT-06:00 (America/Chicago)': the instant where the signer was, with its zone."""
    local = instant.astimezone(clock.zone(zone))
    return f"{format_datetime(local, 'd MMM y, HH:mm:ss ZZZZ', locale=get_locale())} ({zone})"


def paper_of(signature: Signature) -> Paper | None:
    """Its PDF, from waiting to ready."""
    sealed = sealed_for(KIND, signature.id)
    if sealed is None:
        return None
    ready = sealed.status == "ready"
    return Paper(
        element=f"paper-signature-{signature.id}",
        state=sealed.status,
        title=_("Your signed copy: %(title)s", title=sealed.title),
        note=note_of(sealed.status, ready=_("In your employee file, signed so that anyone can check it.")),
        poll=url_for("account.signature_paper", signature_id=signature.id),
        href=url_for("account.signature_file", signature_id=signature.id) if ready else None,
    )
