"""Where somebody hands in: an assignment lesson in the version they take it in, and what they gave there before."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from lmsapp.courses.catalogue.queries import LessonView
from lmsapp.courses.catalogue.rules import LessonKind
from lmsapp.courses.tasks.rules import Task
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.facts import lesson_of, number_taken
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.handins.models import Grading, HandIn
from lmsapp.learning.handins.rules import HandInState, state_of


@dataclass(frozen=True, slots=True)
class Place:
    """An assignment lesson as one learner takes it in this cycle."""

    enrollment: Enrollment
    lesson: LessonView
    task: Task

    @property
    def cycle(self) -> int:
        """Which time round."""
        return self.enrollment.cycle

    @property
    def version(self) -> int:
        """The content version it is taken in."""
        return number_taken(self.enrollment)


@dataclass(frozen=True, slots=True)
class Given:
    """A hand-in with its gradings, oldest first, and where it stands."""

    hand_in: HandIn
    gradings: tuple[Grading, ...]
    state: HandInState


def place_of(enrollment: Enrollment, lesson_id: int) -> Place | None:
    """The assignment lesson, or None where the lesson is none. `enrollment` has its course loaded."""
    found = lesson_of(enrollment, lesson_id)
    if found is None or found.kind != LessonKind.ASSIGNMENT:
        return None
    return Place(enrollment, found, Task.from_json(found.detail.get("task", {})))


def given_in(enrollment_id: int, lesson_id: int, cycle: int | None = None) -> list[Given]:
    """Everything given in a lesson, oldest first, in two statements; of one cycle, or of all."""
    here = [HandIn.enrollment_id == enrollment_id, HandIn.lesson_id == lesson_id]
    if cycle is not None:
        here.append(HandIn.cycle == cycle)
    hand_ins = db.session.scalars(select(HandIn).where(*here).order_by(HandIn.number)).all()
    gradings: dict[int, list[Grading]] = {}
    judged = select(Grading).where(Grading.hand_in_id.in_([one.id for one in hand_ins])).order_by(Grading.number)
    for grading in db.session.scalars(judged) if hand_ins else ():
        gradings.setdefault(grading.hand_in_id, []).append(grading)
    newest = hand_ins[-1].number if hand_ins else 0
    return [
        Given(
            one,
            tuple(gradings.get(one.id, ())),
            state_of([g.decision for g in gradings.get(one.id, ())], replaced=one.number < newest),
        )
        for one in hand_ins
    ]
