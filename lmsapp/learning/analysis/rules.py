"""Classical item analysis. Pure; every figure says what it is and where it comes from (QIZ-6).

Sources: Crocker & Algina, Introduction to Classical and Modern Test Theory (1986), chapters 7 and 14; Kelley (1939) for
groups of 27 %; Cronbach (1951) for alpha. Shares lie between 0 and 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

KELLEY = 0.27  # the share of all who took it in the upper, and in the lower group
FEW = 20  # below so many answers no figure says anything
EASY, HARD = 0.95, 0.20
WEAK = 0.20  # Ebel's 'poor item'
MANY_EMPTY = 0.15
SURE = 1.645  # one-sided, 95 %: below, a correlation under nought may well be chance


class Flag(StrEnum):
    """What an author should look at."""

    FEW = "few"
    KEY = "key"
    RIVAL = "rival"
    WEAK = "weak"
    EASY = "easy"
    HARD = "hard"
    UNCHOSEN = "unchosen"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to one question in one attempt.

    `share`: of its points, 0 to 1 (what was taken off for a wrong answer is not counted). `total`: share of all points
    of the attempt; `rest`: of all but this question, None where there is no other. `chosen`: what was answered, by the
    keys of the bank or as text; empty: nothing.
    """

    share: float
    total: float
    rest: float | None
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be answered. `right` None: neither right nor wrong by itself (an answer in words)."""

    key: str
    text: str
    right: bool | None = None


@dataclass(frozen=True, slots=True)
class ChoiceFigures:
    """How often it was answered: by all, in the upper and in the lower group (shares of those who were asked).

    `rest`: the mean rest score of whoever answered so; None where nobody did.
    """

    key: str
    text: str
    right: bool | None
    count: int
    share: float
    upper: float
    lower: float
    rest: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """One question. `difficulty`: the mean share, 1 is easy. `discrimination`: its correlation with the rest.

    `apart`: mean share of the best 27 % less that of the weakest 27 %. None: cannot be said.
    """

    asked: int
    answered: int
    difficulty: float | None
    discrimination: float | None
    apart: float | None
    choices: tuple[ChoiceFigures, ...] = ()
    flags: tuple[tuple[Flag, str], ...] = field(default=())  # (flag, text of the option it is about, or '')

    @property
    def omitted(self) -> int:
        """How many left it empty."""
        return self.asked - self.answered


def figures(answers: Sequence[Answer], choices: Sequence[Choice] = ()) -> Figures:
    """All figures of one question, from every answer to it."""
    asked, answered = len(answers), sum(bool(one.chosen) for one in answers)
    weights = groups([one.total for one in answers])
    shares = [one.share for one in answers]
    paired = [(one.share, one.rest) for one in answers if one.rest is not None]
    found = Figures(
        asked=asked,
        answered=answered,
        difficulty=mean(shares),
        discrimination=correlation(paired),
        apart=_apart(shares, weights),
        choices=tuple(_choice(one, answers, weights) for one in choices),
    )
    return Figures(found.asked, found.answered, found.difficulty, found.discrimination, found.apart, found.choices,
                   tuple(flags_of(found)))  # fmt: skip


def mean(values: Iterable[float]) -> float | None:
    """None of nothing."""
    known = list(values)
    return math.fsum(known) / len(known) if known else None


def correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Pearson's r; for a question that is right or wrong this is the point-biserial correlation.

    None where one side never changes. Between -1 and 1.
    """
    if len(pairs) < 2:
        return None
    middle_x, middle_y = mean(x for x, _y in pairs) or 0.0, mean(y for _x, y in pairs) or 0.0
    apart = [(x - middle_x, y - middle_y) for x, y in pairs]
    square_x, square_y = math.fsum(x * x for x, _y in apart), math.fsum(y * y for _x, y in apart)
    if square_x < 1e-12 or square_y < 1e-12:
        return None
    r = math.fsum(x * y for x, y in apart) / math.sqrt(square_x * square_y)
    return min(1.0, max(-1.0, r))


def groups(totals: Sequence[float]) -> list[tuple[float, float]]:
    """For each attempt how much of it belongs to the upper and to the lower 27 % (0 to 1 each).

    Equal totals at the border share the places left, so that no order of rows decides.
    """
    size = max(1, round(KELLEY * len(totals)))
    if len(totals) < 2:
        return [(0.0, 0.0)] * len(totals)
    upper, lower = _best(totals, size), _best([-one for one in totals], size)
    return [(upper[one], lower[-one]) for one in totals]


def _best(totals: Sequence[float], size: int) -> dict[float, float]:
    """By total: how much of each attempt with it is among the `size` best."""
    counted: dict[float, int] = {}
    for one in totals:
        counted[one] = counted.get(one, 0) + 1
    left, weights = float(size), {}
    for total in sorted(counted, reverse=True):
        weights[total] = min(1.0, left / counted[total])
        left = max(0.0, left - counted[total])
    return weights


def _apart(shares: Sequence[float], weights: Sequence[tuple[float, float]]) -> float | None:
    upper = _weighted(shares, [up for up, _down in weights])
    lower = _weighted(shares, [down for _up, down in weights])
    return None if upper is None or lower is None else upper - lower


def _weighted(values: Sequence[float], weights: Sequence[float]) -> float | None:
    whole = math.fsum(weights)
    return math.fsum(v * w for v, w in zip(values, weights, strict=True)) / whole if whole else None


def _choice(choice: Choice, answers: Sequence[Answer], weights: Sequence[tuple[float, float]]) -> ChoiceFigures:
    hits = [choice.key in one.chosen for one in answers]
    numbers = [float(hit) for hit in hits]
    return ChoiceFigures(
        key=choice.key,
        text=choice.text,
        right=choice.right,
        count=sum(hits),
        share=mean(numbers) or 0.0,
        upper=_weighted(numbers, [up for up, _down in weights]) or 0.0,
        lower=_weighted(numbers, [down for _up, down in weights]) or 0.0,
        rest=mean(one.rest for one, hit in zip(answers, hits, strict=True) if hit and one.rest is not None),
    )


def flags_of(found: Figures) -> Iterable[tuple[Flag, str]]:
    """What to look at, the most serious first. Under FEW answers nothing else is said."""
    if found.asked < FEW:
        yield Flag.FEW, ""
        return
    told = found.discrimination if found.discrimination is not None else found.apart
    against = told is not None and told * math.sqrt(found.asked - 1) < -SURE
    if against:
        yield Flag.KEY, ""
    yield from _rivals(found)
    yield from _by_difficulty(found, None if against else told)
    for one in found.choices:
        if one.right is False and one.count == 0:
            yield Flag.UNCHOSEN, one.text
    if found.omitted > MANY_EMPTY * found.asked:
        yield Flag.EMPTY, ""


def _by_difficulty(found: Figures, told: float | None) -> Iterable[tuple[Flag, str]]:
    difficulty = found.difficulty or 0.0
    if difficulty >= EASY:
        yield Flag.EASY, ""
    elif difficulty <= HARD:
        yield Flag.HARD, ""
    elif told is not None and told < WEAK:
        yield Flag.WEAK, ""


def _rivals(found: Figures) -> Iterable[tuple[Flag, str]]:
    """A wrong option that the best choose more often than the right one, and more often than the weakest do."""
    right = [one for one in found.choices if one.right]
    if len(right) != 1:
        return
    for one in found.choices:
        if one.right is False and one.upper > right[0].upper and one.upper > one.lower:
            yield Flag.RIVAL, one.text


def alpha(rows: Sequence[Mapping[int, float]]) -> float | None:
    """Cronbach's alpha: how far the questions of a quiz measure the same. `rows`: by attempt, points by question.

    None unless every attempt was asked the same two or more questions and totals differ. At most 1; for questions that
    are right or wrong it equals Kuder-Richardson 20.
    """
    if len(rows) < 2 or len(rows[0]) < 2 or any(row.keys() != rows[0].keys() for row in rows):
        return None
    whole = _variance([math.fsum(row.values()) for row in rows])
    if whole < 1e-12:
        return None
    parts = math.fsum(_variance([row[key] for row in rows]) for key in rows[0])
    many = len(rows[0])
    return many / (many - 1) * (1 - parts / whole)


def _variance(values: Sequence[float]) -> float:
    middle = mean(values) or 0.0
    return math.fsum((one - middle) ** 2 for one in values) / len(values)
