"""A course of two SCORM packages of our own, with learners at every place in it (SCO-1 to SCO-3).

The packages lie in `scorm_content/` and are packed by code. What the learners did is told by the very commits that the
content sends when it is played.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import ColumnElement, select

from lmsapp.courses.catalogue.actions import add_chapter, add_lesson, create_course, publish, set_rule
from lmsapp.courses.catalogue.media import Upload
from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.packages.actions import start_import
from lmsapp.courses.packages.rules import PackageTerms
from lmsapp.courses.packages.terms import state_terms
from lmsapp.courses.packages.work import work_on_package
from lmsapp.demo.days import Days
from lmsapp.demo.moment import moment
from lmsapp.demo.organisation import employees, viewer_of
from lmsapp.demo.policies import were_sent
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra.db import db, unit_of_work
from lmsapp.learning.certificates.actions import mail_certificate
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.actions import enroll
from lmsapp.learning.enrollments.facts import line_of
from lmsapp.learning.enrollments.queries import enrollment_for
from lmsapp.learning.scorm.commits.committing import commit
from lmsapp.learning.scorm.commits.messages import Message
from lmsapp.learning.scorm.launches.launching import launch
from lmsapp.learning.scorm.launches.sitting_down import sit_down
from lmsapp.people.employees.models import Employee

TITLE: Final = "Ladders and Heat"
SOURCES: Final = Path(__file__).parent / "scorm_content"
ONE_DATE: Final = (2026, 1, 1, 0, 0, 0)  # so that the same package gives the same bytes
BEFORE: Final = "Two short trainings for everybody who climbs or works in the heat. Each ends with a check."


Said = dict[str, str]
S12, S2004 = "cmi.core.", "cmi."


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody plays a part on a day before today, at so many minutes after midnight: what the content says, step by
    step."""

    lesson: str
    part: str
    day: int
    minute: int
    says: tuple[Said, ...]
    ends: bool = True


def ladders(day: int, minute: int, *scores: int, pages: int = 4) -> Visit:
    """So many pages read; then the check of five questions, handed in once for each score."""
    begun = {f"{S12}lesson_status": "incomplete"}
    read = tuple({f"{S12}lesson_location": str(page)} for page in range(pages))
    checks = tuple(_checked_12(score) for score in scores)
    return Visit("ladders", "ladders-1", day, minute, (begun, *read, *checks), ends=bool(scores))


def _checked_12(score: int) -> Said:
    status = "passed" if score >= 80 else "failed"
    scored = {f"{S12}score.min": "0", f"{S12}score.max": "100", f"{S12}score.raw": str(score)}
    return _answered(("crack", "angle", "above", "tools", "reach"), score, "wrong") | scored | {
        f"{S12}lesson_status": status
    }  # fmt: skip


def signs(day: int, minute: int, pages: int = 4) -> Visit:
    """The first part of the heat training; whoever reads the last page has completed it."""
    begun = {f"{S2004}completion_status": "incomplete"}
    read = tuple(
        {f"{S2004}location": str(page), f"{S2004}progress_measure": f"{(page + 1) / 4:.2f}"} for page in range(pages)
    )
    done: tuple[Said, ...] = ({f"{S2004}completion_status": "completed"},) if pages == 4 else ()
    return Visit("heat", "heat-signs", day, minute, (begun, *read, *done), ends=pages == 4)


def check(day: int, minute: int, score: int) -> Visit:
    """The second part: four questions."""
    scored = {
        f"{S2004}score.scaled": f"{score / 100:.2f}",
        f"{S2004}score.min": "0",
        f"{S2004}score.max": "100",
        f"{S2004}score.raw": str(score),
        f"{S2004}success_status": "passed" if score >= 75 else "failed",
        f"{S2004}completion_status": "completed",
    }
    asked = ("first", "day", "drink", "sweat")
    return Visit("heat", "heat-check", day, minute, (_answered(asked, score, "incorrect") | scored,))


def _answered(asked: Sequence[str], score: int, wrong: str) -> Said:
    right = round(len(asked) * score / 100)
    said: Said = {}
    for place, name in enumerate(asked):
        at = f"cmi.interactions.{place}."
        said |= {f"{at}id": name, f"{at}type": "choice", f"{at}result": "correct" if place < right else wrong}
    return said


LEARNERS: Final[dict[str, tuple[Visit, ...]]] = {
    "Bill Kowalski": (ladders(-18, 430, 100), signs(-18, 441), check(-18, 452, 100)),
    "Curtis Greene": (ladders(-17, 440, 60), ladders(-16, 445, 80), signs(-12, 700)),
    "Tyrone Jackson": (ladders(-15, 610, 40, 60),),
    "Piotr Lewandowski": (ladders(-9, 425, pages=2),),
    "Jesús Montoya": (ladders(-7, 430, 80), signs(-7, 445), check(-7, 460, 50)),
    "Marcus Bell": (),
}


def package_zip(name: str) -> bytes:
    """The ZIP of 'ladders' or 'heat', with what both share."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for folder, within in ((SOURCES / name, ""), (SOURCES / "shared", "shared/")):
            for path in sorted(folder.iterdir()):
                made.writestr(zipfile.ZipInfo(within + path.name, ONE_DATE), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def is_there() -> bool:
    """Whether it was added before."""
    return db.session.scalar(select(Course.id).where(Course.title == TITLE)) is not None


def add_packages(days: Days) -> int:
    """The course; who learned in it. Importing commits by itself, so that this is no single transaction."""
    with unit_of_work(), moment(days.at(-24, 9 * 60)):
        course, imports = _course()
    with moment(days.at(-24, 9 * 60 + 5)):
        for import_id in imports:
            work_on_package(import_id)
    with unit_of_work():
        return _learn(days, db.session.get_one(Course, course))


def _course() -> tuple[int, list[int]]:
    carla = viewer_of(employees()["Carla Reyes"])
    course = create_course(TITLE, by=carla, summary=BEFORE, kind="mandatory compliance")
    chapter = add_chapter(course, "On the ladder, in the sun", by=carla)
    imports = []
    for name, title, minutes in (("ladders", "Ladders: set up, climb, come down", 8), ("heat", "Heat on the job", 10)):
        lesson = add_lesson(chapter, "scorm", title, by=carla, minutes=minutes)
        state_terms(lesson, PackageTerms(), by=carla)
        imports.append(start_import(lesson, Upload.of(package_zip(name), f"{name}.zip"), by=carla).id)
    return course.id, imports


def _learn(days: Days, course: Course) -> int:
    people = employees()
    carla = viewer_of(people["Carla Reyes"])
    lessons = db.session.scalars(select(Lesson).where(Lesson.course_id == course.id).order_by(Lesson.position))
    by_name = dict(zip(("ladders", "heat"), lessons, strict=True))
    with moment(days.at(-24, 9 * 60 + 10)):
        score = {"kind": "package_score", "lesson_id": by_name["ladders"].id, "percent": 80}
        set_rule(course, "all", [{"kind": "lessons", "share": 100}, score], carla)
        publish(course, carla)
    for name, visits in LEARNERS.items():
        with moment(days.at(-20, 8 * 60)):
            enroll(people[name], course, source="self", by=viewer_of(people[name]))
        for visit in visits:
            _play(days, people[name], course, by_name[visit.lesson], visit)
    with moment(days.at(-18, 8 * 60)):
        for sealed in db.session.scalars(select(SealedFile).where(SealedFile.kind == "certificate", _of(course))):
            mail_certificate(sealed)
    were_sent("certificate_ready")
    return len(LEARNERS)


def _play(days: Days, employee: Employee, course: Course, lesson: Lesson, visit: Visit) -> None:
    """As the player does: open, load, say one thing after the other, finish."""
    viewer = viewer_of(employee)
    enrollment = enrollment_for(viewer, course.id)
    assert enrollment is not None
    with moment(days.at(visit.day, visit.minute)):
        line = line_of(enrollment, lesson.id)
        assert line is not None
        opened = launch(enrollment, line, by=viewer, item=visit.part)
        sitting = sit_down(opened)
    for seq, said in enumerate(visit.says, 1):
        with moment(days.at(visit.day, visit.minute + seq)):
            commit(opened, Message(sitting, seq, "set", said, shown=60.0 * seq))
    seq = len(visit.says) + 1
    with moment(days.at(visit.day, visit.minute + seq)):
        is_12 = visit.lesson == "ladders"
        element, spent = ("cmi.core.session_time", f"0000:{seq:02}:00") if is_12 else ("cmi.session_time", f"PT{seq}M")
        leaves = {} if visit.ends else {"cmi.core.exit" if is_12 else "cmi.exit": "suspend"}
        commit(opened, Message(sitting, seq, "finish", {element: spent, **leaves}, shown=60.0 * seq))


def _of(course: Course) -> ColumnElement[bool]:
    return SealedFile.subject_id.in_(select(Certificate.id).where(Certificate.course_id == course.id))
