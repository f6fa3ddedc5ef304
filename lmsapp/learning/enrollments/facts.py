"""The facts of one enrollment, read in as few statements as they need, for actions and queries alike.

Outlines and rules are kept in memory by version: every change to a published course makes a new one, so a version
never changes once it is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from sqlalchemy import bindparam, select

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.queries import OutlineView, outline, rule_in_version
from lmsapp.courses.catalogue.rules import Facts, Judgement, LessonFact, Rule, judge
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import LessonProgress
from lmsapp.learning.enrollments.rules import Done

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
).where(LessonProgress.enrollment_id == bindparam("enrollment_id"))


@dataclass(frozen=True, slots=True)
class Standing:
    """What a course asks and what was done so far. `done` by lesson id; lessons not begun are absent."""

    outline: OutlineView
    rule: Rule
    done: Mapping[int, Done]

    def of(self, lesson_id: int) -> Done:
        """What was done in one lesson."""
        return self.done.get(lesson_id, NOTHING)

    @property
    def finished(self) -> frozenset[int]:
        """The ids of lessons that are done and still part of the course."""
        return frozenset(line.id for line in self.outline.lessons if self.of(line.id).done_at is not None)

    def judgement(self) -> Judgement:
        """The rule held against the facts."""
        lessons = {
            line.id: LessonFact(
                line.kind, done=self.of(line.id).done_at is not None, seconds=self.of(line.id).seconds, title=line.title
            )
            for line in self.outline.lessons
        }
        scores = {key: Decimal(str(one.percent)) for key, one in self.done.items() if one.percent is not None}
        return judge(self.rule, Facts(lessons, scores))


def standing_of(enrollment_id: int, course: Course) -> Standing:
    """Everything needed to judge an enrollment: one statement, two more when the version was not met before."""
    rows = db.session.execute(PROGRESS, {"enrollment_id": enrollment_id})
    done = {
        row[0]: Done(row[1], row[2], row[3], row[4], row[5] is not None, None if row[6] is None else float(row[6]))
        for row in rows
    }
    return Standing(
        outline=_outline(course.id, course.content_version),
        rule=_rule(course.id, course.rule_version),
        done=done,
    )


def _outline(course_id: int, content_version: int) -> OutlineView:
    return _kept_outline(str(db.engine.engine.url), course_id, content_version)


def _rule(course_id: int, version: int) -> Rule:
    return _kept_rule(str(db.engine.engine.url), course_id, version)


@lru_cache(maxsize=512)
def _kept_outline(_database: str, course_id: int, _content_version: int) -> OutlineView:
    found = outline(course_id)
    if found is None:
        raise LookupError(f"course {course_id} does not exist")
    return found


@lru_cache(maxsize=512)
def _kept_rule(_database: str, course_id: int, version: int) -> Rule:
    return rule_in_version(course_id, version)
