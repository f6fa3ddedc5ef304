"""A sales path as in the second story, and people to take it."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select

from lmsapp.courses.catalogue import actions as authoring
from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.paths.actions import add_item, create_path, edit_item, publish_path
from lmsapp.courses.paths.models import LearningPath, PathItem
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.actions import mark_lesson_done
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.enrollments.queries import enrollment_for, study_view
from lmsapp.people.viewer import Viewer
from tests.cast import Cast, Person, make_cast
from tests.kept import kept

TITLES = ("Core Product Features", "Competitive Positioning", "Product Demo Skills", "Live Demo Certification")


@kept
@dataclass
class Sales:
    """Four courses of one text each; the last two wait for the first two. Milo moderates, Carla wrote it."""

    cast: Cast = field(default_factory=make_cast)
    courses: list[Course] = field(init=False)
    items: list[PathItem] = field(init=False)
    path: LearningPath = field(init=False)

    def __post_init__(self) -> None:
        self.courses = [course(title, self.cast.carla.viewer) for title in TITLES]
        self.path, self.items = make_path(self.courses, self.cast.carla.viewer, title="Sales Readiness")
        for item in self.items[2:]:
            edit_item(
                item,
                by=self.cast.carla.viewer,
                role="required",
                section="Prove it",
                needs=[one.id for one in self.items[:2]],
                needed=None,
            )
        publish_path(self.path, by=self.cast.carla.viewer)
        db.session.commit()

    def complete(self, who: Person, *numbers: int) -> None:
        for number in numbers:
            complete(who, self.courses[number])

    def lesson(self, number: int) -> int:
        """The id of the one lesson of one of the four."""
        return db.session.scalars(select(Lesson.id).where(Lesson.course_id == self.courses[number].id)).one()

    def locks(self, who: Person) -> list[bool]:
        """Of the four, in order."""
        return [bool(enrollment_of(who, one).locks) for one in self.courses]


def course(title: str, by: Viewer, validity_months: int | None = None) -> Course:
    """Published; one text that may be marked done at once."""
    made = authoring.create_course(title, by=by, validity_months=validity_months)
    chapter = authoring.add_chapter(made, "All", by=by)
    authoring.add_lesson(chapter, "text", f"About {title}", by=by, body="Words.", minutes=1, min_seconds=0)
    authoring.set_rule(made, "all", [{"kind": "lessons", "share": 100}], by)
    authoring.publish(made, by)
    return made


def make_path(courses: list[Course], by: Viewer, title: str = "Path") -> tuple[LearningPath, list[PathItem]]:
    path = create_path(title, by=by)
    return path, [add_item(path, one, by=by) for one in courses]


def enrollment_of(who: Person, course: Course) -> Enrollment:
    db.session.expire_all()
    found = enrollment_for(who.viewer, course.id)
    assert found is not None
    return found


def complete(who: Person, course: Course) -> None:
    """As the learner does, lesson by lesson."""
    view = study_view(who.viewer, course.id)
    assert view is not None
    for state in view.lessons:
        mark_lesson_done(enrollment_of(who, course), state.line, by=who.viewer)
    db.session.commit()
