"""The data model: which elements content may set, of which type and length. Pure (SCO-2).

Sources: SCORM 1.2 RTE 3.4, SCORM 2004 4th Edition RTE 4.2. An element that is not taken is refused by itself, with the
reason in words; everything beside it is kept. What is longer than the standard says is kept up to twice that much, and
said: content that works elsewhere must not lose its place here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from lmsapp.courses.packages.rules import Edition
from lmsapp.infra.words import N_
from lmsapp.learning.scorm.commits.times import hundredths

SUSPEND_DATA = "cmi.suspend_data"  # in both editions
LONGEST_NAME = 200
MOST_INDEX = 5000  # of objectives, interactions and the like
HIGHEST = Decimal(10) ** 9
UNKNOWN = N_("no element that content may set")
TOO_LONG = N_("longer than can be kept")
NOT_TEXT = N_("contains characters that are no text")
NO_NUMBER = N_("no number that is possible here")
NO_TIME = N_("no time")
NO_WORD = N_("no word that is known here")
OVER = N_("longer than the standard allows; kept")

Check = Callable[[str], str]
"""The reason why a value is refused; empty: it is taken."""


@dataclass(frozen=True, slots=True)
class Element:
    """`length`: characters by the standard; 0: the check says it all."""

    check: Check
    length: int = 0

    @property
    def most(self) -> int:
        """Characters that are kept."""
        return max(2 * self.length, 4000) if self.length else 400


@dataclass(slots=True)
class Taken:
    """What of a commit can be kept. `values` without suspend data, which is None where none was set.

    `refused` and `remarks`: element -> reason, in words to be translated.
    """

    values: dict[str, str] = field(default_factory=dict)
    suspend_data: str | None = None
    refused: dict[str, str] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """Every element that was set."""
        return [*self.values, *([SUSPEND_DATA] if self.suspend_data is not None else [])]

    @property
    def said(self) -> dict[str, Any]:
        """For the log: of suspend data its length."""
        return self.values if self.suspend_data is None else {**self.values, SUSPEND_DATA: len(self.suspend_data)}


def taken(edition: Edition, said: Mapping[str, Any]) -> Taken:
    """Everything of `said` that the edition knows, checked one by one."""
    kept = Taken()
    for name, given in said.items():
        value = given if type(given) is str else plain(given)
        element = element_of(edition, name)
        reason = UNKNOWN if element is None else NOT_TEXT if value is None else _refusal(element, name, value)
        if reason or element is None or value is None:
            kept.refused[clean(name[:LONGEST_NAME])] = reason
            continue
        if name == SUSPEND_DATA:
            kept.suspend_data = value
        else:
            kept.values[name] = value
        if element.length and len(value) > element.length:
            kept.remarks[name] = OVER
    return kept


def plain(given: Any) -> str | None:
    """As content would have written it; None for what is no single value."""
    if isinstance(given, str):
        return given
    if isinstance(given, bool):
        return "true" if given else "false"
    return str(given) if isinstance(given, int | float) else None


def clean(text: str) -> str:
    """Without what a database cannot keep."""
    return UNCLEAN.sub("", text)


def _refusal(element: Element, name: str, value: str) -> str:
    if len(value) > element.most:
        return TOO_LONG
    if name != SUSPEND_DATA and UNCLEAN.search(value):
        return NOT_TEXT
    return element.check(value)


def number(said: str) -> Decimal | None:
    """A number content may have meant; None for anything else, infinity and the like included."""
    try:
        found = Decimal(said.strip()) if len(said) <= 40 else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() and abs(found) < HIGHEST else None


def _within(least: int, most: int) -> Check:
    def check(said: str) -> str:
        found = number(said)
        return "" if found is not None and least <= found <= most else NO_NUMBER

    return check


def _text(_said: str) -> str:
    return ""


def _number(said: str) -> str:
    """1.2 lets a score be empty."""
    return "" if said == "" or number(said) is not None else NO_NUMBER


def _time(said: str) -> str:
    return "" if hundredths(said) is not None else NO_TIME


def _one_of(*words: str) -> Element:
    known = frozenset(words)
    return Element(lambda said: "" if said in known else NO_WORD)


TEXT, NUMBER, TIME = Element(_text, 255), Element(_number), Element(_time)
LONG = Element(_text, 4000)
SCORES = ("score.raw", "score.min", "score.max")
# Interactions are evidence, not facts: what they say is kept as it came.
INTERACTION_12 = ("id", "objectives.n.id", "time", "type", "correct_responses.n.pattern", "weighting", "latency")
INTERACTION_2004 = ("id", "objectives.n.id", "timestamp", "type", "correct_responses.n.pattern", "weighting", "latency")
STATUS_12 = _one_of("passed", "completed", "failed", "incomplete", "browsed", "not attempted")
COMPLETION = _one_of("completed", "incomplete", "not attempted", "unknown")
SUCCESS = _one_of("passed", "failed", "unknown")
SCALED, PROGRESS = Element(_within(-1, 1)), Element(_within(0, 1))

V12: dict[str, Element] = {
    "cmi.core.lesson_location": TEXT,
    "cmi.core.lesson_status": STATUS_12,
    "cmi.core.exit": _one_of("time-out", "suspend", "logout", "normal", ""),
    "cmi.core.session_time": TIME,
    **{f"cmi.core.{name}": NUMBER for name in SCORES},
    SUSPEND_DATA: Element(_text, 64_000),  # 4,096 by the standard, which current content does not keep to
    "cmi.comments": Element(_text, 4096),
    "cmi.objectives.n.id": TEXT,
    "cmi.objectives.n.status": STATUS_12,
    **{f"cmi.objectives.n.{name}": NUMBER for name in SCORES},
    **{f"cmi.student_preference.{name}": TEXT for name in ("audio", "language", "speed", "text")},
    **{f"cmi.interactions.n.{name}": LONG for name in (*INTERACTION_12, "student_response", "result")},
}
V2004: dict[str, Element] = {
    "cmi.completion_status": COMPLETION,
    "cmi.success_status": SUCCESS,
    "cmi.exit": _one_of("time-out", "suspend", "logout", "normal", ""),
    "cmi.location": Element(_text, 1000),
    "cmi.progress_measure": PROGRESS,
    "cmi.session_time": TIME,
    "cmi.score.scaled": SCALED,
    **{f"cmi.{name}": NUMBER for name in SCORES},
    SUSPEND_DATA: Element(_text, 64_000),
    **{f"cmi.comments_from_learner.n.{name}": LONG for name in ("comment", "location", "timestamp")},
    **{
        f"cmi.learner_preference.{name}": TEXT
        for name in ("audio_level", "language", "delivery_speed", "audio_captioning")
    },
    "cmi.objectives.n.id": LONG,
    "cmi.objectives.n.description": LONG,
    "cmi.objectives.n.success_status": SUCCESS,
    "cmi.objectives.n.completion_status": COMPLETION,
    "cmi.objectives.n.progress_measure": PROGRESS,
    "cmi.objectives.n.score.scaled": SCALED,
    **{f"cmi.objectives.n.{name}": NUMBER for name in SCORES},
    **{f"cmi.interactions.n.{name}": LONG for name in (*INTERACTION_2004, "learner_response", "result", "description")},
    "adl.nav.request": TEXT,
    "adl.data.n.store": Element(_text, 64_000),
}
ELEMENTS = {Edition.V12: V12, Edition.V2004: V2004}
INDEX = re.compile(r"\.(\d+)(?=\.|$)", re.ASCII)


@lru_cache(maxsize=8192)
def element_of(edition: Edition, name: str) -> Element | None:
    """The element of that name, with its indexes; None where content may not set it."""
    if len(name) > LONGEST_NAME or any(len(one) > 4 or int(one) > MOST_INDEX for one in INDEX.findall(name)):
        return None
    return ELEMENTS[edition].get(INDEX.sub(".n", name))


def packed(text: str) -> str:
    """Suspend data as it can be kept: some content packs bits into characters that no database takes."""
    return PACKED + _escaped(text) if text.startswith(PACKED) or UNCLEAN.search(text) else text


def unpacked(kept: str) -> str:
    """As it was."""
    return UNESCAPE.sub(lambda one: chr(int(one[1], 16)), kept[len(PACKED) :]) if kept.startswith(PACKED) else kept


PACKED = "\x02escaped\x02"
UNCLEAN = re.compile("[\0\ud800-\udfff]")
ESCAPE = re.compile("[\0\x1b\ud800-\udfff]")
UNESCAPE = re.compile("\x1b([0-9a-f]{4})")


def _escaped(text: str) -> str:
    return ESCAPE.sub(lambda one: f"\x1b{ord(one[0]):04x}", text)
