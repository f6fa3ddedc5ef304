"""What content says becomes facts: once, in order, at once (SCO-2, SCO-3, ENR-3).

A commit is known by (launch, sitting, seq): heard again it changes nothing. One that comes late sets only what nothing
later has set; one of a window that another has taken over sets neither place nor suspend data. Completion, success and
score rise by any of them, and never fall. Judged in the request that brings it: leaving by whatever way loses nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from sqlalchemy import insert, select, tuple_

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.scorm.commits.active import possible
from lmsapp.learning.scorm.commits.elements import SUSPEND_DATA, Taken, packed, taken
from lmsapp.learning.scorm.commits.finalising import count_times, finalise, reopen
from lmsapp.learning.scorm.commits.messages import Message
from lmsapp.learning.scorm.commits.noting import note_facts
from lmsapp.learning.scorm.commits.recording import effect_of
from lmsapp.learning.scorm.commits.sittings import Times
from lmsapp.learning.scorm.held import Play, hold
from lmsapp.learning.scorm.launches.trials import try_commit
from lmsapp.learning.scorm.models import ScormCommit, ScormLaunch
from lmsapp.learning.scorm.outcome.rules import ENDING, NAMES, End, Facts, Heard, Key, judged, of_one_visit, replayed
from lmsapp.learning.scorm.outcome.settling import settle


def commit(launch: ScormLaunch, message: Message) -> dict[str, Any]:
    """Take one commit, the whole way. The answer to the player.

    `completion` and `success` are the part's, `done` the lesson's, `course_done` the course's.
    """
    if launch.attempt_id is None:
        return try_commit(launch, message)
    play = hold(launch)
    if message.sitting > play.launch.sittings or is_known(play.launch, message):
        return answer(play, message.seq)
    kept = taken(play.manifest.edition, message.said)
    in_order = (message.sitting, message.seq) > (play.launch.last_sitting, play.launch.last_seq)
    _see(play.launch, message, in_order=in_order)
    if play.counts:
        before = play.attempt.done_at, play.enrollment.complete
        effect = _take(play, message, kept, in_order=in_order)
        effect |= _told(before, (play.attempt.done_at, play.enrollment.complete))
    else:
        effect = {"ignored": play.launch.mode}
        count_times(play)
    log_commit(play.launch, message, kept, effect)
    return answer(play, message.seq, kept)


def answer(play: Play, seq: int, kept: Taken | None = None) -> dict[str, Any]:
    """How things stand."""
    said = {
        "ok": True,
        "seq": seq,
        "completion": play.sco.completion,
        "success": play.sco.success,
        "done": play.attempt.done_at is not None,
        "course_done": play.enrollment.complete or play.attempt.cycle < play.enrollment.cycle,
        "superseded": play.launch.superseded_at is not None,
    }
    return said | ({"refused": kept.refused} if kept and kept.refused else {})


def is_known(launch: ScormLaunch, message: Message) -> bool:
    """Whether it was heard before."""
    return db.session.get(ScormCommit, (launch.id, message.sitting, message.seq)) is not None


def log_commit(launch: ScormLaunch, message: Message, kept: Taken, effect: dict[str, Any]) -> None:
    """Added to the log as it came."""
    db.session.flush()
    values = {
        "launch_id": launch.id,
        "sitting": message.sitting,
        "seq": message.seq,
        "at": clock.now(),
        "how": message.how,
        "said": kept.said,
        "names": kept.names,
        "effect": effect_of(kept, effect) | ({"nav": message.nav} if message.nav else {}),
    }
    db.session.execute(insert(ScormCommit).values(values))


def _see(launch: ScormLaunch, message: Message, *, in_order: bool) -> None:
    launch.last_seen_at = max(launch.last_seen_at, clock.now())
    if in_order:
        launch.last_sitting, launch.last_seq = message.sitting, message.seq


def _take(play: Play, message: Message, kept: Taken, *, in_order: bool) -> dict[str, Any]:
    """Elements, times, facts and what follows; for the log, what changed."""
    launch, sco = play.launch, play.sco
    present = message.sitting == launch.sittings
    leads = launch.superseded_at is None or not _opened_again(launch)
    if present and launch.closed_how == "silent" and message.how in ("set", "commit"):
        reopen(play)
    plain = in_order and present and leads
    _set(play, kept, except_for=None if leads else kept.names, late=None if plain else message)
    if message.nav == "suspendAll" and plain:
        sco.cmi = {**sco.cmi, NAMES[play.manifest.edition].exit: "suspend"}
    session_time = kept.values.get(NAMES[play.manifest.edition].session_time)
    times = Times.from_json(launch.times).noted(
        message.sitting, message.seq, session_time, possible(launch, message.shown)
    )
    launch.times = times.as_json()
    if message.sequencing is not None and in_order and launch.superseded_at is None:
        play.attempt.sequencing = dict(message.sequencing)
    changed = note_facts(sco, _facts(play, message, kept, plain=plain))
    sco.last_at = clock.now()
    _follow(play, message, present=present)
    return dict(changed)


def _set(play: Play, kept: Taken, *, except_for: Collection[str] | None, late: Message | None) -> None:
    """What nothing later has set."""
    gone = set(except_for or ())
    if late is not None:
        gone |= _set_later(play.launch, late)
        if late.sitting < play.launch.sittings:
            gone |= set(of_one_visit(play.manifest.edition))
    values = {name: value for name, value in kept.values.items() if name not in gone}
    if values:
        play.sco.cmi = {**play.sco.cmi, **values}
    if kept.suspend_data is not None and SUSPEND_DATA not in gone:
        play.sco.suspend_data = packed(kept.suspend_data)


def _set_later(launch: ScormLaunch, message: Message) -> set[str]:
    after = tuple_(ScormCommit.sitting, ScormCommit.seq) > (message.sitting, message.seq)
    rows = db.session.scalars(select(ScormCommit.names).where(ScormCommit.launch_id == launch.id, after))
    return {name for names in rows for name in names}


def _opened_again(launch: ScormLaunch) -> bool:
    """Whether a later window shows the same part; one that shows another takes nothing from this one."""
    later = select(ScormLaunch.id).where(
        ScormLaunch.attempt_id == launch.attempt_id, ScormLaunch.item == launch.item, ScormLaunch.id > launch.id
    )
    return db.session.scalar(later.limit(1)) is not None


def _facts(play: Play, message: Message, kept: Taken, *, plain: bool) -> Facts:
    """What the commit says in its own place in the order."""
    if plain:
        ended = message.how == "finish" or (play.launch.closed_how == "finished" and play.launch.closed_at is not None)
        return judged(play.asked, play.sco.cmi, End.CLEAN if ended else End.NOT)
    this = Heard(Key(play.launch.id, message.sitting, message.seq), kept.values, message.how)
    return replayed(play.asked, [*_heard_before(play.launch), this])


def _heard_before(launch: ScormLaunch) -> list[Heard]:
    """Every commit for this part up to this launch."""
    rows = db.session.execute(
        select(ScormCommit.launch_id, ScormCommit.sitting, ScormCommit.seq, ScormCommit.said, ScormCommit.how)
        .join(ScormLaunch, ScormLaunch.id == ScormCommit.launch_id)
        .where(
            ScormLaunch.attempt_id == launch.attempt_id,
            ScormLaunch.item == launch.item,
            ScormLaunch.id <= launch.id,
            ScormLaunch.mode == "normal",
        )
    )
    return [Heard(Key(row.launch_id, row.sitting, row.seq), row.said, row.how) for row in rows]


def _follow(play: Play, message: Message, *, present: bool) -> None:
    """What follows for the visit, the attempt and the course."""
    if present and message.how == "finish":
        finalise(play, "finished")
    elif present and message.nav in ENDING and play.launch.closed_at is None:
        finalise(play, "left")
    else:
        count_times(play)
        settle(play.attempt, play.enrollment)


def _told(before: tuple[dt.datetime | None, bool], after: tuple[dt.datetime | None, bool]) -> dict[str, Any]:
    """For the log: what this commit was the last thing missing for."""
    said: dict[str, Any] = {}
    if before[0] is None and after[0] is not None:
        said["done"] = True
    if after[1] and not before[1]:
        said["course_done"] = True
    return said
