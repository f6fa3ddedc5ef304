"""Every kind of object that an address can name: one small function each, that makes it for an owner and says its id.

To add a kind:

    @makes("task_id")
    def onboarding_task(owner: Owner) -> object:
        return create_task(owner.learner.record, by=owner.people.viewers["hana"]).id

The name is the one in the address (`<int:task_id>`). `owner.learner` is whose it is, `owner.author` wrote what they
learn, `owner.ids` holds what was made before. Where it belongs to the organisation and to nobody, say `shared=True`:
it is made once, and whoever passes the gate finds it. Ordinals, words and tokens stand in WORDS.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from lmsapp.assignments.actions import assign
from lmsapp.assignments.acts.models import AssignmentAct, AssignmentActLine
from lmsapp.assignments.bulk.actions import keep_file
from lmsapp.assignments.extensions.actions import ask_extension
from lmsapp.assignments.policies.actions import create_policy
from lmsapp.assignments.policies.rules import STANDARD
from lmsapp.assignments.standing.actions import RuleFacts, add_rule, create_audience
from lmsapp.assignments.standing.models import TrainingRule
from lmsapp.assignments.standing.rules import Due, DueKind
from lmsapp.compliance.batches.models import ComplianceBatch
from lmsapp.compliance.documents.actions import add_standard_types, type_named
from lmsapp.compliance.documents.intake.actions import take_in
from lmsapp.compliance.documents.kinds.actions import KindFacts, create_kind
from lmsapp.compliance.documents.models import DocumentBundle, EmployeeDocument
from lmsapp.compliance.ledger.models import ComplianceType, WaiverRequest
from lmsapp.compliance.policies.actions import begin_round
from lmsapp.compliance.policies.rules import Whom
from lmsapp.compliance.reconciling.models import ReconciliationRight
from lmsapp.courses.catalogue.actions import add_lesson, edit_course
from lmsapp.courses.catalogue.media import Upload
from lmsapp.courses.exchange.actions import keep_file as keep_questions
from lmsapp.courses.moving.models import CourseImport
from lmsapp.courses.packages.actions import start_import
from lmsapp.courses.packages.models import ScormPackage
from lmsapp.courses.packages.rules import Edition, Item, ItemKind, Manifest
from lmsapp.courses.packages.terms import use_package
from lmsapp.courses.paths.actions import add_item, create_path, publish_path
from lmsapp.courses.quizzes.actions import add_question
from lmsapp.courses.quizzes.pools import add_draw, create_pool
from lmsapp.demo.scorm import package_zip
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.evidence.ledger import verification as ledger_verification
from lmsapp.evidence.ledger.checking.findings import Finding
from lmsapp.evidence.records.actions import Completed, record_completion
from lmsapp.evidence.retention.erasures.actions import enter_erasure
from lmsapp.evidence.retention.holds.actions import set_hold
from lmsapp.evidence.retention.holds.rules import HoldFacts, Scope
from lmsapp.evidence.retention.policies.queries import policies_in_force
from lmsapp.evidence.retention.retrieval.actions import ask_test
from lmsapp.evidence.retention.reviews.actions import open_review
from lmsapp.evidence.retention.reviews.models import RetentionItem
from lmsapp.evidence.seals.actions import promise_file
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.evidence.signatures.models import Signature, SigningTextVersion
from lmsapp.evidence.verifications.actions import ask_verification, keep_verdict
from lmsapp.evidence.verifications.models import LedgerFinding
from lmsapp.infra import clock, files
from lmsapp.infra.db import db
from lmsapp.insight.gonogo.actions import ListFacts, ask_print, keep_checklist
from lmsapp.insight.gonogo.rules import Group, Thing
from lmsapp.insight.pack.models import EvidencePack
from lmsapp.insight.pack.queries import folder
from lmsapp.insight.printed.models import ReportRequest
from lmsapp.insight.reports.runs.models import ReportRun
from lmsapp.insight.reports.schedules.models import ReportSchedule, ReportSchedulePerson
from lmsapp.learning.analysis.queries import AnalysisFilters
from lmsapp.learning.answers.actions import Verdict, grade_attempt
from lmsapp.learning.answers.rules import Mark
from lmsapp.learning.attendance.actions import Held, record_session
from lmsapp.learning.attendance.models import Attendance
from lmsapp.learning.certificates.evaluations.models import CertificateEvaluation
from lmsapp.learning.certificates.groups.actions import ask_group
from lmsapp.learning.certificates.groups.rules import Form, Wanted
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.certificates.templates.actions import create_template as create_design
from lmsapp.learning.certificates.templates.rules import Design
from lmsapp.learning.engagement.actions import open_page
from lmsapp.learning.enrollments.actions import enroll
from lmsapp.learning.enrollments.facts import lesson_of, line_of, quiz_of
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.enrollments.queries import enrollment_for, study_view
from lmsapp.learning.handins.actions import add_files
from lmsapp.learning.instructor.actions import ask_for_time
from lmsapp.learning.overrides.actions import set_by_hand
from lmsapp.learning.overrides.rules import OverrideKind
from lmsapp.learning.paths.actions import enroll_in_path
from lmsapp.learning.quizpapers.actions import ask_analysis_paper
from lmsapp.learning.quizpapers.documents import filters_json
from lmsapp.learning.quizzes.actions import start_submission, submit
from lmsapp.learning.quizzes.answers import save_answer
from lmsapp.learning.quizzes.missed import trouble_with
from lmsapp.learning.quizzes.models import QuizSubmission
from lmsapp.learning.regrading.actions import ask_regrade
from lmsapp.learning.regrading.keys import Correction, CorrectionKind
from lmsapp.learning.regrading.queries import question_asked
from lmsapp.learning.regrading.rules import Policy
from lmsapp.learning.reviews.actions import write_review
from lmsapp.learning.scorm.launches.launching import launch, try_out
from lmsapp.learning.transcripts.actions import ask_transcript
from lmsapp.learning.validity.actions import make_period
from lmsapp.learning.versions.models import VersionMove
from lmsapp.onboarding.running.actions import hand_in
from lmsapp.onboarding.running.models import OnboardingTask
from lmsapp.onboarding.running.starting import start_onboarding
from lmsapp.onboarding.templates.actions import add_task, create_template
from lmsapp.onboarding.templates.rules import Kind as TaskKind
from lmsapp.onboarding.templates.rules import TaskFacts, Who
from lmsapp.outreach.channels.actions import add_channel
from lmsapp.outreach.channels.rules import Kind
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.texts.actions import save_text
from lmsapp.outreach.texts.rules import Words
from lmsapp.people.accounts.models import SignIn
from lmsapp.people.accounts.visits import open_session
from lmsapp.people.audiences.rules import AudienceRule
from lmsapp.people.employees.actions import EmployeeFacts, hire
from lmsapp.people.employees.leaving import leave
from lmsapp.people.forwhom.rules import ForWhom
from lmsapp.people.organisation.models import OrganisationValue
from lmsapp.people.roster.models import RosterRun
from lmsapp.people.tokens.actions import make_token
from lmsapp.people.tokens.rules import Scope as TokenScope
from lmsapp.people.tokens.rules import What
from lmsapp.people.views.actions import save_view
from tests.cast import Person
from tests.compliance.files import pdf
from tests.courses.authors import OPTIONS, Written
from tests.evidence.signing import policy
from tests.learning.answers.scene import Scene as AnswersScene
from tests.learning.finishing import finish
from tests.learning.handins.scene import Scene
from tests.learning.quizzes.eight import Eight
from tests.learning.scorm.scene import Packaged
from tests.walk.people import HIRED, People

MATCHED = {"columns": {"number": 0, "name": 1}, "full": False, "dates": "auto"}
# What addresses name that is no object: ordinals, words, tokens that open nothing.
WORDS: dict[str, object] = {
    "number": 1,
    "version": 1,
    "kind": "certificate",
    "slug": "take-a-course",
    "block": "completions",
    "token": "no-such-token",
    "path": "index.html",
    "name": "no-such-mail",
    "badge": "png",
    "subject": "course-0",
    "role": "hr-manager",
    "language": "en",
    "list_name": "job-roles",
    "what": "pause",
    "message": "training_reminder",
    "report_key": "completion",
}


@dataclass
class Owner:
    """Whose objects are being made. `courses`: the one they completed, and one with an attempt still open."""

    people: People
    name: str
    author_name: str
    ids: dict[str, object] = field(default_factory=dict)
    courses: list[Written | Scene | AnswersScene] = field(default_factory=list)

    @property
    def learner(self) -> Person:
        return self.people.by_name[self.name]

    @property
    def author(self) -> Person:
        return self.people.by_name[self.author_name]


Make = Callable[[Owner], Any]
MAKERS: list[tuple[tuple[str, ...], Make, bool]] = []


def makes(*names: str, shared: bool = False) -> Callable[[Make], Make]:
    """Register what makes the object of these ids: it returns one id, or a dict of them."""

    def note(make: Make) -> Make:
        MAKERS.append((names, make, shared))
        return make

    return note


def make_everything(owner: Owner, *, shared: bool = False) -> dict[str, object]:
    """The ids of one of every kind, all of the owner's; or of what is shared."""
    made: dict[str, object] = {}
    for names, make, is_shared in MAKERS:
        if is_shared is shared:
            found = make(owner)
            made |= found if isinstance(found, dict) else {names[0]: found}
            owner.ids |= made
    db.session.commit()
    return made


def shared_names() -> frozenset[str]:
    return frozenset(name for names, _make, shared in MAKERS if shared for name in names) | set(WORDS)


@makes("user_id", "employee_id")
def person(owner: Owner) -> dict[str, object]:
    owner.learner.record.mobile = "+1 312 555 0100"
    return {"user_id": owner.learner.user.id, "employee_id": owner.learner.record.id}


@makes("course_id", "chapter_id", "lesson_id", "file_id", "assignment_id", "enrollment_id")
def completed_course(owner: Owner) -> dict[str, object]:
    """With a file of its own: bytes that two courses shared would be the same object twice."""
    written = _course(owner, f"Safety by {owner.author_name} for {owner.name}")
    picture = files.store(f"%PDF-1.4 {owner.name}".encode(), name="card.pdf", media_type="application/pdf")
    written.text.file_id = picture.id
    written.publish()
    assigned = _assign(owner, written)
    attempt = _attempt(owner, written)
    right = [option["key"] for option in attempt.questions[0]["options"] if option["correct"]]
    save_answer(attempt.id, written.question.id, right, 1, by=owner.people.viewers[owner.name])
    submit(attempt, "key")
    ids = {"course_id": written.course.id, "chapter_id": written.chapter.id, "lesson_id": written.text.id}
    return ids | {"file_id": picture.id, "assignment_id": assigned.id, "enrollment_id": assigned.enrollment_id}


@makes("review_id")
def review(owner: Owner) -> object:
    found = db.session.scalars(select(Enrollment).where(Enrollment.employee_id == owner.learner.record.id)).all()
    completed = next(one for one in found if one.completed_at is not None)
    enrollment = enrollment_for(owner.people.viewers[owner.name], completed.course_id)
    assert enrollment is not None
    return write_review(enrollment, 4, "Clear.", by=owner.people.viewers[owner.name]).id


@makes("certificate_id", "subject_id")
def certificate(owner: Owner) -> dict[str, object]:
    found = db.session.scalars(select(Certificate.id).where(Certificate.employee_id == owner.learner.record.id)).one()
    return {"certificate_id": found, "subject_id": found}


@makes("record_id")
def completion_record(owner: Owner) -> object:
    return db.session.get_one(Certificate, owner.ids["certificate_id"]).record_id


@makes("transcript_id")
def transcript(owner: Owner) -> object:
    """Asked for by the learner; its PDF and that of the certificate are made."""
    made = ask_transcript(owner.learner.record.id, by=owner.people.viewers[owner.name], language="en")
    for kind, subject in (("transcript", made.id), ("certificate", owner.ids["certificate_id"])):
        kept = (SealedFile.kind == kind) & (SealedFile.subject_id == subject)
        sealed = db.session.scalars(select(SealedFile).where(kept)).one()
        content = f"%PDF-1.4 {kind} of {owner.name}".encode()
        sealed.file = files.store(content, name=f"{kind}.pdf", media_type="application/pdf")
        sealed.status = "ready"
    return made.id


@makes("evaluation_id")
def evaluation(owner: Owner) -> object:
    """Of the course they completed: its certificate might have waited."""
    certificate = db.session.get_one(Certificate, owner.ids["certificate_id"])
    made = CertificateEvaluation(record_id=certificate.record_id, enrollment_id=certificate.enrollment_id)
    db.session.add(made)
    db.session.flush()
    return made.id


@makes("group_id")
def certificate_group(owner: Owner) -> object:
    """Asked for by the author of the course the learner completed; put together."""
    wanted = Wanted(course_id=owner.courses[0].course.id)
    group = ask_group(wanted, Form.BOTH, by=owner.people.viewers[owner.author_name])
    content = f"%PDF-1.4 all of {owner.name}".encode()
    kept = files.store(content, name="all.pdf", media_type="application/pdf")
    group.state, group.zip_id, group.print_id, group.held, group.total = "ready", kept.id, kept.id, 1, 1
    db.session.flush()
    return group.id


@makes("pack_id")
def evidence_pack(owner: Owner) -> object:
    """Asked for by the learner, as if they were an auditor; made, and kept in the folder of packs."""
    made = EvidencePack(
        scope="course", subject=str(owner.courses[0].course.id), title="Hand hygiene", since=dt.date(2026, 1, 1),
        until=dt.date(2026, 12, 31), asked_by_id=owner.learner.user.id, asked_by_name=owner.name, state="ready",
        file_name=f"{owner.name}.zip", finished_at=clock.now(),
    )  # fmt: skip
    (folder() / f"{owner.name}.zip").write_bytes(f"PK all about {owner.name}".encode())
    db.session.add(made)
    db.session.flush()
    return made.id


@makes("report_run_id", "report_schedule_id", "paused_schedule_id")
def report_files(owner: Owner) -> dict[str, object]:
    """A file sent to the owner by a schedule of theirs; who may not see such a report (any more) is told so in words.
    The last stands in no address: `writes` lets it go on."""
    user = owner.learner.user
    made = {"made_by_id": user.id, "made_by_name": owner.name}
    schedule = ReportSchedule(name=f"For {owner.name}", report="completion", every="week", next_at=clock.now(), **made)
    paused = ReportSchedule(
        name=f"Rests for {owner.name}", report="completion", every="week", paused_at=clock.now(), **made
    )
    db.session.add_all([schedule, paused])
    db.session.flush()
    kept = files.store(f"all about {owner.name}".encode(), name="report.csv", media_type="text/csv")
    theirs = {"asked_by_id": user.id, "asked_by_name": owner.name, "schedule_id": schedule.id}
    file = {"file_id": kept.id, "sha256": kept.sha256, "rows": 1, "state": "ready", "finished_at": clock.now()}
    run = ReportRun(report="completion", reach="line", period=dt.date(2026, 11, 2), **theirs, **file)
    db.session.add_all([run, ReportSchedulePerson(schedule_id=schedule.id, user_id=user.id)])
    db.session.flush()
    return {"report_run_id": run.id, "report_schedule_id": schedule.id, "paused_schedule_id": paused.id}


@makes("act_id", "stopped_act_id")
def act_on_many(owner: Owner) -> dict[str, object]:
    """Asked for by the owner as if they led somebody. The last stands in no address: `writes` lets it go on."""
    user, ids = owner.learner.user, []
    for state in ("waiting", "failed"):
        made = AssignmentAct(
            asked="remind", same=state, state=state, lines=1, asked_by_id=user.id, asked_by_name=owner.name
        )
        db.session.add(made)
        db.session.flush()
        db.session.add(AssignmentActLine(act_id=made.id, assignment_id=owner.ids["assignment_id"]))
        ids.append(made.id)
    db.session.flush()
    return {"act_id": ids[0], "stopped_act_id": ids[1]}


@makes("design_id", shared=True)
def certificate_template(owner: Owner) -> object:
    return create_design("Walked", Design(), {}, by=owner.people.viewers["milo"]).id


@makes("finding_id", "verification_run_id", shared=True)
def verification(_owner: Owner) -> dict[str, object]:
    """A verification that found something."""
    verdict = ledger_verification.Verdict()
    verdict.add([Finding("record removed", ("certificate", 999_999), {"event": 1})])
    keep_verdict(verdict, how="daily", began_at=clock.now())
    finding = db.session.scalars(select(LedgerFinding.id)).one()
    return {"finding_id": finding, "verification_run_id": ask_verification(by=None).id}


@makes("reminder_policy_id", shared=True)
def reminder_policy(owner: Owner) -> object:
    return create_policy(STANDARD, by=owner.people.viewers["milo"]).id


@makes("report_id")
def printed_report(owner: Owner) -> object:
    """Asked for by the owner; who may not see such reports (any more) is told so in words."""
    terms = {"courses": [], "departments": [], "roles": [], "locations": [], "dates": "completed", "since": None}
    terms |= {"until": None, "left": False, "line_only": True}
    user = owner.learner.user
    asked = ReportRequest(terms=terms, language="en", asked_by_id=user.id, asked_by_name=owner.name)
    db.session.add(asked)
    db.session.flush()
    promise_file("completion_report", asked.id, employee_id=None, title="Completion report")
    return asked.id


@makes("token_id", "any_token_id")
def access_token(owner: Owner) -> dict[str, object]:
    """As if the learner kept checklists."""
    made = make_token("Build server", [TokenScope(What.GO_NO_GO)], 30, by=owner.people.viewers[owner.name])[0]
    return {"token_id": made.id, "any_token_id": made.id}


@makes("sealed_id")
def sealed_file(owner: Owner) -> object:
    """A PDF of theirs, still to be made."""
    mine = (SealedFile.employee_id == owner.learner.record.id, SealedFile.status == "waiting")
    return db.session.scalars(select(SealedFile.id).where(*mine).order_by(SealedFile.id)).first()


@makes("submission_id", "question_id", "open_assignment_id", "open_course_id", "open_quiz_id")
def open_attempt(owner: Owner) -> dict[str, object]:
    """In a course of its own. The last three stand in no address: `writes` posts to them."""
    written = _course(owner, f"Second by {owner.author_name} for {owner.name}").publish()
    ids = {"open_assignment_id": _assign(owner, written).id, "open_course_id": written.course.id}
    ids |= {"submission_id": _attempt(owner, written).id, "question_id": written.question.id}
    return ids | {"open_quiz_id": written.quiz_lesson.id}


@makes("checklist_id", "print_id")
def go_no_go(owner: Owner) -> dict[str, object]:
    """Of the course with the open attempt, kept by their manager for the own line, who asked for the PDF too."""
    by = owner.people.viewers[str(HIRED[owner.name][1])]
    course = (Thing.COURSE, int(str(owner.ids["open_course_id"])))
    facts = ListFacts("Ready for work", clock.now().date() + dt.timedelta(days=20), Group.LINE, [course])
    kept = keep_checklist(facts, by=by)
    return {"checklist_id": kept.id, "print_id": ask_print(kept, "Ready for work", by=by).id}


@makes("fresh_course_id", "fresh_lesson_id", "fresh_enrollment_id")
def course_not_begun(owner: Owner) -> dict[str, object]:
    """For `writes` too: the page of its first lesson is open, and the lesson still to be done."""
    written = _course(owner, f"Third by {owner.author_name} for {owner.name}").publish()
    _assign(owner, written)
    enrollment = enrollment_for(owner.people.viewers[owner.name], written.course.id)
    assert enrollment is not None
    open_page(enrollment, written.text)
    ids = {"fresh_course_id": written.course.id, "fresh_lesson_id": written.text.id}
    return ids | {"fresh_enrollment_id": enrollment.id}


@makes("path_id", "item_id", "row_id")
def learning_path(owner: Owner) -> dict[str, object]:
    """Written by the author, taken by the learner: of the course not begun yet."""
    by = owner.people.viewers[owner.author_name]
    path = create_path(f"Path by {owner.author_name} for {owner.name}", by=by)
    item = add_item(path, owner.courses[-1].course, by=by)
    publish_path(path, by=by)
    return {"path_id": path.id, "item_id": item.id, "row_id": enroll_in_path(owner.learner.record, path, by=by).id}


@makes("hand_in_id", "hand_in_file_id", "work_file_id", "work_course_id", "work_lesson_id")
def handed_in(owner: Owner) -> dict[str, object]:
    """Work that waits, and another file in the draft beside it. The last two stand in no address: `writes` posts there."""
    scene = Scene(
        owner.people.viewers[owner.author_name], [owner.learner], title=f"Plan by {owner.author_name} for {owner.name}"
    )
    owner.courses.append(scene)
    given = scene.give(owner.learner, f"Plan of {owner.name}", files=1)
    upload = Upload.of(f"%PDF-1.4 more of {owner.name}".encode(), "more.pdf")
    draft = add_files(scene.place(owner.learner), [upload], by=owner.people.viewers[owner.name])
    ids = {"hand_in_id": given.id, "hand_in_file_id": given.files[0]["id"], "work_file_id": draft.files[0]["id"]}
    return ids | {"work_course_id": scene.course.id, "work_lesson_id": scene.lesson.id}


@makes("launch_id", "launched_course_id", "launched_lesson_id")
def launched_package(owner: Owner) -> dict[str, object]:
    """A package the learner has opened."""
    packaged = Packaged(owner.author.viewer, title=f"Played by {owner.name}")
    enrollment = packaged.enrolled(owner.learner)
    line = line_of(enrollment, packaged.lesson.id)
    assert line is not None
    opened = launch(enrollment, line, by=owner.people.viewers[owner.name])
    ids = {"launched_course_id": packaged.course.id, "launched_lesson_id": packaged.lesson.id}
    return ids | {"launch_id": opened.id}


@makes("attempt_id", "quiz_lesson_id", "asked_id", "open_question_id", "regrade_id", "quiz_paper_id")
def graded_attempt(owner: Owner) -> dict[str, object]:
    """An attempt with open answers, graded by the author; a regrade asked for, and the analysis as a PDF."""
    by = owner.people.viewers[owner.author_name]
    scene = AnswersScene(by, attempts=None, title=f"Answers by {owner.author_name} for {owner.name}")
    owner.courses.append(scene)
    attempt = scene.take(owner.learner, "B", f"Down, says {owner.name}.", "Report.")
    marks = {question.id: Mark(Decimal(0)) for question in scene.open}
    grade_attempt(attempt, Verdict(marks, seen=1), by=owner.people.viewers["milo"])
    asked = question_asked(scene.quiz.id, scene.wrong.id)
    assert asked is not None
    regrade = ask_regrade(scene.quiz.id, asked, Correction(CorrectionKind.FULL), Policy.GOOD, "Why", by=by)
    paper = ask_analysis_paper(scene.quiz.id, filters_json(AnalysisFilters()), "en", by=by)
    ids = {"attempt_id": attempt.id, "quiz_lesson_id": scene.lesson.id, "asked_id": scene.wrong.id}
    return ids | {"open_question_id": scene.open[0].id, "regrade_id": regrade.id, "quiz_paper_id": paper.id}


@makes("pool_id", "draw_id")
def pool_of_questions(owner: Owner) -> dict[str, object]:
    """Of the author's course, whose quiz draws from it."""
    by, written = owner.people.viewers[owner.author_name], owner.courses[0]
    assert isinstance(written, Written)
    pool = create_pool(f"Pool by {owner.author_name} for {owner.name}", by=by, course=written.course)
    add_question(pool, "single", "Drawn?", OPTIONS, by=by)
    return {"pool_id": pool.id, "draw_id": add_draw(written.quiz, pool, 1, by=by).id}


@makes("request_id", "asking_course_id")
def instructor_time(owner: Owner) -> dict[str, object]:
    """Asked for after two fails in a course of its own, whose id `writes` posts to."""
    by = owner.people.viewers[owner.author_name]
    eight = Eight(f"Fifth by {owner.author_name} for {owner.name}", by=by, with_open=False)
    enrollment = eight.enroll(owner.learner)
    for _attempt in range(2):
        submit(eight.start(enrollment), "key")
    trouble = trouble_with(enrollment, eight.check.id)
    assert trouble is not None
    request = ask_for_time(enrollment, trouble, "Help", [], by=owner.people.viewers[owner.name])
    return {"request_id": request.id, "asking_course_id": eight.course.id}


@makes("extension_request_id", "late_course_id")
def more_time(owner: Owner) -> dict[str, object]:
    """Asked for in a course of its own, whose id `writes` posts to."""
    course = _course(owner, f"Sixth by {owner.author_name} for {owner.name}").publish().course
    due_on = clock.today("UTC") + dt.timedelta(days=20)
    assigned = assign(owner.learner.record, course, due_on, by=owner.people.viewers[owner.author_name])
    asked = ask_extension(assigned, due_on + dt.timedelta(days=9), "Ill", by=owner.people.viewers[owner.name])
    return {"extension_request_id": asked.id, "late_course_id": course.id}


@makes("renewable_course_id")
def lapsed_certification(owner: Owner) -> object:
    """For `writes`: completed so long ago that it has expired and may be renewed."""
    written = _course(owner, f"Fourth by {owner.author_name} for {owner.name}").publish()
    course, long_ago = written.course, clock.now() - dt.timedelta(days=400)
    enrollment = enroll(owner.learner.record, course, source="staff", by=None)
    enrollment.started_at = enrollment.completed_at = long_ago
    enrollment.progress, enrollment.done_lessons, enrollment.content_version = 100, 3, 1
    completed = Completed(("course", course.id), course.title, 1, "", 1, [])
    make_period(enrollment, record_completion(owner.learner.record, "", completed, at=long_ago, by=None))
    return course.id


@makes("move_id")
def version_move(owner: Owner) -> object:
    """What publishing asked of the learners of the owner's course."""
    course_id = owner.courses[0].course.id
    made = VersionMove(
        course_id=course_id, number=1, moves_learners=True, asks_again=False, asked_by_id=owner.author.user.id
    )
    db.session.add(made)
    db.session.flush()
    return made.id


@makes("paid_course_id")
def course_to_be_paid(owner: Owner) -> object:
    """It stands in no address: `writes` names a cost centre for it."""
    written = _course(owner, f"Paid by {owner.author_name} for {owner.name}").publish()
    edit_course(written.course, by=None, price=Decimal(40))
    _assign(owner, written)
    return written.course.id


@makes("document_id")
def document(owner: Owner) -> object:
    add_standard_types()
    content = pdf(f"licence of {owner.name}".encode())
    stored = files.store(content, name="licence.pdf", media_type="application/pdf")
    row = EmployeeDocument(
        employee_id=owner.learner.record.id,
        type_id=type_named("Training Record").id,
        title=f"Licence of {owner.learner.record.name}",
        source="upload",
        file_id=stored.id,
        sha256=stored.sha256,
        filed_by_name="Hana",
    )
    db.session.add(row)
    db.session.flush()
    return row.id


@makes("kind_id", shared=True)
def kind_of_document(owner: Owner) -> object:
    return create_kind(KindFacts("Walked"), owner.people.viewers["hana"]).id


@makes("intake_id", shared=True)
def document_intake(owner: Owner) -> object:
    return take_in(io.BytesIO(pdf(b"waits")), "waits.pdf", owner.people.viewers["hana"]).id


@makes("bundle_id", shared=True)
def document_bundle(owner: Owner) -> object:
    stored = files.store(b"PK", name="documents.zip", media_type="application/zip")
    hana = owner.people.viewers["hana"]
    row = DocumentBundle(owner_id=hana.user_id, document_ids=[1], file_id=stored.id, state="ready")
    db.session.add(row)
    db.session.flush()
    return row.id


@makes("notice_id")
def notice(owner: Owner) -> object:
    """That the course they completed was assigned to them."""
    about = (Notice.about_kind == "assignment") & (Notice.about_id == owner.ids["assignment_id"])
    return db.session.scalars(
        select(Notice.id).where(about, Notice.channel == "in_app").order_by(Notice.id).limit(1)
    ).one()


@makes("message_text_id", shared=True)
def message_text(owner: Owner) -> object:
    """A reminder in words of the organisation's own."""
    words = Words("{{title}}", "Please begin: {{link}}")
    saved = save_text(("training_reminder", "", "email", "en"), words, by=owner.people.viewers["milo"], seen=0)
    assert saved is not None
    return saved.id


@makes("channel_id", shared=True)
def channel(owner: Owner) -> object:
    """A way out that leads nowhere and is off."""
    return add_channel(
        Kind.SLACK, "Walked", {"inside": True}, "http://127.0.0.1:1/x", None, owner.people.viewers["sam"]
    ).id


@makes("sign_in_id")
def sign_in(owner: Owner) -> object:
    """A session of theirs, as the list of sign-ins shows it."""
    open_session(owner.learner.user, "password", address="192.0.2.1", browser="")
    wanted = select(SignIn.id).where(SignIn.user_id == owner.learner.user.id).order_by(SignIn.id.desc()).limit(1)
    return db.session.scalars(wanted).one()


@makes("department_id", "value_id", shared=True)
def words_of_the_organisation(owner: Owner) -> dict[str, object]:
    """A department and a job role."""
    record = owner.learner.record
    named = (OrganisationValue.kind == "job_role") & (OrganisationValue.name == record.job_role)
    value = db.session.scalars(select(OrganisationValue.id).where(named)).one()
    return {"department_id": record.department_id, "value_id": value}


@makes("text_id", "round_id", "signature_id", "signing_version_id")
def signed_lesson(owner: Owner) -> dict[str, object]:
    """A policy they have to sign, the round that asks, and what they signed in the course, its PDF made."""
    wanted = policy(f"Hygiene of {owner.name}", spanish="Lávese las manos.")
    whom, due_on = Whom(picked=(owner.learner.record.id,)), clock.today("UTC") + dt.timedelta(days=9)
    begun = begin_round(wanted, whom, due_on=due_on, by=None)
    own = select(Signature.id).where(Signature.employee_id == owner.learner.record.id).order_by(Signature.id).limit(1)
    signature = db.session.scalars(own).one()
    kept = (SealedFile.kind == "signature") & (SealedFile.subject_id == signature)
    sealed = db.session.scalars(select(SealedFile).where(kept)).one()
    content = f"%PDF-1.4 signed by {owner.name}".encode()
    sealed.file = files.store(content, name="signature.pdf", media_type="application/pdf")
    sealed.status = "ready"
    db.session.flush()
    shown = (SigningTextVersion.text_id == wanted.id) & (SigningTextVersion.language == "en")
    version = db.session.scalars(select(SigningTextVersion.id).where(shown)).one()
    return {"text_id": wanted.id, "round_id": begun.id, "signature_id": signature, "signing_version_id": version}


@makes("import_id")
def course_import(owner: Owner) -> object:
    """A course file that its author sent, and that was refused."""
    sent_by = owner.people.viewers[owner.author_name].user_id
    row = CourseImport(file_name="course.zip", stored_as="gone.zip", size=1, state="failed", asked_by_id=sent_by)
    db.session.add(row)
    db.session.flush()
    return row.id


@makes("package_lesson_id", "package_id", "package_import_id", "trial_id")
def scorm_package(owner: Owner) -> dict[str, object]:
    """A lesson with a package, a ZIP that is still to be read for it, and a trial its author has begun."""
    by = owner.people.viewers[owner.author_name]
    written = _course(owner, f"Packages by {owner.author_name} for {owner.name}")
    lesson = add_lesson(written.chapter, "scorm", "Played", by=by)
    run = start_import(lesson, Upload.of(package_zip("heat"), f"{owner.name}.zip"), by=by)
    item = Item("one", None, "One", ItemKind.SCO, "one.html")
    manifest = Manifest(Edition.V12, "1.2", "Played", items=(item,)).as_json()
    facts = {"edition": "1.2", "title": "Played", "file_count": 0, "size": 0}
    package = ScormPackage(file_id=run.file_id, manifest=manifest, **facts)
    db.session.add(package)
    db.session.flush()
    use_package(lesson, package, by=by)
    ids = {"package_lesson_id": lesson.id, "package_id": package.id, "package_import_id": run.id}
    return ids | {"trial_id": try_out(lesson, by=by).id}


@makes("question_file_id")
def question_file(owner: Owner) -> object:
    """Questions that an author sent for a quiz of theirs."""
    sent_by = owner.people.viewers[owner.author_name]
    return keep_questions(io.BytesIO(b"Is it so? {T}\n"), "questions.gift", owner.courses[0].quiz, by=sent_by).id


@makes("onboarding_id", "task_id", "open_task_id", "line_task_id")
def onboarding(owner: Owner) -> dict[str, object]:
    """Their first weeks, with a document of theirs that waits for HR; once it is filed they may read it themselves."""
    hana = owner.people.viewers["hana"]
    template = create_template(f"First weeks of {owner.name}", ForWhom(), by=hana)
    card = TaskFacts(title="Card", kind=TaskKind.UPLOAD, document_type_id=type_named("Policy Acknowledgment").id)
    for task in (card, TaskFacts(title="Greet"), TaskFacts(title="Show around", who=Who.MANAGER)):
        add_task(template, task, by=hana)
    one = start_onboarding(owner.learner.record, hana, template=template)
    assert one is not None
    mine = select(OnboardingTask).where(OnboardingTask.onboarding_id == one.id)
    tasks = {task.title: task for task in db.session.scalars(mine)}
    hand_in(
        tasks["Card"],
        io.BytesIO(pdf(f"card of {owner.name}".encode())),
        "card.pdf",
        owner.people.viewers[owner.name],
    )
    ids = {"onboarding_id": one.id, "task_id": tasks["Card"].id}
    return ids | {"open_task_id": tasks["Greet"].id, "line_task_id": tasks["Show around"].id}


@makes("template_id", "template_task_id", shared=True)
def onboarding_template(owner: Owner) -> dict[str, object]:
    hana = owner.people.viewers["hana"]
    template = create_template("Everybody's first weeks", ForWhom(), by=hana)
    return {"template_id": template.id, "template_task_id": add_task(template, TaskFacts(title="Desk"), by=hana).id}


@makes("entry_id", shared=True)
def entry_of_the_trail(_owner: Owner) -> object:
    return db.session.scalars(select(AuditEntry.id).order_by(AuditEntry.id).limit(1)).one()


@makes("type_id", shared=True)
def compliance_type(_owner: Owner) -> object:
    row = ComplianceType(name="Fire safety", renewal_months=12)
    db.session.add(row)
    db.session.flush()
    return row.id


@makes("batch_id", shared=True)
def compliance_batch(_owner: Owner) -> object:
    row = ComplianceBatch(asked="settle", terms={"why": "Every night"}, state="ready")
    db.session.add(row)
    db.session.flush()
    return row.id


@makes("waiver_id")
def waiver_request(owner: Owner) -> object:
    type_ = db.session.scalars(select(ComplianceType).limit(1)).first() or ComplianceType(name="Asked twice")
    db.session.add(type_)
    db.session.flush()
    hana = owner.people.viewers["hana"]
    row = WaiverRequest(employee_id=owner.learner.record.id, type_id=type_.id, reason="On leave",
                        asked_by_id=hana.user_id, asked_by_name=hana.name)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row.id


@makes("run_id", shared=True)
def roster_run(_owner: Owner) -> object:
    stored = files.store(b"Number;Name\nE-1;Ada First\n", name="roster.csv", media_type="text/csv")
    row = RosterRun(file_id=stored.id, file_name="roster.csv", mapping=MATCHED, counts={}, status="discarded")
    db.session.add(row)
    db.session.flush()
    return row.id


@makes("override_id", "session_id", "attendance_id")
def decision_and_session(owner: Owner) -> dict[str, object]:
    """An exemption by hand with its proof, in a course of its own, and a session of it they attended."""
    written = _course(owner, f"Fourth by {owner.author_name} for {owner.name}").publish()
    one = _assign(owner, written).enrollment_id
    viewer, milo = owner.people.viewers[owner.name], owner.people.viewers["milo"]
    enrollment = enrollment_for(viewer, written.course.id)
    assert enrollment is not None
    held = Held("Workshop", clock.today("UTC") - dt.timedelta(days=1), 60)
    session = record_session(written.course, held, [enrollment], by=milo)
    entry = db.session.scalars(select(Attendance.id).where(Attendance.enrollment_id == one)).one()
    proof = files.store(f"%PDF-1.4 shown by {owner.name}".encode(), name="card.pdf", media_type="application/pdf")
    decided = set_by_hand(enrollment, OverrideKind.EXEMPTION, by=milo, reason="Works elsewhere", proof=proof)
    return {"override_id": decided.id, "session_id": session.id, "attendance_id": entry}


@makes("saved_view_id")
def saved_view(owner: Owner) -> object:
    """Of the list of a manager's own line; not shared."""
    return save_view("team.assignments", f"Late, {owner.name}", "late=1", by=owner.people.viewers[owner.name]).id


@makes("bulk_id", shared=True)
def file_of_enrollments(owner: Owner) -> object:
    return keep_file(io.BytesIO(b"Number;Course\nE-1;None\n"), "people.csv", owner.people.viewers["milo"]).id


@makes("right_id", shared=True)
def right_as_it_is(owner: Owner) -> object:
    type_ = ComplianceType(name="Right as it is")
    db.session.add(type_)
    db.session.flush()
    right = ReconciliationRight(
        kind="not asked", employee_id=owner.learner.record.id, type_id=type_.id, mark="1", reason="So", said_by_name="H"
    )
    db.session.add(right)
    db.session.flush()
    return right.id


def _course(owner: Owner, title: str) -> Written:
    written = Written(owner.people.viewers[owner.author_name], title=title)
    written.text.min_seconds = written.pledge.min_seconds = 0
    owner.courses.append(written)
    return written


def _assign(owner: Owner, written: Written) -> Any:
    due_on = clock.today("UTC") + dt.timedelta(days=30)
    return assign(owner.learner.record, written.course, due_on, by=owner.people.viewers["milo"])


def _attempt(owner: Owner, written: Written) -> QuizSubmission:
    """The lessons before the quiz are done, and an attempt has begun."""
    viewer = owner.people.viewers[owner.name]
    enrollment, view = enrollment_for(viewer, written.course.id), study_view(viewer, written.course.id)
    assert enrollment is not None and view is not None
    for state in view.lessons[:2]:
        finish(enrollment, state.line)
    quiz, lesson = quiz_of(enrollment, written.quiz_lesson.id), lesson_of(enrollment, written.quiz_lesson.id)
    assert quiz is not None and lesson is not None
    return start_submission(enrollment, quiz, lesson)


@makes("audience_id", "training_rule_id", "audience_run_id", shared=True)
def audience(owner: Owner) -> dict[str, object]:
    """With what it has to take: a course that nobody else has."""
    milo = owner.people.viewers["milo"]
    made, run = create_audience("Everybody in Atlantis", AudienceRule(who=ForWhom(regions=("Atlantis",))), milo)
    course = Written(milo, title="Diving").course
    terms = RuleFacts(Due(DueKind.AFTER_ASSIGNMENT, 30), clock.today("UTC"))
    add_rule(made, course, terms, by=milo)
    rule = db.session.scalars(select(TrainingRule.id).where(TrainingRule.audience_id == made.id)).one()
    return {"audience_id": made.id, "training_rule_id": rule, "audience_run_id": run.id}


@makes("retention_rule_id", "hold_id", "disposal_list_id", "due_item_id", "test_run_id", shared=True)
def retention(owner: Owner) -> dict[str, object]:
    hana = owner.people.viewers["hana"]
    hold = set_hold(HoldFacts("A matter", "A claim.", Scope.PERSON, owner.learner.record.id), by=hana)
    review = open_review("by hand", by=hana)
    item = RetentionItem(review_id=review.id, kind="completion_record", record_id=1, state="longer", words="")
    db.session.add(item)
    db.session.flush()
    ids = {"hold_id": hold.id, "disposal_list_id": review.id, "due_item_id": item.id}
    return {**ids, "retention_rule_id": policies_in_force(hana)[0].id, "test_run_id": ask_test(by=hana).id}


@makes("erasure_id", shared=True)
def erasure(owner: Owner) -> object:
    gone = hire(EmployeeFacts(number="E-GONE", name="Gwen Gone", time_zone="UTC"), None, invited=False)
    hana = owner.people.viewers["hana"]
    today = clock.today(hana.zone)
    leave(gone, today, None)
    return enter_erasure(gone.id, today, by=hana, language="en", confirmed=True).id
