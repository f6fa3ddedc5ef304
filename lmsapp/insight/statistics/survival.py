"""How many have not completed after so many days, while some are still learning: Kaplan and Meier's estimate (DSH-3).

Kaplan, E. L. and Meier, P., Nonparametric estimation from incomplete observations, J. Am. Stat. Assoc. 53 (1958)
457-481. Who is still learning after 10 days says nothing about day 11; so each counts for as long as
they were seen. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One day on which something happened. `at_risk` were seen so far without completing; `share` (0 to 1) of all is
    estimated not to have completed by the end of it."""

    day: int
    at_risk: int
    completed: int
    left_out: int
    share: float


def kaplan_meier(completed: Mapping[int, int], still: Mapping[int, int]) -> list[Step]:
    """From day -> how many completed then, and day -> how many were last seen then without having completed.

    Who was last seen on a day counts on that day, so completions come first. Days are whole and not negative.
    """
    at_risk = sum(completed.values()) + sum(still.values())
    steps: list[Step] = []
    not_yet = 1.0
    for day in sorted({*completed, *still}):
        done, gone = completed.get(day, 0), still.get(day, 0)
        if not done and not gone:
            continue
        not_yet *= 1 - done / at_risk
        steps.append(Step(day, at_risk, done, gone, not_yet))
        at_risk -= done + gone
    return steps


def share_after(steps: Sequence[Step], day: int) -> float:
    """The share that has not completed by the end of `day`."""
    return next((step.share for step in reversed(steps) if step.day <= day), 1.0)


def day_when(steps: Sequence[Step], share: float = 0.5) -> int | None:
    """The first day by which at most `share` has not completed: 0.5 is the median. None: not reached."""
    return next((step.day for step in steps if step.share <= share + 1e-12), None)
