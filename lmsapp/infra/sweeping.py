"""What is kept of many beside the facts: made anew where a mark says that something changed, and compared with them.

Whatever changes a fact adds a mark in the same transaction, a row of its own, so that no two changes wait for each
other. A turn takes the marks of a batch away first and reads the facts afterwards, in later statements: a change that
commits in between leaves a mark of its own, which the next turn sees together with it. All of a turn is one
transaction: one that is stopped half way has done nothing, and its marks are there again.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import InstrumentedAttribute

from lmsapp.infra.db import db

log = logging.getLogger(__name__)
Wrong = Callable[[Sequence[int]], Collection[int]]


def _nobody(_most: int) -> Iterable[int]:
    return ()


@dataclass(frozen=True, slots=True)
class Sweep:
    """`lock`: the number of an advisory lock that is nobody else's. `mark`: the column of the marks that says whose one
    is. `keep`: makes what is kept of these ids from the facts; it is told how many marks of each were taken away.
    `without`: at most so many who have nothing kept that holds."""

    lock: int
    batch: int
    mark: InstrumentedAttribute[int]
    keep: Callable[[Counter[int]], object]
    without: Callable[[int], Iterable[int]] = _nobody

    def turn(self) -> int:
        """A batch of those who were marked, and then of those without; how many. 0 too where another turn is at it."""
        if not self.is_ours():
            return 0
        whose = self._taken_away()
        if len(whose) < self.batch:
            whose.update(dict.fromkeys(set(self.without(self.batch - len(whose))) - set(whose), 0))
        if whose:
            self.keep(whose)
        return len(whose)

    def is_ours(self) -> bool:
        """Whether no other turn is at it; from now on to the end of the transaction none will be."""
        return bool(db.session.scalar(select(func.pg_try_advisory_xact_lock(self.lock))))

    def compare(self, name: str, everybody: Select[int], wrong: Wrong) -> int:
        """Look through everybody, a batch of sorted ids at a time, and make anew what `wrong` finds, which should be
        nobody's; how many. `name` says in the log what differed. Waits for a turn that is at it."""
        db.session.scalar(select(func.pg_advisory_xact_lock(self.lock)))
        ids = sorted(db.session.scalars(everybody))
        some = (ids[first : first + self.batch] for first in range(0, len(ids), self.batch))
        found = [one for batch in some for one in wrong(batch)]
        if found:
            log.error("%s differed from the facts and were made anew: %s", name, found[:100])
            self.keep(Counter(dict.fromkeys(found, 0)))
        return len(found)

    def _taken_away(self) -> Counter[int]:
        whose = select(self.mark).distinct().limit(self.batch)
        gone = delete(self.mark.class_).where(self.mark.in_(whose)).returning(self.mark)
        return Counter(db.session.scalars(gone))
