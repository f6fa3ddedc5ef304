"""The worker's part: attempt by attempt, each a transaction of its own.

What was done has a line and is not done again, so a worker that is stopped loses nothing and nobody is scored twice.
"""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from lmsapp.infra import clock
from lmsapp.infra.claims import Claim, LostError, sweep, take
from lmsapp.infra.db import db, unit_of_work
from lmsapp.learning.quizzes.models import QuizSubmission
from lmsapp.learning.regrading.actions import REGRADE_JOB, asker_of
from lmsapp.learning.regrading.applying import apply_to
from lmsapp.learning.regrading.models import QuizRegrade, QuizRegradeLine
from lmsapp.learning.regrading.queries import asked_in

log = logging.getLogger(__name__)
MOST_TRIES = 3
BATCH = 200  # ids read at a time


def work_on_regrade(regrade_id: int) -> None:
    """Do what was asked, unless another worker does. Never raises; a failure is noted on the row."""
    with unit_of_work():
        claim = take(QuizRegrade, regrade_id)
    if claim is None:
        return
    try:
        _go_through(claim)
    except LostError:
        log.warning("quiz regrade %s is done by another worker", regrade_id)
    except Exception:
        log.exception("quiz regrade %s failed", regrade_id)
        _end(claim, "failed")


def sweep_regrades() -> None:
    """Free the claims of dead workers and ring again for everything that waits."""
    sweep(QuizRegrade, REGRADE_JOB, most_tries=MOST_TRIES, urgent=False)


def _go_through(claim: Claim[QuizRegrade]) -> None:
    with unit_of_work():
        regrade = claim.run()
        left = _left(regrade)
        done = db.session.scalar(select(func.count()).where(QuizRegradeLine.regrade_id == regrade.id)) or 0
        total = done + (db.session.scalar(select(func.count()).select_from(left.subquery())) or 0)
        regrade.done, regrade.total = done, total
    while ids := _some(claim):
        for submission_id in ids:
            with unit_of_work():
                regrade = db.session.get_one(QuizRegrade, claim.run_id)
                apply_to(submission_id, regrade, by=asker_of(regrade))
            done += 1
            claim(done, max(done, total))
    _end(claim, "ready")


def _some(claim: Claim[QuizRegrade]) -> list[int]:
    with unit_of_work():
        regrade = claim.run()
        return list(db.session.scalars(_left(regrade).limit(BATCH)))


def _left(regrade: QuizRegrade) -> Select[Any]:
    line = aliased(QuizRegradeLine)
    done = select(line.submission_id).where(line.regrade_id == regrade.id, line.submission_id == QuizSubmission.id)
    wanted = asked_in(regrade.quiz_id, regrade.question_id)
    return select(QuizSubmission.id).where(*wanted, ~done.exists()).order_by(QuizSubmission.id)


def _end(claim: Claim[QuizRegrade], state: str) -> None:
    """Unless another worker has taken it over."""
    try:
        with unit_of_work():
            regrade = claim.run()
            regrade.state, regrade.lease_until = state, None
            if state == "ready":
                regrade.finished_at, regrade.total = clock.now(), max(regrade.done, regrade.total)
                regrade.done = regrade.total
    except LostError:
        log.warning("quiz regrade %s was taken over", claim.run_id)
