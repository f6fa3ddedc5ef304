"""A course with an assignment: two hand-ins wait to be graded, one was sent back, one is passed (CRS-1, QIZ-5)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from sqlalchemy import ColumnElement, select, update

from lmsapp.courses.catalogue.actions import add_chapter, add_lesson, create_course, publish, set_rule
from lmsapp.courses.catalogue.media import Upload
from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.tasks.actions import set_task
from lmsapp.courses.tasks.rules import Gives, Task, written_rubric
from lmsapp.demo.content import ROOT
from lmsapp.demo.days import Days
from lmsapp.demo.moment import moment
from lmsapp.demo.organisation import employees, viewer_of
from lmsapp.demo.policies import were_sent
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.certificates.actions import mail_certificate
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.actions import enroll, open_lesson, refresh_progress
from lmsapp.learning.enrollments.models import LessonProgress
from lmsapp.learning.enrollments.queries import enrollment_for, study
from lmsapp.learning.grading.actions import Verdict, grade
from lmsapp.learning.grading.queries import hand_in_for
from lmsapp.learning.handins.actions import Work, hand_in
from lmsapp.learning.handins.facts import place_of
from lmsapp.learning.handins.models import HandIn
from lmsapp.learning.handins.rules import Decision
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer

TITLE: Final = "Rescue Plan for Your Roof"
READ: Final = """Somebody who hangs in a harness has **minutes**, not hours. A rescue plan is written before the first
person goes up, for this roof and this crew.

- Who calls, and what do they say?
- Who goes up, with which kit, from where?
- How is the person brought down, and where does the ambulance stop?
"""
ASKED: Final = """Write the rescue plan for the roof you work on **this week**.

1. Name the places where somebody could fall or hang.
2. Say who does what in the first five minutes, by name.
3. Say where the rescue kit is and how the ambulance gets in.

Half a page is enough. Add the inspection sheet of your harness, or a photograph of the roof, as a file.
"""
RUBRIC: Final = (
    {
        "title": "Names the places where somebody could fall",
        "points": "4",
        "levels": "4: every edge, opening and skylight\n2: most of them\n0: only 'the roof'",
    },
    {
        "title": "Says who does what, by name",
        "points": "4",
        "levels": "4: each step has a name and a second person\n2: names, but gaps\n0: nobody is named",
    },
    {"title": "Says where the kit is and how help gets in", "points": "2"},
)
SHEET: Final = ROOT / "fall-protection" / "fall-protection-inspection-sheet.pdf"
WAREHOUSE: Final = """**Warehouse 7, north side.** Edges: the whole north eave and the two skylights by the vent.
Tyrone calls 911 and says *Gate B*. Piotr and I go up with the kit from the red box beside the ladder.
"""
SCHOOL: Final = """School roof. Open edge to the yard, one hatch. Bill calls. I bring the kit, Curtis holds the line.

- Kit: back of truck 12
- Ambulance: yard gate, key is with the caretaker
"""
WAITING: Final = {"Curtis Greene": (-2, WAREHOUSE), "Piotr Lewandowski": (-1, SCHOOL)}


def add_work(days: Days) -> None:
    """The course, and what four people gave."""
    people = employees()
    carla, eva = viewer_of(people["Carla Reyes"]), viewer_of(people["Eva Lindqvist"])
    with moment(days.at(-20, 9 * 60)):
        course, task = _course(carla)
    with moment(days.at(-9, 15 * 60)):
        passed = _give(people["Bill Kowalski"], course, task, "Depot. Edges on all sides, no skylights. Jesús calls.")
    with moment(days.at(-8, 10 * 60)):
        _grade(eva, passed, Decision.PASS, "4 4 1", "Clear and short. **Write down the gate code too.**")
    with moment(days.at(-6, 15 * 60)):
        back = _give(people["Tyrone Jackson"], course, task, "We would call somebody and get him down.")
    with moment(days.at(-5, 10 * 60)):
        _grade(eva, back, Decision.REWORK, "0 0 0", "Who calls, and who goes up? Name them, and name the edges.")
    for name, (day, text) in WAITING.items():
        with moment(days.at(day, 11 * 60)):
            _give(people[name], course, task, text, sheet=True)
    with moment(days.at(-8, 10 * 60 + 1)):
        for sealed in db.session.scalars(select(SealedFile).where(SealedFile.kind == "certificate", _of(course))):
            mail_certificate(sealed)
    were_sent("work_graded")
    were_sent("certificate_ready")


def _of(course: Course) -> ColumnElement[bool]:
    return SealedFile.subject_id.in_(select(Certificate.id).where(Certificate.course_id == course.id))


def is_there() -> bool:
    """Whether it was added before."""
    return db.session.scalar(select(Course.id).where(Course.title == TITLE)) is not None


def _course(by: Viewer) -> tuple[Course, Lesson]:
    course = create_course(
        TITLE, by=by, summary="Write the plan that brings somebody down in time, for the roof you work on.",
        kind="elective development",
    )  # fmt: skip
    chapter = add_chapter(course, "Your plan", by=by)
    add_lesson(chapter, "text", "Minutes, not hours", by=by, body=READ, minutes=3, min_seconds=30)
    lesson = add_lesson(chapter, "assignment", "Your rescue plan", by=by, body=ASKED, minutes=25, min_seconds=0)
    gives = (Gives.TEXT, Gives.FILE)
    task = Task(gives=gives, file_groups=("pdf", "picture"), tries=3, passing_percent=60, rubric=written_rubric(RUBRIC))
    set_task(lesson, task, by=by, uploads=[Upload.of(SHEET.read_bytes(), SHEET.name)])
    set_rule(course, "all", [{"kind": "lessons", "share": 100}, {"kind": "assignment_passed"}], by)
    publish(course, by)
    return course, lesson


def _give(employee: Employee, course: Course, task: Lesson, text: str, *, sheet: bool = False) -> HandIn:
    viewer = viewer_of(employee)
    enroll(employee, course, source="self", by=viewer)
    enrollment = enrollment_for(viewer, course.id)
    assert enrollment is not None
    open_lesson(enrollment, study(enrollment).lessons[0].line)
    read = LessonProgress.enrollment_id == enrollment.id
    now = clock.now()
    db.session.execute(update(LessonProgress).where(read).values(done_at=now, active_seconds=90, last_beat_at=now))
    refresh_progress(enrollment, by=viewer)
    place = place_of(enrollment, task.id)
    assert place is not None
    uploads = [Upload.of(SHEET.read_bytes(), "harness-inspection.pdf")] if sheet else []
    return hand_in(place, Work(key=f"demo-{employee.number}", text=text, uploads=uploads), by=viewer)


def _grade(by: Viewer, given: HandIn, decision: Decision, points: str, feedback: str) -> None:
    found = hand_in_for(by, given.id)
    assert found is not None
    rubric = Task.from_json(found.task).rubric
    given_points = {row.key: Decimal(one) for row, one in zip(rubric, points.split(), strict=True)}
    grade(found, Verdict(decision, given_points, feedback=feedback), by=by)
