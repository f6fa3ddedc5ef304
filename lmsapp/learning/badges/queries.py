"""The badge of a certificate through its holder; what verifiers ask for, which anybody may see."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, select

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.paths.models import LearningPath
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra import clock, site
from lmsapp.infra.badge_keys import key_name, public_key, sign_token
from lmsapp.infra.db import db
from lmsapp.learning.badges import rules
from lmsapp.learning.certificates.dates import valid_until
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.certificates.queries import certificate_for
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer

SUBJECT = re.compile(r"(course|path)-([0-9]{1,9})")
LIST_LASTS = dt.timedelta(hours=24)
LISTS = 1000  # more than a hundred million certificates


def badge_for(viewer: Viewer, certificate_id: int) -> str | None:
    """The signed badge (VC-JWT) of the viewer's own certificate; None when it is nobody's, another's or revoked."""
    row = certificate_for(viewer, certificate_id)
    if row is None or row.employee_id != viewer.employee_id or row.revoked_at is not None:
        return None
    if row.replaced_at is not None:  # the newer one has a badge of its own
        return None
    return badge_token(facts_of(row))


def facts_of(row: Certificate) -> rules.BadgeFacts:
    """What a badge says of one certificate; until when it is valid as its period says today."""
    about = _about(f"path-{row.path_id}" if row.path_id is not None else f"course-{row.course_id}")
    assert about is not None  # the database keeps what a certificate points at
    record = db.session.get_one(CompletionRecord, row.record_id)
    last = valid_until(row)
    zone = clock.zone(current_app.config["TIME_ZONE"])
    until = dt.datetime.combine(last, dt.time(23, 59, 59), zone) if last else None
    return rules.BadgeFacts(
        site=site.address(""),
        organisation=site.organisation(),
        certificate_id=row.id,
        token=row.token,
        number=row.number,
        holder_name=row.holder_name,
        email=db.session.get_one(Employee, row.employee_id).email,
        achievement=about.subject,
        title=row.title,
        summary=about.summary,
        language=about.language,
        score=None if record.score is None else f"{record.score:f}".rstrip("0").rstrip("."),
        issued_at=row.issued_at,
        until=until,
    )


def badge_token(facts: rules.BadgeFacts) -> str:
    """Signed."""
    return _signed(rules.claims(rules.credential(facts), facts.issued_at, facts.until))


def achievement_of(subject: str) -> dict[str, Any] | None:
    """What a course or a path stands for, for whoever reads a badge: only of those a certificate was issued for."""
    about = _about(subject)
    if about is None or db.session.scalar(select(Certificate.id).where(about.issued).limit(1)) is None:
        return None
    found = rules.achievement(site.address(""), about.subject, about.title, about.summary, about.language)
    return {"@context": rules.CONTEXTS, **found}


@dataclass(frozen=True, slots=True)
class _About:
    """What a badge is for, with the condition that finds its certificates."""

    subject: str
    title: str
    summary: str
    language: str
    issued: ColumnElement[bool]


def _about(subject: str) -> _About | None:
    named = SUBJECT.fullmatch(subject)
    if named is None:
        return None
    if named[1] == "course":
        course = db.session.get(Course, int(named[2]))
        issued = Certificate.course_id == int(named[2])
        return _About(subject, course.title, course.summary, course.language, issued) if course else None
    path = db.session.get(LearningPath, int(named[2]))
    issued = Certificate.path_id == int(named[2])
    return _About(subject, path.title, path.summary, "en", issued) if path else None


def issuer_profile() -> dict[str, Any]:
    return {"@context": rules.CONTEXTS, **rules.issuer(site.address(""), site.organisation())}


def status_list(number: int) -> str | None:
    """The signed list of what is revoked (VC-JWT); None for a list no badge names."""
    if not 0 <= number < LISTS:
        return None
    first = number * rules.LIST_BITS
    no_longer = Certificate.revoked_at.is_not(None) | Certificate.replaced_at.is_not(None)
    revoked = db.session.scalars(
        select(Certificate.id).where(Certificate.id >= first, Certificate.id < first + rules.LIST_BITS, no_longer)
    )
    now = clock.now()
    body = rules.status_list(site.address(""), site.organisation(), number, revoked, now, now + LIST_LASTS)
    return _signed({**body, "iss": body["issuer"], "jti": body["id"], "nbf": int(now.timestamp())})


def badge_key(name: str) -> dict[str, str] | None:
    """A public key (JWK) by its thumbprint."""
    return public_key(_folder(), name)


def _signed(payload: dict[str, Any]) -> str:
    return sign_token(_folder(), payload, site.address(f"/badges/keys/{key_name(_folder())}"))


def _folder() -> Path:
    return Path(current_app.config["DATA_DIR"])
