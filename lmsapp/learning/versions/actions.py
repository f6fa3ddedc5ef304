"""Asking what publishing asks of learners; the worker does it, see `work.py`."""

from __future__ import annotations

import datetime as dt

from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.queue import ring
from lmsapp.learning.versions.models import VersionMove
from lmsapp.learning.versions.rules import check_asked
from lmsapp.people.viewer import Viewer

MOVE_JOB = "version move"


def ask_learners(
    course: Course,
    *,
    by: Viewer,
    moves_learners: bool = False,
    asks_again: bool = False,
    due_on: dt.date | None = None,
    reason: str = "",
) -> VersionMove | None:
    """Ask it with the version just published; None where nothing is asked. Raises RuleBroken ('due_on', 'reason')."""
    check_asked(asks_again=asks_again, due_on=due_on, reason=reason, today=clock.today(by.zone))
    if not (moves_learners or asks_again):
        return None
    move = VersionMove(
        course_id=course.id,
        number=course.content_version,
        moves_learners=moves_learners,
        asks_again=asks_again,
        due_on=due_on if asks_again else None,
        reason=reason.strip(),
        asked_by_id=by.user_id,
    )
    db.session.add(move)
    db.session.flush()
    record_change(
        "learners asked",
        ("course", course.id),
        by=by,
        after={
            "content_version": move.number,
            "go on in it": moves_learners,
            "take it again": asks_again,
            "due_on": move.due_on,
        },
        reason=move.reason,
    )
    ring(MOVE_JOB, move.id, urgent=True)
    return move


def try_again(move: VersionMove, *, by: Viewer) -> None:
    """Once more what failed; what was done stays done."""
    if move.state == "failed":
        move.state, move.tries = "waiting", 0
        record_change(
            "learners asked once more", ("course", move.course_id), by=by, after={"content_version": move.number}
        )
        ring(MOVE_JOB, move.id, urgent=True)
