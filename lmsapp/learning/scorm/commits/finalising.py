"""The end of a visit, whichever way it came: Finish, leaving, silence, another part, another window (SCO-3).

The same steps each time, and the same result when they are taken twice. Nothing is closed to what comes late.
"""

from __future__ import annotations

import logging

from sqlalchemy import select

from lmsapp.infra import clock
from lmsapp.infra.db import db, unit_of_work
from lmsapp.learning.scorm.commits.active import credit_shown
from lmsapp.learning.scorm.commits.noting import note_facts
from lmsapp.learning.scorm.commits.sittings import Times
from lmsapp.learning.scorm.held import Play, hold
from lmsapp.learning.scorm.models import ScormLaunch
from lmsapp.learning.scorm.outcome.rules import NAMES, SILENT_AFTER, End, judged
from lmsapp.learning.scorm.outcome.settling import is_over, settle

log = logging.getLogger(__name__)


def finalise(play: Play, how: str) -> None:
    """The present sitting is over. `how`: 'finished' by the content, 'left', 'silent', 'moved on', 'superseded'."""
    launch, sco = play.launch, play.sco
    if launch.closed_at is None:
        launch.closed_at, launch.closed_how = clock.now(), how
    elif how == "finished":
        launch.closed_how = how
    if play.counts:
        note_facts(sco, judged(play.asked, sco.cmi, End.CLEAN if how == "finished" else End.LEFT))
        sco.exit = str(sco.cmi.get(NAMES[play.manifest.edition].exit, ""))
    count_times(play)
    credit_shown(play)
    settle(play.attempt, play.enrollment)
    ends = how == "finished" and play.counts and play.attempt.ended_at is None
    if ends and is_over(play.manifest, play.attempt.id):
        play.attempt.ended_at = clock.now()


def reopen(play: Play) -> None:
    """The player was silent only: the visit goes on."""
    play.launch.closed_at, play.launch.closed_how = None, ""
    play.attempt.ended_at = None


def count_times(play: Play) -> None:
    """Times of launch, part and attempt, each counted anew from what the sittings say."""
    launch, sco, attempt = play.launch, play.sco, play.attempt
    own = Times.from_json(launch.times)
    launch.session_seconds, launch.session_from = own.total // 100, own.source
    db.session.flush()
    rows = db.session.execute(
        select(ScormLaunch.item, ScormLaunch.times).where(ScormLaunch.attempt_id == attempt.id)
    ).all()
    every = [(row.item, Times.from_json(row.times)) for row in rows]
    here = [times for item, times in every if item == sco.item]
    sco.total_seconds = sum(one.total for one in here) // 100
    sco.sessions = sum(len(one.sittings) for one in here)
    attempt.total_seconds = sum(times.total for _item, times in every) // 100
    attempt.last_at = max(attempt.last_at, launch.last_seen_at)


def finalise_silent() -> None:
    """Every player that said nothing for five minutes; each by itself, so that one mishap holds up nobody."""
    since = clock.now().timestamp() - SILENT_AFTER
    with unit_of_work():
        found = db.session.execute(
            select(ScormLaunch.id, ScormLaunch.last_seen_at).where(ScormLaunch.closed_at.is_(None))
        ).all()
    for launch_id in [row.id for row in found if row.last_seen_at.timestamp() < since]:
        try:
            with unit_of_work():
                _finalise_one(launch_id, since)
        except Exception:
            log.exception("the visit of launch %s could not be closed", launch_id)


def _finalise_one(launch_id: int, since: float) -> None:
    launch = db.session.get_one(ScormLaunch, launch_id)
    if launch.attempt_id is None:
        launch.closed_at, launch.closed_how = clock.now(), "silent"
        return
    play = hold(launch)
    if play.launch.closed_at is None and play.launch.last_seen_at.timestamp() < since:
        finalise(play, "silent")
