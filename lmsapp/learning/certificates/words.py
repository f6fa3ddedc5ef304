"""Dates as they are printed, and said on the verification page: with the year, in words. Our own wording."""

from __future__ import annotations

import datetime as dt

from babel.dates import format_date
from flask_babel import gettext as _


def long_date(day: dt.date, language: str) -> str:
    """'4 December 2026'; in other languages their own long form."""
    return format_date(day, "d MMMM y" if language == "en" else "long", locale=language)


def standard_words(*, path: bool) -> dict[str, str]:
    """By part, in the language that is set: what stands where a template says nothing."""
    sentence = (
        _("has completed every course of the learning path") if path else _("has met every requirement of the course")
    )
    return {
        "heading": _("Certificate of Completion"),
        "lead_in": _("This certifies that"),
        "sentence": sentence,
        "foot": "",
    }
