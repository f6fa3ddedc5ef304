"""What may be filed, as what, who may open it, and what a file's name tells (HRD-1, HRD-2, SEC-6). Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from lmsapp.infra import uploads
from lmsapp.infra.filetypes import DOCX, JPEG, PDF, PNG, FileType
from lmsapp.infra.words import N_, RuleBroken

LARGEST = 25 * 1024 * 1024
TAKEN = (PDF, JPEG, PNG, DOCX)
LONGEST_TITLE = 200
MOST_FILES = 50  # at once
WARNED_DAYS = 30  # before a document ends
EXPIRING_DAYS = 60
VISIBLE = ("hr", "manager", "employee")
KEEP_FROM = ("filed", "expiry", "leaving")
STILL_TOLD_DAYS = 7  # after its last day, should the letter of the day have been missed


@dataclass(frozen=True, slots=True)
class StandardType:
    """A document type every organisation begins with. `visible_to` as in `DocumentType`."""

    name: str
    visible_to: str
    keep_years: int | None
    needs_expiry: bool = False


TRAINING_RECORD = "Training Record"
ACKNOWLEDGMENT = "Policy Acknowledgment"
STANDARD_TYPES = (
    StandardType(N_("Training Record"), "employee", 6),
    StandardType(N_("Policy Acknowledgment"), "employee", 6),
    StandardType(N_("Licence"), "manager", None, needs_expiry=True),
    StandardType(N_("Identity"), "hr", 3),
    StandardType(N_("Other"), "hr", None),
)


def may_open(visible_to: str, *, keeps_records: bool, leads: bool, own: bool) -> bool:
    """HRD-1: HR opens everything; the reporting line from 'manager' on; oneself only 'employee'."""
    return keeps_records or (leads and visible_to in ("manager", "employee")) or (own and visible_to == "employee")


def check_upload(source: IO[bytes], name: str) -> FileType:
    """The type of an uploaded file by its content; the stream stands at its beginning again.

    Raises RuleBroken, naming the file, when it is empty, too large or nothing we keep.
    """
    return uploads.check_upload(source, name, taken=TAKEN, largest=LARGEST)


def scan_lets_open(scan: str | None, *, filed_it: bool, unscanned_too: bool) -> bool:
    """Whether the scanner stands in the way of opening a file (`StoredFile.scan`). Infected ones open for nobody."""
    return scan in (None, "clean") or (scan in ("waiting", "failed") and (filed_it or unscanned_too))


def standing(expires_on: dt.date | None, today: dt.date) -> str:
    """The status word of a document; its last day is a valid one."""
    if expires_on is None:
        return "Filed"
    if expires_on < today:
        return "Expired"
    return "Expiring" if (expires_on - today).days <= EXPIRING_DAYS else "Valid"


def notice_moment(expires_on: dt.date, today: dt.date) -> str | None:
    """Which letter about the end of a document is due: 'soon' from 30 days before, 'day' on its last day."""
    left = (expires_on - today).days
    if 0 < left <= WARNED_DAYS:
        return "soon"
    return "day" if -STILL_TOLD_DAYS <= left <= 0 else None


def keep_until(
    years: int | None, start: str, *, filed_on: dt.date, expires_on: dt.date | None, left_on: dt.date | None
) -> dt.date | None:
    """The last day a document is kept; None: for good, or until what the years run from has happened."""
    begins = {"filed": filed_on, "expiry": expires_on, "leaving": left_on}[start]
    if years is None or begins is None:
        return None
    try:
        return begins.replace(year=begins.year + years)
    except ValueError:  # 29 February
        return begins.replace(year=begins.year + years, day=28)


@dataclass(frozen=True, slots=True)
class Guess:
    """What the name of a file tells: whose it is, what it is, how it is called."""

    employee_id: int | None
    type_id: int | None
    title: str


def guess(file_name: str, numbers: Mapping[str, int], types: Sequence[tuple[int, str]]) -> Guess:
    """'10023 Licence.pdf' -> the person with that number, the type of that name. `numbers`: upper case -> employee id.

    A number counts when it stands by itself; of several people in one name none is taken. Of types the longest name
    that stands in it.
    """
    stem = Path(file_name.replace("\\", "/")).stem
    found = {numbers[word]: word for word in _words(stem) if word in numbers}
    whole = stem.upper() in numbers
    person = numbers[stem.upper()] if whole else next(iter(found)) if len(found) == 1 else None
    flat = " ".join(re.split(r"[\W_]+", stem.casefold()))
    fitting = [(len(name), type_id) for type_id, name in types if name and f" {_flat(name)} " in f" {flat} "]
    title = stem
    if person is not None and person in found:
        alone = rf"(?i)(?<![^\W_]){re.escape(found[person])}(?![^\W_])"
        title = re.sub(alone, "", stem).strip(" _-,;") or stem
    return Guess(person, max(fitting)[1] if fitting else None, title.replace("_", " ")[:LONGEST_TITLE])


def numbers_in(file_name: str) -> set[str]:
    """Every word of a file's name that could be an employee's number, in upper case."""
    stem = Path(file_name.replace("\\", "/")).stem
    return {word for word in [*_words(stem), stem.upper()] if word and len(word) <= 40}


def _words(stem: str) -> list[str]:
    """'E-20417_TB-10023' -> E-20417, E, 20417, TB-10023, TB, 10023: a number may hold a hyphen or stand behind one."""
    words = re.split(r"[\s_,;()\[\]]+", stem.upper())
    return [one for word in words for one in ([word, *word.split("-")] if "-" in word else [word]) if one]


def _flat(name: str) -> str:
    return " ".join(re.split(r"[\W_]+", name.casefold())).strip()


def check_dates(needs_expiry: bool, issued_on: dt.date | None, expires_on: dt.date | None) -> None:
    """A document that ends says when, and not before it begins. Raises RuleBroken."""
    if needs_expiry and expires_on is None:
        raise RuleBroken(N_("A document of this kind has an end. Give its last valid day."), field="expires_on")
    if issued_on and expires_on and expires_on < issued_on:
        raise RuleBroken(N_("The last valid day is before the day of issue."), field="expires_on")
