"""Question analysis in words a teacher understands; figures in the reader's notation (QIZ-6)."""

from __future__ import annotations

from typing import Any

from babel.numbers import format_decimal
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __

from lmsapp.learning.analysis.rules import FEW, Figures, Flag

# Each with what to do; %(text)s is the option it is about.
FLAGS: dict[Flag, Any] = {
    Flag.FEW: __("Too few answers to say: under %(few)s."),
    Flag.KEY: __("Good learners get it wrong: look at the key."),
    Flag.RIVAL: __("The best choose “%(text)s” more often than the right answer."),
    Flag.WEAK: __("It hardly tells those who know from those who do not."),
    Flag.EASY: __("Nearly everybody gets it right."),
    Flag.HARD: __("Hardly anybody gets it right."),
    Flag.UNCHOSEN: __("Nobody chose “%(text)s”."),
    Flag.EMPTY: __("Many leave it empty."),
}
TONES = {Flag.KEY: "bad", Flag.RIVAL: "bad", Flag.WEAK: "warn", Flag.HARD: "warn", Flag.EMPTY: "warn"}


def two(value: float | None) -> str:
    """'0.42' or '0,42'; a dash where it cannot be said."""
    return "–" if value is None else format_decimal(value, "0.00", locale=get_locale())


def flag_words(figures: Figures) -> list[dict[str, str]]:
    """Each with its tone."""
    return [
        {"text": _(str(FLAGS[flag]), few=FEW, text=short(text)), "tone": TONES.get(flag, "")}
        for flag, text in figures.flags
    ]


def short(text: str, most: int = 60) -> str:
    """At most so many characters."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def alpha_words(alpha: float | None) -> str:
    """What alpha says, after George and Mallery's scale."""
    if alpha is None:
        return _("Only where everybody is asked the same questions.")
    if alpha >= 0.8:
        return _("Good: the questions measure the same.")
    if alpha >= 0.7:
        return _("Enough for most uses.")
    return _("Low: few questions, or questions about different things.")
