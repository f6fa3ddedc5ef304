"""The kept figures, whose are not to be trusted any more, and which byte is which course's.

A person may have several of a kind, made for instants that follow each other: those that hold, and those for the time
after these end. At no instant do two of them hold for the same day.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra.db import Model


class PersonFigures(Model):
    """Of one person. They hold from `made_at` on, the instant they were made for, before `until`, for whoever's day is
    one from `first_day` to `last_day`, unless touched.

    `days` and `scores` have a byte per course, at its place; what lies beyond the end is as if empty. Days from the
    enrollment to the first completion, as `cells.LONG` and `cells.NONE` say; what took longer stands in `long`, four
    bytes each, place and days. A score is one more than the best one, 0 is none.
    """

    __tablename__ = "person_figures"

    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id", ondelete="CASCADE"), primary_key=True)
    made_at: Mapped[dt.datetime] = mapped_column(primary_key=True)
    until: Mapped[dt.datetime]
    first_day: Mapped[dt.date]
    last_day: Mapped[dt.date]
    days: Mapped[bytes] = mapped_column(LargeBinary)
    long: Mapped[bytes] = mapped_column(LargeBinary)
    scores: Mapped[bytes] = mapped_column(LargeBinary)


class KindFigures(Model):
    """Of one person and the courses of one `kind` that are `mandatory` or not; '' are certificates of no course. They
    belong to the PersonFigures made for the same instant.

    Assignments that count: whether there is any (`assigned`); `behind`, a bit for each of the last eleven ends of
    months and one for now; `due` in twelve months with `in_time` of them; `reminded` in three, `followed` of them.
    Enrollments: `asked`, `completed`, `scored` with the sum `score`. `counts`: two bytes each, see `cells.CELLS`.
    """

    __tablename__ = "kind_figures"

    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id", ondelete="CASCADE"), primary_key=True)
    made_at: Mapped[dt.datetime] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    mandatory: Mapped[bool] = mapped_column(primary_key=True)
    assigned: Mapped[bool]
    behind: Mapped[int]
    due: Mapped[int]
    in_time: Mapped[int]
    reminded: Mapped[int]
    followed: Mapped[int]
    asked: Mapped[int]
    completed: Mapped[int]
    scored: Mapped[int]
    score: Mapped[int]
    counts: Mapped[bytes] = mapped_column(LargeBinary)


class EnrolledFigures(Model):
    """Of one person, what the completion report counts of all enrollments; see `completion_counts.Counts`. They hold
    from `made_at` on, before `until`, while it is a day from `first_day` to `last_day` where the person is, unless
    touched. By course, at its place, what lies beyond the end being 0: a byte in `states`, see `enrolled`; the points
    in four in `points_by_course`.
    """

    __tablename__ = "enrolled_figures"

    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id", ondelete="CASCADE"), primary_key=True)
    made_at: Mapped[dt.datetime] = mapped_column(primary_key=True)
    until: Mapped[dt.datetime]
    first_day: Mapped[dt.date]
    last_day: Mapped[dt.date]
    enrolled: Mapped[int]
    completed: Mapped[int]
    in_progress: Mapped[int]
    not_started: Mapped[int]
    overdue: Mapped[int]
    renewal_required: Mapped[int]
    expired: Mapped[int]
    failed: Mapped[int] = mapped_column(server_default=text("0"))
    by_hand: Mapped[int]
    scored: Mapped[int]
    points: Mapped[int] = mapped_column(BigInteger)
    states: Mapped[bytes] = mapped_column(LargeBinary)
    points_by_course: Mapped[bytes] = mapped_column(LargeBinary)


class FiguresTouched(Model):
    """Something was changed of what this person's figures were counted from. Only added by triggers and taken away by
    the sweep: no two changes ever wait for each other because of it."""

    __tablename__ = "figures_touched"
    __table_args__ = (Index("ix_figures_touched_employee", "employee_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    employee_id: Mapped[int]


class FiguresPlace(Model):
    """The byte of each course that anybody was ever enrolled in, from 0 on without gaps; never another's."""

    __tablename__ = "figures_place"

    course_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(unique=True)
