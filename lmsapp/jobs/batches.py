"""What is done a batch at a time, each committed by itself."""

from __future__ import annotations

import sys
from collections.abc import Callable

from lmsapp.infra.db import unit_of_work
from lmsapp.insight.figures.actions import keep_enrolled, keep_enrolled_ahead, keep_figures, keep_figures_ahead

NO_END = sys.maxsize
FIGURES_AT_ONCE = 4


def in_batches(*batches: Callable[[], int], most: int = NO_END) -> None:
    """Each again and again, until nothing is left, or `most` times.

    Each batch is committed by itself, so that nobody who learns meanwhile waits for all of them; whoever comes next
    finds the rest.
    """
    for batch in batches:
        for _turn in range(most):
            with unit_of_work():
                left = batch()
            if not left:
                break


def keep_figures_awhile() -> None:
    """The quick ones, and of the others what the clock can spare: of everybody's the next turns do the rest. Those for
    now go first, then those for after a midnight that is near."""
    in_batches(keep_enrolled)
    in_batches(lambda: keep_figures() or keep_enrolled_ahead() or keep_figures_ahead(), most=FIGURES_AT_ONCE)
