"""Where everything stands on the page of a certificate, and how large, so that it always is one page. Pure (CRT-2).

Frames are millimetres from the upper left corner. Letters are points: the name, the title and the heading shrink until
all of the words fit between the head of the page and its facts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lmsapp.learning.certificates.templates.rules import Design, Turn

POINTS = 72 / 25.4  # in a millimetre
NAME, TITLE, HEADING, PLAIN, HAND = 36.0, 19.0, 28.0, 12.0, 11.0
LEAST_NAME, LEAST_TITLE, LEAST_HEADING = 13.0, 10.0, 15.0
LEADING = 1.4
COURSE_LINE = 11.5  # points a line of the list of courses takes
MOST_COURSES = 16
SHRINK = 0.93
UPRIGHT = 125  # millimetres of room for words: only upright paper has more
UPRIGHT_ABOVE = 0.3  # of what is left free there
SLACK = 1.06  # words break before a line is full


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle on the page."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Frames:
    """Words in the middle; facts, one or two hands, the code and the foot below. `second` None: one hand."""

    words: Frame
    facts: Frame
    first: Frame
    second: Frame | None
    code: Frame
    foot: Frame


@dataclass(frozen=True, slots=True)
class Words:
    """What stands in the middle of the page, as printed."""

    organisation: str
    heading: str
    lead_in: str
    name: str
    sentence: str
    title: str
    logo: bool = False
    courses: int = 0


@dataclass(frozen=True, slots=True)
class Sizes:
    """In points; `courses` is how many of them there is room to list, `above` what is left free above the words."""

    heading: float
    name: float
    title: float
    courses: int
    above: float = 0.0


Measure = Callable[[str, bool], float]
"""(text, bold) -> its width at one point."""


def frames(design: Design, *, hands: int) -> Frames:
    """For the paper as it lies. `hands`: how many signatories, 0 to 2."""
    wide, high = design.size
    if design.turn is Turn.LANDSCAPE:
        return _lying(wide, high, hands)
    hand = high - 110 if hands else high - 92
    return Frames(
        words=Frame(20, 32, wide - 40, high - 32 - 116),
        facts=Frame(24, high - 64, 106, 34),
        first=Frame(24, hand, 76, 40),
        second=Frame(wide - 100, hand, 76, 40) if hands == 2 else None,
        code=Frame(wide - 64, high - 66, 40, 40),
        foot=Frame(24, high - 26, wide - 48, 13),
    )


def _lying(wide: float, high: float, hands: int) -> Frames:
    words = Frame(22, 28, wide - 44, high - 28 - (70 if hands == 0 else 72))
    code = Frame(wide - 58, high - 63, 40, 40)
    foot = Frame(24, high - 25.5, wide - 48, 13)
    if hands == 2:
        first, gap = 116.0, 5.0
        each = (code.left - first - 2 * gap) / 2
        return Frames(
            words,
            Frame(24, high - 62, 88, 34),
            Frame(first, high - 66, each, 40),
            Frame(first + each + gap, high - 66, each, 40),
            code,
            foot,
        )
    top = high - 66 if hands else high - 47
    return Frames(words, Frame(24, high - 62, 108, 34), Frame(140, top, code.left - 155, 40), None, code, foot)


def fitted(words: Words, room: Frame, measure: Measure) -> Sizes:
    """The largest sizes at which everything has its place in `room`, and how many courses can be listed under it."""
    wide, high = room.width * POINTS * 0.97, room.height * POINTS - 6
    heading = _line(words.heading, HEADING, LEAST_HEADING, wide, measure, bold=False)
    name = _line(words.name, NAME, LEAST_NAME, wide, measure, bold=True)
    title = _line(words.title, TITLE, LEAST_TITLE, wide, measure, bold=True) if words.title else TITLE
    listed = COURSE_LINE * min(2, math.ceil(words.courses / 2)) if words.courses else 0.0
    while (used := _height(words, heading, name, title, wide, measure)) + listed > high:
        smaller = (max(size * SHRINK, min(size, 8.0)) for size in (heading, name, title))
        before, (heading, name, title) = (heading, name, title), tuple(smaller)
        if before == (heading, name, title):
            break
    lines = int((high - used - 8) // COURSE_LINE) if words.courses else 0
    above = max(0.0, high - used - listed - COURSE_LINE * lines) * UPRIGHT_ABOVE if room.height > UPRIGHT else 0.0
    return Sizes(heading, name, title, min(MOST_COURSES, max(0, 2 * lines)), above)


def _line(text: str, most: float, least: float, wide: float, measure: Measure, *, bold: bool) -> float:
    """The size at which a text stays on one line; not below `least`, where it takes two.

    What has no blank cannot be broken (a long title in Chinese): it stays on its line at whatever size that takes.
    """
    at_one = measure(text, bold)
    if not at_one:
        return most
    longest = max(measure(word, bold) for word in text.split())
    on_one = math.floor(wide / (at_one * 1.02) * 2) / 2
    return min(max(least, min(most, on_one)), wide / (longest * 1.02))


def _height(words: Words, heading: float, name: float, title: float, wide: float, measure: Measure) -> float:
    def takes(text: str, size: float, bold: bool) -> float:
        return math.ceil(max(measure(text, bold) * size * SLACK / wide, 0.01)) * size * LEADING if text else 0.0

    parts = [
        takes(words.organisation, 13, True),
        2 * POINTS + takes(words.heading, heading, False),
        15 * POINTS,  # the ornament
        takes(words.lead_in, PLAIN, False),
        3 * POINTS + takes(words.name, name, True),
        3 * POINTS + takes(words.sentence, PLAIN, False),
        2.5 * POINTS + takes(words.title, title, True),
        17 * POINTS if words.logo else 0.0,
    ]
    return sum(parts)


def hand_size(names: Sequence[str], room: Frame, measure: Measure) -> float:
    """For the names under the lines: two lines at the most, and no word wider than the line."""
    wide = room.width * POINTS
    sizes = [
        min(wide / (max(measure(word, True) for word in name.split()) * 1.03), 1.8 * wide / measure(name, True))
        for name in names
        if name.strip()
    ]
    return max(5.0, min([HAND, *sizes]))


def shortened(text: str, size: float, wide: float, measure: Measure) -> str:
    """The text on one line of `wide` points, with … where it had to be cut."""
    if measure(text, False) * size <= wide:
        return text
    while text and measure(text + "…", False) * size > wide:
        text = text[:-1]
    return text.rstrip() + "…"


def columns(lines: Sequence[str], rest: str) -> list[tuple[str, str]]:
    """Two columns, read down the left one first; `rest` is one more line where not all are shown."""
    everything = [*lines, rest] if rest else list(lines)
    half = math.ceil(len(everything) / 2)
    right = [*everything[half:], ""]
    return [(one, right[n]) for n, one in enumerate(everything[:half])]
