"""Training rules, what they could not do, and the runs that make them true."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.paths.models import LearningPath
from lmsapp.infra import clock
from lmsapp.infra.db import Model
from lmsapp.people.audiences.models import Audience

UNSETTLED = text("resolved_at IS NULL")


class TrainingRule(Model):
    """An audience has to take a target: a course or a learning path, never both.

    `due`: as `rules.Due` keeps it. `starts_on`: nothing is assigned before, where the person is. `joined_from`: only
    who came to the audience on that day or later; null: everybody in it. `status`: 'active', 'paused', 'archived'.
    """

    __tablename__ = "training_rule"
    __table_args__ = (
        CheckConstraint("num_nonnulls(course_id, path_id) = 1", name="target"),
        CheckConstraint("status IN ('active', 'paused', 'archived')", name="status"),
        # One rule for an audience and what it has to take.
        Index(
            "uq_training_rule_course",
            "audience_id",
            "course_id",
            unique=True,
            postgresql_where=text("status <> 'archived'"),
        ),
        Index(
            "uq_training_rule_path",
            "audience_id",
            "path_id",
            unique=True,
            postgresql_where=text("status <> 'archived'"),
        ),
        Index("ix_training_rule_course", "course_id"),
        Index("ix_training_rule_path", "path_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    audience_id: Mapped[int] = mapped_column(ForeignKey("audience.id"))
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"))
    path_id: Mapped[int | None] = mapped_column(ForeignKey("learning_path.id"))
    due: Mapped[dict[str, Any]]
    starts_on: Mapped[dt.date]
    joined_from: Mapped[dt.date | None]
    note: Mapped[str] = mapped_column(default="", server_default="")
    status: Mapped[str] = mapped_column(default="active", server_default="active")
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))

    audience: Mapped[Audience] = relationship(lazy="raise_on_sql")
    course: Mapped[Course | None] = relationship(lazy="raise_on_sql")
    path: Mapped[LearningPath | None] = relationship(lazy="raise_on_sql")

    @property
    def target(self) -> Course | LearningPath:
        """What has to be taken; loaded with the rule, see `facts.with_target`."""
        found = self.course if self.path_id is None else self.path
        assert found is not None
        return found


class RulePath(Model):
    """Somebody is on a path by this rule, the latest that put them there. Staff who take them off end that.

    `withdrawn_at`: when the rule took them off, the same instant as on the path enrollment.
    """

    __tablename__ = "rule_path"
    # Serves what a rule gave.
    __table_args__ = (Index("ix_rule_path_rule", "rule_id", "path_enrollment_id"),)

    path_enrollment_id: Mapped[int] = mapped_column(
        ForeignKey("path_enrollment.id"), primary_key=True, autoincrement=False
    )
    rule_id: Mapped[int] = mapped_column(ForeignKey("training_rule.id"))
    given_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[dt.datetime | None]


class RuleException(Model):
    """Somebody whom a rule means and could not assign. `reason` is one of `rules.Reason`, `facts` its dates and words.

    `resolved_as`: 'assigned', 'exempt', 'asked again', 'settled', 'left'. Resolved ones stay.
    """

    __tablename__ = "rule_exception"
    __table_args__ = (
        Index("uq_rule_exception_open", "rule_id", "employee_id", unique=True, postgresql_where=UNSETTLED),
        Index("ix_rule_exception_employee", "employee_id", "rule_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("training_rule.id"))
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    reason: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    since: Mapped[dt.datetime] = mapped_column(default=clock.now)
    resolved_at: Mapped[dt.datetime | None]
    resolved_as: Mapped[str | None]
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    resolved_reason: Mapped[str] = mapped_column(default="", server_default="")


class AudienceRun(Model):
    """One time of making audiences and their rules true: why, what came of it, and the promise of the work.

    `audience_id` and `rule_id` narrow it; both null: everything. `withdraws`: the rule was paused or ended, and what is
    still open goes. `state`: 'waiting', 'running', 'ready', 'failed';
    `lease_until` frees the claim of a dead worker, `tries` says whose claim it is. `done` of `total` people looked at.
    """

    __tablename__ = "audience_run"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'ready', 'failed')", name="state"),
        # Serves the sweep for promises whose doorbell was lost.
        Index("ix_audience_run_open", "id", postgresql_where=text("state IN ('waiting', 'running')")),
        Index("ix_audience_run_audience", "audience_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    audience_id: Mapped[int | None] = mapped_column(ForeignKey("audience.id"))
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("training_rule.id"))
    withdraws: Mapped[bool] = mapped_column(default=False)
    why: Mapped[str]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    asked_by_name: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[dt.datetime | None]
    state: Mapped[str] = mapped_column(default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[dt.datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    people_joined: Mapped[int] = mapped_column(default=0)
    people_left: Mapped[int] = mapped_column(default=0)
    assigned: Mapped[int] = mapped_column(default=0)
    withdrawn: Mapped[int] = mapped_column(default=0)
    exceptions: Mapped[int] = mapped_column(default=0)
    settled: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
