"""One row per certification period."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.courses.catalogue.models import Course
from lmsapp.infra import clock
from lmsapp.infra.db import Model
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.models import Employee

CURRENT = text("is_current")


class CertificationPeriod(Model):
    """How long one completion counts. Dates are days where the employee is, as `courses.validity.rules.Dates` says.

    `number` counts the completions of the enrollment: a replacing row has the number of the one it `replaces_id`.
    `timing`: 'first', 'early', 'on time', 'late'. `policy`: what the course said when the row was made. `made_by_id`
    null: by the completion itself. Set once: `replaced_at`, `revoked_at` with its reason, and `opened_at`,
    `required_at`, `expired_at`: when the daily job saw that turn. Pointers, no facts: `is_current`, and
    `next_look_on`, the next date on which there is something to tell.
    """

    __tablename__ = "certification_period"
    __table_args__ = (
        Index("uq_certification_period_record", "record_id", unique=True, postgresql_where=text("replaced_at IS NULL")),
        Index("uq_certification_period_current", "enrollment_id", unique=True, postgresql_where=CURRENT),
        # Serve the periods of one enrollment, the list of what expires, and the daily job.
        Index("ix_certification_period_enrollment", "enrollment_id", "id"),
        Index("ix_certification_period_employee", "employee_id"),
        Index("ix_certification_period_until", "valid_until", "course_id", postgresql_where=CURRENT),
        # Serves the statistics: what ends, month by month.
        Index(
            "ix_certification_period_ending",
            "valid_until",
            postgresql_where=CURRENT,
            postgresql_include=["employee_id", "course_id", "enrollment_id"],
        ),
        Index("ix_certification_period_course", "course_id", "id"),
        Index("ix_certification_period_look", "next_look_on", postgresql_where=CURRENT),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("completion_record.id"))
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    number: Mapped[int]
    timing: Mapped[str]
    certified_on: Mapped[dt.date]
    counted_from: Mapped[dt.date]
    anchor_day: Mapped[int]
    valid_from: Mapped[dt.date]
    window_opens_on: Mapped[dt.date | None]
    renewal_from: Mapped[dt.date | None]
    valid_until: Mapped[dt.date | None]
    grace_until: Mapped[dt.date | None]
    policy: Mapped[dict[str, Any]]
    made_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    reason: Mapped[str] = mapped_column(default="")
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("certification_period.id"))
    replaced_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]
    revoke_reason: Mapped[str] = mapped_column(default="")
    opened_at: Mapped[dt.datetime | None]
    required_at: Mapped[dt.datetime | None]
    expired_at: Mapped[dt.datetime | None]
    is_current: Mapped[bool] = mapped_column(default=True)
    next_look_on: Mapped[dt.date | None]

    enrollment: Mapped[Enrollment] = relationship(lazy="raise_on_sql")
    employee: Mapped[Employee] = relationship(lazy="raise_on_sql")
    course: Mapped[Course] = relationship(lazy="raise_on_sql")
