"""A course with a text and an assignment graded by a rubric; Lena learns it, Eva evaluates."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from decimal import Decimal

from lmsapp.courses.catalogue import actions as courses
from lmsapp.courses.catalogue.media import Upload
from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.tasks.actions import set_task
from lmsapp.courses.tasks.rules import Gives, Task, written_rubric
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.actions import enroll, mark_lesson_done
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.enrollments.queries import enrollment_for, study_view
from lmsapp.learning.grading.actions import Verdict
from lmsapp.learning.handins.actions import Work, hand_in
from lmsapp.learning.handins.facts import Place, place_of
from lmsapp.learning.handins.models import HandIn
from lmsapp.learning.handins.rules import Decision
from lmsapp.people.viewer import Viewer
from tests.cast import Cast, Person
from tests.kept import kept

RUBRIC = written_rubric(
    [
        {"title": "Names the hazards", "points": "6", "levels": "6: names every hazard\n3: names most"},
        {"title": "Says who does what", "points": "4"},
    ]
)
TASK = Task(
    gives=(Gives.TEXT, Gives.LINK, Gives.FILE), max_files=3, max_mb=1, tries=2, passing_percent=60, rubric=RUBRIC
)
PDF = b"%PDF-1.4 my plan"


@kept
@dataclass
class Scene:
    """Published; everybody of `learners` is enrolled, and has done the text."""

    by: Viewer
    learners: list[Person]
    task: Task = TASK
    title: str = "Fall protection"
    course: Course = field(init=False)
    text: Lesson = field(init=False)
    lesson: Lesson = field(init=False)

    def __post_init__(self) -> None:
        self.course = courses.create_course(self.title, by=self.by)
        chapter = courses.add_chapter(self.course, "At work", by=self.by)
        self.text = courses.add_lesson(chapter, "text", "Why", by=self.by, body="Because.", min_seconds=0)
        self.lesson = courses.add_lesson(chapter, "assignment", "Rescue plan", by=self.by, body="Write **yours**.")
        set_task(self.lesson, self.task, by=self.by)
        criteria = [{"kind": "lessons", "share": 100}, {"kind": "assignment_passed", "lesson_id": self.lesson.id}]
        courses.set_rule(self.course, "all", criteria, self.by)
        courses.publish(self.course, self.by)
        for person in self.learners:
            enroll(person.record, self.course, source="staff", by=None)
            db.session.commit()
            enrollment, view = self.enrollment(person), study_view(person.viewer, self.course.id)
            assert view is not None
            mark_lesson_done(enrollment, view.lessons[0].line, by=person.viewer)
        db.session.commit()

    def enrollment(self, person: Person) -> Enrollment:
        found = enrollment_for(person.viewer, self.course.id)
        assert found is not None
        return found

    def place(self, person: Person) -> Place:
        found = place_of(self.enrollment(person), self.lesson.id)
        assert found is not None
        return found

    def give(self, person: Person, text: str = "My plan.", key: str = "", files: int = 0) -> HandIn:
        uploads = [Upload.of(PDF + str(n).encode(), f"plan-{n}.pdf") for n in range(files)]
        work = Work(key=key or f"key-{text}", text=text, uploads=uploads)
        given = hand_in(self.place(person), work, by=person.viewer)
        db.session.commit()
        return given

    @property
    def address(self) -> str:
        return f"/learn/courses/{self.course.id}/lessons/{self.lesson.id}"


def scene_of(cast: Cast) -> Scene:
    return Scene(cast.carla.viewer, [cast.lena, cast.otto])


def verdict(
    decision: str = "pass",
    first: str = "6",
    second: str = "3",
    seen: int = 0,
    feedback: str = "Well done.",
    why: str = "",
) -> Verdict:
    one, two = (row.key for row in RUBRIC)
    points = {one: Decimal(first) if first else None, two: Decimal(second) if second else None}
    return Verdict(Decision(decision), points, feedback=feedback, reason=why, seen=seen)


def office_file(part: str) -> bytes:
    """A zip that says of itself what it is."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(part, "<x/>")
    return out.getvalue()
