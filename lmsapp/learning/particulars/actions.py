"""Saying who trains, and what a rule asks of one completion (REP-2, EVD-3)."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.audit.actions import record_change
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.learning.attendance.models import AttendanceSession
from lmsapp.learning.enrollments.access import needed
from lmsapp.learning.particulars.models import TrainerNote, TrainingParticular
from lmsapp.learning.particulars.queries import particulars_of, trainer_of_course, trainer_of_session
from lmsapp.learning.particulars.rules import Particulars, Trainer, checked_particulars, checked_trainer
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

SAME = N_("Nothing was changed.")


def name_trainer(course: Course, trainer: Trainer, since: dt.date, *, by: Viewer) -> TrainerNote:
    """Who conducts the training of the course from that day on. Raises RuleBroken. Whoever calls has asked who may."""
    named = checked_trainer(trainer)
    today = clock.today(by.zone)
    if since > today:
        raise RuleBroken(N_("This day is still to come."), field="since")
    before = trainer_of_course(course.id, since)
    if before == named:
        raise RuleBroken(SAME)
    note = _note(course.id, None, named, since, by)
    after = {"trainer": named.name, "qualification": named.qualification, "since": since}
    record_change("trainer named", ("course", course.id), by=by, before=asdict(before), after=after)
    return note


def name_session_trainer(session: AttendanceSession, trainer: Trainer, *, by: Viewer) -> TrainerNote | None:
    """Who conducted a session that was held. None where nothing differs. Raises RuleBroken."""
    named, before = checked_trainer(trainer), trainer_of_session(session.id)
    if before == named:
        return None
    note = _note(session.course_id, session.id, named, session.held_on, by)
    after = {"session": session.title, "trainer": named.name, "qualification": named.qualification}
    record_change("trainer named", ("course", session.course_id), by=by, before=asdict(before), after=after)
    return note


def note_particulars(record: CompletionRecord, said: Particulars, *, by: Viewer, reason: str) -> TrainingParticular:
    """What is said of one completion from now on; what was said before stays on record.

    Raises RuleBroken, NotAllowed.
    """
    if not by.may(May.KEEP_RECORDS):
        raise NotAllowed(N_("Only HR keeps training records."))
    cleaned = checked_particulars(said, clock.today(by.zone))
    before = particulars_of(record.id)
    if before == cleaned:
        raise RuleBroken(SAME)
    why = needed(reason) if before != Particulars() else reason.strip()
    row = TrainingParticular(
        record_id=record.id,
        **asdict(cleaned),
        reason=why,
        recorded_by_id=by.user_id,
        recorded_by_name=by.name,
    )
    db.session.add(row)
    db.session.flush()
    about = ("employee", record.employee_id or 0)
    after = {"record": record.id, "course": record.title, **asdict(cleaned)}
    record_change("training particulars noted", about, by=by, before=asdict(before), after=after, reason=why)
    return row


def _note(course_id: int, session_id: int | None, trainer: Trainer, since: dt.date, by: Viewer) -> TrainerNote:
    note = TrainerNote(
        course_id=course_id,
        session_id=session_id,
        name=trainer.name,
        qualification=trainer.qualification,
        since=since,
        recorded_by_id=by.user_id,
        recorded_by_name=by.name,
    )
    db.session.add(note)
    db.session.flush()
    return note
