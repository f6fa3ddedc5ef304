"""Looking for words in published courses."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import REGCONFIG

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.rules import CourseStatus
from lmsapp.courses.finding.models import CourseText
from lmsapp.courses.finding.rules import BEGIN, CONFIGS, END, Piece, closest, snippet
from lmsapp.infra.db import db

HEADLINE = f"StartSel={BEGIN}, StopSel={END}, MaxWords=26, MinWords=14, ShortWord=2"
KNOWN = (*CONFIGS.values(), "simple")


def searched(words: Sequence[str]) -> ColumnElement[bool]:
    """The condition over `CourseText`: all words are there, as the course's language bends them."""
    return or_(*((CourseText.config == one) & CourseText.document.bool_op("@@")(query_of(words, one)) for one in KNOWN))


def rank_of(words: Sequence[str]) -> ColumnElement[float]:
    """How well a course fits: title before summary and topics, these before titles of lessons, these before texts."""
    return func.ts_rank(CourseText.document, _own_query(words))


def query_of(words: Sequence[str], config: str) -> ColumnElement[Any]:
    """Every word, bent or as written; the last also where it only begins a word. Words are letters and figures only."""
    whole: ColumnElement[Any] | None = None
    for place, word in enumerate(words, 1):
        written = f"{word}:*" if place == len(words) else word
        one: ColumnElement[Any] = func.to_tsquery(literal("simple", REGCONFIG), written)
        if config != "simple":
            one = func.to_tsquery(literal(config, REGCONFIG), word).op("||")(one)
        whole = one if whole is None else whole.op("&&")(one)
    assert whole is not None
    return whole


def _own_query(words: Sequence[str]) -> ColumnElement[Any]:
    """The query in the language of each course."""
    own = [(CourseText.config == one, query_of(words, one)) for one in CONFIGS.values()]
    return case(*own, else_=query_of(words, "simple"))


def snippets(course_ids: Collection[int], words: Sequence[str]) -> dict[int, list[Piece]]:
    """Where each course says it, by id; a course that says it in its title alone is left out. One statement."""
    if not course_ids or not words:
        return {}
    marked = func.ts_headline(cast(CourseText.config, REGCONFIG), CourseText.folded, _own_query(words), HEADLINE)
    rows = db.session.execute(
        select(CourseText.course_id, CourseText.said, marked).where(CourseText.course_id.in_(course_ids))
    )
    found = {row[0]: snippet(row[1], row[2]) for row in rows}
    return {course_id: pieces for course_id, pieces in found.items() if pieces}


def corrected(words: Sequence[str]) -> list[str]:
    """The words with each mistyped one replaced by one that titles and topics of published courses know.

    Asked where nothing was found. (pg_trgm would do it in SQL; the server that comes with the product lacks it.)
    """
    rows = db.session.scalars(
        select(CourseText.names)
        .join(Course, Course.id == CourseText.course_id)
        .where(Course.status == CourseStatus.PUBLISHED)
    )
    return closest(words, (word for names in rows for word in names.split()))


def topics_in_use() -> list[str]:
    """Every topic of a course that is not retired, by name, for authors to choose from."""
    rows = db.session.scalars(select(Course.topics).where(Course.status != CourseStatus.RETIRED))
    return sorted({topic for topics in rows for topic in topics}, key=str.casefold)
