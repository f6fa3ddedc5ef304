"""Single-use links, and asking for another one."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.courses.catalogue.models import Course
from lmsapp.infra import clock
from lmsapp.infra.db import Model
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.models import Employee


class AccessLink(Model):
    """One link to one course for one person. Of its token only the SHA-256 is kept (`token_sha256`).

    `cycle`: the time round of the enrollment it was sent for. `channel`: 'email' or 'sms'; `sent_to` names the place as
    `rules.masked` does; `notice_key` is the key of the notice it went with. `opened_at`: when its button was pressed,
    which uses it up; `session_key` the session that began (`sign_in`), `mark_sha256` what that browser carried.
    `revoked_as` is one of `rules.Ended`.
    """

    __tablename__ = "access_link"
    __table_args__ = (
        CheckConstraint("channel IN ('email', 'sms')", name="channel"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_as IS NULL)", name="revoked"),
        # Serves the employee's page, and revoking all of somebody's.
        Index("ix_access_link_employee", "employee_id", "id"),
        # Serves completing: which links this time round was taken by.
        Index("ix_access_link_enrollment", "enrollment_id", "id"),
        # Serves the list of what is open, and switching off.
        Index("ix_access_link_open", "expires_at", postgresql_where=text("revoked_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    cycle: Mapped[int]
    channel: Mapped[str]
    sent_to: Mapped[str]
    notice_key: Mapped[str]
    made_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[dt.datetime]
    opened_at: Mapped[dt.datetime | None]
    session_key: Mapped[str | None]
    mark_sha256: Mapped[str | None]
    revoked_at: Mapped[dt.datetime | None]
    revoked_as: Mapped[str | None]

    employee: Mapped[Employee] = relationship(lazy="raise_on_sql")
    course: Mapped[Course] = relationship(lazy="raise_on_sql")
    enrollment: Mapped[Enrollment] = relationship(lazy="raise_on_sql")


class AccessLinkAsked(Model):
    """Somebody with a link that opens nothing asked for another; gone as soon as the worker has seen to it."""

    __tablename__ = "access_link_asked"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_sha256: Mapped[str]
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
