"""Who may drive a forklift: a short course, two sessions at the depot, and what the rule asks for of each operator
(29 CFR 1910.178(l)(6), REP-2). One is to be evaluated again soon, one was trained and never evaluated, one did not
come: what a report for a regulator has to show."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select, update

from lmsapp.courses.catalogue.actions import add_chapter, add_lesson, create_course, publish, set_rule
from lmsapp.courses.catalogue.models import Course
from lmsapp.demo.authoring import courses
from lmsapp.demo.days import Days
from lmsapp.demo.moment import moment
from lmsapp.demo.organisation import employees, viewer_of
from lmsapp.demo.replay import settle_letters
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.attendance.actions import Held, record_session
from lmsapp.learning.certificates.actions import mail_certificate
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.actions import enroll, open_lesson, refresh_progress
from lmsapp.learning.enrollments.models import Enrollment, LessonProgress
from lmsapp.learning.enrollments.queries import enrollment_for, study
from lmsapp.learning.particulars.actions import name_session_trainer, name_trainer, note_particulars
from lmsapp.learning.particulars.queries import completions_of
from lmsapp.learning.particulars.rules import Particulars, Trainer
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer

TITLE: Final = "Forklifts: Operator Training"
SUMMARY: Final = "What keeps a truck upright and people out of its way, before the practical hours at the depot."
CITATION: Final = "29 CFR 1910.178(l)"
LESSONS: Final = (
    (
        "What keeps it upright",
        (
            "A forklift stands on a **triangle**: the two front wheels and the middle of the rear axle. As long as the"
            " weight hangs inside it, the truck stands.\n\n- Carry low, tilted back, never with people beneath.\n- The"
            " plate says what it lifts, and how high. Attachments take from it.\n- On a ramp the load points uphill."
        ),
    ),
    (
        "Before the key is turned",
        (
            "Look at the truck **before every shift**: forks, chains, tyres, hydraulics, horn, brakes, belt. What does"
            " not work is written on the sheet, and the truck stays where it is.\n\nAt corners: slow, horn, look."
            " People on foot go first, always."
        ),
    ),
)
TRAINER: Final = Trainer("Frank Castellano", "Certified forklift trainer; 14 years on class IV and VII trucks")
GUEST: Final = Trainer("Dolores Quant, Prairie Lift Training", "ITSDF B56.1 instructor")
COUNTERBALANCE, ROUGH = "Counterbalance truck, class IV", "Rough terrain truck, class VII"


@dataclass(frozen=True, slots=True)
class Session:
    """Held on day `held`, recorded on day `recorded`; of whom came the day of the evaluation and on what, None: not
    evaluated."""

    title: str
    held: int
    recorded: int
    trainer: Trainer
    came: dict[str, tuple[int, str] | None]


SESSIONS: Final = (
    # From paper, when the system was set up.
    Session("Practical hours, depot", -1051, -396, GUEST, {"Antoine Baptiste": (-1048, COUNTERBALANCE)}),
    Session(
        "Practical hours, depot", -214, -213, TRAINER,
        {
            "Ewa Nowak": (-211, COUNTERBALANCE),
            "Hector Quiroga": (-209, COUNTERBALANCE),
            "Bill Kowalski": (-211, ROUGH),
        },
    ),
    Session(
        "Practical hours, South Tower site", -96, -96, TRAINER,
        {"Jesús Montoya": (-92, ROUGH), "Tyrone Jackson": (-92, ROUGH), "Piotr Lewandowski": None},
    ),
)  # fmt: skip
DID_NOT_COME: Final = "Curtis Greene"
# Roofers whom another employer had trained: (name, by whom, the day that was found adequate).
TRAINED_ELSEWHERE: Final = (("Raúl Espinoza", "Great Lakes Roofing, Milwaukee", -158),)


def add_forklifts(days: Days) -> int:
    """The course, its sessions and what HR noted of each; how many operators."""
    people = employees()
    carla, hana, milo = (viewer_of(people[name]) for name in ("Carla Reyes", "Hana Novák", "Milo Brandt"))
    with moment(days.at(-398, 9 * 60)):
        course = _course(carla)
    for session in SESSIONS:
        _hold(days, course, session, people, milo)
    for session in SESSIONS:
        for name, seen in session.came.items():
            if seen:
                _evaluated(days, course, people[name], seen, max(seen[0] + 1, session.recorded), hana)
    with moment(days.at(-99, 9 * 60)):
        enroll(people[DID_NOT_COME], course, source="demo", by=milo)
    for name, given_by, day in TRAINED_ELSEWHERE:
        with moment(days.at(-130, 10 * 60)):
            fall = completions_of(people[name].id, courses()["fall-protection"].id)
            if fall:
                elsewhere = Particulars(adequate_on=days.day(day), given_by=given_by)
                note_particulars(fall[0], elsewhere, by=hana, reason="")
    settle_letters(days, _told(course))
    return sum(len(session.came) for session in SESSIONS)


def is_there() -> bool:
    """Whether they were added before."""
    return db.session.scalar(select(Course.id).where(Course.title == TITLE)) is not None


def _course(by: Viewer) -> Course:
    course = create_course(
        TITLE, by=by, summary=SUMMARY, kind="professional certification", self_enroll=False, citation=CITATION,
        topics=("Construction", "Forklifts"),
    )  # fmt: skip
    chapter = add_chapter(course, "Before the practical hours", by=by)
    for title, body in LESSONS:
        add_lesson(chapter, "text", title, by=by, body=body, minutes=6, min_seconds=40)
    set_rule(course, "all", [{"kind": "lessons", "share": 100}, {"kind": "attended", "sessions": 1}], by)
    publish(course, by)
    name_trainer(course, TRAINER, clock.today(by.zone), by=by)
    return course


def _hold(days: Days, course: Course, session: Session, people: dict[str, Employee], by: Viewer) -> None:
    """The lessons were read the day before it was recorded; whoever came is a trained operator from then on."""
    with moment(days.at(session.recorded - 1, 13 * 60)):
        came = [_read(people[name], course) for name in session.came]
    with moment(days.at(session.recorded, 16 * 60)):
        held = record_session(course, Held(session.title, days.day(session.held), 180), came, by=by)
        name_session_trainer(held, session.trainer, by=by)


def _read(employee: Employee, course: Course) -> Enrollment:
    viewer, now = viewer_of(employee), clock.now()
    enroll(employee, course, source="demo", by=None)
    enrollment = enrollment_for(viewer, course.id)
    assert enrollment is not None
    for lesson in study(enrollment).lessons:
        open_lesson(enrollment, lesson.line)
    read = LessonProgress.enrollment_id == enrollment.id
    done = now + dt.timedelta(minutes=6)
    db.session.execute(update(LessonProgress).where(read).values(done_at=done, active_seconds=360, last_beat_at=done))
    refresh_progress(enrollment, by=viewer)
    return enrollment


def _evaluated(days: Days, course: Course, who: Employee, seen: tuple[int, str], noted: int, by: Viewer) -> None:
    record = completions_of(who.id, course.id)[0]
    evaluation = Particulars(evaluated_on=days.day(seen[0]), evaluated_by=TRAINER.name, equipment=seen[1])
    with moment(days.at(noted, 17 * 60)):
        note_particulars(record, evaluation, by=by, reason="")


def _told(course: Course) -> list[int]:
    """Whoever has a certificate of it was told; the ids of the PDFs that the worker is to make."""
    of_course = select(Certificate.id).where(Certificate.course_id == course.id)
    sealed = db.session.scalars(
        select(SealedFile)
        .where(SealedFile.kind == "certificate", SealedFile.subject_id.in_(of_course))
        .order_by(SealedFile.id)
    ).all()
    for one in sealed:
        with moment(one.created_at + dt.timedelta(seconds=40)):
            mail_certificate(one)
    return [one.id for one in sealed]
