"""Attempts at a package, what each part reported, launches, and everything that was ever committed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model

COMPLETIONS = "completion IN ('unknown', 'incomplete', 'completed', 'browsed')"
SUCCESSES = "success IN ('unknown', 'passed', 'failed')"


class ScormAttempt(Model):
    """One attempt at the package of a lesson, in one time round (`cycle`).

    `completion`, `success` and `score` (per cent) are the best that its parts came to and never go back.
    `total_seconds`: as the content counted, else as the player did. `done_at`: the lesson's terms were met.
    `ended_at`: it was left for good; what comes after is looked at only, or another attempt. `sequencing`: the state
    of the run-time library, its own.
    """

    __tablename__ = "scorm_attempt"
    __table_args__ = (
        UniqueConstraint("enrollment_id", "cycle", "lesson_id", "number"),
        CheckConstraint(COMPLETIONS, name="completion"),
        CheckConstraint(SUCCESSES, name="success"),
        # Serves the list of a lesson's learners.
        Index("ix_scorm_attempt_lesson_id", "lesson_id", "enrollment_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    cycle: Mapped[int]
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"))
    number: Mapped[int]
    package_id: Mapped[int] = mapped_column(ForeignKey("scorm_package.id"))
    started_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    last_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[dt.datetime | None]
    completion: Mapped[str] = mapped_column(default="unknown")
    success: Mapped[str] = mapped_column(default="unknown")
    score: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    total_seconds: Mapped[int] = mapped_column(BigInteger, default=0)
    done_at: Mapped[dt.datetime | None]
    sequencing: Mapped[dict[str, Any] | None]


class ScormSco(Model):
    """What one part (`item` of the manifest) reported in one attempt.

    `cmi`: element -> value as the content said it last, without its suspend data. The columns are the best of all
    visits, in our terms; `progress` 0 to 1, `score_scaled` -1 to 1, the other scores in the content's own measure.
    `said_done`: completed otherwise than by the 'failed' of SCORM 1.2, which ends an attempt and finishes no lesson.
    """

    __tablename__ = "scorm_sco"
    __table_args__ = (CheckConstraint(COMPLETIONS, name="completion"), CheckConstraint(SUCCESSES, name="success"))

    attempt_id: Mapped[int] = mapped_column(ForeignKey("scorm_attempt.id"), primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    cmi: Mapped[dict[str, Any]] = mapped_column(default=dict)
    suspend_data: Mapped[str] = mapped_column(default="")
    completion: Mapped[str] = mapped_column(default="unknown")
    success: Mapped[str] = mapped_column(default="unknown")
    said_done: Mapped[bool] = mapped_column(default=False, server_default=false())
    score_scaled: Mapped[Decimal | None] = mapped_column(Numeric(10, 7))
    score_raw: Mapped[Decimal | None] = mapped_column(Numeric(16, 7))
    score_min: Mapped[Decimal | None] = mapped_column(Numeric(16, 7))
    score_max: Mapped[Decimal | None] = mapped_column(Numeric(16, 7))
    progress: Mapped[Decimal | None] = mapped_column(Numeric(8, 7))
    total_seconds: Mapped[int] = mapped_column(BigInteger, default=0)
    sessions: Mapped[int] = mapped_column(default=0)
    exit: Mapped[str] = mapped_column(default="")
    first_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    last_at: Mapped[dt.datetime] = mapped_column(default=clock.now)


class ScormLaunch(Model):
    """One opening of one part in the player; without an attempt it is an author's trial, of which nothing is kept.

    Its token opens the files and takes commits; only its SHA-256 is here. Each load of the player's page is a sitting.
    `last_sitting` and `last_seq` name the newest commit that was taken. `closed_how`:
    'finished', 'left', 'silent', 'moved on', 'superseded', 'revoked'; late commits are taken all the same.
    `session_seconds`: of all its sittings, as the content counted, or ('player') the page; see `session_from`. `times`:
    what they come from, see `sittings.Times`. `visit`: the number of the present sitting among the visits of the lesson
    (`LessonVisit`), by which its active time is measured.
    `revoked_at`: its token opens and takes nothing since; the sweep finishes it as any other.
    """

    __tablename__ = "scorm_launch"
    __table_args__ = (
        CheckConstraint("mode IN ('normal', 'review', 'browse')", name="mode"),
        # Serves every request of the player.
        Index("ix_scorm_launch_token_sha256", "token_sha256", unique=True),
        # Serves the page of an attempt, and finding other open windows.
        Index("ix_scorm_launch_attempt_id", "attempt_id", "id"),
        # Serves the sweep for players that fell silent. Not by when they were seen, which every commit changes: rows
        # whose indexed values stay are changed in place.
        Index("ix_scorm_launch_open", "id", postgresql_where=text("closed_at IS NULL")),
        # Serves ending all launches of somebody who signed out everywhere.
        Index("ix_scorm_launch_opened_by_id", "opened_by_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("scorm_attempt.id"))
    package_id: Mapped[int] = mapped_column(ForeignKey("scorm_package.id"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"))
    item: Mapped[str]
    token_sha256: Mapped[str]
    mode: Mapped[str] = mapped_column(default="normal")
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[dt.datetime]
    last_seen_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    sittings: Mapped[int] = mapped_column(default=0)
    last_sitting: Mapped[int] = mapped_column(default=0)
    last_seq: Mapped[int] = mapped_column(default=0)
    closed_at: Mapped[dt.datetime | None]
    closed_how: Mapped[str] = mapped_column(default="")
    superseded_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]
    session_seconds: Mapped[int] = mapped_column(BigInteger, default=0)
    session_from: Mapped[str] = mapped_column(default="")
    times: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    visit: Mapped[int | None]


class ScormCommit(Model):
    """What the content said, as it came; only added to. `said`: element -> value, of suspend data its length only.

    `how`: 'set', 'commit', 'finish', 'beacon'. `names`: the elements it set. `effect`: what changed by it, for people
    who ask later: {'completion': [before, after], 'success': ..., 'score': ..., 'done': true, 'ignored': why}.
    """

    __tablename__ = "scorm_commit"
    __table_args__ = (CheckConstraint("how IN ('set', 'commit', 'finish', 'beacon')", name="how"),)

    launch_id: Mapped[int] = mapped_column(ForeignKey("scorm_launch.id"), primary_key=True)
    sitting: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    how: Mapped[str]
    said: Mapped[dict[str, Any]] = mapped_column(default=dict)
    names: Mapped[list[Any]] = mapped_column(default=list)
    effect: Mapped[dict[str, Any]] = mapped_column(default=dict)
