"""Parameters of an address as values: what makes no sense filters nothing."""

from __future__ import annotations

import datetime as dt

from lmsapp.insight.reports.report import Terms

MOST = 200  # of one parameter
HIGHEST = 2**31 - 1


def numbers(terms: Terms, name: str) -> tuple[int, ...]:
    """Ids."""
    typed = (value for value in terms.get(name, ())[:MOST] if value.isascii() and value.isdigit())
    return tuple(number for number in map(int, typed) if number <= HIGHEST)


def texts(terms: Terms, name: str) -> tuple[str, ...]:
    """Words as they were typed."""
    return tuple(value for value in terms.get(name, ())[:MOST] if value)


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
