"""What a learner sees of a package before and around playing it: how far they are, which launch is theirs (SCO-2)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import current_app
from sqlalchemy import select

from lmsapp.courses.catalogue.models import Lesson
from lmsapp.courses.catalogue.queries import LessonView
from lmsapp.courses.packages.rules import Item, Manifest
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.scorm.held import manifest_of
from lmsapp.learning.scorm.launches.choosing import Latest, begins_another, same_parts, statuses_of, waits
from lmsapp.learning.scorm.launches.tokens import LATE, launch_by_token, token_of, words_for
from lmsapp.learning.scorm.models import ScormAttempt, ScormLaunch
from lmsapp.learning.scorm.outcome.facts import NOTHING, PartFact
from lmsapp.learning.scorm.outcome.settling import part_facts

MOST_EARLIER = 20


@dataclass(frozen=True, slots=True)
class PartLine:
    """One line of the outline. `waits`: the titles of what has to come first, None: it is open."""

    item: Item
    fact: PartFact
    waits: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """The newest attempt of this time round. `anew`: opening the lesson begins another one."""

    number: int
    started_at: dt.datetime
    last_at: dt.datetime
    done_at: dt.datetime | None
    completion: str
    success: str
    score: Decimal | None
    anew: bool


@dataclass(frozen=True, slots=True)
class Intro:
    """A lesson's package as its learner finds it. `manifest` None: the lesson has no package yet."""

    on: bool
    manifest: Manifest | None
    attempt: AttemptLine | None = None
    parts: tuple[PartLine, ...] = ()


def intro_for(enrollment: Enrollment, lesson: LessonView) -> Intro:
    """For the learner whose enrollment it is; a handful of statements, however many parts."""
    on = bool(current_app.config["CONTENT_URL"])
    package_id = (lesson.detail.get("scorm") or {}).get("package")
    if not package_id:
        return Intro(on, None)
    manifest = manifest_of(package_id)
    latest = _latest(enrollment, lesson.id)
    line, facts = None, {}
    if latest is not None:
        same = latest.package_id == package_id or same_parts(manifest_of(latest.package_id), manifest)
        known = Latest(ended=latest.ended_at is not None, done=latest.done_at is not None, same=same)
        line = _line(latest, anew=begins_another(known, again=False))
        facts = {} if line.anew else part_facts(latest.id, manifest.edition)
    return Intro(on, manifest, line, tuple(_parts(manifest, facts)))


def playable(enrollment: Enrollment, lesson_id: int, launch_id: int) -> ScormLaunch | None:
    """That launch of the learner's own; where it went on to another part, the one it went on to."""
    own = (
        select(ScormLaunch)
        .join(ScormAttempt, ScormAttempt.id == ScormLaunch.attempt_id)
        .where(ScormAttempt.enrollment_id == enrollment.id, ScormAttempt.lesson_id == lesson_id)
    )
    found = db.session.scalar(own.where(ScormLaunch.id == launch_id))
    if found is None or found.closed_how != "moved on":
        return found
    later = own.where(ScormLaunch.attempt_id == found.attempt_id, ScormLaunch.id > found.id)
    return db.session.scalar(later.order_by(ScormLaunch.id.desc()).limit(1)) or found


def closed_words(launch: ScormLaunch) -> str:
    """Why its page shows nothing any more, to be translated; '' while it is open."""
    token, now = token_of(launch.id), clock.now()
    return "" if launch_by_token(token, now) is not None else words_for(token, now)


def wrapper_of(launch: ScormLaunch) -> str:
    """Where it is played, on the host of content."""
    return f"{current_app.config['CONTENT_URL'].rstrip('/')}/c/{token_of(launch.id)}/"


def earlier_places(launch: ScormLaunch) -> list[str]:
    """The addresses of the learner's earlier openings of the attempt that may still report, newest first.

    What their browser could not send then lies there under these addresses, and for whoever has them only.
    """
    if launch.attempt_id is None:
        return []
    rows = db.session.scalars(
        select(ScormLaunch.id)
        .where(
            ScormLaunch.attempt_id == launch.attempt_id,
            ScormLaunch.id < launch.id,
            ScormLaunch.opened_by_id == launch.opened_by_id,
            ScormLaunch.last_seen_at > clock.now() - LATE,
        )
        .order_by(ScormLaunch.id.desc())
        .limit(MOST_EARLIER)
    )
    return [f"/c/{token_of(one)}/" for one in rows]


def course_of(launch: ScormLaunch) -> int | None:
    """The course of a learner's launch; None for an author's trial."""
    if launch.attempt_id is None:
        return None
    return db.session.scalar(select(Lesson.course_id).where(Lesson.id == launch.lesson_id))


def _latest(enrollment: Enrollment, lesson_id: int) -> Any:
    return db.session.execute(
        select(
            ScormAttempt.id,
            ScormAttempt.number,
            ScormAttempt.package_id,
            ScormAttempt.started_at,
            ScormAttempt.last_at,
            ScormAttempt.ended_at,
            ScormAttempt.done_at,
            ScormAttempt.completion,
            ScormAttempt.success,
            ScormAttempt.score,
        )
        .where(
            ScormAttempt.enrollment_id == enrollment.id,
            ScormAttempt.cycle == enrollment.cycle,
            ScormAttempt.lesson_id == lesson_id,
        )
        .order_by(ScormAttempt.number.desc())
        .limit(1)
    ).one_or_none()


def _line(row: Any, *, anew: bool) -> AttemptLine:
    names = ("number", "started_at", "last_at", "done_at", "completion", "success", "score")
    return AttemptLine(**{name: getattr(row, name) for name in names}, anew=anew)


def _parts(manifest: Manifest, facts: dict[str, PartFact]) -> list[PartLine]:
    statuses = statuses_of(manifest, facts)
    titles = {one.id: one.title or one.id for one in manifest.items}
    found = []
    for item in manifest.items:
        first = waits(item, manifest.edition, statuses) if item.href is not None else None
        shut = first is not None and statuses.get(item.id) == "not attempted"
        named = tuple(titles.get(one, one) for one in first or ()) if shut else None
        found.append(PartLine(item, facts.get(item.id, NOTHING), named))
    return [line for line in found if line.item.visible]
