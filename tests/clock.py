"""The product's clock in a test's hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from lmsapp.infra import clock

NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)


class Clock:
    """Stands still until moved: clock.move(days=3), clock.set(instant)."""

    running_now: ClassVar[Clock | None] = None

    def __init__(self, instant: dt.datetime = NOON):
        self.instant = instant

    def set(self, instant: dt.datetime) -> None:
        assert instant.tzinfo is not None
        self.instant = instant

    def move(self, **by: float) -> None:
        """By what timedelta takes: days=1, hours=-2."""
        self.instant += dt.timedelta(**by)

    @contextmanager
    def running(self) -> Iterator[Clock]:
        before, Clock.running_now = Clock.running_now, self
        try:
            with clock.set_to(lambda: self.instant):
                yield self
        finally:
            Clock.running_now = before
