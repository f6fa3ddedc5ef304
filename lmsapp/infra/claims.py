"""Long work of one worker on one row: claimed with a lease, told how far it is, lost to whoever takes it over.

A model with `id`, `state` ('waiting', 'running', ...), `tries`, `done`, `total` and `lease_until` can be claimed;
`asked` says which step where there are several. Each step is a transaction of its own. Progress is written beside the
one that does the work, so that it shows while all of it may still be undone. Whatever stops a worker, the lease runs
out and a sweep rings again.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import ColumnElement, and_, literal, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import db, own_transaction, unit_of_work
from lmsapp.infra.queue import ring, rings_wait
from lmsapp.infra.words import RuleBroken

log = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=2)  # renewed with every word about the progress
TOLD_EVERY_S = 0.5
APART = dt.timedelta(minutes=5)  # how far the clocks of our machines may be from each other
Run = TypeVar("Run")


def run_out(lease_until: Any, lease: dt.timedelta) -> ColumnElement[bool]:
    """Of a column: whether the claim is a dead worker's.

    Also when it ends later than any claim made now would: the clock has been set back since, and waiting for it to get
    there again could take a year. Whoever lives still loses a claim, and never does a thing twice.
    """
    return or_(lease_until <= clock.now(), lease_until > clock.now() + lease + APART)


def too_far(next_try_at: Any, longest: dt.timedelta) -> ColumnElement[bool]:
    """Of a column: whether it is further ahead than anything waits; then the clock has been set back since."""
    return cast("ColumnElement[bool]", next_try_at > clock.now() + longest + APART)


class Claimed:
    """The columns of such a model. `state`: 'waiting' -> 'running' -> 'ready' or 'failed': `error` says why, with
    `error_values` for its places."""

    asked: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[dt.datetime | None]
    error: Mapped[str | None]
    error_values: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")


class LostError(Exception):
    """The run was set aside, or another worker has taken it."""


@dataclass
class Claim(Generic[Run]):
    """A run taken, with the count of tries by which its holder is known. Called with progress, writes it down."""

    model: Any  # of Run
    run_id: int
    asked: str
    tries: int
    lease: dt.timedelta = LEASE
    _told_at: float = field(default_factory=time.monotonic)

    def __call__(self, done: int, total: int) -> None:
        """Progress, at most twice a second; renews the lease. Raises LostError when another worker holds the run."""
        if time.monotonic() - self._told_at < TOLD_EVERY_S:
            return
        self._told_at = time.monotonic()
        with own_transaction() as session:
            news = {"done": done, "total": total, "lease_until": clock.now() + self.lease}
            told = update(self.model).where(self._mine).values(news).returning(self.model.id)
            if session.execute(told).first() is None:
                raise LostError

    def run(self) -> Run:
        """The run, locked for keeping the result. Raises LostError."""
        found: Run | None = db.session.scalar(select(self.model).where(self._mine).with_for_update())
        if found is None:
            raise LostError
        return found

    @property
    def _mine(self) -> ColumnElement[bool]:
        model = self.model
        return and_(model.id == self.run_id, model.state == "running", model.tries == self.tries)


def take(model: type[Run], run_id: int, lease: dt.timedelta = LEASE) -> Claim[Run] | None:
    """Claim a run that waits; None when another worker has it, or nothing is asked of it."""
    rows: Any = model
    taken = (
        update(rows)
        .where(rows.id == run_id, rows.state == "waiting")
        .values(state="running", tries=rows.tries + 1, lease_until=clock.now() + lease, done=0, total=0)
        .returning(getattr(rows, "asked", literal("")).label("asked"), rows.tries)
    )
    row = db.session.execute(taken).one_or_none()
    return Claim(model, run_id, row.asked, row.tries, lease) if row else None


def mark_failed(run: Any, broken: RuleBroken) -> None:
    """As most do: the words stand on the row."""
    run.state, run.lease_until, run.error = "failed", None, broken.message
    run.error_values = {name: str(value) for name, value in broken.values.items()}


def why(run: Any) -> dict[str, Any]:
    """What a failed run says, as letters take it: `why|tr(**values)`."""
    return {"why": run.error or "", "values": run.error_values}


def refuse_file(run: Any, broken: RuleBroken, *, first: str) -> None:
    """For files: one that cannot be read, where `first` is asked of it first, is refused for good."""
    mark_failed(run, broken)
    if run.asked == first and broken.field == "file":
        run.status, run.state = "refused", "ready"


def work(
    model: type[Run],
    run_id: int,
    step: Callable[[Claim[Run]], object],
    *,
    our_error: str,
    note: Callable[[Run, RuleBroken], object] = mark_failed,
    lease: dt.timedelta = LEASE,
) -> bool:
    """Take the run and do `step`, unless another worker does already: False. Never raises.

    What stopped it is noted on the run while it is still ours: a broken rule, or that it was our error.
    """
    with unit_of_work():
        claim = take(model, run_id, lease)
    if claim is None:
        return False
    name = f"{model.__name__} {run_id}"
    try:
        try:
            step(claim)
        except RuleBroken as broken:
            log.warning("%s: %s", name, broken)
            _note(claim, note, broken)
        except LostError:
            raise
        except Exception:
            log.exception("%s: %s failed", name, claim.asked)
            _note(claim, note, RuleBroken(our_error))
    except LostError:
        log.warning("%s was called off, or taken by another worker", name)
    return True


def _note(claim: Claim[Run], note: Callable[[Run, RuleBroken], object], broken: RuleBroken) -> None:
    with unit_of_work():
        note(claim.run(), broken)


def sweep(
    model: type[Run],
    job: str,
    *,
    most_tries: int,
    lost: str | None = None,
    urgent: bool = True,
    lease: dt.timedelta = LEASE,
) -> list[Run]:
    """Free the claims of dead workers and ring again for everything that waits; the runs that are given up.

    `lease` as it was claimed with. `lost`: what a run that is given up says in its `error`; None: it has none.
    """
    rows: Any = model
    dead = select(rows).where(rows.state == "running", run_out(rows.lease_until, lease))
    given_up = []
    for run in db.session.scalars(dead.with_for_update(skip_locked=True)):
        over = run.tries >= most_tries
        run.state, run.lease_until = ("failed" if over else "waiting"), None
        if lost is not None:
            run.error = lost if over else None
        if over:
            given_up.append(run)
    db.session.flush()
    if not rings_wait():
        for run_id in db.session.scalars(select(rows.id).where(rows.state == "waiting").order_by(rows.id)):
            ring(job, run_id, urgent=urgent)
    return given_up
