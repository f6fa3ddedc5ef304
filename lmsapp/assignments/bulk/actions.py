"""Keep a file of enrollments, ask the worker to try and to apply it (ENR-6)."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from typing import IO

from sqlalchemy import delete, insert, select

from lmsapp.assignments.actions import assign_many
from lmsapp.assignments.bulk.models import EnrollmentRun, EnrollmentRunLine
from lmsapp.assignments.bulk.plan import Planned, judged, plan_of
from lmsapp.assignments.bulk.rules import Kind, Person, Verdict
from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile, read, store
from lmsapp.infra.queue import ring
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.enrollments.access import check_moderates, give_back_for_training
from lmsapp.learning.enrollments.actions import enroll_many
from lmsapp.people.employees.models import Employee
from lmsapp.people.roster.table import HEAD_BYTES, Tell, quick_look, read_roster, say_nothing
from lmsapp.people.viewer import Viewer

BULK_JOB = "enrollment file"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def keep_file(source: IO[bytes], file_name: str, by: Viewer) -> EnrollmentRun:
    """Store it and ask for the dry run. Raises RuleBroken (field 'file') for what its first bytes show is no table."""
    check_moderates(by)
    source.seek(0, 2)
    size = source.tell()
    source.seek(0)
    head = source.read(HEAD_BYTES)
    source.seek(0)
    quick_look(head, size)
    kept = store(source, name=file_name, media_type=EXCEL if head.startswith(b"PK\x03\x04") else "text/csv")
    run = EnrollmentRun(
        file_id=kept.id,
        file_name=kept.name,
        asked="plan",
        state="waiting",
        asked_by_id=by.user_id,
        asked_by_name=by.name,
        counts={},
        error_values={},
    )
    db.session.add(run)
    db.session.flush()
    after = {"file": run.file_name, "sha256": kept.sha256}
    record_change("uploaded", ("enrollment_run", run.id), by=by, after=after)
    ring(BULK_JOB, run.id, urgent=True)
    return run


def ask_application(run: EnrollmentRun, by: Viewer) -> None:
    """Somebody has looked at the dry run and says so. Raises RuleBroken."""
    check_moderates(by)
    db.session.refresh(run, with_for_update=True)
    if run.status != "planned" or run.state != "ready":
        raise RuleBroken(N_("This file is not waiting to be applied."))
    if not run.counts.get("assign", 0) + run.counts.get("enroll", 0):
        raise RuleBroken(N_("There is nothing to apply: no line would change anything."))
    _ask(run, "apply", by)
    record_change("applying asked", ("enrollment_run", run.id), by=by, after={"file": run.file_name})


def try_again(run: EnrollmentRun, by: Viewer) -> None:
    """Once more what failed."""
    check_moderates(by)
    db.session.refresh(run, with_for_update=True)
    if run.state == "failed":
        _ask(run, run.asked, by)
        record_change("tried again", ("enrollment_run", run.id), by=by, after={"file": run.file_name})


def discard_run(run: EnrollmentRun, by: Viewer) -> None:
    """Not this file. Its lines go; that it was here stays. Raises RuleBroken once it is applied."""
    db.session.refresh(run, with_for_update=True)
    if run.status != "planned":
        raise RuleBroken(N_("This file is done with already."))
    run.status, run.state, run.lease_until = "discarded", "ready", None
    db.session.execute(delete(EnrollmentRunLine).where(EnrollmentRunLine.run_id == run.id))
    record_change("discarded", ("enrollment_run", run.id), by=by, after={"file": run.file_name})
    db.session.flush()


def plan_run(run: EnrollmentRun, tell: Tell = say_nothing) -> None:
    """The dry run, kept line by line. Changes nobody; the worker's part."""
    sha256 = db.session.get_one(StoredFile, run.file_id).sha256
    lines = plan_of(read_roster(read(sha256), tell), tell)
    db.session.execute(delete(EnrollmentRunLine).where(EnrollmentRunLine.run_id == run.id))
    rows = [
        {
            "run_id": run.id,
            "line": one.line,
            "kind": one.verdict.kind.value,
            "who": one.who[:200],
            "name": one.person.name if one.person else "",
            "course": one.title[:300],
            "employee_id": one.person.id if one.person else None,
            "course_id": one.course_id,
            "due_on": one.due_on,
            "note": one.note,
            "words": one.verdict.words,
            "values": dict(one.verdict.values or {}),
        }
        for one in lines
    ]
    db.session.execute(insert(EnrollmentRunLine), rows)
    run.counts = dict(Counter(one.verdict.kind.value for one in lines))
    run.total = run.done = len(lines)


def apply_run(run: EnrollmentRun, by: Viewer, tell: Tell = say_nothing) -> None:
    """Assign and enroll what the dry run promised, in one transaction; each line is looked at again first.

    Lines with a problem change nothing and keep their words.
    """
    rows = db.session.scalars(
        select(EnrollmentRunLine).where(EnrollmentRunLine.run_id == run.id).order_by(EnrollmentRunLine.line)
    ).all()
    people = _employees({row.employee_id for row in rows if row.employee_id})
    planned = judged([_again(row, people) for row in rows])
    groups: dict[tuple[int, str, str], list[int]] = defaultdict(list)
    for row, one in zip(rows, planned, strict=True):
        kind = one.verdict.kind
        row.outcome, row.words = kind.value, one.verdict.words
        row.values = dict(one.verdict.values or {})
        if kind in (Kind.ASSIGN, Kind.ENROLL) and one.course_id and one.person:
            row.outcome = "assigned" if kind is Kind.ASSIGN else "enrolled"
            due = one.due_on.isoformat() if one.due_on else ""
            groups[one.course_id, due, one.note].append(one.person.id)
    done = 0
    for (course_id, due, note), ids in sorted(groups.items()):
        _apply_group(course_id, due, note, [people[number] for number in sorted(ids)], by)
        done += len(ids)
        tell(done, len(rows))
    run.counts = dict(Counter(row.outcome or "" for row in rows))
    run.status, run.applied_at = "applied", clock.now()
    record_change("applied", ("enrollment_run", run.id), by=by, after={"file": run.file_name, **run.counts})
    db.session.flush()


def _apply_group(course_id: int, due: str, note: str, employees: list[Employee], by: Viewer) -> None:
    course = db.session.get_one(Course, course_id)
    if due:
        due_on = dt.date.fromisoformat(due)
        assign_many(employees, course, due_on, by=by, source="import", note=note)
    else:
        enroll_many([one.id for one in employees], course, source="import", by=by)
        give_back_for_training(employees, course, by=by)


def _again(row: EnrollmentRunLine, people: dict[int, Employee]) -> Planned:
    """The line as it was read, to be judged anew; what the file itself has wrong stays wrong."""
    one = people.get(row.employee_id or 0)
    person = Person(one.id, one.name, one.status == "active", clock.today(one.time_zone)) if one else None
    wrong = row.kind == Kind.PROBLEM.value
    verdict = Verdict(Kind.PROBLEM, row.words, row.values) if wrong else Verdict(Kind.SAME)
    return Planned(row.line, row.who, row.course, row.note, row.due_on, person, row.course_id, verdict)


def _employees(ids: set[int]) -> dict[int, Employee]:
    found = db.session.scalars(select(Employee).where(Employee.id.in_(ids)))
    return {one.id: one for one in found}


def _ask(run: EnrollmentRun, what: str, by: Viewer) -> None:
    run.asked, run.state, run.tries, run.error, run.lease_until = what, "waiting", 0, None, None
    run.asked_by_id, run.asked_by_name, run.asked_at = by.user_id, by.name, clock.now()
    run.done = run.total = 0
    db.session.flush()
    ring(BULK_JOB, run.id, urgent=True)
