"""A moment of the past: what is written within it carries its time, whoever reads the clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from lmsapp.infra import clock
from lmsapp.infra.db import db


@contextmanager
def moment(instant: dt.datetime) -> Iterator[None]:
    """The clock stands at `instant`. Rows are flushed inside, because their times are set when they are."""
    with clock.set_to(instant):
        yield
        db.session.flush()
