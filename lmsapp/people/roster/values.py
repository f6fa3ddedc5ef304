"""What a cell means: dates in one order a column, statuses in many words. Pure."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum

from lmsapp.infra.words import N_, RuleBroken

MONTHS = {
    word: number
    for number, words in enumerate(
        ("jan january ene enero", "feb february febrero", "mar march marzo", "apr april abr abril", "may mayo",
         "jun june junio", "jul july julio", "aug august ago agosto", "sep sept september septiembre",
         "oct october octubre", "nov november noviembre", "dec december dic diciembre"), start=1)
    for word in words.split()
}  # fmt: skip
ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{2}:\d{2}.*)?")
NUMERIC = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?: \d{1,2}:\d{2}.*)?")
DAY_MONTH = re.compile(r"(\d{1,2})[- ./]*([^\W\d]+)\.?,?[- ./]*(\d{4})")
MONTH_DAY = re.compile(r"([^\W\d]+)\.? *(\d{1,2}),? *(\d{4})")
ACTIVE = (
    " active a act 1 yes y true employed current onleave leave loa fulltime parttime regular probation activo activa "
)
LEFT = (
    " terminated t term 0 no n false inactive left resigned retired dismissed separated deceased exited former "
    "terminado terminada inactivo inactiva baja "
)
LANGUAGES = {"en": "en", "es": "es", "english": "en", "spanish": "es", "inglés": "en", "español": "es"}


SERIAL = re.compile(r"[2-5]\d{4}(\.\d+)?")
SHORT_YEAR = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2}")
# Marks that turn the direction of what follows: in a list they only serve to show another text than there is.
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
ALPHABETS = {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN"}


class DateOrder(StrEnum):
    """How 03/04/2026 is meant."""

    AUTO = "auto"
    MONTH_FIRST = "mdy"
    DAY_FIRST = "dmy"


def order_of(texts: Iterable[str]) -> DateOrder:
    """What the whole column says: a number above 12 cannot be a month. AUTO when it says nothing, or both."""
    first_is_day = second_is_day = dotted = False
    for text in texts:
        if found := NUMERIC.fullmatch(text):
            first_is_day |= int(found[1]) > 12
            second_is_day |= int(found[3]) > 12
            dotted |= found[2] == "."
    if first_is_day == second_is_day:
        return DateOrder.DAY_FIRST if dotted and not first_is_day else DateOrder.AUTO
    return DateOrder.DAY_FIRST if first_is_day else DateOrder.MONTH_FIRST


def parse_date(text: str, order: DateOrder) -> dt.date:
    """The day. Raises RuleBroken for what is none, and for day and month that cannot be told apart."""
    if found := ISO.fullmatch(text):
        return _date(text, found[1], found[2], found[3])
    if found := NUMERIC.fullmatch(text):
        one, two = found[1], found[3]
        if order is DateOrder.AUTO and one != two and int(one) <= 12 and int(two) <= 12:
            raise RuleBroken(
                N_("'%(text)s' may be two days: month first or day first? Say so under 'Dates'."), text=text
            )
        month_first = order is DateOrder.MONTH_FIRST or (order is DateOrder.AUTO and int(two) > 12)
        return _date(text, found[4], one, two) if month_first else _date(text, found[4], two, one)
    if found := DAY_MONTH.fullmatch(text):
        return _date(text, found[3], _month(found[2]), found[1])
    if found := MONTH_DAY.fullmatch(text):
        return _date(text, found[3], _month(found[1]), found[2])
    raise _no_date(text)


def check_text(text: str) -> None:
    """Raises RuleBroken for what nobody typed: control characters, lost letters, marks that turn the line."""
    if text.isascii() and text.isprintable():
        return
    if "\ufffd" in text:
        raise RuleBroken(N_("Letters of this cell were lost (�) before the file came here. Export it again."))
    if TURNING.search(text) or any(unicodedata.category(c) in ("Cc", "Co", "Cn", "Cs") for c in text):
        raise RuleBroken(N_("This cell holds a hidden control character. Type it again."))


def check_identity(text: str) -> str:
    """Numbers and addresses tell people apart: what only looks like another one is refused. Returns the text composed.

    Raises RuleBroken for invisible characters, look-alikes of two alphabets, and other forms of plain letters.
    """
    if text.isascii():
        return text
    if any(unicodedata.category(c) == "Cf" for c in text):
        raise RuleBroken(N_("'%(text)s' holds an invisible character. Type it again."), text=text[:60])
    composed = unicodedata.normalize("NFC", text)
    alphabets = ALPHABETS & {
        name for c in composed if c.isalpha() for name in ALPHABETS if unicodedata.name(c, "").startswith(name)
    }
    if len(alphabets) > 1 or unicodedata.normalize("NFKC", text) != composed:
        raise RuleBroken(N_("'%(text)s' holds letters that only look like others. Type it again."), text=text[:60])
    return composed


def is_active(text: str) -> bool:
    """Whether the status means that somebody works here. Raises RuleBroken for a word nobody knows."""
    word = re.sub(r"[\W_]", "", text.casefold())
    if not word or f" {word} " in ACTIVE:
        return True
    if f" {word} " in LEFT:
        return False
    raise RuleBroken(N_("'%(text)s' is not a known status. Use Active or Terminated."), text=text[:40])


def language_of(text: str) -> str | None:
    """'en' or 'es' for 'en-US', 'Spanish' …; None for a language the product does not speak."""
    word = text.strip().casefold()
    return LANGUAGES.get(word) or LANGUAGES.get(re.split(r"[-_ ]", word)[0])


def _month(word: str) -> int:
    return MONTHS.get(word.casefold(), 0)


def _date(text: str, year: str, month: str | int, day: str | int) -> dt.date:
    try:
        found = dt.date(int(year), int(month), int(day))
    except ValueError:
        raise _no_date(text) from None
    if not 1930 <= found.year <= 2100:
        raise _no_date(text)
    return found


def _no_date(text: str) -> RuleBroken:
    if SERIAL.fullmatch(text):
        words = N_("'%(text)s' is a day as Excel counts them. Format the column as a date, then save it again.")
        return RuleBroken(words, text=text)
    if SHORT_YEAR.fullmatch(text):
        return RuleBroken(N_("'%(text)s' has a year of two digits. Write it as 2026-11-30."), text=text)
    return RuleBroken(N_("'%(text)s' is not a date. Write it as 2026-11-30."), text=text[:40])
