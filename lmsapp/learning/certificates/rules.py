"""Validity in calendar months, numbers, and what a certificate is worth today (CRT-3). Pure."""

from __future__ import annotations

import calendar
import datetime as dt
from enum import StrEnum


class CertificateStatus(StrEnum):
    """What the verification page says. Valid to the end of `valid_until`."""

    VALID = "Valid"
    EXPIRED = "Expired"
    REVOKED = "Revoked"


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of the month so many calendar months on; the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def valid_until(issued_on: dt.date, validity_months: int | None) -> dt.date | None:
    """The last day it holds; None: for good."""
    return None if validity_months is None else add_months(issued_on, validity_months)


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
