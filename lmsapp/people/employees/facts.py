"""What each fact of an employee may be. Pure; the record keeps what comes out."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.accounts.rules import clean_email
from lmsapp.people.organisation.rules import Kind, clean_name

LANGUAGES = ("en", "es")
LONGEST_NUMBER = 60
FIRST_DAY, LAST_DAY = dt.date(1930, 1, 1), dt.date(2100, 12, 31)
_MOBILE = re.compile(r"\+?[\d ()./x-]{4,40}")


def checked_facts(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are kept; names without a check of their own pass. Raises RuleBroken with the field."""
    return {name: CHECKS[name](value) if name in CHECKS else value for name, value in values.items()}


def checked_reason(text: str) -> str:
    """Why a change is made, '' when nobody said. Raises RuleBroken when it is no plain sentence."""
    return clean_name(text, field="reason", longest=500) if text.strip() else ""


def _name(value: str) -> str:
    name = clean_name(value)
    if not any(c.isalpha() for c in name):
        raise RuleBroken(N_("A name has letters."), field="name")
    return name


def _word(value: str, field: str) -> str:
    return clean_name(value, field=field) if value.strip() else ""


def _mobile(value: str | None) -> str | None:
    text = (value or "").strip()
    if text and not (_MOBILE.fullmatch(text) and sum(c.isdigit() for c in text) > 3):
        raise RuleBroken(N_("Write the number like +1 312 555 0100."), field="mobile")
    return text or None


def _hire_date(value: dt.date | None) -> dt.date | None:
    if value is not None and not FIRST_DAY <= value <= LAST_DAY:
        raise RuleBroken(N_("Give a day from 1930 to 2100."), field="hire_date")
    return value


def _time_zone(value: str) -> str:
    try:
        return ZoneInfo(value.strip()).key
    except (KeyError, ValueError, OSError):
        raise RuleBroken(N_("Choose a time zone from the list, such as America/Chicago."), field="time_zone") from None


def _language(value: str) -> str:
    if value not in LANGUAGES:
        raise RuleBroken(N_("Choose one of the languages."), field="language")
    return value


CHECKS: dict[str, Callable[[Any], Any]] = {
    "number": partial(clean_name, field="number", longest=LONGEST_NUMBER),
    "name": _name,
    "email": lambda value: clean_email(value) if value and value.strip() else None,
    "mobile": _mobile,
    "hire_date": _hire_date,
    "time_zone": _time_zone,
    "language": _language,
    **{kind.value: partial(_word, field=kind.value) for kind in Kind},
}
