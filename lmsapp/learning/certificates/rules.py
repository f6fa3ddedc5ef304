"""Numbers, and what a certificate is worth today (CRT-3). Pure. Until when it is valid, `courses.validity` says."""

from __future__ import annotations

import datetime as dt
import unicodedata
from enum import StrEnum

from lmsapp.infra.words import N_, RuleBroken

LONGEST_NAME = 120
SUBJECT_COLUMNS = ("enrollment_id", "course_id", "path_enrollment_id", "path_id")


class CertificateStatus(StrEnum):
    """What the verification page says. Valid to the end of `valid_until`."""

    VALID = "Valid"
    EXPIRED = "Expired"
    REVOKED = "Revoked"
    REPLACED = "Replaced"


def status(*, valid_until: dt.date | None, revoked: bool, today: dt.date, replaced: bool = False) -> CertificateStatus:
    """Revoked weighs most, then replaced, then expired."""
    if revoked:
        return CertificateStatus.REVOKED
    if replaced:
        return CertificateStatus.REPLACED
    if valid_until is not None and valid_until < today:
        return CertificateStatus.EXPIRED
    return CertificateStatus.VALID


def prefix(organisation: str) -> str:
    """Up to four capitals that stand before the number: 'Northgate Hospital' -> 'NH'; 'C' when there are no letters."""
    initials = "".join(word[0] for word in organisation.split() if word[0].isalpha())
    return initials[:4].upper() or "C"


def number(prefix: str, year: int, running: int) -> str:
    """'NH-2026-00012'. Numbers may have gaps and never come twice."""
    return f"{prefix}-{year}-{running:05d}"


def checked_name(name: str) -> str:
    """A holder's name as it is printed. Raises RuleBroken."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise RuleBroken(
            N_("Give the name as it is to be printed, at most %(most)s characters."),
            field="holder_name",
            most=LONGEST_NAME,
        )
    if any(unicodedata.category(one) in ("Cc", "Cs", "Co", "Cn") for one in name):
        raise RuleBroken(N_("There is a character here that cannot be printed."), field="holder_name")
    return name
