"""Who trains, and what is said of one completion; both are only added to."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class TrainerNote(Model):
    """Who conducts the training of a course from `since` on, with their qualifications; of one session that was held,
    where `session_id` names it. '' as the name: nobody from then on. The newest of the same course and day, or of the
    same session, holds.
    """

    __tablename__ = "trainer_note"
    __table_args__ = (
        # Serve the trainer of a course on a day, and of a session.
        Index("ix_trainer_note_course", "course_id", "since", "id", postgresql_where=text("session_id IS NULL")),
        Index("ix_trainer_note_session", "session_id", "id", postgresql_where=text("session_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("attendance_session.id"))
    name: Mapped[str]
    qualification: Mapped[str]
    since: Mapped[dt.date]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    recorded_by_name: Mapped[str]
    recorded_at: Mapped[dt.datetime] = mapped_column(default=clock.now)


class TrainingParticular(Model):
    """What is said of one completion. The newest of a record holds; '' and null: not said.

    `trainer`, `qualification`: of this person, where it was not the course's or the session's. `evaluated_on`,
    `evaluated_by`, `equipment`: a practical evaluation, and on what. `adequate_on`: the day training given by
    `given_by`, another employer, was found adequate.
    """

    __tablename__ = "training_particular"
    __table_args__ = (Index("ix_training_particular_record", "record_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("completion_record.id"))
    trainer: Mapped[str]
    qualification: Mapped[str]
    evaluated_on: Mapped[dt.date | None]
    evaluated_by: Mapped[str]
    equipment: Mapped[str]
    adequate_on: Mapped[dt.date | None]
    given_by: Mapped[str]
    reason: Mapped[str]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    recorded_by_name: Mapped[str]
    recorded_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
