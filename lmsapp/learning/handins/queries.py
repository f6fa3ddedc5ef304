"""What learners see of their own work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import aliased

from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.handins.facts import Given, Place, given_in
from lmsapp.learning.handins.models import Grading, HandIn, HandInDraft
from lmsapp.learning.handins.rules import Decision, HandInState, tries_left
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Draft:
    """What is being written. `files` as in HandIn; `saved_at` None: no text or link is kept since the last hand-in."""

    text: str = ""
    link: str = ""
    files: tuple[dict[str, Any], ...] = ()
    revision: int = 0
    saved_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class WorkView:
    """The work of one learner in one lesson. `given`: of every cycle, oldest first; `left` None: no limit."""

    place: Place
    given: tuple[Given, ...]
    draft: Draft
    left: int | None

    @property
    def last(self) -> Given | None:
        """The newest of this cycle."""
        return next((one for one in reversed(self.given) if one.hand_in.cycle == self.place.cycle), None)

    @property
    def state(self) -> HandInState | None:
        """Where the newest stands; None before the first."""
        return self.last.state if self.last else None

    @property
    def may_give(self) -> bool:
        """Whether something can be handed in now; `rules.check_may_give` says why not."""
        return self.state not in (HandInState.PASSED, HandInState.FAILED)


def work_of(place: Place) -> WorkView:
    """Three statements, whatever was given. Unscoped: whoever asks has found the enrollment already."""
    given = given_in(place.enrollment.id, place.lesson.id)
    states = [one.state for one in given if one.hand_in.cycle == place.cycle]
    return WorkView(place, tuple(given), draft_of(place), tries_left(place.task.tries, states))


# Built once: the home page of everybody asks. The newest hand-in of a lesson whose newest grading sends it back.
LATER, AGAIN = aliased(HandIn), aliased(Grading)
SENT_BACK = (
    select(HandIn.lesson_id, HandIn.title, Enrollment.course_id, Course.title.label("course"), Grading.graded_at)
    .join(Enrollment, Enrollment.id == HandIn.enrollment_id)
    .join(Course, Course.id == Enrollment.course_id)
    .join(Grading, Grading.hand_in_id == HandIn.id)
    .where(
        Enrollment.employee_id == bindparam("employee_id"),
        Enrollment.withdrawn_at.is_(None),
        HandIn.cycle == Enrollment.cycle,
        Grading.decision == Decision.REWORK.value,
        ~exists().where(AGAIN.hand_in_id == HandIn.id, AGAIN.number > Grading.number),
        ~exists().where(
            LATER.enrollment_id == HandIn.enrollment_id,
            LATER.lesson_id == HandIn.lesson_id,
            LATER.number > HandIn.number,
        ),
    )
    .order_by(Grading.graded_at, HandIn.id)
)


def sent_back(viewer: Viewer) -> Sequence[Any]:
    """The viewer's own work that waits to be handed in again, longest first. One statement.

    Columns: lesson_id, title, course_id, course, graded_at.
    """
    return db.session.execute(SENT_BACK, {"employee_id": viewer.employee_id}).all()


def draft_of(place: Place) -> Draft:
    """What is being written there."""
    key = {"enrollment_id": place.enrollment.id, "lesson_id": place.lesson.id, "cycle": place.cycle}
    row = db.session.execute(
        select(
            HandInDraft.text, HandInDraft.link, HandInDraft.files, HandInDraft.revision, HandInDraft.saved_at
        ).filter_by(**key)
    ).one_or_none()
    return Draft(row.text, row.link, tuple(row.files), row.revision, row.saved_at) if row else Draft()


def draft_file(viewer: Viewer, file_id: int) -> StoredFile | None:
    """A file that lies in a draft of the viewer's own; no other is reached through it."""
    named = (
        select(HandInDraft.lesson_id)
        .join(Enrollment, Enrollment.id == HandInDraft.enrollment_id)
        .where(
            HandInDraft.files.contains([{"id": file_id}]),
            Enrollment.employee_id == viewer.employee_id,
            Enrollment.withdrawn_at.is_(None),
        )
    )
    return db.session.get(StoredFile, file_id) if db.session.scalars(named).first() is not None else None


def own_file(viewer: Viewer, hand_in_id: int, file_id: int) -> StoredFile | None:
    """A file of the viewer's own hand-in, the course locked or not; one they were taken out of stays closed."""
    found = db.session.scalar(
        select(HandIn)
        .join(Enrollment, Enrollment.id == HandIn.enrollment_id)
        .where(HandIn.id == hand_in_id, Enrollment.employee_id == viewer.employee_id, Enrollment.withdrawn_at.is_(None))
    )
    return file_in(found, file_id)


def file_in(hand_in: HandIn | None, file_id: int) -> StoredFile | None:
    """A file a hand-in names, as it was given."""
    if hand_in is None or not any(one["id"] == file_id for one in hand_in.files):
        return None
    return db.session.get(StoredFile, file_id)
