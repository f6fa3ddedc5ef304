"""How much more time may be asked for, and how a request goes on. Pure and dated (ASG-6)."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from lmsapp.infra.words import N_, RuleBroken, cleaned_words

LONGEST_WORDS = 1000
FURTHEST = 365  # days after today


class ExtensionState(StrEnum):
    """How a request stands."""

    OPEN = "open"
    GRANTED = "granted"
    DECLINED = "declined"
    TAKEN_BACK = "taken back"
    OVER = "over"  # the training was completed or closed before anybody answered


def check_wanted(wanted_on: dt.date, due_on: dt.date, today: dt.date, field: str = "wanted_on") -> None:
    """Raises RuleBroken for a day that is no extension: not after the due date, not ahead, or too far away."""
    if wanted_on <= due_on:
        raise RuleBroken(N_("Choose a day after the present due date."), field=field)
    if wanted_on <= today:
        raise RuleBroken(N_("Choose a day from tomorrow on."), field=field)
    if wanted_on > today + dt.timedelta(days=FURTHEST):
        raise RuleBroken(N_("Choose a day within a year."), field=field)


def cleaned(words: str, field: str) -> str:
    """As `cleaned_words`; raises RuleBroken also where there are none."""
    kept = cleaned_words(words, LONGEST_WORDS, field)
    if not kept:
        raise RuleBroken(N_("Say why, in a sentence."), field=field)
    return kept
