"""Names as they are sorted, and reporting lines without circles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Iterator, Mapping
from typing import TypeVar

from lmsapp.infra.words import N_, RuleBroken

Key = TypeVar("Key", bound=Hashable)

# What compatibility decomposition leaves whole, though people look for it under the plain letter.
PLAIN = str.maketrans(
    {"ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŧ": "t"}
)
# Not surnames, though they stand last or after a comma.
SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "md", "do", "rn", "lpn", "phd", "dds", "np", "pa", "cpa", "esq"})


def fold(text: str) -> str:
    """For sorting and finding: lower case, Latin letters without accents, single spaces. 'Żółć' -> 'zolc'."""
    lower = unicodedata.normalize("NFKC", text).casefold().translate(PLAIN)
    marks_apart = unicodedata.normalize("NFKD", lower)
    kept = "".join(c for c in marks_apart if not ("\u0300" <= c <= "\u036f"))
    return " ".join(unicodedata.normalize("NFC", kept).split())


def split_name(text: str) -> tuple[str, str]:
    """(given, family) of a full name, written 'Given Family' or 'Family, Given'. One word alone is the family name."""
    text = " ".join(text.split())
    family, comma, given = (part.strip() for part in text.partition(","))
    if comma and given and family and not _is_suffix(given):
        return given, family
    words = text.rstrip(",").split(" ")
    last = len(words) - 1
    while last > 0 and _is_suffix(words[last]):
        last -= 1
    return " ".join(words[:last]), " ".join(words[last:])


def full_name(given: str, family: str) -> str:
    """'Given Family', whichever of them there is."""
    return " ".join(f"{given} {family}".split())


def sort_name(given: str, family: str) -> str:
    """The key lists are ordered by: family name first."""
    return fold(f"{family} {given}")


def find_circle(manager_of: Mapping[Key, Key | None]) -> tuple[Key, ...]:
    """The first circle of people who report to each other, in order; empty when there is none."""
    return next(find_circles(manager_of), ())


def find_circles(manager_of: Mapping[Key, Key | None]) -> Iterator[tuple[Key, ...]]:
    """Every circle, each once, looking at each person once: a file of a hundred thousand may be nothing but circles."""
    done: set[Key] = set()
    for start in manager_of:
        path: dict[Key, None] = {}
        at: Key | None = start
        while at is not None and at not in done:
            if at in path:
                whole = list(path)
                yield tuple(whole[whole.index(at) :])
                break
            path[at] = None
            at = manager_of.get(at)
        done.update(path)


def clean_mobile(text: str) -> str | None:
    """As typed, with single spaces; None for nothing. Raises RuleBroken when nobody could call it."""
    number = " ".join(text.split())
    if not number:
        return None
    if not re.fullmatch(r"\+?[0-9 ()/.\-]{3,40}", number, re.ASCII) or sum(c.isdigit() for c in number) < 5:
        raise RuleBroken(N_("Enter a phone number such as +1 312 555 0100."), field="mobile")
    return number


def _is_suffix(word: str) -> bool:
    return word.replace(".", "").replace(",", "").lower() in SUFFIXES
