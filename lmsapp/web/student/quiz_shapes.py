"""What is sent of an answer, and what is said about it. Shapes alone are read here; what fits, the action says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_decimal
from flask import abort
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from lmsapp.courses.quizzes.marking import number_read
from lmsapp.courses.quizzes.rules import MAX_ANSWER, QuestionKind
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.quizzes.views import Asked

MOST_PARTS = 20  # more than any question has
LONGEST_PART = MAX_ANSWER + 2000  # room for line ends that travel as two characters
LONGEST_REVISION = 9  # digits
SHOWN_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Sent:
    """`given` as the server keeps it. `revision` None: a form, which is the newest.

    Of a form: `seen`, the newest revision its page knew; `was`, what it showed; `clean`: the page has saved it already.
    """

    given: tuple[str, ...]
    revision: int | None
    flagged: bool
    seen: int = 0
    was: str = ""
    clean: bool = False


def read_answer(form: MultiDict[str, str]) -> Sent:
    """Anything of another shape is a bad request."""
    values = [one.replace("\0", "").replace("\r\n", "\n") for one in form.getlist("answer")]
    given = tuple(dict.fromkeys(one for one in values if one.strip()))
    if len(values) > MOST_PARTS or sum(map(len, values)) > LONGEST_PART:
        abort(400)
    return Sent(
        given=given,
        revision=_number(form.get("revision", "")),
        flagged=form.get("flagged") == "1",
        seen=_number(form.get("seen", "")) or 0,
        was=form.get("was", ""),
        clean=form.get("clean") == "1",
    )


def _number(typed: str) -> int | None:
    if not typed:
        return None
    if not (typed.isascii() and typed.isdecimal()) or len(typed) > LONGEST_REVISION:
        abort(400)
    return int(typed)


def places_sent(form: MultiDict[str, str], asked: Asked) -> dict[str, str]:
    """Of an ordering without script: by item, the place chosen for it."""
    return {one.key: form.get(f"place-{one.key}", "")[:3] for one in asked.options}


def order_of(places: dict[str, str]) -> tuple[str, ...]:
    """The items by their places; nothing chosen is no answer. Raises RuleBroken unless each has one of its own."""
    if not any(places.values()):
        return ()
    wanted = {str(number) for number in range(1, len(places) + 1)}
    if set(places.values()) != wanted:
        raise RuleBroken(N_("Give each item a place of its own, from 1 to %(most)s."), most=len(places))
    return tuple(sorted(places, key=lambda key: int(places[key])))


def mark_of(given: Sequence[str]) -> str:
    """What a page showed, in short: a form tells by it whether anything was changed."""
    return hashlib.sha256(json.dumps(list(given)).encode()).hexdigest()[:16]


def read_words(asked: Asked) -> str:
    """What the server reads in a number, said back; empty for other kinds."""
    if asked.kind != QuestionKind.NUMERIC:
        return ""
    return number_words(asked.given[0] if asked.given else "", asked.unit)


def number_words(typed: str, unit: str) -> str:
    """'We read: 9.81 m/s2', in the reader's way of writing numbers."""
    if not typed.strip():
        return ""
    number = number_read(typed, unit)
    if number is None:
        return _("This is not a number yet. Write it like 9.81 or 9,81.")
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    shown = format_decimal(exact, locale=str(get_locale() or "en"), decimal_quantization=False, group_separator=False)
    long = len(shown) > SHOWN_DIGITS * 2
    return _(
        "We read: %(number)s", number=" ".join(filter(None, (f"{exact:.{SHOWN_DIGITS}g}" if long else shown, unit)))
    )


def words_asked(asked: Asked) -> str:
    """How many words an open answer should have."""
    least, most = asked.min_words, asked.max_words
    if least and most:
        return _("Write %(least)s to %(most)s words.", least=least, most=most)
    if least:
        return ngettext("Write at least %(num)s word.", "Write at least %(num)s words.", least)
    return ngettext("Write at most %(num)s word.", "Write at most %(num)s words.", most) if most else ""


def length_words(asked: Asked) -> str:
    """What is too short or too long before handing in; empty where it fits or is not answered."""
    if not asked.answered:
        return ""
    if asked.min_words and asked.words < asked.min_words:
        return _("%(n)s of at least %(least)s words", n=asked.words, least=asked.min_words)
    if asked.max_words and asked.words > asked.max_words:
        return _("%(n)s words, at most %(most)s are asked", n=asked.words, most=asked.max_words)
    return ""
