"""A load of the player's page, and its signs of life (SCO-2, SCO-3)."""

from __future__ import annotations

from typing import Any

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, NotAllowed
from lmsapp.learning.engagement.actions import open_page
from lmsapp.learning.enrollments.facts import line_of
from lmsapp.learning.scorm.commits.active import credit_shown, possible
from lmsapp.learning.scorm.commits.finalising import finalise, reopen
from lmsapp.learning.scorm.commits.messages import BeatMessage
from lmsapp.learning.scorm.commits.sittings import Times
from lmsapp.learning.scorm.held import Play, hold, terms_of
from lmsapp.learning.scorm.launches.choosing import mode_of
from lmsapp.learning.scorm.models import ScormLaunch
from lmsapp.learning.scorm.outcome.facts import NOTHING
from lmsapp.learning.scorm.outcome.rules import begun
from lmsapp.learning.scorm.outcome.settling import part_facts, part_over


def sit_down(launch: ScormLaunch) -> int:
    """The page of the player is loaded: the number of this sitting. An earlier one that was left open ends now.

    Raises NotAllowed when a later window has taken over.
    """
    if launch.superseded_at is not None:
        raise NotAllowed(N_("This content was opened in another window. Go on there, or open the lesson again."))
    now = clock.now()
    if launch.attempt_id is None:
        launch.sittings, launch.last_seen_at, launch.closed_at, launch.closed_how = launch.sittings + 1, now, None, ""
        db.session.flush()
        return launch.sittings
    play = hold(launch)
    if play.launch.sittings and play.launch.closed_at is None:
        finalise(play, "silent")
    if play.launch.sittings:
        _again(play)
    launch.sittings += 1
    launch.last_seen_at = now
    launch.times = Times.from_json(launch.times).noted(launch.sittings, 0).as_json()
    play.sco.cmi = begun(play.manifest.edition, play.sco.cmi)
    play.attempt.last_at = now
    _note_visit(play)
    db.session.flush()
    return launch.sittings


def note_beat(launch: ScormLaunch, beat: BeatMessage) -> dict[str, Any]:
    """The player is still there, and was shown so long: active time, and no silence."""
    if launch.attempt_id is None:
        launch.last_seen_at = clock.now()
        return {"ok": True, "done": False, "course_done": False, "superseded": launch.superseded_at is not None}
    play = hold(launch)
    if beat.sitting <= launch.sittings:
        launch.last_seen_at = max(launch.last_seen_at, clock.now())
        launch.times = (
            Times.from_json(launch.times).noted(beat.sitting, 0, shown=possible(launch, beat.shown)).as_json()
        )
        if launch.closed_how == "silent" and launch.superseded_at is None and beat.sitting == launch.sittings:
            reopen(play)
        play.attempt.last_at = launch.last_seen_at
        credit_shown(play)
    return {
        "ok": True,
        "done": play.attempt.done_at is not None,
        "course_done": play.enrollment.complete or play.attempt.cycle < play.enrollment.cycle,
        "superseded": launch.superseded_at is not None,
    }


def _again(play: Play) -> None:
    """The same launch once more: as a new opening of the part would be."""
    launch, attempt, item = play.launch, play.attempt, play.item
    if item is not None:
        launch.mode = mode_of(
            item,
            part_facts(attempt.id, play.manifest.edition).get(launch.item, NOTHING),
            terms_of(play.enrollment, launch.lesson_id),
            part_over=part_over(attempt.id, launch.item),
            attempt_over=attempt.ended_at is not None and attempt.done_at is not None,
        )
    launch.closed_at, launch.closed_how = None, ""


def _note_visit(play: Play) -> None:
    """A visit of the lesson, by which the active time of this sitting is measured."""
    line = line_of(play.enrollment, play.launch.lesson_id)
    here = play.attempt.cycle == play.enrollment.cycle
    if line is not None and here and not play.enrollment.locks:
        play.launch.visit = open_page(play.enrollment, line)
