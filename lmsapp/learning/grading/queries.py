"""A hand-in as graders see it: only what is theirs (`scope.gradable_by`). The list is in `queue.py`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from lmsapp.courses.catalogue.queries import LessonView
from lmsapp.courses.publishing.reading import version_of
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.grading.scope import gradable_by
from lmsapp.learning.handins.facts import Given, given_in
from lmsapp.learning.handins.models import HandIn, HandInClaim
from lmsapp.learning.handins.queries import file_in
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class GradingView:
    """One hand-in to grade, with all that was given before. `lesson`: as it was when this was handed in."""

    hand_in: HandIn
    here: Given
    others: tuple[Given, ...]
    lesson: LessonView | None
    claim: HandInClaim | None
    newest: bool

    @property
    def newer(self) -> int | None:
        """The newest hand-in, where this is not it."""
        later = [one.hand_in for one in self.others if one.hand_in.number > self.hand_in.number]
        return later[0].id if later else None


def hand_in_for(viewer: Viewer, hand_in_id: int) -> HandIn | None:
    """A hand-in that is the viewer's to grade, enrollment, course and employee loaded."""
    enrollment = contains_eager(HandIn.enrollment)
    return db.session.scalars(
        select(HandIn)
        .join(HandIn.enrollment)
        .join(Enrollment.course)
        .join(Enrollment.employee)
        .options(enrollment.contains_eager(Enrollment.course), enrollment.contains_eager(Enrollment.employee))
        .where(HandIn.id == hand_in_id, gradable_by(viewer))
    ).one_or_none()


def grading_view(hand_in: HandIn, now: dt.datetime) -> GradingView:
    """All that the page shows of it."""
    given = given_in(hand_in.enrollment_id, hand_in.lesson_id)
    held = db.session.scalar(select(HandInClaim).where(HandInClaim.hand_in_id == hand_in.id, HandInClaim.until > now))
    return GradingView(
        hand_in=hand_in,
        here=next(one for one in given if one.hand_in.id == hand_in.id),
        others=tuple(one for one in reversed(given) if one.hand_in.id != hand_in.id),
        lesson=version_of(hand_in.enrollment.course_id, hand_in.content_version).lessons.get(hand_in.lesson_id),
        claim=held,
        newest=given[-1].hand_in.id == hand_in.id and hand_in.cycle == hand_in.enrollment.cycle,
    )


def file_to_grade(viewer: Viewer, hand_in_id: int, file_id: int) -> StoredFile | None:
    """A file of a hand-in that is the viewer's to grade."""
    return file_in(hand_in_for(viewer, hand_in_id), file_id)
