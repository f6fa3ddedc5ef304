"""The proof by the clock (ASVS 6.3.8): its arithmetic, so that 'no hole' means something."""

from __future__ import annotations

import random

import pytest

from bench.proofs.sign_in_timing import rank_test

pytestmark = pytest.mark.pure


def sample(middle: float, count: int = 300) -> list[float]:
    chance = random.Random(middle)
    return [chance.gauss(middle, 1.0) for _n in range(count)]


def test_a_difference_is_found() -> None:
    """ORG-1: three tenths of the spread are enough in 300 samples; equal distributions pass."""
    assert rank_test(sample(34.0), sample(34.3)) < 0.01
    assert rank_test(sample(34.0), sample(34.0)[::-1]) > 0.9


def test_it_is_two_sided_and_a_probability() -> None:
    """ORG-1: slower and faster are the same to it."""
    one, other = sample(30.0), sample(31.0)
    assert rank_test(one, other) == pytest.approx(rank_test(other, one), rel=1e-6)
    assert 0 <= rank_test(one, other) <= 1
