"""Completed assignments per person, what changed since, and which byte is whose."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra.db import Model


class AssignmentTally(Model):
    """`completed` assignments of one person. `by_course`: a byte per course, at its place, how many of them (255 at
    most); places beyond the end are 0. Whoever has no row has 0."""

    __tablename__ = "assignment_tally"

    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id", ondelete="CASCADE"), primary_key=True)
    completed: Mapped[int]
    by_course: Mapped[bytes] = mapped_column(LargeBinary)


class AssignmentTallyChange(Model):
    """A completion that came (`n` 1) or went (-1) since the tally was made. Added by the trigger, taken away by the
    sweep."""

    __tablename__ = "assignment_tally_change"
    __table_args__ = (Index("ix_assignment_tally_change_employee", "employee_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    employee_id: Mapped[int]
    course_id: Mapped[int]
    n: Mapped[int]


class AssignmentTallyPlace(Model):
    """The byte of each course that anybody ever completed, from 0 on without gaps; never another's."""

    __tablename__ = "assignment_tally_place"

    course_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(unique=True)
