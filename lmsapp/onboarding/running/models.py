"""Onboardings, their tasks, and what came of each mandatory course."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.compliance.documents.models import DocumentType, EmployeeDocument
from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.signatures.models import SignatureRequest
from lmsapp.infra import clock
from lmsapp.infra.db import Model
from lmsapp.infra.files import StoredFile
from lmsapp.onboarding.templates.models import KINDS, WHO, OnboardingTemplate
from lmsapp.people.employees.models import Employee

OPEN = text("closed_as IS NULL")


class Onboarding(Model):
    """One person's first weeks. `template_name` as it was; `source`: 'hand' or 'joiner'.

    `first_day`: what training is counted from. `closed_as`: 'completed', 'cancelled', 'left', or null while it runs.
    """

    __tablename__ = "onboarding"
    __table_args__ = (
        CheckConstraint("closed_as IN ('completed', 'cancelled', 'left')", name="closed_as"),
        # ORG-6: creating it twice changes nothing the second time.
        Index("uq_onboarding_open", "employee_id", unique=True, postgresql_where=OPEN),
        Index("ix_onboarding_employee", "employee_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    template_id: Mapped[int | None] = mapped_column(ForeignKey("onboarding_template.id"))
    template_name: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="hand")
    started_on: Mapped[dt.date]
    first_day: Mapped[dt.date]
    started_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    started_by_name: Mapped[str] = mapped_column(default="")
    closed_as: Mapped[str | None]
    closed_at: Mapped[dt.datetime | None]
    close_reason: Mapped[str] = mapped_column(default="")

    employee: Mapped[Employee] = relationship(lazy="raise_on_sql")
    template: Mapped[OnboardingTemplate | None] = relationship(lazy="raise_on_sql")


class OnboardingTask(Model):
    """What one person was given to do, or somebody for them; it keeps the words it began with.

    `due_on` is a date where the newcomer is, `due_at` the first instant after it. `state` as in `rules.TaskState`.
    `file_id` is what was handed in and waits for HR, `document_id` what HR filed of it. `reason`: why it was waived,
    done by HR in somebody's place, or sent back.
    """

    __tablename__ = "onboarding_task"
    __table_args__ = (
        CheckConstraint(KINDS, name="kind"),
        CheckConstraint(WHO, name="who"),
        CheckConstraint("state IN ('open', 'waiting', 'done', 'waived')", name="state"),
        Index("ix_onboarding_task_onboarding", "onboarding_id", "position"),
        # Serve the daily job and the list of what is late.
        Index("ix_onboarding_task_remind", "next_reminder_on", postgresql_where=text("next_reminder_on IS NOT NULL")),
        Index("ix_onboarding_task_open", "due_at", "onboarding_id", postgresql_where=text("state = 'open'")),
        Index("ix_onboarding_task_request", "request_id", postgresql_where=text("request_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    onboarding_id: Mapped[int] = mapped_column(ForeignKey("onboarding.id"))
    position: Mapped[int]
    template_task_id: Mapped[int | None] = mapped_column(ForeignKey("onboarding_template_task.id"))
    title: Mapped[str]
    instructions_html: Mapped[str] = mapped_column(default="")
    who: Mapped[str]
    kind: Mapped[str]
    required: Mapped[bool] = mapped_column(default=True)
    document_type_id: Mapped[int | None] = mapped_column(ForeignKey("document_type.id"))
    request_id: Mapped[int | None] = mapped_column(ForeignKey("signature_request.id"))
    due_on: Mapped[dt.date]
    due_at: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(default="open")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("employee_document.id"))
    note: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    done_at: Mapped[dt.datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    done_by_name: Mapped[str] = mapped_column(default="")
    next_reminder_on: Mapped[dt.date | None]

    onboarding: Mapped[Onboarding] = relationship(lazy="raise_on_sql")
    document_type: Mapped[DocumentType | None] = relationship(lazy="raise_on_sql")
    file: Mapped[StoredFile | None] = relationship(lazy="raise_on_sql")
    document: Mapped[EmployeeDocument | None] = relationship(lazy="raise_on_sql")
    request: Mapped[SignatureRequest | None] = relationship(lazy="raise_on_sql")


class OnboardingCourse(Model):
    """What came of one mandatory course: `assignment_id` where it is to be taken, else `why_not` (as `courses.rules`).

    A row with neither cannot be: 'assigned before' names the assignment that was there.
    """

    __tablename__ = "onboarding_course"
    __table_args__ = (
        CheckConstraint("assignment_id IS NOT NULL OR why_not IS NOT NULL", name="outcome"),
        Index("ix_onboarding_course_course", "course_id"),
        Index("ix_onboarding_course_assignment", "assignment_id"),
    )

    onboarding_id: Mapped[int] = mapped_column(ForeignKey("onboarding.id"), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), primary_key=True)
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("training_assignment.id"))
    why_not: Mapped[str | None]
    detail: Mapped[str] = mapped_column(default="")
    looked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    course: Mapped[Course] = relationship(lazy="raise_on_sql")
    assignment: Mapped[TrainingAssignment | None] = relationship(lazy="raise_on_sql")
