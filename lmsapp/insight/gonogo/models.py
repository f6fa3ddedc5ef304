"""A checklist, what it asks, whom it names, and who was cleared."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, text, true
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class GoNoGo(Model):
    """A checklist for `day`. `who`: 'audience' (`audience_id`), 'people' (`GoNoGoPerson`), or 'line': everybody who
    reports to `lead_id`, directly or not.

    `kept_by_lead`: a line manager made it for people of the own line; then `lead_id` is they, whoever is on it.
    `strict`: what has to be renewed by the day is not good enough. `clearing`: people may be cleared without the
    training; switched off, clearances that were given count no longer.
    """

    __tablename__ = "go_no_go"
    __table_args__ = (
        CheckConstraint("who IN ('audience', 'people', 'line')", name="who"),
        CheckConstraint("(who = 'audience') = (audience_id IS NOT NULL)", name="audience"),
        CheckConstraint("who <> 'line' OR lead_id IS NOT NULL", name="line"),
        CheckConstraint("NOT kept_by_lead OR lead_id IS NOT NULL", name="lead"),
        # Serves the list.
        Index("ix_go_no_go_day", "day", "id", postgresql_where=text("archived_at IS NULL")),
        # Serves the list of a line manager.
        Index("ix_go_no_go_lead", "lead_id", postgresql_where=text("lead_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    day: Mapped[dt.date]
    who: Mapped[str]
    audience_id: Mapped[int | None] = mapped_column(ForeignKey("audience.id"))
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("employee.id"))
    kept_by_lead: Mapped[bool] = mapped_column(default=False)
    strict: Mapped[bool] = mapped_column(default=False)
    clearing: Mapped[bool] = mapped_column(default=True, server_default=true())
    kept_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    kept_by_name: Mapped[str]
    made_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    archived_at: Mapped[dt.datetime | None]


class GoNoGoItem(Model):
    """One thing it asks: exactly one of the three ids. In order of `position`."""

    __tablename__ = "go_no_go_item"
    __table_args__ = (
        CheckConstraint("num_nonnulls(course_id, path_id, type_id) = 1", name="one"),
        Index("ix_go_no_go_item_checklist", "checklist_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    checklist_id: Mapped[int] = mapped_column(ForeignKey("go_no_go.id"))
    position: Mapped[int]
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"))
    path_id: Mapped[int | None] = mapped_column(ForeignKey("learning_path.id"))
    type_id: Mapped[int | None] = mapped_column(ForeignKey("compliance_type.id"))


class GoNoGoPerson(Model):
    """Somebody it names."""

    __tablename__ = "go_no_go_person"

    checklist_id: Mapped[int] = mapped_column(ForeignKey("go_no_go.id"), primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), primary_key=True, index=True)


class GoNoGoClearance(Model):
    """Somebody passes without the training, to the end of `until` where they are; nothing else follows from it.

    `ended_at`: it was taken back, or another one took its place.
    """

    __tablename__ = "go_no_go_clearance"
    __table_args__ = (
        # One each that holds; serves the checklist.
        Index(
            "uq_go_no_go_clearance_open",
            "checklist_id",
            "employee_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        # Serves what is held about a person.
        Index("ix_go_no_go_clearance_employee", "employee_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    checklist_id: Mapped[int] = mapped_column(ForeignKey("go_no_go.id"))
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    until: Mapped[dt.date]
    reason: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    by_name: Mapped[str]
    made_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[dt.datetime | None]
    ended_by_name: Mapped[str] = mapped_column(default="", server_default="")
    end_reason: Mapped[str] = mapped_column(default="", server_default="")


class GoNoGoPrint(Model):
    """A checklist asked for as PDF: the sealed file ('go_no_go', id) holds it, as things stood when it was drawn.

    `asked_by_name`: as it was then, for the print.
    """

    __tablename__ = "go_no_go_print"
    __table_args__ = (Index("ix_go_no_go_print_checklist", "checklist_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    checklist_id: Mapped[int] = mapped_column(ForeignKey("go_no_go.id"))
    language: Mapped[str]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    asked_by_name: Mapped[str]
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
