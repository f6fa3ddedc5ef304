"""Who trains, what is said of a completion, and whose completions HR may say it of (REP-2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select

from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.records.queries import counts
from lmsapp.infra.db import db, one_or_none
from lmsapp.learning.particulars.models import TrainerNote, TrainingParticular
from lmsapp.learning.particulars.rules import Particulars, Trainer
from lmsapp.people.queries import employee_ids_visible_to
from lmsapp.people.viewer import Viewer


def trainer_of_course(course_id: int, day: dt.date) -> Trainer:
    """Who conducts its training on that day."""
    named = (TrainerNote.course_id == course_id, TrainerNote.session_id.is_(None), TrainerNote.since <= day)
    newest = select(TrainerNote.name, TrainerNote.qualification).where(*named)
    row = db.session.execute(newest.order_by(TrainerNote.since.desc(), TrainerNote.id.desc()).limit(1)).one_or_none()
    return Trainer(row.name, row.qualification) if row else Trainer()


def trainer_of_session(session_id: int) -> Trainer:
    """Who conducted it."""
    newest = select(TrainerNote.name, TrainerNote.qualification).where(TrainerNote.session_id == session_id)
    row = db.session.execute(newest.order_by(TrainerNote.id.desc()).limit(1)).one_or_none()
    return Trainer(row.name, row.qualification) if row else Trainer()


def trainer_notes(course_id: int) -> Sequence[TrainerNote]:
    """Whom a course named as its trainer, the latest first; also what was said over again."""
    of_course = (TrainerNote.course_id == course_id, TrainerNote.session_id.is_(None))
    order = (TrainerNote.since.desc(), TrainerNote.id.desc())
    return db.session.scalars(select(TrainerNote).where(*of_course).order_by(*order)).all()


def particulars_of(record_id: int) -> Particulars:
    """What is said of it now."""
    rows = particulars_said(record_id)
    if not rows:
        return Particulars()
    return Particulars(**{name: getattr(rows[0], name) for name in Particulars.__dataclass_fields__})


def particulars_said(record_id: int) -> Sequence[TrainingParticular]:
    """Everything that was ever said of it, the latest first."""
    mine = select(TrainingParticular).where(TrainingParticular.record_id == record_id)
    return db.session.scalars(mine.order_by(TrainingParticular.id.desc())).all()


def record_for(viewer: Viewer, record_id: int) -> CompletionRecord | None:
    """A completion that counts, of somebody the viewer may see."""
    visible = CompletionRecord.employee_id.in_(employee_ids_visible_to(viewer))
    mine = (CompletionRecord.id == record_id, CompletionRecord.subject_kind == "course", visible, counts())
    return one_or_none(select(CompletionRecord).where(*mine))


def completions_of(employee_id: int, course_id: int) -> Sequence[CompletionRecord]:
    """Somebody's completions of a course that count, the latest first."""
    mine = (
        CompletionRecord.employee_id == employee_id,
        CompletionRecord.subject_kind == "course",
        CompletionRecord.subject_id == course_id,
    )
    order = (CompletionRecord.occurred_at.desc(), CompletionRecord.id.desc())
    return db.session.scalars(select(CompletionRecord).where(*mine, counts()).order_by(*order)).all()
