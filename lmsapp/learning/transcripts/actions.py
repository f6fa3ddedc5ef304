"""Asking for a transcript: what is on record is frozen, numbered, and sealed by the worker (EVD-7)."""

from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy import func, select

from lmsapp.evidence.audit.actions import record_change
from lmsapp.evidence.seals.actions import promise_file
from lmsapp.infra import clock, site
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.learning.certificates.rules import prefix
from lmsapp.learning.transcripts.models import Transcript
from lmsapp.learning.transcripts.queries import lines_of
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.queries import employee_ids_visible_to
from lmsapp.people.viewer import Viewer

KIND = "transcript"
TOKEN_BYTES = 16
TWICE = dt.timedelta(seconds=15)  # a second click means the same one
LANGUAGES = ("en", "es")


def ask_transcript(employee_id: int, *, by: Viewer, language: str) -> Transcript:
    """A document of today of what somebody has completed; the worker makes the PDF.

    Raises NotAllowed for somebody the viewer may not see, RuleBroken where nothing is completed.
    """
    visible = select(Employee).where(Employee.id == employee_id, Employee.id.in_(employee_ids_visible_to(by)))
    employee = db.session.scalar(visible.with_for_update())
    if employee is None:
        raise NotAllowed(N_("You may not see this person's training."))
    now = clock.now()
    same = (
        Transcript.employee_id == employee.id,
        Transcript.asked_by_id == by.user_id,
        Transcript.asked_at > now - TWICE,
    )
    known = db.session.scalar(select(Transcript).where(*same).order_by(Transcript.id.desc()).limit(1))
    if known is not None:
        return known
    lines = lines_of(employee.id)
    if not lines:
        raise RuleBroken(N_("Nothing is completed yet, so there is nothing to put on a transcript."))
    transcript = _write(employee, lines, by, language if language in LANGUAGES else "en", now)
    after = {"number": transcript.number, "completions": len(lines), "language": transcript.language}
    record_change("transcript asked for", ("employee", employee.id), by=by, after=after)
    promise_file(
        KIND, transcript.id, employee_id=employee.id, title=transcript.holder_name, language=transcript.language
    )
    return transcript


def _write(
    employee: Employee, lines: list[dict[str, object]], by: Viewer, language: str, now: dt.datetime
) -> Transcript:
    department = db.session.scalar(select(Department.name).where(Department.id == employee.department_id))
    issued_on = now.astimezone(clock.zone(employee.time_zone)).date()
    running = int(db.session.scalar(select(func.nextval(func.pg_get_serial_sequence("transcript", "id")))) or 0)
    transcript = Transcript(
        id=running,
        number=f"{prefix(site.organisation())}-T-{issued_on.year}-{running:05d}",
        token=secrets.token_urlsafe(TOKEN_BYTES),
        employee_id=employee.id,
        holder_name=employee.name,
        employee_number=employee.number,
        job_role=employee.job_role,
        department=department or "",
        time_zone=employee.time_zone,
        language=language,
        issued_on=issued_on,
        asked_at=now,
        asked_by_id=by.user_id,
        asked_by_name=by.name,
        lines=lines,
    )
    db.session.add(transcript)
    db.session.flush()
    return transcript
