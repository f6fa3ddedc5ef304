"""What the player posts, checked: commits, beats, requests for another part. Pure (SCO-3, SEC-6).

A body that is no commit at all is refused in words; of one that is, every single element stands for itself.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.scorm.commits.elements import clean

MOST_BYTES = 1 << 20
MOST_ELEMENTS = 5000
DEEPEST = 64  # levels of JSON
HIGHEST = 2**31 - 1
WAYS = frozenset({"set", "commit", "finish", "beacon"})
TOO_LARGE = N_("This is too much to save at once.")
NO_JSON = N_("This could not be read.")
NO_ORDER = N_("The number of this message is missing.")
NO_WAY = N_("It does not say how it came.")


@dataclass(frozen=True, slots=True)
class Message:
    """One commit. `said` element -> value as it came; `shown` seconds the page was shown in this sitting so far."""

    sitting: int
    seq: int
    how: str
    said: Mapping[str, Any]
    shown: float = 0
    sequencing: Mapping[str, Any] | None = None
    nav: str = ""


@dataclass(frozen=True, slots=True)
class BeatMessage:
    """A sign of life."""

    sitting: int
    shown: float


@dataclass(frozen=True, slots=True)
class ItemMessage:
    """Another part is wanted."""

    item: str
    sequencing: Mapping[str, Any] | None = None


def read(body: bytes) -> dict[str, Any]:
    """The object a body holds, whatever type it says it is: beacons come as text. Raises RuleBroken."""
    if len(body) > MOST_BYTES:
        raise RuleBroken(TOO_LARGE)
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise RuleBroken(NO_JSON) from None
    if not isinstance(found, dict):
        raise RuleBroken(NO_JSON)
    return found


def read_commit(body: bytes) -> Message:
    """Raises RuleBroken."""
    given = read(body)
    said, how = given.get("set") or {}, given.get("how", "set")
    if not isinstance(said, dict):
        raise RuleBroken(NO_JSON)
    if len(said) > MOST_ELEMENTS:
        raise RuleBroken(TOO_LARGE)
    if not isinstance(how, str) or how not in WAYS:
        raise RuleBroken(NO_WAY)
    nav = given.get("nav")
    return Message(
        _counted(given, "sitting"),
        _counted(given, "seq"),
        how,
        said,
        _seconds(given),
        state(given.get("sequencing")),
        clean(nav[:200]) if isinstance(nav, str) else "",
    )


def read_beat(body: bytes) -> BeatMessage:
    """Raises RuleBroken."""
    given = read(body)
    return BeatMessage(_counted(given, "sitting"), _seconds(given))


def read_item(body: bytes) -> ItemMessage:
    """Raises RuleBroken."""
    given = read(body)
    item = given.get("item")
    if not isinstance(item, str):
        raise RuleBroken(NO_JSON)
    return ItemMessage(clean(item[:4000]), state(given.get("sequencing")))


def state(given: Any) -> Mapping[str, Any] | None:
    """The state of the run-time library, its own; what could not be kept is not."""
    if not isinstance(given, dict) or _depth(given) > DEEPEST:
        return None
    text = json.dumps(given, ensure_ascii=False)
    if clean(text) == text and "\\u0000" not in text:
        return given
    cleaned: dict[str, Any] = json.loads(clean(text).replace("\\u0000", ""))
    return cleaned


def _depth(value: Any) -> int:
    """Levels, without recursion."""
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        one, depth = waiting.pop()
        inside = list(one.values()) if isinstance(one, dict) else one if isinstance(one, list) else ()
        if inside:
            deepest = max(deepest, depth)
            if deepest > DEEPEST:
                return deepest
        waiting += [(each, depth + 1) for each in inside if isinstance(each, dict | list)]
    return deepest


def _counted(given: Mapping[str, Any], name: str) -> int:
    value = given.get(name)
    if type(value) is not int or not 0 < value <= HIGHEST:
        raise RuleBroken(NO_ORDER)
    return value


def _seconds(given: Mapping[str, Any]) -> float:
    """Nothing where it is no number: what was said must not be lost for it."""
    value = given.get("session_seconds", 0)
    known = type(value) in (int, float) and abs(value) < 1e12 and math.isfinite(value)
    return max(0.0, float(value)) if known else 0.0
