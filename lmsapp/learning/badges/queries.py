"""The badge of a certificate through its holder; what verifiers ask for, which anybody may see."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select

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

GONE = Certificate.revoked_at.is_not(None) | Certificate.replaced_at.is_not(None)
LIST_LASTS = dt.timedelta(hours=24)
PATH_LANGUAGE = "en"  # a path has no language of its own
LISTS = 1000  # more than a hundred million certificates


def badge_for(viewer: Viewer, certificate_id: int) -> str | None:
    """The signed badge (VC-JWT) of the viewer's own certificate; None when it is nobody's or another's, revoked or
    replaced."""
    row = certificate_for(viewer, certificate_id)
    if row is None or row.employee_id != viewer.employee_id or row.revoked_at or row.replaced_at:
        return None
    return badge_token(facts_of(row))


def facts_of(row: Certificate) -> rules.BadgeFacts:
    """What a badge says of one certificate; until when it is valid as its period says today."""
    record = db.session.get_one(CompletionRecord, row.record_id)
    last = valid_until(row)
    zone = clock.zone(current_app.config["TIME_ZONE"])
    until = dt.datetime.combine(last, dt.time(23, 59, 59), zone) if last else None
    where, summary, language = _stands_for(row)
    return rules.BadgeFacts(
        site=site.address(""),
        organisation=site.organisation(),
        certificate_id=row.id,
        token=row.token,
        number=row.number,
        holder_name=row.holder_name,
        email=db.session.get_one(Employee, row.employee_id).email,
        achievement=where,
        title=row.title,
        summary=summary,
        language=language,
        score=None if record.score is None else f"{record.score:f}".rstrip("0").rstrip("."),
        issued_at=row.issued_at,
        until=until,
    )


def badge_token(facts: rules.BadgeFacts) -> str:
    """Signed."""
    return _signed(rules.claims(rules.credential(facts), facts.issued_at, facts.until))


def achievement_of(course_id: int) -> dict[str, Any] | None:
    """What a course stands for, for whoever reads a badge: only of courses that a certificate was issued for."""
    issued = select(Certificate.id).where(Certificate.course_id == course_id).limit(1)
    course = db.session.get(Course, course_id)
    if course is None or db.session.scalar(issued) is None:
        return None
    where = f"achievements/{course.id}"
    found = rules.achievement(site.address(""), where, course.title, course.summary, course.language)
    return {"@context": rules.CONTEXTS, **found}


def program_of(path_id: int) -> dict[str, Any] | None:
    """The same of a learning path."""
    issued = select(Certificate.id).where(Certificate.path_id == path_id).limit(1)
    path = db.session.get(LearningPath, path_id)
    if path is None or db.session.scalar(issued) is None:
        return None
    found = rules.achievement(site.address(""), f"programs/{path.id}", path.title, path.summary, PATH_LANGUAGE)
    return {"@context": rules.CONTEXTS, **found}


def _stands_for(row: Certificate) -> tuple[str, str, str]:
    """(address below /badges, summary, language) of the course or the path."""
    if row.path_id is not None:
        return f"programs/{row.path_id}", db.session.get_one(LearningPath, row.path_id).summary, PATH_LANGUAGE
    course = db.session.get_one(Course, row.course_id)
    return f"achievements/{course.id}", course.summary, course.language


def issuer_profile() -> dict[str, Any]:
    return {"@context": rules.CONTEXTS, **rules.issuer(site.address(""), site.organisation())}


def status_list(number: int) -> str | None:
    """The signed list of what is revoked or replaced (VC-JWT); None for a list no badge names."""
    if not 0 <= number < LISTS:
        return None
    first = number * rules.LIST_BITS
    revoked = db.session.scalars(
        select(Certificate.id).where(Certificate.id >= first, Certificate.id < first + rules.LIST_BITS, GONE)
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
