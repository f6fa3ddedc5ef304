"""Certificates, through the viewer; and for anybody who holds the token of one."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra import clock
from lmsapp.infra.db import db, one_or_none
from lmsapp.learning.certificates import rules
from lmsapp.learning.certificates.dates import valid_until
from lmsapp.learning.certificates.models import Certificate
from lmsapp.people.queries import employee_ids_visible_to
from lmsapp.people.viewer import Viewer

TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True, slots=True)
class Verified:
    """What a stranger with the token may see: what is printed, and whether it still counts.

    `kind`: 'course' or 'path'. `by_hand`: the completion behind it was recorded by a person. `replaced_by`: the number
    of the one that took its place. `courses` of a path: each {'title', 'completed_on', 'valid_until'}.
    """

    status: rules.CertificateStatus
    number: str
    holder_name: str
    title: str
    issued_on: dt.date
    valid_until: dt.date | None
    revoked_on: dt.date | None
    revoke_reason: str
    kind: str = "course"
    by_hand: bool = False
    replaced_by: str = ""
    courses: Sequence[dict[str, Any]] = ()


def certificate_for(viewer: Viewer, certificate_id: int) -> Certificate | None:
    """One certificate of somebody the viewer may see."""
    return one_or_none(
        select(Certificate).where(
            Certificate.id == certificate_id, Certificate.employee_id.in_(employee_ids_visible_to(viewer))
        )
    )


def set_by_hand(certificate: Certificate) -> CompletionRecord | None:
    """The record behind a certificate at hand when a person set it, else None (ENR-9)."""
    record = db.session.get_one(CompletionRecord, certificate.record_id)
    return record if record.how == "by hand" else None


def newer_of(certificate: Certificate) -> Any:
    """(id, number) of the one that replaced a certificate at hand, or None."""
    newer = select(Certificate.id, Certificate.number).where(Certificate.replaces_id == certificate.id)
    return db.session.execute(newer).one_or_none()


def certificate_by_token(token: str, zone: str) -> Verified | None:
    """For the verification page. `zone` says when a day ends."""
    if not TOKEN.fullmatch(token):
        return None
    row = one_or_none(select(Certificate).where(Certificate.token == token))
    return _verified(row, zone) if row is not None else None


def token_of(number: str, holder_name: str) -> str | None:
    """The token of the certificate with that number, for whoever also knows the name on it: numbers can be guessed."""
    row = one_or_none(select(Certificate).where(Certificate.number == number.strip().upper()))
    if row is None or _plain(row.holder_name) != _plain(holder_name):
        return None
    return row.token


def certificate_checked(certificate_id: int, zone: str) -> Verified | None:
    """What a stranger who holds the PDF itself may see of it."""
    row = db.session.get(Certificate, certificate_id)
    return _verified(row, zone) if row is not None else None


def _plain(name: str) -> str:
    """As people type it: case, accents that were left out and blanks do not count."""
    spelt = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(one for one in spelt if not unicodedata.combining(one)).split())


def _verified(row: Certificate, zone: str) -> Verified:
    newer = select(Certificate.number).where(Certificate.replaces_id == row.id).scalar_subquery()
    asked = select(CompletionRecord.how, newer.label("replaced_by")).where(CompletionRecord.id == row.record_id)
    more = db.session.execute(asked).one()
    revoked, until = row.revoked_at is not None, valid_until(row)
    replaced = row.replaced_at is not None
    return Verified(
        status=rules.status(valid_until=until, revoked=revoked, replaced=replaced, today=clock.today(zone)),
        number=row.number,
        holder_name=row.holder_name,
        title=row.title,
        issued_on=row.issued_on,
        valid_until=until,
        revoked_on=row.revoked_at.astimezone(clock.zone(zone)).date() if row.revoked_at else None,
        revoke_reason=row.revoke_reason,
        kind="path" if row.path_id is not None else "course",
        by_hand=more.how == "by hand",
        replaced_by=more.replaced_by or "",
        courses=row.printed.get("courses", ()),
    )
