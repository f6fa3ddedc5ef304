"""Item analysis against figures worked out by hand, known ones from textbooks, and bounds that always hold (QIZ-6)."""

from __future__ import annotations

import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmsapp.learning.analysis.rules import FEW, Answer, Choice, Flag, alpha, correlation, figures, groups

SHARES = st.sampled_from([0.0, 0.25, 0.5, 1.0])
ANSWERS = st.lists(
    st.builds(
        Answer,
        share=SHARES,
        total=st.integers(0, 10).map(lambda n: n / 10),
        rest=st.one_of(st.none(), st.integers(0, 9).map(lambda n: n / 9)),
        chosen=st.lists(st.sampled_from("abc"), max_size=2, unique=True).map(tuple),
    ),
    max_size=40,
)
ABC = (Choice("a", "A", True), Choice("b", "B", False), Choice("c", "C", False))


@given(ANSWERS)
def test_figures_stay_within_their_bounds(answers: list[Answer]) -> None:
    """QIZ-6: shares between 0 and 1, correlations and differences between -1 and 1, counts that add up."""
    found = figures(answers, ABC)
    assert found.asked == len(answers) == found.answered + found.omitted
    assert found.difficulty is None or 0 <= found.difficulty <= 1
    for value in (found.discrimination, found.apart):
        assert value is None or -1 <= value <= 1
    for one in found.choices:
        assert 0 <= one.share <= 1 and -1e-9 <= one.upper <= 1 + 1e-9 and -1e-9 <= one.lower <= 1 + 1e-9
        assert (one.rest is None) or 0 <= one.rest <= 1
    assert (Flag.FEW in [flag for flag, _text in found.flags]) == (len(answers) < FEW)


@given(ANSWERS, st.randoms())
def test_no_order_of_rows_decides(answers: list[Answer], luck: random.Random) -> None:
    """QIZ-6: the same answers in another order give the same figures, ties at the border included."""
    mixed = list(answers)
    luck.shuffle(mixed)
    one, two = figures(answers, ABC), figures(mixed, ABC)
    assert one.apart == pytest.approx(two.apart) if one.apart is not None else two.apart is None
    assert [c.upper for c in one.choices] == pytest.approx([c.upper for c in two.choices])


@given(st.lists(st.integers(0, 6).map(float), min_size=2, max_size=80))
def test_both_groups_have_their_size(totals: list[float]) -> None:
    """QIZ-6: 27 % each, however many are equal at the border."""
    weights, size = groups(totals), max(1, round(0.27 * len(totals)))
    assert sum(up for up, _down in weights) == pytest.approx(size)
    assert sum(down for _up, down in weights) == pytest.approx(size)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=3, max_size=40))
def test_the_correlation_is_pearsons(pairs: list[tuple[int, int]]) -> None:
    """QIZ-6: against the standard library's."""
    found = correlation([(float(x), float(y)) for x, y in pairs])
    if found is None:
        assert len({x for x, _y in pairs}) == 1 or len({y for _x, y in pairs}) == 1
    else:
        assert found == pytest.approx(statistics.correlation([x for x, _y in pairs], [y for _x, y in pairs]))


def test_ten_learners_worked_out_by_hand() -> None:
    """QIZ-6: six of ten right; r = Sxy / sqrt(Sxx Syy) = 8 / sqrt(2.4 x 82.5); groups of three: 3/3 - 1/3."""
    right = [1, 1, 1, 1, 0, 1, 0, 0, 1, 0]
    answers = [Answer(float(x), (10 - n) / 10, float(9 - n), ("a" if x else "b",)) for n, x in enumerate(right)]
    found = figures(answers, ABC)
    assert found.difficulty == pytest.approx(0.6)
    assert found.discrimination == pytest.approx(8 / (2.4 * 82.5) ** 0.5)
    assert found.apart == pytest.approx(1 - 1 / 3)
    a, b, c = found.choices
    assert (a.count, b.count, c.count) == (6, 4, 0)
    assert (a.upper, a.lower) == (pytest.approx(1), pytest.approx(1 / 3))
    assert found.flags == ((Flag.FEW, ""),)


def test_known_alpha() -> None:
    """QIZ-6: KR-20 by hand: 4 questions, 5 learners; sum of pq = 0.80, variance of totals = 2; 4/3 (1 - 0.80/2)."""
    rows = [(1, 1, 1, 1), (1, 1, 1, 0), (1, 1, 0, 0), (1, 0, 0, 0), (0, 0, 0, 0)]
    found = alpha([{n: float(value) for n, value in enumerate(row)} for row in rows])
    # p = .8 .6 .4 .2 -> pq = .16 .24 .24 .16 = .80; totals 4 3 2 1 0 -> variance 2.
    assert found == pytest.approx(4 / 3 * (1 - 0.80 / 2))
    assert alpha([{1: 1.0, 2: 0.0}, {1: 1.0, 3: 0.0}]) is None, "drawn differently"
    assert alpha([{1: 1.0, 2: 1.0}, {1: 1.0, 2: 1.0}]) is None, "no difference between learners"


@given(st.lists(st.lists(st.integers(0, 3).map(float), min_size=3, max_size=3), min_size=2, max_size=30))
def test_alpha_is_never_above_one(rows: list[list[float]]) -> None:
    """QIZ-6."""
    found = alpha([dict(enumerate(row)) for row in rows])
    assert found is None or found <= 1 + 1e-9


def test_a_wrong_key_and_idle_options_are_seen() -> None:
    """QIZ-6: the best choose B, the key says A; C is chosen by nobody; a third leaves it empty."""
    strong = [Answer(0.0, 0.9, 0.95, ("b",)) for _n in range(10)]
    weak = [Answer(1.0, 0.3, 0.25, ("a",)) for _n in range(10)]
    nothing = [Answer(0.0, 0.4, 0.45) for _n in range(10)]
    flags = figures([*strong, *weak, *nothing], ABC).flags
    assert flags == ((Flag.KEY, ""), (Flag.RIVAL, "B"), (Flag.UNCHOSEN, "C"), (Flag.EMPTY, ""))
    easy = figures([Answer(1.0, n / 30, n / 30, ("a",)) for n in range(30)], ABC[:2]).flags
    assert easy == ((Flag.EASY, ""), (Flag.UNCHOSEN, "B"))
