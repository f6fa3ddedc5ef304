"""Dates as they are printed, and said on the verification page: with the year, in words."""

from __future__ import annotations

import datetime as dt

from babel.dates import format_date


def long_date(day: dt.date, language: str) -> str:
    """'4 December 2026'; in other languages their own long form."""
    return format_date(day, "d MMMM y" if language == "en" else "long", locale=language)
