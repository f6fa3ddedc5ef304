"""SEC-4, ORG-2: every route of the URL map, by everybody, on an object of Lena's, as page and as fragment.

Two tables say what is expected: the gates of the wings (`lmsapp.web.gates`), and SEES below: who may see the object an
address names. A route whose address names an object and that stands in no line of SEES fails the test.
"""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from lmsapp.assignments.actions import assign
from lmsapp.compliance.documents.actions import add_standard_types, type_named
from lmsapp.compliance.documents.models import DocumentType, EmployeeDocument
from lmsapp.compliance.ledger.models import ComplianceType
from lmsapp.compliance.policies.actions import begin_round
from lmsapp.compliance.policies.rules import Whom
from lmsapp.courses.catalogue.queries import lesson as lesson_view
from lmsapp.courses.quizzes.queries import quiz_of_lesson
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.evidence.signatures.models import Signature
from lmsapp.infra import clock, files
from lmsapp.infra.db import db
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.enrollments.queries import enrollment_for, study_view
from lmsapp.learning.quizzes.actions import save_answer, start_submission, submit
from lmsapp.onboarding.running.actions import hand_in
from lmsapp.onboarding.running.models import OnboardingTask
from lmsapp.onboarding.running.starting import start_onboarding
from lmsapp.onboarding.templates.actions import add_task, create_template
from lmsapp.onboarding.templates.rules import Kind, TaskFacts
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.forwhom.rules import ForWhom
from lmsapp.people.roles import Role
from lmsapp.people.roster.models import RosterRun
from lmsapp.people.viewer import Viewer
from lmsapp.web.gates import policy_of
from tests.cast import Person, employee, make_cast, staff
from tests.client import PageClient
from tests.courses.authors import Written
from tests.evidence.signing import policy
from tests.learning.finishing import finish

EVERYBODY = {"lena", "mark", "nina", "otto", "hana", "carla", "cora", "eva", "milo", "aki", "sam"}
AUTHORS = {"carla", "milo", "sam"}  # of Carla's course; Cora writes courses too, but not this one
HR = {"hana", "sam"}

# Endpoint, or wing with a star -> who may see the object its address names. The longest match counts.
SEES: dict[str, set[str]] = {
    "student.*": {"lena"},
    # A published course is shown to every learner, and those who may enroll themselves can.
    "student.course": {"lena", "mark", "nina", "otto"},
    "student.enroll": {"lena", "mark", "nina", "otto"},
    "team.*": {"mark"},
    "studio.*": AUTHORS,
    "studio.assignment": {"milo", "sam"},
    "studio.close_assignment": {"milo", "sam"},
    "studio.save_due_date": {"milo", "sam"},
    "hr.*": HR,
    "admin.*": {"sam", "aki"},
    "help.*": EVERYBODY,
    # A text to sign and a signature are the signer's; HR and auditors see signatures in their own wings.
    "account.signing": {"lena"},
    "account.create_signature": {"lena"},
    "account.signature": {"lena"},
    "account.signature_paper": {"lena"},
    "account.signature_file": {"lena"},
}
MATCHED = {"columns": {"number": 0, "name": 1}, "full": False, "dates": "auto"}
# These answer 403 inside the gate, with words: they are seen but not done.
REFUSED_IN_WORDS = {
    "team.finish_onboarding_task",
    "team.reopen_onboarding_task",
    "team.hand_in_onboarding_task",
    "admin.take_role",
    "admin.give_role",
    "admin.deactivate_user",
}


@dataclass
class Stage:
    """Plain values: no object of the session is kept from one call to the next."""

    viewers: dict[str, Viewer]
    keys: dict[str, tuple[int, int]]  # user id and session epoch
    ids: dict[str, object]


@pytest.fixture
def stage() -> Stage:
    """Lena has completed Carla's course: one of every kind of object that an address can name, all of them hers."""
    cast = make_cast()
    people = cast.everybody
    people["nina"] = employee("Nina Other", "E-200", department="Surgery", job_role="Nurse Manager")
    employee("Report Ofnina", "E-201", department="Surgery", job_role="RN", manager=people["nina"].record)
    people["cora"] = staff("Cora Second", Role.COURSE_CREATOR)
    people["eva"] = staff("Eva Evaluator", Role.BATCH_EVALUATOR)
    written = Written(cast.carla.viewer, title="Fire safety")
    written.text.min_seconds = written.pledge.min_seconds = 0
    picture = files.store(b"%PDF-1.4 attached", name="card.pdf", media_type="application/pdf")
    written.text.file_id = picture.id
    written.publish()
    one = assign(cast.lena.record, written.course, clock.today("UTC") + dt.timedelta(days=30), by=cast.milo.viewer)
    complete(cast.lena, written)
    ids = {"course_id": written.course.id, "chapter_id": written.chapter.id, "lesson_id": written.quiz_lesson.id}
    ids |= {"question_id": written.question.id, "assignment_id": one.id, "enrollment_id": one.enrollment_id}
    ids |= {"employee_id": cast.lena.record.id, "user_id": cast.lena.user.id, "file_id": picture.id, "number": 1}
    ids |= objects_of_hr(cast.hana, cast.lena)
    ids |= {"kind": "certificate", "slug": "take-a-course", "token": "no-such-token", "name": "no-such-mail"}
    ids["certificate_id"] = ids["subject_id"] = db.session.scalars(select(Certificate.id)).one()
    ids |= objects_to_sign(cast.lena)
    ids["submission_id"] = start_another(cast.lena, written)
    ids |= objects_of_onboarding(cast.hana, cast.lena)
    db.session.commit()
    keys = {name: (person.user.id, person.user.session_epoch) for name, person in people.items()}
    return Stage({name: person.viewer for name, person in people.items()}, keys, ids)


def objects_of_onboarding(hana: Person, lena: Person) -> dict[str, object]:
    """Lena's first weeks, with a document of hers that waits for HR; her HR type is one she may read as its sender."""
    template = create_template("First weeks", ForWhom(), by=hana.viewer)
    upload = TaskFacts(title="Card", kind=Kind.UPLOAD, document_type_id=type_named("Policy Acknowledgment").id)
    asked = add_task(template, upload, by=hana.viewer)
    one = start_onboarding(lena.record, hana.viewer)
    assert one is not None
    task = db.session.scalars(select(OnboardingTask).where(OnboardingTask.onboarding_id == one.id)).one()
    hand_in(task, io.BytesIO(b"%PDF-1.4 card"), "card.pdf", lena.viewer)
    return {
        "template_id": template.id,
        "template_task_id": asked.id,
        "onboarding_id": one.id,
        "task_id": task.id,
    }


def complete(lena: Person, written: Written) -> None:
    enrollment = enrollment_for(lena.viewer, written.course.id)
    view = study_view(lena.viewer, written.course.id)
    assert enrollment is not None and view is not None
    for state in view.lessons[:2]:
        finish(enrollment, state.line)
    quiz, lesson = quiz_of_lesson(written.quiz_lesson.id), lesson_view(written.course.id, written.quiz_lesson.id)
    assert quiz is not None and lesson is not None
    attempt = start_submission(enrollment, quiz, lesson)
    right = [option["key"] for option in written.question.options if option["correct"]]
    save_answer(attempt.id, written.question.id, right, 1, by=lena.viewer)
    submit(attempt, "key")
    db.session.flush()


def start_another(lena: Person, written: Written) -> int:
    """An attempt of Lena's in a course of its own, still open."""
    other = Written(written.by, title="Open attempt")
    other.text.min_seconds = other.pledge.min_seconds = 0
    other.publish()
    assign(lena.record, other.course, clock.today("UTC") + dt.timedelta(days=30), by=None)
    enrollment = enrollment_for(lena.viewer, other.course.id)
    view = study_view(lena.viewer, other.course.id)
    assert enrollment is not None and view is not None
    for state in view.lessons[:2]:
        finish(enrollment, state.line)
    quiz, lesson = quiz_of_lesson(other.quiz_lesson.id), lesson_view(other.course.id, other.quiz_lesson.id)
    assert quiz is not None and lesson is not None
    return start_submission(enrollment, quiz, lesson).id


def objects_of_hr(hana: Person, lena: Person) -> dict[str, object]:
    add_standard_types()
    stored = files.store(b"%PDF-1.4 document", name="licence.pdf", media_type="application/pdf")
    roster = files.store(b"Number;Name\nE-1;Ada First\n", name="roster.csv", media_type="text/csv")
    document = EmployeeDocument(
        employee_id=lena.record.id,
        type_id=db.session.scalars(select(DocumentType.id).limit(1)).one(),
        title="Licence",
        source="upload",
        file_id=stored.id,
        sha256=stored.sha256,
        filed_by_name="Hana",
    )
    kind = ComplianceType(name="Fire safety", renewal_months=12)
    run = RosterRun(file_id=roster.id, file_name="roster.csv", mapping=MATCHED, counts={}, status="discarded")
    db.session.add_all([document, kind, run])
    db.session.flush()
    notice = db.session.scalars(select(Notice.id).limit(1)).first()
    sealed = db.session.scalars(select(SealedFile.id).limit(1)).first()
    found = {"document_id": document.id, "type_id": kind.id, "run_id": run.id, "notice_id": notice, "sealed_id": sealed}
    return {name: value for name, value in found.items() if value is not None}


def objects_to_sign(lena: Person) -> dict[str, object]:
    """A policy Lena has to sign, the round that asks her, and what she has signed, its PDF made."""
    text = policy("Hand hygiene", spanish="Lávese las manos.")
    begun = begin_round(text, Whom(picked=(lena.record.id,)), due_on=clock.today("UTC") + dt.timedelta(days=9), by=None)
    signature = db.session.scalars(select(Signature.id).where(Signature.employee_id == lena.record.id)).first()
    sealed = db.session.scalars(select(SealedFile).where(SealedFile.kind == "signature")).first()
    assert sealed is not None
    sealed.file = files.store(b"%PDF-1.4 signed", name="signature.pdf", media_type="application/pdf")
    sealed.status = "ready"
    return {"text_id": text.id, "round_id": begun.id, "signature_id": signature, "language": "en"}


@pytest.fixture
def rules(app: Flask) -> list[tuple[Rule, str]]:
    methods = ("GET", "POST", "PUT", "PATCH", "DELETE")
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        for method in methods
        if method in (rule.methods or ())
    ]


def seen_by(endpoint: str) -> set[str] | None:
    return SEES.get(endpoint, SEES.get(endpoint.partition(".")[0] + ".*"))


def test_every_route_by_everybody(app: Flask, stage: Stage, rules: list[tuple[Rule, str]]) -> None:
    """SEC-4: 12 callers x every route x page and fragment; what is not theirs is 404, what is not for them 403."""
    wrong: list[str] = []
    calls = 0
    for name in [*sorted(EVERYBODY), "anonymous"]:
        client = PageClient(app)
        for rule, method in rules:
            for fragment in (False, True):
                calls += 1
                if name != "anonymous":
                    client.sign_in(*stage.keys[name])
                status, location = call(client, stage, rule, method, fragment=fragment)
                if reason := judge(app, stage, rule.endpoint, name, status, location, bool(rule.arguments), fragment):
                    wrong.append(f"{name} {method} {rule} {'fragment' if fragment else 'page'}: {status} {reason}")
    assert not wrong, f"{len(wrong)} of {calls}:\n" + "\n".join(wrong[:60])
    assert calls > 2000


def call(client: PageClient, stage: Stage, rule: Rule, method: str, *, fragment: bool) -> tuple[int, str]:
    """The status and where it leads; whatever it changed is undone."""
    missing = rule.arguments - set(stage.ids)
    assert not missing, f"{rule} names {missing}, which the stage does not have"
    headers = {"HX-Request": "true"} if fragment else {}
    with undone():
        with client.application.test_request_context():
            built = rule.build({name: stage.ids[name] for name in rule.arguments}, append_unknown=False)
        assert built is not None
        response = client.open(built[1], method=method, headers=headers)
        location = response.headers.get("Location") or response.headers.get("HX-Redirect", "")
        response.close()
        return response.status_code, location


class undone:  # noqa: N801 - reads as a word of the sentence
    def __enter__(self) -> None:
        db.session.remove()
        self.savepoint = db.engine.begin_nested()  # type: ignore[attr-defined]

    def __exit__(self, *_error: object) -> None:
        db.session.remove()
        self.savepoint.rollback()


def judge(
    app: Flask,
    stage: Stage,
    endpoint: str,
    name: str,
    status: int,
    location: str,
    names_an_object: bool,
    fragment: bool,
) -> str:
    """'' when all is well, else what is wrong."""
    gates = policy_of(app, endpoint)
    viewer = stage.viewers.get(name)
    if status >= 500:
        return "an error of ours"
    if status == 308:
        return ""  # another spelling of an address that is walked itself
    if all(gate.public for gate in gates):
        return "a public page refuses" if status in (401, 403) else ""
    if viewer is None:
        good = status == (401 if fragment else 302) and location.startswith("/sign-in")
        return "" if good else f"should ask to sign in, leads to {location!r}"
    if not all(gate.admits(viewer) for gate in gates):
        return "" if status == 403 else "the gate should refuse"
    if endpoint in REFUSED_IN_WORDS and status == 403:
        return ""
    if names_an_object:
        allowed = seen_by(endpoint)
        if allowed is None:
            return "stands in no line of SEES"
        if name not in allowed:
            return "" if status == 404 else "should not exist for them"
    if status == 403:
        return "is theirs, and refused"
    return ""


def test_an_object_of_a_foreign_parent_is_not_there(app: Flask, stage: Stage) -> None:
    """SEC-4: child ids under a parent they do not belong to, as in grade and certificate holes of other systems."""
    client = PageClient(app)
    client.sign_in(*stage.keys["lena"])
    other = db.session.scalars(
        select(Enrollment.course_id).where(Enrollment.course_id != stage.ids["course_id"])
    ).first()
    for path in ("", "/files/1", "/original"):
        found = client.get(f"/learn/courses/{other}/lessons/{stage.ids['lesson_id']}{path}")
        assert found.status_code == 404, path
    for action in ("activity", "done", "quiz"):
        found = client.post(f"/learn/courses/{other}/lessons/{stage.ids['lesson_id']}/{action}")
        assert found.status_code == 404, action
