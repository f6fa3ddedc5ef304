"""ORG-8: everything held about oneself, and nothing about anybody else."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

import html5lib
import pytest
from flask import Flask
from sqlalchemy import select

from lmsapp.assignments.extensions.models import ExtensionRequest
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.standing.actions import create_audience
from lmsapp.compliance.documents.actions import add_standard_types
from lmsapp.compliance.documents.models import DocumentType, EmployeeDocument
from lmsapp.compliance.ledger.models import ComplianceType, EmployeeCompliance
from lmsapp.courses.catalogue.models import Lesson
from lmsapp.courses.paths.models import LearningPath
from lmsapp.evidence.audit.actions import record_change
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.evidence.signatures.models import SignatureRequest, SigningTextVersion
from lmsapp.infra import files
from lmsapp.infra.db import db
from lmsapp.insight.gonogo.models import GoNoGo, GoNoGoClearance, GoNoGoPerson
from lmsapp.insight.held.bundle import PARTS
from lmsapp.learning.attendance.models import Attendance, AttendanceSession
from lmsapp.learning.certificates.evaluations.models import CertificateEvaluation
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.choosing.models import LearnerChoice
from lmsapp.learning.enrollments.actions import enroll
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.handins.models import Grading, HandIn, HandInDraft
from lmsapp.learning.links.models import AccessLink
from lmsapp.learning.notes.models import LessonNote
from lmsapp.learning.overrides.models import CompletionOverride
from lmsapp.learning.particulars.models import TrainingParticular
from lmsapp.learning.paths.models import PathEnrollment
from lmsapp.learning.pauses.models import EnrollmentPause
from lmsapp.learning.payments.models import Payment
from lmsapp.learning.reviews.models import CourseReview
from lmsapp.learning.transcripts.actions import ask_transcript
from lmsapp.onboarding.running.models import Onboarding, OnboardingTask
from lmsapp.people.accounts.actions import add_roles, invite
from lmsapp.people.accounts.models import User
from lmsapp.people.accounts.rules import COPIES_PER_ACCOUNT
from lmsapp.people.accounts.visits import open_session
from lmsapp.people.audiences.rules import AudienceRule
from lmsapp.people.employees.actions import update_employee
from lmsapp.people.employees.models import Employee
from lmsapp.people.forwhom.rules import ForWhom
from lmsapp.people.roles import Role
from lmsapp.people.roster.models import RosterLine, RosterRun
from lmsapp.people.tokens.models import AccessToken
from tests.cast import employee, staff
from tests.client import PageClient
from tests.clock import Clock
from tests.compliance.files import PDF, Graduate
from tests.kept import kept
from tests.learning.scorm.scene import Packaged


@pytest.fixture
@kept
def graduate(clock: Clock) -> Graduate:
    """Priya has finished a course; her file, her ledger and her letters hold something of each kind."""
    graduate = Graduate(clock)
    graduate.seal()
    employee = graduate.learner.employee
    add_standard_types()
    update_employee(employee, {"location": "Tower Q"}, graduate.hana)
    create_audience("Tower Q", AudienceRule(who=ForWhom(locations=("Tower Q",))), None)
    for visible_to, title in (("employee", "Licence <i>"), ("hr", "Warning letter")):
        kind = db.session.scalars(select(DocumentType).where(DocumentType.visible_to == visible_to).limit(1)).first()
        kind = kind or DocumentType(name=f"For {visible_to}", visible_to=visible_to)
        db.session.add(kind)
        stored = files.store(title.encode(), name=f"../{title}.pdf", media_type="application/pdf")
        db.session.flush()
        document = EmployeeDocument(
            employee_id=employee.id, type_id=kind.id, title=title, source="upload", file_id=stored.id,
            sha256=stored.sha256, filed_by_name="Hana",
        )  # fmt: skip
        db.session.add(document)
        db.session.flush()
        record_change("filed", ("employee_document", document.id), by=graduate.hana, after={"title": title})
    duty = ComplianceType(name="Fire safety duty")
    db.session.add(duty)
    db.session.flush()
    db.session.add(
        EmployeeCompliance(
            employee_id=employee.id, type_id=duty.id, decided_by_name="Hana", reason="because of <b>fire"
        )
    )
    ask_and_welcome(employee)
    hand_in_work(employee)
    say_something(graduate)
    be_away(employee)
    wait_and_ask(graduate)
    play_and_ask_for_time(graduate)
    user = db.session.get_one(User, employee.user_id)
    invite(user)
    open_session(user, "password", address="192.0.2.55", browser="Firefox Linux")
    taken = db.session.scalars(select(Enrollment).where(Enrollment.employee_id == employee.id).limit(1)).one()
    db.session.add(
        AccessLink(
            token_sha256="0" * 64, employee_id=employee.id, enrollment_id=taken.id, course_id=taken.course_id, cycle=1,
            channel="sms", sent_to="+1…89", notice_key="reminder", expires_at=clock.instant,
        )
    )  # fmt: skip
    db.session.commit()
    return graduate


def ask_and_welcome(employee: Employee) -> None:
    """A text to sign, a list for the first weeks, and a roster line."""
    version = db.session.scalars(select(SigningTextVersion).limit(1)).one()
    db.session.add(
        SignatureRequest(employee_id=employee.id, text_id=version.text_id, source_kind="signing_round", source_id=1)
    )
    day = dt.date(2026, 11, 2)
    onboarding = Onboarding(employee_id=employee.id, started_on=day, first_day=day)
    file = files.store(b"number", name="roster.csv", media_type="text/csv")
    db.session.add(onboarding)
    db.session.flush()
    run = RosterRun(file_id=file.id, file_name="roster.csv", mapping={}, counts={})
    db.session.add(run)
    db.session.add(
        OnboardingTask(
            onboarding_id=onboarding.id, position=1, title="Bring your licence", who="employee", kind="upload",
            due_on=day, due_at=dt.datetime(2026, 11, 2, 23, tzinfo=dt.UTC),
        )
    )  # fmt: skip
    db.session.flush()
    db.session.add(
        RosterLine(run_id=run.id, kind="mover", number="E-1", name="Priya", employee_id=employee.id, told={})
    )


def hand_in_work(employee: Employee) -> None:
    """Work that was graded, with a file, and more that is still being written."""
    here = db.session.scalars(select(Enrollment).where(Enrollment.employee_id == employee.id)).first()
    assert here is not None
    lesson_id = db.session.scalars(select(Lesson.id).where(Lesson.course_id == here.course_id)).first()
    stored = files.store(b"%PDF-1.4 my plan", name="plan.pdf", media_type="application/pdf")
    place = {"enrollment_id": here.id, "lesson_id": lesson_id, "cycle": 1}
    named = {"id": stored.id, "name": "../plan.pdf", "size": 16, "sha256": stored.sha256}
    given = HandIn(
        **place, number=1, content_version=1, title="My <i>plan</i>", task={}, text="<b>What I wrote", text_html="",
        link="", files=[named], submit_key="k",
    )  # fmt: skip
    note = LessonNote(enrollment_id=here.id, lesson_id=lesson_id, text="Ask <b>Eva", revision=1)
    db.session.add_all([given, HandInDraft(**place, text="Not finished yet"), note])
    db.session.flush()
    said = {"feedback": "Who <b>calls?", "feedback_html": "", "reason": "", "graded_by_name": "Eva"}
    db.session.add(Grading(hand_in_id=given.id, number=1, decision="rework", points={}, **said))
    db.session.flush()


def be_away(employee: Employee) -> None:
    """A path, a pause, a decision of staff and a session."""
    here = db.session.scalars(select(Enrollment).where(Enrollment.employee_id == employee.id)).first()
    assert here is not None
    someone = db.session.get_one(User, employee.user_id)
    path = LearningPath(slug="first-year", title="First year")
    session = AttendanceSession(
        course_id=here.course_id, title="On the ward", held_on=dt.date(2026, 3, 2), minutes=30, recorded_by_name="Eva"
    )
    db.session.add_all([path, session])
    db.session.flush()
    days = {"from_on": dt.date(2026, 3, 2), "until_on": dt.date(2026, 3, 9)}
    db.session.add_all(
        [
            PathEnrollment(employee_id=employee.id, path_id=path.id),
            EnrollmentPause(enrollment_id=here.id, kind="sickness", reason="Ill", paused_by_name="Eva", **days),
            CompletionOverride(
                enrollment_id=here.id, kind="exemption", reason="x", asked_by_id=someone.id, asked_by_name="Eva"
            ),
            Attendance(session_id=session.id, enrollment_id=here.id, recorded_by_name="Eva"),
        ]
    )
    db.session.flush()


def wait_and_ask(graduate: Graduate) -> None:
    """A certificate that might have waited for an evaluation, and a transcript."""
    certificate = db.session.scalars(
        select(Certificate).where(Certificate.employee_id == graduate.learner.employee.id).limit(1)
    ).one()
    waits = CertificateEvaluation(record_id=certificate.record_id, enrollment_id=certificate.enrollment_id)
    said = {"trainer": "", "qualification": "", "evaluated_by": "Eva", "equipment": "", "given_by": "", "reason": ""}
    seen = {"evaluated_on": dt.date(2026, 3, 2), "recorded_by_name": "Hana"}
    db.session.add_all([waits, TrainingParticular(record_id=certificate.record_id, **said, **seen)])
    ask_transcript(certificate.employee_id, by=graduate.hana, language="en")
    graduate.seal()


def play_and_ask_for_time(graduate: Graduate) -> None:
    """A package that reported something, and a due date that could not be met."""
    employee = graduate.learner.employee
    packaged = Packaged(graduate.hana, title="Ladder <safety")
    enrollment = enroll(employee, packaged.course, source="self", by=None)
    packaged.attempt(enrollment, cmi={"cmi.core.lesson_location": "<b>page 3"})
    due_on = dt.date(2026, 12, 4)
    assigned = TrainingAssignment(
        employee_id=employee.id, course_id=packaged.course.id, enrollment_id=enrollment.id, due_on=due_on,
        due_at=dt.datetime(2026, 12, 5, 6, tzinfo=dt.UTC),
    )  # fmt: skip
    db.session.add(assigned)
    db.session.flush()
    db.session.add(
        ExtensionRequest(
            assignment_id=assigned.id, due_on=due_on, wanted_on=due_on + dt.timedelta(days=7), reason="On <b>leave"
        )
    )


def say_something(graduate: Graduate) -> None:
    """A review, a course that is not wanted, and a payment."""
    enrollment = db.session.scalars(
        select(Enrollment).where(Enrollment.employee_id == graduate.learner.employee.id)
    ).one()
    own = {"employee_id": enrollment.employee_id, "course_id": enrollment.course_id}
    db.session.add(CourseReview(**own, stars=4, text="Clear <b>words"))
    be_on_a_checklist(graduate, enrollment)
    db.session.add(LearnerChoice(**own, kind="no review"))
    db.session.add(Payment(enrollment_id=enrollment.id, amount=Decimal("12.50"), currency="USD", status="paid"))


def be_on_a_checklist(graduate: Graduate, enrollment: Enrollment) -> None:
    """Named on one, cleared without the training, and another system asks in their name."""
    checklist = GoNoGo(name="Ward <move", day=dt.date(2026, 12, 4), who="people", kept_by_name="Hana")
    db.session.add(checklist)
    db.session.flush()
    named = {"checklist_id": checklist.id, "employee_id": enrollment.employee_id}
    db.session.add(GoNoGoPerson(**named))
    db.session.add(GoNoGoClearance(**named, until=checklist.day, reason="Knows <b>it", by_name="Hana"))
    user_id = graduate.learner.employee.user_id
    db.session.add(
        AccessToken(
            key="0" * 12, secret_sha256="0" * 64, owner_id=user_id, name="Build <b>server", scopes=["go-no-go"],
            expires_at=dt.datetime(2027, 1, 1, tzinfo=dt.UTC),
        )
    )  # fmt: skip


def fetch(client: PageClient, user: User) -> zipfile.ZipFile:
    client.sign_in(user.id, user.session_epoch)
    answer = client.post("/account/copy")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == "attachment; filename=training-data-2026-11-02.zip"
    assert answer.headers["Cache-Control"] == "no-store"
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    answer.close()
    assert archive.testzip() is None
    return archive


def priya(graduate: Graduate) -> User:
    return db.session.get_one(User, graduate.learner.employee.user_id)


def data(archive: zipfile.ZipFile, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(archive.read(f"data/{name}.json"))
    return found


def everything(archive: zipfile.ZipFile, *, but: tuple[str, ...] = ()) -> str:
    names = [name for name in archive.namelist() if name not in but]
    return "\n".join(archive.read(name).decode("utf-8", "replace") for name in names)


def test_all_of_it_is_there(client: PageClient, graduate: Graduate) -> None:
    """ORG-8: every part, filled, as JSON and on the page."""
    archive = fetch(client, priya(graduate))
    parts = {name[5:-5] for name in archive.namelist() if name.startswith("data/")}
    assert len(parts) == len(PARTS)
    empty = {part for part in parts if not data(archive, part)}
    assert not empty
    page = archive.read("index.html").decode()
    for said in (
        "Priya Nair",
        "Hand hygiene",
        "Tower Q",
        "Fire safety duty",
        "192.0.2.55",
        "A needle is missing.",
        "Bring your licence",
        "What I wrote",
        "Not finished yet",
        "Ask &lt;b&gt;Eva",
    ):
        assert said in page
    assert {"location": "Tower Q"} in [one["after"] for one in data(archive, "employee_record_history")]
    assert data(archive, "quizzes")[0]["percent"] == 100
    assert data(archive, "quizzes")[0]["answers"] == [{"question": "A needle is missing.", "answer": ["Report it"]}]


def test_the_page_is_valid_and_nothing_breaks_out(client: PageClient, graduate: Graduate) -> None:
    """ORG-8, SEC-2: valid HTML that loads nothing; what people wrote is text; every file it names is there."""
    archive = fetch(client, priya(graduate))
    page = archive.read("index.html").decode()
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(page)
    assert not parser.errors
    assert "Licence &lt;i&gt;" in page
    assert "<b>fire" not in page
    assert not list(tree.iter("script")) + list(tree.iter("link")) + list(tree.iter("img"))
    named = [a.get("href") for a in tree.iter("a") if not a.get("href", "").startswith("#")]
    assert named
    assert {unquote(name or "") for name in named} <= set(archive.namelist())


def test_files_as_far_as_they_may_be_opened(client: PageClient, graduate: Graduate) -> None:
    """ORG-8, HRD-1: the certificate, what was signed, and documents of shared types; of others not even the trail."""
    archive = fetch(client, priya(graduate))
    names = [name for name in archive.namelist() if name.startswith("files/")]
    assert len(names) == 5, "work handed in, and a transcript; the signed pledge is in the file as well"
    assert all(".." not in name and name.count("/") == 1 and "<" not in name for name in names)
    contents = {archive.read(name)[:16] for name in names}
    assert any(content.startswith(PDF[:8]) for content in contents)
    assert b"Licence <i>" in contents
    assert "Warning letter" not in everything(archive)


def test_hr_gets_no_more_of_itself(client: PageClient, graduate: Graduate) -> None:
    """HRD-1: whoever keeps records reads their own file like everybody else here."""
    add_roles([priya(graduate).id], Role.HR_MANAGER, None)
    db.session.commit()
    assert "Warning letter" not in everything(fetch(client, priya(graduate)))


def test_no_key_and_no_right_answer(client: PageClient, graduate: Graduate) -> None:
    """SEC-1, SEC-3: letters without the links that open the account; questions without what is right; no hashes."""
    archive = fetch(client, priya(graduate))
    text = everything(archive)
    assert "/invitation/" not in text
    assert "argon2" not in text
    assert "session_key" not in text
    assert not any("correct" in json.dumps(row) for row in data(archive, "quizzes"))


def test_otto_gets_only_otto(client: PageClient, graduate: Graduate) -> None:
    """SEC-4: not a word about Priya, whom he does not know."""
    otto = employee("Otto Nobody", "E-102", department="Facilities", job_role="Technician")
    db.session.commit()
    archive = fetch(client, otto.user)
    text = everything(archive)
    assert "Otto Nobody" in text
    for foreign in ("Priya", "Hand hygiene", "Tower Q", "Licence", "192.0.2.55", "Lena"):
        assert foreign not in text
    assert [name for name in archive.namelist() if name.startswith("files/")] == []


def test_a_manager_gets_only_themselves(client: PageClient, graduate: Graduate) -> None:
    """SEC-4: seeing somebody's record does not make it one's own; nor does HR's or an auditor's right to see all."""
    mark = employee("Mark Okafor", "E-100", department="Cardiology", job_role="Nurse Manager")
    update_employee(graduate.learner.employee, {"manager_id": mark.record.id}, None)
    people = [mark, staff("Aki Tanaka", Role.AUDITOR), staff("Sam Whitaker", Role.SYSTEM_MANAGER)]
    db.session.commit()
    hana = db.session.get_one(User, graduate.hana.user_id)
    for person in people:
        text = everything(fetch(client, person.user))
        assert "Priya" not in text, person.user.name
        assert "Hand hygiene" not in text
    # What was written to HR is theirs, even where it names somebody: that Priya's transcript is ready.
    text = everything(fetch(client, hana), but=("data/letters.json", "index.html"))
    assert "Priya" not in text
    assert "Hand hygiene" not in text


def test_it_is_on_the_trail_and_limited(client: PageClient, graduate: Graduate) -> None:
    """EVD-3: who took a copy when; ten in a quarter of an hour, then 429. GET makes none."""
    user = priya(graduate)
    for _copy in range(COPIES_PER_ACCOUNT):
        fetch(client, user)
    assert client.post("/account/copy").status_code == 429
    assert client.get("/account/copy").status_code == 405
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "everything held downloaded", AuditEntry.subject_id == user.id)
    ).all()
    assert len(entries) == COPIES_PER_ACCOUNT
    assert {entry.actor_id for entry in entries} == {user.id}


def test_a_lost_file_is_said(client: PageClient, graduate: Graduate) -> None:
    """ORG-8: the rest is there all the same."""
    stored = db.session.scalars(select(EmployeeDocument).where(EmployeeDocument.title == "Licence <i>")).one()
    files.path_of(stored.sha256).unlink()
    archive = fetch(client, priya(graduate))
    assert "could not be found" in archive.read("index.html").decode()
    assert len([name for name in archive.namelist() if name.startswith("files/")]) == 4


def test_in_the_readers_language_and_zone(client: PageClient, graduate: Graduate, clock: Clock) -> None:
    """ORG-8, UX-3: the date of the name is the reader's own."""
    clock.set(dt.datetime(2026, 11, 3, 2, tzinfo=dt.UTC))
    user = priya(graduate)
    user.language = "es"
    db.session.commit()
    page = fetch(client, user).read("index.html").decode()
    assert '<html lang="es">' in page
    assert "Nombre" in page


def test_no_cache_on_the_way_keeps_a_document(app: Flask, client: PageClient, graduate: Graduate) -> None:
    """SEC-3: with the production's lifetime of static files, one's own certificate and copy are still not stored."""
    user = priya(graduate)
    client.sign_in(user.id, user.session_epoch)
    certificate = db.session.scalars(select(Certificate.id)).one()
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 3600
    try:
        answer = client.get(f"/learn/papers/certificate/{certificate}.pdf")
        answer.close()
        fetch(client, user)
    finally:
        app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 0
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
