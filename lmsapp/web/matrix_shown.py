"""How a cell looks: its sign, its date, its word (HRD-7). Short and made once a request, because there are 1,500."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from flask import current_app, g
from flask_babel import gettext as _
from markupsafe import Markup

from lmsapp.compliance.ledger.expressions import LETTERS, NOT_ASKED
from lmsapp.insight.matrix.listing import Person
from lmsapp.web import dates
from lmsapp.web.labels import status_word

SOON = dt.timedelta(days=300)
LOOKS = {"X": "stop", "R": "renew", "E": "sand", "N": "ring", "C": "check", "W": "wave"}


def cells(person: Person, columns: Sequence[Any]) -> list[tuple[Any, str, str]]:
    """(type, letter or nothing, date in words) in the order of the columns."""
    return [
        (one, "" if person.letters[one.id] == NOT_ASKED else person.letters[one.id], _when(person, one.id))
        for one in columns
    ]


def _when(person: Person, type_id: int) -> str:
    day = person.until.get(type_id)
    if day is None:
        return ""
    words = _cell_day(day)
    return _("to %(day)s", day=words) if person.letters[type_id] == "W" else words


def _cell_day(day: dt.date) -> str:
    """'25 Nov' when it is near, else 'Nov 2027'. Each day is put in words once a request: there are 1,500 cells."""
    known: dict[dt.date, str] = g.setdefault("cell_days", {})
    if day not in known:
        known[day] = dates.daymonth(day) if abs(day - dates.today()) < SOON else dates.month(day)
    return known[day]


def sign(letter: str, word: str) -> Markup:
    """A shape, a letter and, for who cannot see them, the word: never colour alone. Made once for 1,500 cells."""
    shape = _shape(letter)
    return Markup('<span>{}<span aria-hidden="true">{}</span></span><span class="visually-hidden">{}</span>').format(
        shape, letter, word
    )


def shown_sign(letter: str, word: str) -> Markup:
    """The same with the word to read."""
    return Markup("{}<b>{}</b> {}").format(_shape(letter), letter, word)


def own_signs(columns: Sequence[Any]) -> dict[tuple[int, str], Markup]:
    """By (type, letter), where the organisation calls a status of that type by another word."""
    general = {letter: status_word(status) for letter, status in LETTERS.items()}
    own = {
        (one.id, letter): status_word(status, compliance_type=one.id)
        for one in columns
        for letter, status in LETTERS.items()
    }
    return {key: sign(key[1], word) for key, word in own.items() if word != general[key[1]]}


def _shape(letter: str) -> Markup:
    draw: Any = current_app.jinja_env.globals["drawn_icon"]
    shape: Markup = draw(LOOKS[letter])
    return shape
