"""The worker's part: batch by batch, each a transaction of its own that also says how far it is.

What a batch has done it does not find again, so a worker that is stopped loses one batch and nobody is asked twice.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import contains_eager

from lmsapp.courses.catalogue.models import Course
from lmsapp.infra import clock
from lmsapp.infra.claims import run_out
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.events import emit
from lmsapp.infra.queue import ring, rings_wait
from lmsapp.learning.enrollments.actions import begin_again, refresh_progress
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.versions.actions import MOVE_JOB
from lmsapp.learning.versions.events import TakenAgain
from lmsapp.learning.versions.models import VersionMove
from lmsapp.people.accounts.models import User
from lmsapp.people.employees.models import Employee
from lmsapp.people.queries import load_viewer
from lmsapp.people.viewer import Viewer

log = logging.getLogger(__name__)

BATCH = 100
LEASE = dt.timedelta(minutes=2)
MOST_TRIES = 3


def work_on_move(move_id: int) -> None:
    """Do what was asked, unless another worker does. Never raises; a failure is noted on the row."""
    with unit_of_work():
        claimed = _claim(move_id)
    try:
        while claimed:
            with unit_of_work():
                claimed = _batch(move_id)
    except Exception:
        log.exception("version move %s failed", move_id)
        with unit_of_work():
            db.session.execute(
                update(VersionMove).where(VersionMove.id == move_id).values(state="failed", lease_until=None)
            )


def sweep_moves() -> None:
    """Free the claims of dead workers and ring again for everything that waits."""
    dead = select(VersionMove).where(VersionMove.state == "running", run_out(VersionMove.lease_until, LEASE))
    for move in db.session.scalars(dead.with_for_update(skip_locked=True)):
        move.state, move.lease_until = ("failed" if move.tries >= MOST_TRIES else "waiting"), None
    db.session.flush()
    if rings_wait():
        return
    for move_id in db.session.scalars(select(VersionMove.id).where(VersionMove.state == "waiting")):
        ring(MOVE_JOB, move_id)


def to_move(course_id: int, number: int) -> ColumnElement[bool]:
    """In progress in an earlier version."""
    return and_(
        _of(course_id, number),
        Enrollment.started_at.is_not(None),
        or_(Enrollment.completed_at.is_(None), Enrollment.renewal_started_at.is_not(None)),
    )


def to_ask(course_id: int, number: int) -> ColumnElement[bool]:
    """Completed in an earlier version, and not taking the course again already."""
    return and_(_of(course_id, number), Enrollment.completed_at.is_not(None), Enrollment.renewal_started_at.is_(None))


def _of(course_id: int, number: int) -> ColumnElement[bool]:
    """People who are there and take part. Completed before versions were kept by enrollment counts as earlier."""
    return and_(
        Enrollment.course_id == course_id,
        Enrollment.withdrawn_at.is_(None),
        func.coalesce(Enrollment.content_version, 0) < number,
        Employee.status == "active",
    )


def _claim(move_id: int) -> bool:
    taken = (
        update(VersionMove)
        .where(VersionMove.id == move_id, VersionMove.state == "waiting")
        .values(state="running", tries=VersionMove.tries + 1, lease_until=clock.now() + LEASE)
        .returning(VersionMove)
    )
    move = db.session.scalars(taken).one_or_none()
    if move is None:
        return False
    if move.total == 0:
        asked = [to_move(move.course_id, move.number)] if move.moves_learners else []
        asked += [to_ask(move.course_id, move.number)] if move.asks_again else []
        counted = select(func.count()).select_from(Enrollment).join(Enrollment.employee).where(or_(*asked))
        move.total = db.session.scalar(counted) or 0
    return True


def _batch(move_id: int) -> bool:
    """One batch; whether there is more."""
    move = db.session.get_one(VersionMove, move_id, with_for_update=True, populate_existing=True)
    if move.state != "running":
        return False
    move.lease_until = clock.now() + LEASE
    if move.moves_learners and (some := _some(to_move(move.course_id, move.number))):
        for one in some:
            _go_on_in(one, move.number)
        move.moved += len(some)
        move.completed += sum(one.complete for one in some)
        return True
    if move.asks_again and (some := _some(to_ask(move.course_id, move.number))):
        _ask_again(move, some)
        return True
    move.state, move.lease_until, move.finished_at = "ready", None, clock.now()
    return False


def _go_on_in(enrollment: Enrollment, number: int) -> None:
    """What is done stays done, and the rule of that version decides at once. This is no activity of the learner."""
    last_active_at = enrollment.last_active_at
    enrollment.content_version = number
    refresh_progress(enrollment)
    enrollment.last_active_at = last_active_at


def _ask_again(move: VersionMove, some: Sequence[Enrollment]) -> None:
    by = _asker(move)
    for one in some:
        begin_again(one, by=by, why=f"version {move.number}")
    move.asked_again += len(some)
    assert move.due_on is not None  # a check constraint says so
    course = db.session.get_one(Course, move.course_id)
    emit(TakenAgain(course, [one.employee for one in some], move.due_on, move.reason, by))


def _some(condition: ColumnElement[bool]) -> Sequence[Enrollment]:
    return db.session.scalars(
        select(Enrollment)
        .join(Enrollment.employee)
        .join(Enrollment.course)
        .options(contains_eager(Enrollment.employee), contains_eager(Enrollment.course))
        .where(condition)
        .order_by(Enrollment.id)
        .limit(BATCH)
        .with_for_update(of=Enrollment)
    ).all()


def _asker(move: VersionMove) -> Viewer | None:
    user = db.session.get_one(User, move.asked_by_id)
    return load_viewer(user.id, user.session_epoch, "UTC")
