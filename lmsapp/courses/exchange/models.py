"""Files of questions that somebody sent, and what was found in them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class QuestionImport(Model):
    """A file, and into which quiz or pool its questions are to go.

    `status`: 'planned' until somebody decides, 'applied', 'undone', 'discarded', or 'refused' (no file of questions).
    `asked` ('read', 'apply') and `state` ('waiting', 'running', 'ready', 'failed') are the promise of work;
    `lease_until` frees the claim of a dead worker. `format`: 'csv', 'gift', 'moodle', 'qti', 'zip'; '' until it was
    read. `notes`: words about the file as a whole. `terms`: {'words': [true, false], 'tags': [...], 'categories':
    whether they become tags}. `counts`: {'questions', 'problems', 'same', 'taken'}, once applied {'added', 'refused'},
    once undone {'archived', 'kept'}.
    """

    __tablename__ = "question_import"
    __table_args__ = (
        CheckConstraint("status IN ('planned', 'applied', 'undone', 'discarded', 'refused')", name="status"),
        CheckConstraint("state IN ('waiting', 'running', 'ready', 'failed')", name="state"),
        CheckConstraint("asked IN ('read', 'apply')", name="asked"),
        CheckConstraint("num_nonnulls(quiz_id, pool_id) = 1", name="place"),
        # Serves the sweep for promises whose doorbell was lost.
        Index("ix_question_import_open", "id", postgresql_where=text("state IN ('waiting', 'running')")),
        # Serves the latest files of one author.
        Index("ix_question_import_asked_by_id", "asked_by_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    file_name: Mapped[str]
    quiz_id: Mapped[int | None] = mapped_column(ForeignKey("quiz.id"))
    pool_id: Mapped[int | None] = mapped_column(ForeignKey("question_pool.id"))
    format: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="planned")
    asked: Mapped[str] = mapped_column(default="read")
    state: Mapped[str] = mapped_column(default="waiting")
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    asked_by_name: Mapped[str]
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    applied_at: Mapped[dt.datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[dt.datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    error_values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    notes: Mapped[list[Any]] = mapped_column(default=list)
    terms: Mapped[dict[str, Any]] = mapped_column(default=dict)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)


class QuestionImportLine(Model):
    """One question of the file as it would be, or a problem.

    `kind`: 'question', 'problem'. `line` (0: none) and `entry` say where. `draft`: as `keeping.kept`; {} where nothing
    could be read. `words` with `values`: why it cannot be taken. `same`: '' or 'there' (the quiz or pool asks it
    already) or 'file' (it stands in the file before). `taken`: whether it is to be imported. `question_id`: what came
    of it.
    """

    __tablename__ = "question_import_line"
    __table_args__ = (
        CheckConstraint("kind IN ('question', 'problem')", name="kind"),
        CheckConstraint("same IN ('', 'there', 'file')", name="same"),
        # Serves a page of lines, in the order of the file.
        Index("ix_question_import_line_import_id", "import_id", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("question_import.id", ondelete="CASCADE"))
    number: Mapped[int]
    kind: Mapped[str]
    line: Mapped[int] = mapped_column(default=0)
    entry: Mapped[str] = mapped_column(default="")
    excerpt: Mapped[str] = mapped_column(default="")
    draft: Mapped[dict[str, Any]] = mapped_column(default=dict)
    words: Mapped[str] = mapped_column(default="")
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    same: Mapped[str] = mapped_column(default="")
    taken: Mapped[bool] = mapped_column(default=False)
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"))
