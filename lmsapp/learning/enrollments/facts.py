"""The facts of one enrollment, read in as few statements as they need, for actions and queries alike.

Outline and rule are those of the version this time round is taken in; versions are kept in memory.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, bindparam, select

from lmsapp.courses.catalogue.queries import LessonLine, LessonView, OutlineView
from lmsapp.courses.catalogue.rules import Facts, Judgement, LessonFact, Rule, judge
from lmsapp.courses.completion.facts import MEASURED, Attended, CriterionKind
from lmsapp.courses.publishing.reading import QuizContent, Version, outline_in, version_of
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.attendance.models import Attendance, AttendanceSession
from lmsapp.learning.enrollments.models import Enrollment, LessonProgress
from lmsapp.learning.enrollments.rules import Done, EnrollmentStatus, locked_by, status

NOTHING = Done()
# Built once: making a statement costs more Python than sending it, and this one is asked three times in a request.
PROGRESS = select(
    LessonProgress.lesson_id,
    LessonProgress.opened_at,
    LessonProgress.active_seconds,
    LessonProgress.seen,
    LessonProgress.done_at,
    LessonProgress.last_beat_at,
    LessonProgress.detail["percent"].astext,
    LessonProgress.detail["attempt"].astext,
    LessonProgress.detail["signature"]["id"].astext,
    LessonProgress.minutes_at,
    LessonProgress.course_minutes,
    LessonProgress.detail["reported"]["said"].astext,
    LessonProgress.detail["by_hand"]["by"].astext,
).where(LessonProgress.enrollment_id == bindparam("enrollment_id"), LessonProgress.cycle == bindparam("cycle"))


@dataclass(frozen=True, slots=True)
class Standing:
    """What a course asks and what was done so far. `done` by lesson id; lessons not begun are absent."""

    outline: OutlineView
    rule: Rule
    done: Mapping[int, Done]
    attended: tuple[Attended, ...] = ()  # where the rule asks for sessions

    def of(self, lesson_id: int) -> Done:
        """What was done in one lesson."""
        return self.done.get(lesson_id, NOTHING)

    def locked_by(self, lesson_id: int) -> tuple[int, ...]:
        """The lessons that come first; empty where it is open."""
        return locked_by(lesson_id, self.outline.lessons, self.finished, in_order=self.outline.in_order)

    @property
    def finished(self) -> frozenset[int]:
        """The ids of lessons that are done and still part of the course."""
        return frozenset(line.id for line in self.outline.lessons if self.of(line.id).done_at is not None)

    def judgement(self) -> Judgement:
        """The rule held against the facts."""
        return judge(self.rule, self.facts())

    def with_done(self, lesson_id: int, done: Done) -> Standing:
        """With other facts of one lesson."""
        return replace(self, done={**self.done, lesson_id: done})

    def moved(self, row: LessonProgress, counted_until: dt.datetime | None) -> Standing:
        """After a change of one lesson that was not read again. `counted_until` is the same in every lesson."""
        done = {
            key: one if one.counted_until == counted_until else replace(one, counted_until=counted_until)
            for key, one in self.done.items()
        }
        detail, signature = row.detail, row.detail.get("signature") or {}
        said, hand = (detail.get("reported") or {}).get("said"), (detail.get("by_hand") or {}).get("by")
        percent, attempt = detail.get("percent"), detail.get("attempt")
        values = (
            row.lesson_id, row.opened_at, row.active_seconds, row.seen, row.done_at, row.last_beat_at,
            percent, attempt, signature.get("id"), row.minutes_at, row.course_minutes, said, hand,
        )  # fmt: skip
        return replace(self, done=done | {row.lesson_id: _done(values, counted_until)})

    def facts(self) -> Facts:
        """What any rule may know of this learner in this version."""
        lessons = {line.id: fact_of(line, self.of(line.id)) for line in self.outline.lessons}
        scores = {key: Decimal(str(one.percent)) for key, one in self.done.items() if one.percent is not None}
        return Facts(lessons, scores, self.attended)


def standing_of(enrollment: Enrollment) -> Standing:
    """Everything needed to judge the current time round. One statement, one more when its version was not met before.

    The enrollment's course is loaded.
    """
    return standing_in(enrollment, version_taken(enrollment))


def standing_in(enrollment: Enrollment, version: Version) -> Standing:
    """The same in another version: what was done, held against its lessons and its rule."""
    rows = db.session.execute(PROGRESS, {"enrollment_id": enrollment.id, "cycle": enrollment.cycle})
    done = {row[0]: _done(row, enrollment.counted_until) for row in rows}
    return Standing(outline_in(enrollment.course, version), version.rule, done, _attended(enrollment, version.rule))


def _attended(enrollment: Enrollment, rule: Rule) -> tuple[Attended, ...]:
    """Sessions attended in this time round; asked only where the rule counts them."""
    if all(one.kind is not CriterionKind.ATTENDED for one in rule.criteria):
        return ()
    rows = db.session.execute(
        select(AttendanceSession.title, Attendance.recorded_at)
        .join(AttendanceSession, AttendanceSession.id == Attendance.session_id)
        .where(
            Attendance.enrollment_id == enrollment.id,
            Attendance.cycle == enrollment.cycle,
            Attendance.taken_back_at.is_(None),
        )
    )
    return tuple(Attended(row.title, row.recorded_at) for row in rows)


def fact_of(line: LessonLine, done: Done) -> LessonFact:
    """What the completion rule may know of a lesson."""
    return LessonFact(
        kind=line.kind,
        done=done.done_at is not None,
        seconds=done.seconds,
        title=line.title,
        done_at=done.done_at,
        attempt=done.attempt,
        signature=done.signature,
        measured=done.measured or line.kind not in MEASURED,
        minutes=done.minutes,
        course_minutes=done.course_minutes,
        practice=line.practice,
        percent=None if done.percent is None else Decimal(str(done.percent)),
        said=done.said,
        by=done.by,
    )


def _done(row: Row[Any] | tuple[Any, ...], counted_until: dt.datetime | None) -> Done:
    """From what PROGRESS selects."""
    values: Any = row
    _lesson, opened_at, seconds, seen, done_at, beat_at, percent, attempt, signature, minutes, *more = values
    course_minutes, said, hand = more
    return Done(
        opened_at=opened_at,
        seconds=seconds,
        seen=seen,
        done_at=done_at,
        measured=beat_at is not None,
        percent=None if percent is None else float(percent),
        attempt=None if attempt is None else int(attempt),
        signature=None if signature is None else int(signature),
        minutes=tuple(_instant(at) for at in minutes),
        course_minutes={int(minute): _instant(at) for minute, at in course_minutes.items()},
        counted_until=counted_until,
        said=said or "",
        by=hand or "",
    )


def _instant(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def status_of(enrollment: Enrollment, today: dt.date) -> EnrollmentStatus:
    """Where the enrollment stands on `today`, a date where the learner is; the employee is loaded."""
    completed_at, zone = enrollment.completed_at, clock.zone(enrollment.employee.time_zone)
    return status(
        started=enrollment.started_at is not None,
        completed_on=completed_at.astimezone(zone).date() if completed_at else None,
        failed=enrollment.failed_at is not None,
        withdrawn=enrollment.withdrawn_at is not None,
        valid_until=enrollment.valid_until,
        renewal_from=enrollment.renewal_from,
        paused_until=enrollment.paused_until,
        today=today,
    )


def number_taken(enrollment: Enrollment) -> int:
    """The number of the version this time round is taken in: the newest while it has not begun."""
    return enrollment.content_version or enrollment.course.content_version


def version_taken(enrollment: Enrollment) -> Version:
    """The version itself."""
    return version_of(enrollment.course_id, number_taken(enrollment))


def lesson_of(enrollment: Enrollment, lesson_id: int) -> LessonView | None:
    """One lesson as this learner meets it, or None when their version has no such lesson."""
    return version_taken(enrollment).lessons.get(lesson_id)


def line_of(enrollment: Enrollment, lesson_id: int) -> LessonLine | None:
    """The lesson in the outline of this learner's version, or None."""
    return next((line for line in version_taken(enrollment).lines if line.id == lesson_id), None)


def quiz_of(enrollment: Enrollment, lesson_id: int) -> QuizContent | None:
    """The quiz behind a lesson as this learner meets it; right answers included, for the server only."""
    return version_taken(enrollment).quizzes.get(lesson_id)
