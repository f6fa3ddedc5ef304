"""The kept letters, and whose are not to be trusted any more."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra.db import Model


class AssignmentStates(Model):
    """One person. `letters`: see `rules.LETTERS`; `courses`: four bytes for each, the id of its course. They hold from
    `since` on, before `until`, unless marked. `changes`: how many marks were taken away so far."""

    __tablename__ = "assignment_states"
    __table_args__ = (
        # Serves the sweep for those whose letters ended.
        Index("ix_assignment_states_until", "until"),
        # Serves a page that asks whether anything of its line changed: 10,000 people without their letters.
        Index("ix_assignment_states_changes", "employee_id", postgresql_include=["changes", "since", "until"]),
    )

    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[dt.datetime]
    until: Mapped[dt.datetime]
    letters: Mapped[str]
    courses: Mapped[bytes] = mapped_column(LargeBinary)
    changes: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))


class AssignmentStatesAhead(Model):
    """The letters of one person for when those that are kept now have ended, made before. Marks speak of them, too;
    they go when the others are made anew."""

    __tablename__ = "assignment_states_ahead"

    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[dt.datetime]
    until: Mapped[dt.datetime]
    letters: Mapped[str]
    courses: Mapped[bytes] = mapped_column(LargeBinary)


class AssignmentStatesMark(Model):
    """Something about this person changed since their letters were made; `stale`: what the letters say, and not only
    what a dashboard shows beside. Only added by triggers and taken away by the sweep: no two changes ever wait for
    each other because of it."""

    __tablename__ = "assignment_states_mark"
    __table_args__ = (Index("ix_assignment_states_mark_employee", "employee_id", "stale"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    employee_id: Mapped[int]
    stale: Mapped[bool]
