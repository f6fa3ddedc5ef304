"""Numbers, and what a certificate is worth today (CRT-3). Pure. Until when it is valid, `courses.validity` says."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum


class CertificateStatus(StrEnum):
    """What the verification page says. Valid to the end of `valid_until`."""

    VALID = "Valid"
    EXPIRED = "Expired"
    REVOKED = "Revoked"


def status(*, valid_until: dt.date | None, revoked: bool, today: dt.date) -> CertificateStatus:
    """Revoked weighs more than expired."""
    if revoked:
        return CertificateStatus.REVOKED
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
