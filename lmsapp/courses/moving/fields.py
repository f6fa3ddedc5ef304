"""One field of a course file at a time: what it must be, else refused with its place. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from lmsapp.courses.catalogue.rules import MAX_TITLE
from lmsapp.infra.words import N_, RuleBroken

Json = Mapping[str, Any]
SHA256 = re.compile(r"[0-9a-f]{64}")
NAME = re.compile(r"[\w.-]{1,120}")
NOT_RIGHT = N_("This course file was damaged or changed by hand: %(place)s is not right.")
UNKNOWN_KIND = N_("This course file has “%(kind)s” at %(place)s, which is not known here.")


def wrong(place: str) -> NoReturn:
    """Refuse, naming the place."""
    raise RuleBroken(NOT_RIGHT, field="file", place=place)


def object_in(raw: Json, name: str, at: str) -> Json:
    """An object."""
    found = raw.get(name)
    return found if isinstance(found, Mapping) else wrong(at)


def numbered(raw: Json, name: str, most: int, at: str) -> list[tuple[Json, str]]:
    """Each object of a list with the place it stands at."""
    found = raw.get(name, [])
    if not isinstance(found, list) or len(found) > most:
        wrong(at + name)
    places = [(one, f"{at}{name}.{number}.") for number, one in enumerate(found, 1)]
    return [(one, place) if isinstance(one, Mapping) else wrong(place) for one, place in places]


def text(raw: Json, name: str, most: int, at: str, *, lines: bool = False) -> str:
    """A text without characters nobody can see; `lines`: of several lines."""
    found = raw.get(name, "")
    if not isinstance(found, str) or len(found) > most:
        wrong(at + name)
    allowed = "\n\r\t" if lines else ""
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in allowed for c in found):
        wrong(at + name)
    return found


def title(raw: Json, at: str) -> str:
    """A title with something in it."""
    found = text(raw, "title", MAX_TITLE, at)
    return found if found.strip() else wrong(at + "title")


def key(raw: Json, name: str, at: str) -> str:
    """A short name of letters, digits, points and hyphens."""
    found = text(raw, name, 40, at)
    return found if NAME.fullmatch(found) else wrong(at + name)


def number(raw: Json, name: str, least: int, most: int, at: str, *, none: bool = False, whole: bool = True) -> Any:
    """A number within bounds; `none`: or nothing."""
    found = raw.get(name)
    if found is None and none:
        return None
    if isinstance(found, bool) or not (isinstance(found, int) or (isinstance(found, float) and not whole)):
        wrong(at + name)
    return found if least <= found <= most else wrong(at + name)


def flag(raw: Json, name: str, at: str) -> bool:
    """True or false."""
    found = raw.get(name)
    return found if isinstance(found, bool) else wrong(at + name)


def one_of(raw: Json, name: str, known: Iterable[str], at: str) -> str:
    """One of the words known."""
    found = raw.get(name)
    if not isinstance(found, str):
        wrong(at + name)
    if found not in {str(one) for one in known}:
        raise RuleBroken(UNKNOWN_KIND, field="file", kind=found[:40], place=(at + name))
    return found


def sha(raw: Json, name: str, at: str) -> str | None:
    """A SHA-256, or nothing."""
    found = raw.get(name)
    if found is None:
        return None
    return found if isinstance(found, str) and SHA256.fullmatch(found) else wrong(at + name)
