"""Keeping the search as the courses are."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, literal, literal_column, select
from sqlalchemy.dialects.postgresql import REGCONFIG, insert

from lmsapp.courses.catalogue.models import ContentVersion, Course
from lmsapp.courses.finding.models import CourseText
from lmsapp.courses.finding.rules import Texts, composed, config_of, fold, plain, texts_of
from lmsapp.infra.db import db
from lmsapp.infra.markdown import to_html


def index_course(course: Course) -> None:
    """Let the course be found by what it says now. Nothing for one that was never published."""
    content = db.session.scalar(
        select(ContentVersion.content).where(
            ContentVersion.course_id == course.id, ContentVersion.number == course.content_version
        )
    )
    if content is None:
        return
    config, texts = config_of(course.language), _texts(course, content)
    values: dict[str, Any] = {
        "config": config,
        "document": _document(config, texts),
        "said": texts.said,
        "folded": fold(texts.said),
        "names": texts.names,
    }
    statement = insert(CourseText).values(course_id=course.id, **values)
    fresh = {name: statement.excluded[name] for name in values}
    db.session.execute(statement.on_conflict_do_update(index_elements=["course_id"], set_=fresh))


def _texts(course: Course, content: dict[str, Any]) -> Texts:
    about = {name: getattr(course, name) for name in ("title", "summary", "topics", "citation")}
    lessons = [lesson for chapter in content["chapters"] for lesson in chapter["lessons"]]
    bodies = [plain(to_html(lesson.get("body") or "")) for lesson in lessons]
    return texts_of(about, content["chapters"], [composed(body) for body in bodies])


def _document(config: str, texts: Texts) -> ColumnElement[Any]:
    """Each part with its weight, as its language bends words and as they are written."""
    weighed = (("A", texts.title), ("B", texts.about), ("C", texts.titles), ("D", texts.lessons))
    parts = [
        func.setweight(func.to_tsvector(literal(name, REGCONFIG), text), literal_column(f"'{weight}'"))
        for weight, text in weighed
        for name in dict.fromkeys((config, "simple"))
    ]
    whole: ColumnElement[Any] = parts[0]
    for part in parts[1:]:
        whole = whole.op("||")(part)
    return whole
