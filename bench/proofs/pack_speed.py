"""EVD-4: the pack of a regulation-year of 500 people, certificates' PDFs present, in under two minutes of one worker.

Each of the people has two certificates with their PDFs, a decision with evidence, an assignment, six messages and ten entries
of the trail a course; around them stand as many events again of others in the ledger, twenty times over. ROUNDS is the people.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import os
import resource
import time
from decimal import Decimal
from typing import Any

from sqlalchemy import func, insert, select

from bench.proofs import Outcome
from bench.proofs._place import application
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.compliance.documents.models import DocumentType, EmployeeDocument
from lmsapp.compliance.ledger.models import ComplianceDuty, ComplianceType, ComplianceTypeCourse, EmployeeCompliance
from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.evidence.ledger.actions import attest_many
from lmsapp.evidence.ledger.sources import COMPLETIONS
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra import clock, files
from lmsapp.infra.db import db, unit_of_work
from lmsapp.insight.pack.actions import ask_pack
from lmsapp.insight.pack.models import EvidencePack
from lmsapp.insight.pack.queries import folder
from lmsapp.insight.pack.rules import Scope, Terms
from lmsapp.insight.pack.work import work_on_pack
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.accounts.actions import add_roles, create_user
from lmsapp.people.employees.models import Employee
from lmsapp.people.queries import load_viewer
from lmsapp.people.roles import Role
from lmsapp.people.viewer import Viewer
from static import verify_pack
from tests.courses.authors import Written, author
from tests.insight.pack.sequencer import place_all

ROUNDS = 500
WITHIN_S = 120.0
OTHERS = 20  # events of others in the ledger, for each of these
PDF_BYTES = 90_000
ZONE = "America/Chicago"


def prove(rounds: int) -> Outcome:
    with application() as app, app.app_context():
        with unit_of_work():
            hana = _viewer()
            _fill(rounds, hana)
        leaves = place_all()
        until = clock.today(ZONE)
        terms = Terms(Scope.REGULATION, "regulator-OSHA", until - dt.timedelta(days=364), until)
        with unit_of_work():
            pack_id = ask_pack(terms, by=hana).id
        begun, cpu = time.monotonic(), time.process_time()
        work_on_pack(pack_id)
        took, cpu = time.monotonic() - begun, time.process_time() - cpu
        pack = db.session.get_one(EvidencePack, pack_id)
        assert pack.file_name, pack.error
        begun = time.monotonic()
        with contextlib.redirect_stdout(io.StringIO()) as said:
            code = verify_pack.main([str(folder() / pack.file_name)])
        if code:
            print(said.getvalue())
        figures: dict[str, object] = {
            "people": pack.counts["people.csv"],
            "completions": pack.counts["completions.csv"],
        }
        figures |= {
            "files": pack.counts["files/"],
            "messages": pack.counts["notifications.csv"],
            "changes": pack.counts["changes.csv"],
        }
        figures |= {
            "ledger": leaves,
            "MB": round(pack.size / 1e6),
            "made in s": round(took, 1),
            "processor s": round(cpu, 1),
        }
        figures |= {"checked in s": round(time.monotonic() - begun, 1), "verdict": code}
        figures["RSS MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        return Outcome(figures, took < WITHIN_S and code == 0 and figures["people"] == rounds)


def _viewer() -> Viewer:
    user = create_user("hana@big.example", "Hana Novák", by=None)
    add_roles([user.id], Role.HR_MANAGER, None)
    db.session.flush()
    viewer = load_viewer(user.id, user.session_epoch, ZONE)
    assert viewer is not None
    return viewer


def _fill(rounds: int, hana: Viewer) -> None:
    courses = [Written(author(f"Author {n}"), title=f"Safety {n}").publish().course for n in range(3)]
    *linked, other = courses
    type_ = ComplianceType(name="Safety", regulator="OSHA", renewal_months=12, course_id=courses[0].id)
    document_type = DocumentType(name="Training record", visible_to="hr")
    db.session.add_all([type_, document_type])
    db.session.flush()
    db.session.add_all(ComplianceTypeCourse(type_id=type_.id, course_id=course.id) for course in linked)
    people = _employees(rounds + 100)
    mine = people[:rounds]
    _add(ComplianceDuty, [{"type_id": type_.id, "employee_id": one, "since": _days_ago(300)} for one in mine])
    for course in linked:
        _course(course, mine)
    others = people[rounds:]
    _complete(other, [others[n % len(others)] for n in range(2 * rounds * OTHERS)])
    _decide(type_, document_type, mine, hana)


def _employees(count: int) -> list[int]:
    at = clock.now()
    rows = [
        {
            "number": f"P{n:06}",
            "name": f"Person {n}",
            "sort_name": f"person {n:06}",
            "time_zone": ZONE,
            "created_at": at,
        }
        for n in range(count)
    ]
    return _add(Employee, rows)


def _course(course: Course, people: list[int]) -> None:
    done = _days_ago(90)
    enrolled = [{"employee_id": one, "course_id": course.id, "completed_at": done, "progress": 100} for one in people]
    enrollments = _add(Enrollment, enrolled)
    training = [
        {"employee_id": one, "course_id": course.id, "enrollment_id": enrollment, "due_on": done.date(), "due_at": done, "completed_at": done, "completed_on": done.date(), "assigned_at": _days_ago(120)}
        for one, enrollment in zip(people, enrollments, strict=True)
    ]  # fmt: skip
    assignments = _add(TrainingAssignment, training)
    records = _complete(course, people)
    certificates = _add(
        Certificate,
        [
            {"number": f"C-{course.id}-{one}", "token": f"t{course.id}-{one}", "record_id": record, "enrollment_id": enrollment, "employee_id": one, "course_id": course.id, "holder_name": f"Person {one}", "title": course.title, "issued_on": done.date()}
            for one, record, enrollment in zip(people, records, enrollments, strict=True)
        ],
    )  # fmt: skip
    for one, certificate in zip(people, certificates, strict=True):
        kept = files.store(b"%PDF-1.7 " + os.urandom(PDF_BYTES), name="certificate.pdf", media_type="application/pdf")
        row = {
            "kind": "certificate",
            "subject_id": certificate,
            "employee_id": one,
            "title": course.title,
            "status": "ready",
        }
        db.session.add(SealedFile(**row, file_id=kept.id))
    notices = [
        {"key": f"{course.id}/{one}/{n}", "channel": "email", "template": "training_reminder", "employee_id": one, "subject": "Due soon", "about_kind": "assignment", "about_id": assignment, "status": "sent", "sent_at": done, "queued_at": done}
        for one, assignment in zip(people, assignments, strict=True)
        for n in range(6)
    ]  # fmt: skip
    _add(Notice, notices)
    entries = [
        {"at": done, "actor_name": "Hana", "action": "changed", "subject_kind": "assignment", "subject_id": assignment, "before": {"due_on": "2026-01-01"}, "after": {"due_on": "2026-02-01"}}
        for assignment in assignments
        for _n in range(10)
    ]  # fmt: skip
    _add(AuditEntry, entries)


def _complete(course: Course, people: list[int]) -> list[int]:
    done, recorded = _days_ago(90), clock.now()
    rows = [
        {
            "employee_id": one, "employee_number": f"P{one}", "employee_name": f"Person {one}", "job_role": "Nurse",
            "department": "Ward", "subject_kind": "course", "subject_id": course.id, "title": course.title,
            "content_version": 1, "content_sha256": "0" * 64, "rule_version": 1, "score": Decimal("92.50"), "attempt": 1,
            "criteria": [{"kind": "lessons", "met": True, "share": 100}] * 3, "occurred_at": done, "recorded_at": recorded,
            "local_time": "2026-08-31T10:00:00-05:00", "time_zone": ZONE, "actor_name": f"Person {one}",
        }
        for one in people
    ]  # fmt: skip
    ids = _add(CompletionRecord, rows)
    for at in range(0, len(ids), 2000):
        some = select(CompletionRecord).where(CompletionRecord.id.in_(ids[at : at + 2000]))
        records = db.session.scalars(some).all()
        attest_many(COMPLETIONS, records, "completed")
        for one in records:
            db.session.expunge(one)
    return ids


def _decide(type_: ComplianceType, document_type: DocumentType, people: list[int], hana: Viewer) -> None:
    kept = db.session.execute(
        select(SealedFile.employee_id, func.min(SealedFile.id), func.min(SealedFile.file_id)).group_by(
            SealedFile.employee_id
        )
    ).all()
    stored = {one.id: one.sha256 for one in db.session.scalars(select(files.StoredFile))}
    documents = _add(
        EmployeeDocument,
        [
            {"employee_id": one, "type_id": document_type.id, "title": "Safety", "source": "certificate", "sealed_file_id": sealed, "file_id": file, "sha256": stored[file], "filed_by_name": hana.name, "filed_at": _days_ago(80)}
            for one, sealed, file in kept
        ],
    )  # fmt: skip
    decided = {
        "type_id": type_.id,
        "decision": "complete",
        "completed_on": _days_ago(90).date(),
        "decided_by_name": hana.name,
    }
    rows = [
        {**decided, "employee_id": one.employee_id, "evidence_id": document, "decided_at": _days_ago(80), "renewal_on": _days_ago(-275).date()}
        for one, document in zip(kept, documents, strict=True)
    ]  # fmt: skip
    _add(EmployeeCompliance, rows)


def _add(model: Any, rows: list[dict[str, Any]]) -> list[int]:
    return (
        list(db.session.scalars(insert(model).returning(model.id, sort_by_parameter_order=True), rows)) if rows else []
    )


def _days_ago(days: int) -> dt.datetime:
    return clock.now() - dt.timedelta(days=days)
