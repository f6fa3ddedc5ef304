"""What is searched."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra.db import Model


class CourseText(Model):
    """The words of one course. `config` is PostgreSQL's name of how its language bends words.

    `said` is what a snippet is cut from; `folded` is the same, character by character, without accents and without
    anything that looks like markup. `names` are the words of titles and topics, for a query that finds nothing.
    """

    __tablename__ = "course_text"
    __table_args__ = (
        # Serves the search of the catalogue.
        Index("ix_course_text_document", "document", postgresql_using="gin"),
    )

    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), primary_key=True)
    config: Mapped[str]
    document: Mapped[Any] = mapped_column(TSVECTOR)
    said: Mapped[str]
    folded: Mapped[str]
    names: Mapped[str]
