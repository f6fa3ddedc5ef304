"""What the content of an enrollment reported, for whoever may see the enrollment (SCO-5).

Who may is asked where the enrollment is found; nothing here is reached by an id of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import array

from lmsapp.courses.catalogue.models import Lesson
from lmsapp.courses.catalogue.rules import LessonKind
from lmsapp.courses.packages.models import ScormPackage
from lmsapp.courses.packages.rules import Manifest, PackageTerms
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.facts import version_taken
from lmsapp.learning.enrollments.models import Enrollment, LessonProgress
from lmsapp.learning.scorm.models import ScormAttempt, ScormCommit, ScormLaunch, ScormSco
from lmsapp.learning.scorm.outcome.facts import PartFact, fact_of
from lmsapp.learning.scorm.outcome.rollup import Result, rolled_up
from lmsapp.learning.scorm.outcome.rules import LEFT
from lmsapp.learning.scorm.seen.reading import reported
from lmsapp.learning.scorm.seen.telling import STATUSES, TELLING, Opening, Report

SCORM = "scorm"  # the key in `Lesson.detail`
MOST_ATTEMPTS = 200
MOST_REPORTS = 3000  # of one attempt; those that changed nothing are not read at all


@dataclass(frozen=True, slots=True)
class PartSeen:
    """One part of an attempt as it stands; `fact` is what the rules know of it. `visits`: how often it was opened."""

    item: str
    title: str
    kind: str
    fact: PartFact
    said: tuple[str, ...] = ()
    seconds: int = 0
    visits: int = 0
    first_at: dt.datetime | None = None
    last_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class AttemptSeen:
    """One attempt. `result`: what it comes to under the terms; `current`: of the present time round, the newest."""

    id: int
    lesson_id: int
    cycle: int
    number: int
    started_at: dt.datetime
    last_at: dt.datetime
    ended_at: dt.datetime | None
    completion: str
    success: str
    score: Decimal | None
    seconds: int
    done_at: dt.datetime | None
    edition: str
    manifest: Manifest
    parts: tuple[PartSeen, ...]
    result: Result
    current: bool


@dataclass(frozen=True, slots=True)
class LessonSeen:
    """A lesson with a package, and every attempt at it, newest first.

    `done_at`: of the present time round. `by_hand`: {'by', 'at', 'reason'} where a person said that it is done.
    `here`: it is part of the version the learner is in.
    """

    lesson_id: int
    title: str
    terms: PackageTerms
    attempts: tuple[AttemptSeen, ...]
    done_at: dt.datetime | None = None
    by_hand: Mapping[str, Any] = field(default_factory=dict)
    here: bool = True

    @property
    def current(self) -> AttemptSeen | None:
        """The newest attempt of the present time round."""
        return next((one for one in self.attempts if one.current), None)


def packages_of(enrollment: Enrollment, lesson_id: int | None = None) -> tuple[LessonSeen, ...]:
    """Every lesson with a package of an enrollment at hand (its course loaded), or one of them; five statements.

    In the order of the course; lessons that are not in the learner's version any more stand last.
    """
    attempts = _attempts(enrollment, lesson_id)
    here = {
        key: lesson
        for key, lesson in version_taken(enrollment).lessons.items()
        if lesson.kind == LessonKind.SCORM and lesson_id in (None, key)
    }
    gone = {one.lesson_id for one in attempts} - set(here)
    if not here and not gone:
        return ()
    lessons: dict[int, Any] = {**here, **_lessons(gone)}
    terms = {key: PackageTerms.from_json(one.detail.get(SCORM, {})) for key, one in lessons.items()}
    done = _progress(enrollment, lessons)
    seen = _seen(enrollment, attempts, terms)
    return tuple(
        LessonSeen(
            lesson_id=key,
            title=one.title,
            terms=terms[key],
            attempts=tuple(made for made in seen if made.lesson_id == key),
            done_at=done[key].done_at if key in done else None,
            by_hand=(done[key].detail.get("by_hand") or {}) if key in done else {},
            here=key in here,
        )
        for key, one in lessons.items()
    )


def _attempts(enrollment: Enrollment, lesson_id: int | None) -> Sequence[Any]:
    wanted = [ScormAttempt.enrollment_id == enrollment.id]
    if lesson_id is not None:
        wanted.append(ScormAttempt.lesson_id == lesson_id)
    return db.session.execute(
        select(
            ScormAttempt.id, ScormAttempt.lesson_id, ScormAttempt.cycle, ScormAttempt.number, ScormAttempt.started_at,
            ScormAttempt.last_at, ScormAttempt.ended_at, ScormAttempt.completion, ScormAttempt.success,
            ScormAttempt.score, ScormAttempt.total_seconds, ScormAttempt.done_at, ScormAttempt.package_id,
        )
        .where(*wanted)
        .order_by(ScormAttempt.cycle.desc(), ScormAttempt.number.desc())
        .limit(MOST_ATTEMPTS)
    ).all()  # fmt: skip


def _lessons(ids: Iterable[int]) -> dict[int, Any]:
    wanted = sorted(ids)
    if not wanted:
        return {}
    columns = (Lesson.id, Lesson.title, Lesson.detail)
    return {row.id: row for row in db.session.execute(select(*columns).where(Lesson.id.in_(wanted)))}


def _progress(enrollment: Enrollment, lessons: Iterable[int]) -> dict[int, Any]:
    rows = db.session.execute(
        select(LessonProgress.lesson_id, LessonProgress.done_at, LessonProgress.detail).where(
            LessonProgress.enrollment_id == enrollment.id,
            LessonProgress.cycle == enrollment.cycle,
            LessonProgress.lesson_id.in_(list(lessons)),
        )
    )
    return {row.lesson_id: row for row in rows}


def _seen(
    enrollment: Enrollment, attempts: Sequence[Any], terms: Mapping[int, PackageTerms]
) -> tuple[AttemptSeen, ...]:
    if not attempts:
        return ()
    manifests = _manifests({one.package_id for one in attempts})
    rows = _parts([one.id for one in attempts])
    newest: set[int] = set()
    found = []
    for one in attempts:
        current = one.cycle == enrollment.cycle and one.lesson_id not in newest
        newest |= {one.lesson_id}
        manifest = manifests[one.package_id]
        parts = _outlined(manifest, rows.get(one.id, {}))
        facts = {part.item: part.fact for part in parts}
        found.append(
            AttemptSeen(
                one.id, one.lesson_id, one.cycle, one.number, one.started_at, one.last_at, one.ended_at, one.completion,
                one.success, one.score, one.total_seconds, one.done_at, manifest.edition.value, manifest, parts,
                rolled_up(manifest, terms[one.lesson_id], facts), current,
            )
        )  # fmt: skip
    return tuple(found)


def _manifests(ids: Iterable[int]) -> dict[int, Manifest]:
    rows = db.session.execute(select(ScormPackage.id, ScormPackage.manifest).where(ScormPackage.id.in_(list(ids))))
    return {row.id: Manifest.from_json(row.manifest) for row in rows}


def _parts(attempts: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What was reported of each part, without answers and suspend data; `ended`: it was left, not only closed."""
    ended = (
        select(func.count())
        .where(
            ScormLaunch.attempt_id == ScormSco.attempt_id,
            ScormLaunch.item == ScormSco.item,
            ScormLaunch.closed_how.in_(LEFT),
        )
        .scalar_subquery()
    )
    pairs = [part for name in STATUSES for part in (name, ScormSco.cmi[name].astext)]
    rows = db.session.execute(
        select(
            ScormSco.attempt_id, ScormSco.item, ScormSco.completion, ScormSco.success, ScormSco.said_done,
            ScormSco.score_scaled, ScormSco.score_raw, ScormSco.score_min, ScormSco.score_max, ScormSco.progress,
            ScormSco.total_seconds, ScormSco.sessions, ScormSco.exit, ScormSco.first_at, ScormSco.last_at,
            func.json_build_object(*pairs).label("cmi"),
            ended.label("ended"),
        ).where(ScormSco.attempt_id.in_(attempts))
    )  # fmt: skip
    found: dict[int, dict[str, Any]] = {}
    for row in rows:
        found.setdefault(row.attempt_id, {})[row.item] = row
    return found


def _outlined(manifest: Manifest, rows: Mapping[str, Any]) -> tuple[PartSeen, ...]:
    """In the order of the outline: what can be opened, begun or not."""
    return tuple(
        _part(one.id, one.title or one.id, one.kind.value, rows[one.id])
        if one.id in rows
        else PartSeen(one.id, one.title or one.id, one.kind.value, PartFact())
        for one in manifest.played
    )


def _part(item: str, title: str, kind: str, row: Any) -> PartSeen:
    fact = fact_of(row, ended=bool(row.ended))
    return PartSeen(
        item=item,
        title=title,
        kind=kind,
        fact=fact,
        said=reported(row.cmi),
        seconds=row.total_seconds,
        visits=row.sessions,
        first_at=row.first_at,
        last_at=row.last_at,
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt comes to under the terms of its learner, and the words its parts said last, by item."""

    result: Result
    said: Mapping[str, tuple[str, ...]]
    parts: int


def outcomes_of(attempts: Mapping[int, tuple[int, PackageTerms]]) -> dict[int, Outcome]:
    """Of many attempts at once, in two statements. By id of the attempt: (id of its package, terms)."""
    if not attempts:
        return {}
    manifests = _manifests({package_id for package_id, _terms in attempts.values()})
    rows = _parts(list(attempts))
    found = {}
    for key, (package_id, terms) in attempts.items():
        mine = rows.get(key, {})
        facts = {item: fact_of(row, ended=bool(row.ended)) for item, row in mine.items()}
        manifest = manifests[package_id]
        said = {item: reported(row.cmi) for item, row in mine.items()}
        found[key] = Outcome(rolled_up(manifest, terms, facts), said, len(manifest.played))
    return found


def cmi_of(attempt: AttemptSeen, item: str) -> Mapping[str, Any]:
    """Every element one part of an attempt at hand said last; empty where it said nothing."""
    wanted = (ScormSco.attempt_id == attempt.id, ScormSco.item == item)
    return db.session.scalar(select(ScormSco.cmi).where(*wanted)) or {}


def telling_of(attempt: AttemptSeen) -> tuple[list[Opening], list[Report]]:
    """What `telling.told` needs of an attempt at hand, in two statements: its launches, and what they reported that
    says anything about how far the learner is."""
    launches = db.session.execute(
        select(
            ScormLaunch.id, ScormLaunch.item, ScormLaunch.mode, ScormLaunch.created_at, ScormLaunch.sittings,
            ScormLaunch.last_seen_at, ScormLaunch.closed_at, ScormLaunch.closed_how, ScormLaunch.superseded_at,
            ScormLaunch.session_seconds,
        )
        .where(ScormLaunch.attempt_id == attempt.id)
        .order_by(ScormLaunch.id)
    ).all()  # fmt: skip
    telling = or_(
        ScormCommit.effect != {},
        ScormCommit.how == "finish",
        ScormCommit.names.has_any(array(sorted(TELLING))),
    )
    reports = db.session.execute(
        select(ScormCommit.launch_id, ScormCommit.at, ScormCommit.how, ScormCommit.said, ScormCommit.effect)
        .where(ScormCommit.launch_id.in_([one.id for one in launches]), telling)
        .order_by(ScormCommit.at, ScormCommit.launch_id, ScormCommit.sitting, ScormCommit.seq)
        .limit(MOST_REPORTS)
    ).all()
    return [Opening(*tuple(one)) for one in launches], [Report(*tuple(one)) for one in reports]
