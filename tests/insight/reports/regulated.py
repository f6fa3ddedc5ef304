"""A small random history of regulated training, and a plain recount of what each report of it must say."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lmsapp.compliance.ledger.models import ComplianceType, ComplianceTypeCourse
from lmsapp.courses.catalogue.models import Chapter, ContentVersion, Course, Lesson
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra import clock, files, site
from lmsapp.infra.db import db
from lmsapp.learning.attendance.models import Attendance, AttendanceSession
from lmsapp.learning.certificates.evaluations.models import CertificateEvaluation
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.enrollments.rules import status
from lmsapp.learning.handins.models import Grading, HandIn
from lmsapp.learning.particulars.models import TrainerNote, TrainingParticular
from lmsapp.learning.validity.models import CertificationPeriod
from lmsapp.people.employees.models import Department, Employee, ReportingLine
from tests.cast import Cast, make_cast
from tests.kept import kept

ZONES = ("America/Chicago", "Asia/Tokyo", "Pacific/Honolulu")
NAMES = (
    '=cmd|"/C calc"!A0',
    "<b>Zoë & Юлия</b> 王秀华 \u202egnp.exe",
    "Ana Ruiz",
    "Ben Ott",
    "Cy Li",
    "Di Ng",
    "Ed Fu",
)
COURSES = (
    ("Blood", "29 CFR 1910.1030(g)(2)", ()),
    ("Falls", "see 29 cfr 1926.503", ()),
    ("Trucks", "", ()),
    ("Privacy", "45 CFR 164.530(b)", ()),
    ("Near miss", "29 CFR 1910.1780", ("Safety",)),
    ("Cooking", "", ("Safety", "Food")),
)
ABSENT = "not recorded"
Row = tuple[Any, ...]


@kept
@dataclass
class World:
    """Everything is recorded before now; `seed` decides the rest."""

    seed: int
    size: int = 70
    cast: Cast = field(init=False)
    people: list[Employee] = field(default_factory=list)
    courses: dict[str, Course] = field(default_factory=dict)
    types: list[ComplianceType] = field(default_factory=list)
    enrollments: dict[tuple[int, int], Enrollment] = field(default_factory=dict)
    records: list[CompletionRecord] = field(default_factory=list)
    periods: list[CertificationPeriod] = field(default_factory=list)
    certificates: list[Certificate] = field(default_factory=list)
    seals: dict[int, SealedFile] = field(default_factory=dict)
    sessions: list[AttendanceSession] = field(default_factory=list)
    attendance: list[Attendance] = field(default_factory=list)
    trainers: list[TrainerNote] = field(default_factory=list)
    particulars: list[TrainingParticular] = field(default_factory=list)
    evaluations: list[CertificateEvaluation] = field(default_factory=list)
    gradings: list[tuple[int, Grading]] = field(default_factory=list)
    line: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.random, self.now, self.cast = random.Random(self.seed), clock.now(), make_cast()
        self._organisation()
        self._training()
        for _number in range(self.size):
            self._completion()
        self._corrections()
        self._said()
        db.session.commit()

    def maybe(self, share: float) -> bool:
        return self.random.random() < share

    def keep(self, row: Any) -> Any:
        db.session.add(row)
        db.session.flush()
        return row

    def _organisation(self) -> None:
        top, other = self.keep(Department(name="Works")), self.keep(Department(name="Office"))
        self.departments = [top, other, self.keep(Department(name="Yard", parent_id=top.id))]
        mark = self.cast.mark.record
        for number, name in enumerate(NAMES):
            left = number in (3, 5)
            person = self.keep(
                Employee(
                    number=f"W-{number}", name=name, sort_name=name.lower(), job_role=("Roofer", "Nurse")[number % 2],
                    location=("North", "South")[number // 2 % 2], department_id=self.departments[number % 3].id,
                    time_zone=ZONES[number % 3], status="left" if left else "active",
                    left_on=dt.date(2026, 5, 1) if left else None,
                )
            )  # fmt: skip
            self.people.append(person)
            if number % 2 == 0:
                self.keep(ReportingLine(manager_id=mark.id, employee_id=person.id, depth=1))
                self.line.add(person.id)

    def _training(self) -> None:
        for title, citation, topics in COURSES:
            course = Course(slug=title.lower(), title=title, citation=citation, topics=list(topics), status="published")
            self.courses[title] = self.keep(course)
            for number, summary in ((1, f"About {title}"), (2, "")):
                content = {"course": {"summary": summary}}
                self.keep(ContentVersion(course_id=course.id, number=number, sha256=f"{number:064}", content=content))
        for name, reference, archived in (
            ("Truck licence", "29 CFR 1910.178(l)", None),
            ("Blood, clinical", "29 CFR 1910.1030", None),
            ("Old", "29 CFR 1926.503", self.now),
        ):
            kind = self.keep(ComplianceType(name=name, regulator="OSHA", reference=reference, archived_at=archived))
            self.types.append(kind)
        for kind, title in zip(self.types, ("Trucks", "Blood", "Cooking"), strict=True):
            self.keep(ComplianceTypeCourse(type_id=kind.id, course_id=self.courses[title].id))
        for title in ("Blood", "Trucks"):
            for number in range(3):
                held = dt.date(2026, 9, 20) + dt.timedelta(days=10 * number)
                course_id = self.courses[title].id
                self.sessions.append(
                    self.keep(
                        AttendanceSession(
                            course_id=course_id, title=f"{title} {number}", held_on=held, minutes=60,
                            recorded_by_name="Milo", recorded_at=self.now - dt.timedelta(days=30 - number),
                        )
                    )
                )  # fmt: skip

    def _enrolled(self, person: Employee, course: Course) -> Enrollment:
        key = (person.id, course.id)
        if key not in self.enrollments:
            until = dt.date(2026, 11, 2) + dt.timedelta(days=self.random.randrange(-200, 400))
            row = Enrollment(
                employee_id=person.id, course_id=course.id, completed_at=self.now, enrolled_at=self.now,
                valid_until=until if self.maybe(0.7) else None,
                renewal_from=until - dt.timedelta(days=90) if self.maybe(0.5) else None,
                withdrawn_at=self.now if self.maybe(0.1) else None,
            )  # fmt: skip
            self.enrollments[key] = self.keep(row)
            for one in self.sessions:
                if one.course_id == course.id and self.maybe(0.6):
                    gone = self.now - dt.timedelta(days=1) if self.maybe(0.2) else None
                    there = Attendance(
                        session_id=one.id, enrollment_id=row.id, recorded_by_name="Milo", recorded_at=one.recorded_at,
                        taken_back_at=gone,
                    )  # fmt: skip
                    self.attendance.append(self.keep(there))
        return self.enrollments[key]

    def _completion(self) -> None:
        person, course = self.random.choice(self.people), self.random.choice(list(self.courses.values()))
        self._enrolled(person, course)
        days = self.random.uniform(2, 40) if self.maybe(0.6) else self.random.uniform(40, 3000)
        at = self.now - dt.timedelta(days=days)
        if self.maybe(0.15):  # at the edge of the month, which is another day in each zone
            at = dt.datetime(2026, 10, 31, self.random.randrange(24), tzinfo=dt.UTC) + dt.timedelta(
                hours=self.random.randrange(24)
            )
        record = self._record(person, course, at)
        if self.maybe(0.7):
            self._period(record)
        if self.maybe(0.7):
            self._certificate(record)

    def _record(self, person: Employee, course: Course, at: dt.datetime, **more: Any) -> CompletionRecord:
        facts: dict[str, Any] = {
            "employee_id": person.id, "employee_number": person.number, "employee_name": f"{person.name} then",
            "job_role": "" if self.maybe(0.2) else "Helper", "department": "" if self.maybe(0.2) else "Old place",
            "subject_kind": "course", "subject_id": course.id, "title": course.title,
            "content_version": self.random.choice((1, 2)), "content_sha256": "ab" * 32, "rule_version": 1,
            "criteria": [], "score": Decimal(self.random.randrange(50, 101)) if self.maybe(0.7) else None,
            "attempt": self.random.choice((None, 1, 2)), "occurred_at": at, "recorded_at": at, "local_time": "",
            "time_zone": person.time_zone, "actor_name": "x", "how": "by hand" if self.maybe(0.3) else "rule",
        }  # fmt: skip
        made: CompletionRecord = self.keep(CompletionRecord(**{**facts, **more}))
        self.records.append(made)
        return made

    def _period(self, record: CompletionRecord) -> None:
        enrollment = self.enrollments[record.employee_id or 0, record.subject_id]
        on = day_of(record)
        for replaced in (True, False) if self.maybe(0.2) else (False,):
            row = CertificationPeriod(
                record_id=record.id, enrollment_id=enrollment.id, employee_id=record.employee_id,
                course_id=record.subject_id, number=1, timing="first", certified_on=on, counted_from=on, anchor_day=1,
                valid_from=on, valid_until=on + dt.timedelta(days=self.random.randrange(100, 900)), policy={},
                is_current=False, replaced_at=self.now if replaced else None,
                revoked_at=self.now if self.maybe(0.1) else None,
            )  # fmt: skip
            self.periods.append(self.keep(row))

    def _certificate(self, record: CompletionRecord) -> None:
        enrollment = self.enrollments[record.employee_id or 0, record.subject_id]
        number = f"NG-{len(self.certificates)}"
        made = Certificate(
            number=number, token=f"token-{number}", record_id=record.id, enrollment_id=enrollment.id,
            employee_id=record.employee_id, course_id=record.subject_id, holder_name="x", title="x",
            issued_on=day_of(record), revoked_at=self.now if self.maybe(0.1) else None,
        )  # fmt: skip
        self.certificates.append(self.keep(made))
        if self.maybe(0.8):
            stored = files.store(number.encode(), name="x.pdf", media_type="application/pdf")
            sealed = SealedFile(
                kind="certificate", subject_id=made.id, employee_id=record.employee_id, title="x", status="ready",
                file=stored, ready_at=record.occurred_at + dt.timedelta(hours=2),
            )  # fmt: skip
            self.seals[made.id] = self.keep(sealed)

    def _corrections(self) -> None:
        for record in self.random.sample(self.records, 8):
            person = next(one for one in self.people if one.id == record.employee_id)
            course = next(one for one in self.courses.values() if one.id == record.subject_id)
            how = self.random.choice(("taken back", "by hand"))
            self._record(person, course, self.now - dt.timedelta(days=1), supersedes_id=record.id, how=how)

    def _said(self) -> None:
        for title, days, name, fit in (
            ("Blood", 900, "Dr A", "MD"), ("Blood", 200, "Nurse B", ""), ("Blood", 200, "Nurse C", "RN"),
            ("Trucks", 400, "Tess", "Instructor"), ("Trucks", 20, "", ""), ("Falls", 3000, "Finn", "Foreman"),
        ):  # fmt: skip
            since = self.now.date() - dt.timedelta(days=days)
            self._trainer(self.courses[title].id, None, name, fit, since)
        for session in self.sessions[1:5]:
            for name in ("First", "Second") if self.maybe(0.5) else ("Only",):
                self._trainer(session.course_id, session.id, name, self.random.choice(("", "fit")), session.held_on)
        for record in self.random.sample(self.records, 20):
            for _again in range(self.random.choice((1, 2))):
                day = day_of(record) if self.maybe(0.6) else None
                row = TrainingParticular(
                    record_id=record.id, trainer="Own" if self.maybe(0.4) else "",
                    qualification="own fit" if self.maybe(0.5) else "", evaluated_on=day,
                    evaluated_by="Eva" if day else "", equipment="Reach truck" if self.maybe(0.5) else "",
                    adequate_on=self.random.choice((None, day_of(record))), given_by="Acme" if self.maybe(0.3) else "",
                    reason="", recorded_by_name="Hana", recorded_at=self.now,
                )  # fmt: skip
                self.particulars.append(self.keep(row))
        for record in self.random.sample(self.records, 20):
            awarded = self.maybe(0.7)
            verdict = CertificateEvaluation(
                record_id=record.id, enrollment_id=self.enrollments[record.employee_id or 0, record.subject_id].id,
                state="awarded" if awarded else "waiting", asked_at=record.occurred_at,
                decided_at=record.occurred_at + dt.timedelta(hours=5) if awarded else None,
                decided_by_name="Judge" if awarded else "",
            )  # fmt: skip
            self.evaluations.append(self.keep(verdict))

        self._graded()

    def _graded(self) -> None:
        """Work handed in for the truck course, passed or not."""
        course = self.courses["Trucks"]
        chapter = self.keep(Chapter(course_id=course.id, position=1, title="One"))
        lesson = self.keep(
            Lesson(course_id=course.id, chapter_id=chapter.id, position=1, kind="assignment", title="Drive")
        )
        for key, enrollment in self.enrollments.items():
            for number in range(3) if key[1] == course.id else ():
                given = HandIn(
                    enrollment_id=enrollment.id, lesson_id=lesson.id, cycle=1, number=number, content_version=1,
                    title="Drive", task={}, text="", text_html="", link="", files=[], submit_key=str(number),
                )  # fmt: skip
                grading = Grading(
                    hand_in_id=self.keep(given).id, number=1, decision=self.random.choice(("pass", "rework")), points={},
                    feedback="", feedback_html="", reason="", graded_by_name=f"Grader {number}",
                    graded_at=self.now - dt.timedelta(days=self.random.uniform(1, 1500)),
                )  # fmt: skip
                self.gradings.append((enrollment.id, self.keep(grading)))

    def _trainer(self, course_id: int, session_id: int | None, name: str, fit: str, since: dt.date) -> None:
        note = TrainerNote(
            course_id=course_id, session_id=session_id, name=name, qualification=fit, since=since,
            recorded_by_name="Milo", recorded_at=self.now,
        )  # fmt: skip
        self.trainers.append(self.keep(note))


def day_of(record: CompletionRecord) -> dt.date:
    return record.occurred_at.astimezone(clock.zone(record.time_zone)).date()


@dataclass
class Recount:
    """What a report must say, told from the rows one by one. `terms` as in an address."""

    world: World
    terms: dict[str, list[str]]
    line_only: bool = False

    def counting(self, pattern: str) -> list[CompletionRecord]:
        """Records that count, of the courses a rule is about and the people who are asked for."""
        world, superseded = self.world, {one.supersedes_id for one in self.world.records}
        courses, people = self._courses(pattern), {one.id for one in world.people if self._asked_for(one)}
        return [
            one
            for one in world.records
            if one.how != "taken back" and one.id not in superseded
            and one.subject_id in courses and one.employee_id in people
        ]  # fmt: skip

    def _courses(self, pattern: str) -> set[int]:
        chosen, types, topics = (set(self.terms.get(name, ())) for name in ("course", "type", "topic"))
        found = set()
        for course in self.world.courses.values():
            tied = [kind for kind, one in self._tied() if one == course.title and kind.archived_at is None]
            if chosen or types or topics:
                if str(course.id) in chosen or topics & set(course.topics) or types & {str(k.id) for k in tied}:
                    found.add(course.id)
            elif any(re.search(pattern, words, re.IGNORECASE) for words in self._words(course, tied)):
                found.add(course.id)
        return found

    def _tied(self) -> Iterable[tuple[ComplianceType, str]]:
        return zip(self.world.types, ("Trucks", "Blood", "Cooking"), strict=True)

    @staticmethod
    def _words(course: Course, tied: Sequence[ComplianceType]) -> list[str]:
        return [course.citation, *(f"{one.regulator} {one.reference}" for one in tied)]

    def _asked_for(self, person: Employee) -> bool:
        works, office, yard = (one.id for one in self.world.departments)
        below = {works: {works, yard}, office: {office}, yard: {yard}}
        wanted = set().union(*(below.get(int(one), set()) for one in self.terms.get("department", ())))
        return (
            (not self.line_only or person.id in self.world.line)
            and (not self.terms.get("here") or person.status == "active")
            and (not wanted or person.department_id in wanted)
            and (not self.terms.get("role") or person.job_role in self.terms["role"])
            and (not self.terms.get("location") or person.location in self.terms["location"])
        )

    def status(self, record: CompletionRecord) -> str:
        one, person = self.world.enrollments[record.employee_id or 0, record.subject_id], self.person(record)
        return status(
            started=False, completed_on=self.world.now.date(), failed=False, withdrawn=one.withdrawn_at is not None,
            valid_until=one.valid_until, renewal_from=one.renewal_from,
            today=self.world.now.astimezone(clock.zone(person.time_zone)).date(),
        ).value  # fmt: skip

    def person(self, record: CompletionRecord) -> Employee:
        return next(one for one in self.world.people if one.id == record.employee_id)

    def until(self, record: CompletionRecord) -> dt.date | None:
        found = [one for one in self.world.periods if one.record_id == record.id and not one.replaced_at]
        return next((one.valid_until for one in found if not one.revoked_at), None)

    def certificate(self, record: CompletionRecord) -> Certificate | None:
        found = (one for one in self.world.certificates if one.record_id == record.id and not one.revoked_at)
        return next(found, None)

    def latest(self, records: Sequence[CompletionRecord]) -> list[CompletionRecord]:
        newest: dict[tuple[Any, int], CompletionRecord] = {}
        for one in sorted(records, key=lambda one: (one.occurred_at, one.id)):
            newest[one.employee_id, one.subject_id] = one
        return list(newest.values())

    def said(self, record: CompletionRecord) -> TrainingParticular | None:
        return next((one for one in reversed(self.world.particulars) if one.record_id == record.id), None)

    def before(self, record: CompletionRecord) -> dt.datetime | None:
        superseded = {one.supersedes_id for one in self.world.records}
        earlier = [
            one.occurred_at
            for one in self.world.records
            if (one.employee_id, one.subject_id) == (record.employee_id, record.subject_id)
            and (one.occurred_at, one.id) < (record.occurred_at, record.id)
            and one.how != "taken back" and one.id not in superseded
        ]  # fmt: skip
        return max(earlier, default=None)

    def sessions(self, record: CompletionRecord) -> list[AttendanceSession]:
        zone, before = clock.zone(self.person(record).time_zone), self.before(record)
        since = before.astimezone(zone).date() if before else dt.date.min
        enrollment = self.world.enrollments[record.employee_id or 0, record.subject_id]
        there = {
            one.session_id for one in self.world.attendance
            if one.enrollment_id == enrollment.id and not one.taken_back_at
        }  # fmt: skip
        mine = [one for one in self.world.sessions if one.id in there and since < one.held_on <= day_of(record)]
        return sorted(mine, key=lambda one: (one.held_on, one.id))

    def trainer(self, record: CompletionRecord) -> tuple[str, str]:
        said = self.said(record)
        if said and said.trainer:
            return said.trainer, said.qualification or ABSENT
        newest = {one.session_id: one for one in self.world.trainers if one.session_id}
        held = [newest[one.id] for one in self.sessions(record) if one.id in newest and newest[one.id].name]
        if held:
            return "; ".join(one.name for one in held), "; ".join(
                filter(None, (o.qualification for o in held))
            ) or ABSENT
        of_course = [
            one for one in self.world.trainers
            if one.course_id == record.subject_id and not one.session_id and one.since <= day_of(record)
        ]  # fmt: skip
        one = max(of_course, key=lambda note: (note.since, note.id), default=None)
        return (one.name or ABSENT, one.qualification or ABSENT) if one else (ABSENT, ABSENT)

    def evaluated(self, record: CompletionRecord) -> tuple[dt.date | None, str]:
        said = self.said(record)
        if said and said.evaluated_on:
            return said.evaluated_on, said.evaluated_by
        for one in self.world.evaluations:
            if one.record_id == record.id and one.state == "awarded" and one.decided_at:
                zone = clock.zone(self.person(record).time_zone)
                return one.decided_at.astimezone(zone).date(), one.decided_by_name
        enrollment, before = self.world.enrollments[record.employee_id or 0, record.subject_id], self.before(record)
        passed = [
            one for enrolled, one in self.world.gradings
            if enrolled == enrollment.id and one.decision == "pass" and one.graded_at <= record.occurred_at
            and (before is None or one.graded_at > before)
        ]  # fmt: skip
        newest = max(passed, key=lambda one: (one.graded_at, one.id), default=None)
        if newest is None:
            return None, ABSENT
        return newest.graded_at.astimezone(clock.zone(self.person(record).time_zone)).date(), newest.graded_by_name


def osha(recount: Recount, first: dt.date, last: dt.date) -> list[Row]:
    kinds = {"Trucks": "Truck licence", "Blood": "Blood, clinical"}
    return [
        (one.employee_number, one.employee_name, one.job_role or ABSENT, one.department or ABSENT,
         kinds.get(one.title, one.title), one.title, day_of(one), None if one.score is None else float(one.score),
         recount.status(one), recount.until(one), getattr(recount.certificate(one), "number", "none"), one.id)
        for one in recount.counting(r"OSHA|29 CFR (part )?19[0-9][0-9]") if first <= day_of(one) <= last
    ]  # fmt: skip


def blood(recount: Recount, since: dt.date, until: dt.date) -> list[Row]:
    return [
        (day_of(one), "; ".join(str(s.held_on) for s in recount.sessions(one)) or "no session: taken online", one.title,
         "About " + one.title if one.content_version == 1 else ABSENT, *recount.trainer(one), one.employee_number,
         one.employee_name, one.job_role or ABSENT, one.department or ABSENT, one.content_version, one.id)
        for one in recount.counting(r"1910\.1030") if since <= day_of(one) <= until
    ]  # fmt: skip


def falls(recount: Recount) -> list[Row]:
    rows: list[Row] = []
    for one in recount.latest(recount.counting(r"1926\.50[0-3]")):
        certificate, said = recount.certificate(one), recount.said(one)
        seal = recount.world.seals.get(certificate.id) if certificate else None
        zone = clock.zone(recount.person(one).time_zone)
        elsewhere = ABSENT if one.how == "by hand" else "trained here"
        rows.append(
            (one.employee_number, one.employee_name, one.job_role or ABSENT, one.department or ABSENT, one.title,
             "; ".join(str(s.held_on) for s in recount.sessions(one)) or str(day_of(one)), recount.trainer(one)[0],
             f"{site.organisation()}, electronic seal" if seal else ABSENT,
             str(seal.ready_at.astimezone(zone).date()) if seal and seal.ready_at else ABSENT,
             str(said.adequate_on) if said and said.adequate_on else elsewhere, (said.given_by if said else "") or "–",
             recount.status(one), recount.until(one), getattr(certificate, "number", "none"), one.id)
        )  # fmt: skip
    return rows


def trucks(recount: Recount) -> list[Row]:
    rows: list[Row] = []
    for one in recount.latest(recount.counting(r"1910\.178([^0-9]|$)")):
        on, by = recount.evaluated(one)
        said = recount.said(one)
        again = str(on.replace(year=on.year + 3)) if on else "not evaluated"
        rows.append(
            (one.employee_number, one.employee_name, one.job_role or ABSENT, one.department or ABSENT, one.title,
             "; ".join(str(s.held_on) for s in recount.sessions(one)) or str(day_of(one)), recount.trainer(one)[0],
             str(on) if on else ABSENT, by, (said.equipment if said else "") or ABSENT, again,
             getattr(recount.certificate(one), "number", "none"), one.id)
        )  # fmt: skip
    return rows


def privacy(recount: Recount, since: dt.date, until: dt.date) -> list[Row]:
    return [
        (one.employee_number, one.employee_name, one.job_role or ABSENT, one.department or ABSENT,
         "works here" if recount.person(one).status == "active" else str(recount.person(one).left_on), one.title,
         one.content_version, one.content_sha256[:12], day_of(one), None if one.score is None else float(one.score),
         str(one.attempt or "none"), "by hand" if one.how == "by hand" else "by the rule",
         getattr(recount.certificate(one), "number", "none"), one.id)
        for one in recount.counting(r"HIPAA|45 CFR (part )?16[0-4]") if since <= day_of(one) <= until
    ]  # fmt: skip


OCTOBER = (dt.date(2026, 10, 1), dt.date(2026, 10, 31))
EVER = (dt.date(2000, 1, 1), dt.date(2026, 11, 2))
Told = Callable[[Recount], list[Row]]
EXPECTED: dict[str, Told] = {
    "osha-monthly": lambda recount: osha(recount, *OCTOBER),
    "bloodborne": lambda recount: blood(recount, *EVER),
    "fall-protection": falls,
    "forklift": trucks,
    "hipaa-roster": lambda recount: privacy(recount, *EVER),
}
