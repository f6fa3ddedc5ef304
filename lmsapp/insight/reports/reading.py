"""Parameters of an address as values: what makes no sense filters nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TypeVar

from lmsapp.insight.reports.report import Asking, Field, Terms

Value = TypeVar("Value")

MOST = 200  # of one parameter
DIGITS = 9  # what is longer is no number anybody means


def numbers(terms: Terms, name: str) -> tuple[int, ...]:
    """Ids."""
    typed = (value for value in terms.get(name, ())[:MOST] if value.isascii() and value.isdigit())
    return tuple(int(value) for value in typed if len(value) <= DIGITS)


def texts(terms: Terms, name: str) -> tuple[str, ...]:
    """Words as they were typed, but for what no text of the database holds."""
    return tuple(value for value in terms.get(name, ())[:MOST] if value and "\x00" not in value)


def one_of(terms: Terms, name: str, allowed: tuple[str, ...]) -> str:
    """The word, or the first that is allowed."""
    typed = next(iter(terms.get(name, ())), "")
    return typed if typed in allowed else allowed[0]


def day(terms: Terms, name: str) -> dt.date | None:
    """A date written as 2026-03-31."""
    try:
        return dt.date.fromisoformat(next(iter(terms.get(name, ())), ""))
    except ValueError:
        return None


def number(terms: Terms, name: str, *, standard: int, most: int) -> int:
    """One number from 0 to `most`; what is missing or makes no sense is `standard`."""
    typed = next(iter(terms.get(name, ())), "").strip()
    return min(int(typed), most) if typed.isascii() and typed.isdigit() and len(typed) < DIGITS else standard


def month(terms: Terms, name: str) -> dt.date | None:
    """The first day of a month written as 2026-03."""
    try:
        return dt.datetime.strptime(next(iter(terms.get(name, ())), ""), "%Y-%m").date()  # noqa: DTZ007 - a month
    except ValueError:
        return None


def flag(terms: Terms, name: str) -> bool:
    """Whether it is ticked."""
    return next(iter(terms.get(name, ())), "") == "1"


def meant(read: Callable[[Terms, str], Value | None], field: Field, asking: Asking) -> Value | None:
    """What was typed, as one of the functions above reads it; else what the field means without."""
    typed = read(asking.terms, field.name)
    if typed is not None or field.standard is None:
        return typed
    return read({field.name: [field.standard(asking)]}, field.name)
