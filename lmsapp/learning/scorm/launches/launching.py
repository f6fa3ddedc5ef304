"""Opening content: the attempt, the part, the launch with its token; going on to another part (SCO-2, SCO-3).

The newest window counts: whatever shows the same lesson to the same learner in another one is told so, and its commits
may still raise what was reached.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask import current_app
from sqlalchemy import func, select

from lmsapp.courses.catalogue.models import Lesson
from lmsapp.courses.catalogue.queries import LessonLine
from lmsapp.courses.packages.rules import Item, ItemKind, Manifest
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.learning.enrollments.actions import open_lesson
from lmsapp.learning.enrollments.facts import lesson_of
from lmsapp.learning.enrollments.held import lock_enrollment
from lmsapp.learning.enrollments.locked import check_lesson_open
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.scorm.commits.finalising import finalise
from lmsapp.learning.scorm.commits.noting import note_facts
from lmsapp.learning.scorm.held import hold, hold_in, manifest_of, sco_of, terms_of
from lmsapp.learning.scorm.launches.choosing import (
    Latest,
    begins_another,
    chosen_item,
    mode_of,
    same_parts,
    statuses_of,
    waits,
)
from lmsapp.learning.scorm.launches.tokens import WHOLE, digest_of, token_of
from lmsapp.learning.scorm.models import ScormAttempt, ScormLaunch
from lmsapp.learning.scorm.outcome.facts import NOTHING
from lmsapp.learning.scorm.outcome.rules import Completion, Facts
from lmsapp.learning.scorm.outcome.settling import part_facts, part_over, settle
from lmsapp.people.viewer import Viewer


def launch(
    enrollment: Enrollment, lesson: LessonLine, *, by: Viewer, item: str | None = None, again: bool = False
) -> ScormLaunch:
    """Start or go on. `item`: the part, else the one that is next. `again`: a new attempt beside the old ones.

    Raises NotAllowed while content, course or lesson are closed, RuleBroken for a lesson without a package.
    """
    lock_enrollment(enrollment)
    check_on()
    _check_learns(enrollment)
    check_lesson_open(enrollment, lesson.id)
    package_id = _package_in(enrollment, lesson)
    manifest = manifest_of(package_id)
    latest = _latest(enrollment, lesson.id, manifest, again=again)
    if item:
        check_part(item, manifest, latest[0].id if not latest[1] and latest[0] else None)
    open_lesson(enrollment, lesson)
    _supersede(enrollment, lesson.id)
    attempt = _attempt(enrollment, lesson.id, package_id, latest)
    facts = part_facts(attempt.id, manifest.edition)
    last = _last_item(attempt.id)
    chosen = item or chosen_item(manifest, terms_of(enrollment, lesson.id), facts, last)
    return _open(attempt, check_part(chosen, manifest, attempt.id), manifest, by=by.user_id, until=by.until)


def try_out(lesson: Lesson, *, by: Viewer, item: str | None = None) -> ScormLaunch:
    """An author plays the package of a draft. Nothing of it counts for anybody. Raises RuleBroken, NotAllowed."""
    check_on()
    package_id = (lesson.detail.get("scorm") or {}).get("package")
    if not package_id:
        raise RuleBroken(N_("This lesson has no package yet."))
    return _try(package_id, lesson.id, item, by=by.user_id)


def move_to(current: ScormLaunch, item: str, sequencing: Mapping[str, Any] | None = None) -> ScormLaunch:
    """The learner goes on to another part of the same attempt: this launch is finalised, another opened for that part.

    Raises NotAllowed when another window has taken over or the course is closed by now, RuleBroken for no such part.
    """
    if current.attempt_id is None:
        current.closed_at, current.closed_how = current.closed_at or clock.now(), current.closed_how or "moved on"
        return _try(current.package_id, current.lesson_id, item, by=current.opened_by_id)
    play = hold(current)
    if play.launch.superseded_at is not None:
        raise NotAllowed(N_("This content was opened in another window. Go on there."))
    check_lesson_open(play.enrollment, play.launch.lesson_id)
    found = check_part(item, play.manifest, play.attempt.id)
    later = _later(play.launch)
    if later is not None and later.item == item:
        return later  # asked twice, because the answer was lost
    if sequencing is not None:
        play.attempt.sequencing = dict(sequencing)
    for one in (play.launch, later):
        if one is not None and one.closed_at is None:
            finalise(hold_in(play.enrollment, one), "moved on")
    before = play.launch
    until = before.expires_at if before.expires_at < before.created_at + WHOLE else None  # came by a single-use link
    return _open(play.attempt, found, play.manifest, by=before.opened_by_id, until=until)


def _later(launch: ScormLaunch) -> ScormLaunch | None:
    """The newest launch of the same attempt that came after this one."""
    asked = select(ScormLaunch).where(ScormLaunch.attempt_id == launch.attempt_id, ScormLaunch.id > launch.id)
    return db.session.scalar(asked.order_by(ScormLaunch.id.desc()).limit(1))


def check_on() -> None:
    """Raises NotAllowed where this organisation has no host for content."""
    if not current_app.config["CONTENT_URL"]:
        raise NotAllowed(N_("SCORM content is switched off here. Your training team can have it set up."))


def _check_learns(enrollment: Enrollment) -> None:
    if enrollment.withdrawn_at is not None or enrollment.employee.status != "active":
        raise NotAllowed(N_("This course is not open to you any more."))


def _package_in(enrollment: Enrollment, lesson: LessonLine) -> int:
    """The package of the lesson in the version this learner takes."""
    view = lesson_of(enrollment, lesson.id)
    package_id = (view.detail.get("scorm") or {}).get("package") if view is not None else None
    if not package_id:
        raise RuleBroken(N_("This lesson has no content yet. Tell whoever looks after this course."))
    return int(package_id)


def _supersede(enrollment: Enrollment, lesson_id: int) -> None:
    """Other windows with this lesson: what is under way there is finalised as it stands."""
    rows = db.session.scalars(
        select(ScormLaunch)
        .join(ScormAttempt, ScormAttempt.id == ScormLaunch.attempt_id)
        .where(
            ScormAttempt.enrollment_id == enrollment.id,
            ScormAttempt.lesson_id == lesson_id,
            ScormLaunch.superseded_at.is_(None),
        )
        .order_by(ScormLaunch.id)
        .with_for_update(of=ScormLaunch)
    ).all()
    for row in rows:
        if row.closed_at is None:
            finalise(hold_in(enrollment, row), "superseded")
        row.superseded_at = clock.now()
    db.session.flush()


def _latest(
    enrollment: Enrollment, lesson_id: int, manifest: Manifest, *, again: bool
) -> tuple[ScormAttempt | None, bool]:
    """(the newest attempt of this time round, whether another begins). What was reported while it could not count is
    counted now."""
    latest = db.session.scalar(
        select(ScormAttempt)
        .where(
            ScormAttempt.enrollment_id == enrollment.id,
            ScormAttempt.cycle == enrollment.cycle,
            ScormAttempt.lesson_id == lesson_id,
        )
        .order_by(ScormAttempt.number.desc())
        .limit(1)
        .with_for_update()
    )
    if latest is None:
        return None, True
    settle(latest, enrollment)
    same = same_parts(manifest_of(latest.package_id), manifest)
    known = Latest(ended=latest.ended_at is not None, done=latest.done_at is not None, same=same)
    return latest, begins_another(known, again=again)


def _attempt(
    enrollment: Enrollment, lesson_id: int, package_id: int, found: tuple[ScormAttempt | None, bool]
) -> ScormAttempt:
    """The one that goes on, or the next."""
    latest, another = found
    if latest is not None and not another:
        latest.package_id = package_id
        return latest
    if latest is not None and latest.ended_at is None:
        latest.ended_at = clock.now()
    return _next_attempt(enrollment, lesson_id, package_id, latest.number + 1 if latest is not None else 1)


def _next_attempt(enrollment: Enrollment, lesson_id: int, package_id: int, number: int) -> ScormAttempt:
    now = clock.now()
    attempt = ScormAttempt(
        enrollment_id=enrollment.id,
        cycle=enrollment.cycle,
        lesson_id=lesson_id,
        number=number,
        package_id=package_id,
        started_at=now,
        last_at=now,
        completion="unknown",
        success="unknown",
        total_seconds=0,
    )
    db.session.add(attempt)
    db.session.flush()
    return attempt


def _last_item(attempt_id: int) -> str | None:
    newest = select(ScormLaunch.item).where(ScormLaunch.attempt_id == attempt_id).order_by(ScormLaunch.id.desc())
    return db.session.scalar(newest.limit(1))


def check_part(item_id: str | None, manifest: Manifest, attempt_id: int | None) -> Item:
    """The part of that id. Raises RuleBroken for none, NotAllowed while it waits for others (prerequisites of 1.2);
    what was opened before in the attempt stays open."""
    item = manifest.item(item_id or "")
    if item is None or item.href is None:
        raise RuleBroken(N_("This part is not in the package."), field="item")
    statuses = statuses_of(manifest, part_facts(attempt_id, manifest.edition) if attempt_id else {})
    first = waits(item, manifest.edition, statuses)
    if first is None or statuses.get(item.id) != "not attempted":
        return item
    titles = ", ".join(f"‘{one.title or one.id}’" for one in manifest.items if one.id in first)
    if not titles:
        raise NotAllowed(N_("‘%(title)s’ is not open yet."), title=item.title or item.id)
    raise NotAllowed(N_("‘%(title)s’ opens when this is done: %(titles)s."), title=item.title or item.id, titles=titles)


def _open(attempt: ScormAttempt, item: Item, manifest: Manifest, *, by: int, until: dt.datetime | None) -> ScormLaunch:
    """The launch of that part. An asset is done when it is opened: it has no way to say so. `until`: its files are
    closed then, with the session of whoever came by a single-use link."""
    enrollment = db.session.get_one(Enrollment, attempt.enrollment_id)
    terms = terms_of(enrollment, attempt.lesson_id)
    fact = part_facts(attempt.id, manifest.edition).get(item.id, NOTHING)
    made = _row(
        package_id=attempt.package_id,
        lesson_id=attempt.lesson_id,
        item=item.id,
        mode=mode_of(
            item,
            fact,
            terms,
            part_over=part_over(attempt.id, item.id),
            attempt_over=attempt.ended_at is not None and attempt.done_at is not None,
        ),
        by=by,
        attempt_id=attempt.id,
    )
    made.expires_at = min(made.expires_at, until or made.expires_at)
    row = sco_of(attempt.id, item.id)
    if item.kind is ItemKind.ASSET:
        note_facts(row, Facts(Completion.COMPLETED, said_done=True))
        settle(attempt, enrollment)
    attempt.last_at = clock.now()
    db.session.flush()
    return made


def _try(package_id: int, lesson_id: int, item: str | None, *, by: int) -> ScormLaunch:
    manifest = manifest_of(package_id)
    found = manifest.item(item) if item else next(iter(manifest.played), None)
    if found is None or found.href is None:
        raise RuleBroken(N_("This part is not in the package."), field="item")
    made = _row(package_id=package_id, lesson_id=lesson_id, item=found.id, mode="normal", by=by, attempt_id=None)
    db.session.flush()
    return made


def _row(*, package_id: int, lesson_id: int, item: str, mode: str, by: int, attempt_id: int | None) -> ScormLaunch:
    now = clock.now()
    made = ScormLaunch(
        id=db.session.scalar(select(func.nextval("scorm_launch_id_seq"))),
        attempt_id=attempt_id,
        package_id=package_id,
        lesson_id=lesson_id,
        item=item,
        mode=mode,
        opened_by_id=by,
        created_at=now,
        last_seen_at=now,
        expires_at=now + WHOLE,
        token_sha256="",
    )
    made.token_sha256 = digest_of(token_of(made.id))
    db.session.add(made)
    db.session.flush()
    return made
