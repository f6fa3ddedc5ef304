"""Finding questions, where they are used, what they asked before. Through an author's eyes (ORG-2)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, and_, case, cast, func, or_, select, true
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.orm import aliased

from lmsapp.courses.bank.pools import changed_by
from lmsapp.courses.catalogue.authored import written_by
from lmsapp.courses.catalogue.models import Chapter, Course, Lesson
from lmsapp.courses.quizzes.models import Question, QuestionPool, Quiz, QuizDraw
from lmsapp.infra.db import db
from lmsapp.people.accounts.models import User
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

PAGE = 50
NEWEST_VERSION = Question.replaced_by_id.is_(None)
IN_COURSE = func.coalesce(Quiz.course_id, QuestionPool.course_id)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for. `unused`: in a pool from which no quiz draws it. Empty: everything that is not archived."""

    q: str = ""
    kinds: Sequence[str] = ()
    tags: Sequence[str] = ()
    pools: Sequence[int] = ()
    courses: Sequence[int] = ()
    unused: bool = False
    archived: bool = False
    newest: bool = False

    @property
    def active(self) -> int:
        """How many filters are set, the words aside."""
        return sum(map(len, (self.kinds, self.tags, self.pools, self.courses))) + self.unused + self.archived


@dataclass(frozen=True, slots=True)
class Found:
    """One page of questions. `total`: on all pages. `number`: of the page, from 1."""

    rows: Sequence[Row[Any]]
    number: int
    size: int
    total: int


def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on a question (outer-joined as `_placed` does) under which the viewer may look at it."""
    author = true() if viewer.may(May.AUTHOR, May.MODERATE) else ~true()
    for_all = and_(Question.pool_id.is_not(None), QuestionPool.course_id.is_(None), author)
    return or_(for_all, and_(Course.id.is_not(None), written_by(viewer)))


def changeable(viewer: Viewer) -> ColumnElement[bool]:
    """As `seen_by`: those the viewer may change."""
    in_quiz = and_(Question.quiz_id.is_not(None), Course.id.is_not(None), written_by(viewer))
    return or_(in_quiz, and_(Question.pool_id.is_not(None), changed_by(viewer)))


def find_questions(viewer: Viewer, wanted: Wanted, *, number: int = 1, size: int = PAGE) -> Found:
    """Columns: id, kind, prompt, points, tags, version, explanation, archived_at, quiz_id, pool_id, pool_title,
    lesson_id, lesson_title, course_title, draws (quizzes that may draw it)."""
    conditions = [seen_by(viewer), NEWEST_VERSION, *_matching(wanted)]
    total = db.session.scalar(_placed(select(func.count(Question.id))).where(*conditions)) or 0
    number = max(1, min(number, -(-total // size)))
    draws = select(func.count(func.distinct(QuizDraw.quiz_id))).where(_may_draw()).correlate(Question)
    columns: tuple[Any, ...] = (
        *LINE,
        draws.scalar_subquery().label("draws"),
    )
    place = (func.coalesce(QuestionPool.title, Course.title), Lesson.id, Question.position, Question.id)
    rows = db.session.execute(
        _placed(select(*columns))
        .where(*conditions)
        .order_by(*((Question.id.desc(),) if wanted.newest else place))
        .limit(size)
        .offset((number - 1) * size)
    )
    return Found(rows.all(), number, size, total)


LINE: tuple[Any, ...] = (
    Question.id,
    Question.kind,
    Question.prompt,
    Question.points,
    Question.tags,
    Question.version,
    Question.explanation,
    Question.archived_at,
    Question.quiz_id,
    Question.pool_id,
    QuestionPool.title.label("pool_title"),
    Lesson.id.label("lesson_id"),
    Lesson.title.label("lesson_title"),
    Course.title.label("course_title"),
)


def _placed(statement: Select[Any]) -> Select[Any]:
    """With where the question stands."""
    return (
        statement.select_from(Question)
        .outerjoin(Quiz, Quiz.id == Question.quiz_id)
        .outerjoin(Lesson, Lesson.id == Quiz.lesson_id)
        .outerjoin(QuestionPool, QuestionPool.id == Question.pool_id)
        .outerjoin(Course, Course.id == IN_COURSE)
    )


def _may_draw() -> ColumnElement[bool]:
    tagged = Question.tags.contains(func.jsonb_build_array(QuizDraw.tag))
    return and_(QuizDraw.pool_id == Question.pool_id, or_(QuizDraw.tag == "", tagged))


def _matching(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    yield Question.archived_at.is_not(None) if wanted.archived else Question.archived_at.is_(None)
    for word in wanted.q.split()[:8]:
        texts = (Question.prompt, Question.explanation, _said(Question.options), _said(Question.detail))
        yield or_(*(one.icontains(word, autoescape=True) for one in texts))
    if wanted.kinds:
        yield Question.kind.in_(wanted.kinds)
    if wanted.tags:
        yield or_(*(Question.tags.contains([tag]) for tag in wanted.tags))
    if wanted.pools:
        yield Question.pool_id.in_(wanted.pools)
    if wanted.courses:
        yield IN_COURSE.in_(wanted.courses)
    if wanted.unused:
        yield Question.pool_id.is_not(None)
        yield ~select(QuizDraw.id).where(_may_draw()).correlate(Question).exists()


def _said(column: Any) -> ColumnElement[str]:
    """The words in a JSON column, without its keys and marks."""
    return cast(func.jsonb_path_query_array(column, cast("$.**.text", JSONPATH)), Text)


def questions_for(viewer: Viewer, ids: Collection[int], *, to_change: bool = False) -> list[Question]:
    """Those of these the viewer may look at, or change; newest versions, archived or not, in the order of the bank."""
    allowed = changeable(viewer) if to_change else seen_by(viewer)
    found = _placed(select(Question)).where(Question.id.in_(ids), NEWEST_VERSION, allowed)
    return list(db.session.scalars(found.order_by(Question.pool_id, Question.quiz_id, Question.position, Question.id)))


def question_for(viewer: Viewer, question_id: int, *, archived: bool = False) -> Question | None:
    """The newest version of a question the viewer may look at, archived ones only where asked for, or None."""
    found = next(iter(questions_for(viewer, [question_id])), None)
    return found if found is not None and (archived or found.archived_at is None) else None


def newest_version(question_id: int) -> int:
    """The id of what a question has become; its own where nothing replaced it."""
    chain = select(Question.id, Question.replaced_by_id).where(Question.id == question_id).cte("chain", recursive=True)
    later = select(Question.id, Question.replaced_by_id).join(chain, Question.id == chain.c.replaced_by_id)
    ids = chain.union_all(later)
    return db.session.scalar(select(ids.c.id).where(ids.c.replaced_by_id.is_(None))) or question_id


def with_tag(viewer: Viewer, tag: str) -> list[Question]:
    """The questions with that tag that the viewer may change."""
    found = _placed(select(Question)).where(NEWEST_VERSION, Question.archived_at.is_(None), changeable(viewer))
    return list(db.session.scalars(found.where(Question.tags.contains([tag])).order_by(Question.id)))


def lines_for(viewer: Viewer, ids: Collection[int]) -> list[Row[Any]]:
    """The same as rows of LINE, to be shown."""
    found = _placed(select(*LINE)).where(Question.id.in_(ids), NEWEST_VERSION, seen_by(viewer))
    return list(db.session.execute(found.order_by(Question.pool_id, Question.quiz_id, Question.position, Question.id)))


def tags_in_use(viewer: Viewer) -> list[Row[Any]]:
    """Columns: tag, questions, draws; by tag. Of questions the viewer may look at."""
    each = func.jsonb_array_elements_text(Question.tags).table_valued("value").render_derived()
    tag = cast(each.c.value, Text)
    draws = select(func.count(QuizDraw.id)).where(QuizDraw.tag == tag).correlate(each).scalar_subquery()
    rows = db.session.execute(
        _placed(select(tag.label("tag"), func.count(Question.id).label("questions"), draws.label("draws")))
        .join(each, true())
        .where(seen_by(viewer), NEWEST_VERSION, Question.archived_at.is_(None))
        .group_by(tag)
        .order_by(tag)
    )
    return list(rows)


def places(viewer: Viewer) -> list[Row[Any]]:
    """Courses that have questions. Columns: id, title."""
    columns: tuple[Any, ...] = (Course.id, Course.title)
    asked = _placed(select(*columns)).where(seen_by(viewer), NEWEST_VERSION, Course.id.is_not(None))
    return list(db.session.execute(asked.distinct().order_by(Course.title, Course.id)))


def quizzes_of(viewer: Viewer) -> list[Row[Any]]:
    """Quiz lessons the viewer may put questions into. Columns: id (of the lesson), title, course_title."""
    live = (Lesson.archived_at.is_(None), Chapter.archived_at.is_(None), written_by(viewer))
    rows: Any = db.session.execute(
        select(Lesson.id, Lesson.title, Course.title.label("course_title"))
        .join(Quiz, Quiz.lesson_id == Lesson.id)
        .join(Chapter, Chapter.id == Lesson.chapter_id)
        .join(Course, Course.id == Quiz.course_id)
        .where(*live)
        .order_by(Course.title, Course.id, Chapter.position, Lesson.position)
    )
    return list(rows)


def versions_of(question: Question) -> list[Question]:
    """Every version, the newest first."""
    chain = select(Question.id.label("id")).where(Question.id == question.id).cte("chain", recursive=True)
    before = aliased(Question)
    chain = chain.union_all(select(before.id).where(before.replaced_by_id == chain.c.id))
    wanted = select(Question).join(chain, chain.c.id == Question.id)
    return list(db.session.scalars(wanted.order_by(Question.version.desc(), Question.id.desc())))


def writers_of(questions: Collection[Question]) -> dict[int, str]:
    """Name by account, of whoever wrote these."""
    ids = {one.written_by_id for one in questions if one.written_by_id is not None}
    return {row.id: row.name for row in db.session.execute(select(User.id, User.name).where(User.id.in_(ids)))}


def draws_with(viewer: Viewer, question: Question) -> list[Row[Any]]:
    """The quizzes that may draw it. Columns: lesson_id (None where the viewer may not go), lesson_title, course_title,
    tag, number."""
    rows = db.session.execute(
        select(
            case((written_by(viewer), Lesson.id)).label("lesson_id"),
            Lesson.title.label("lesson_title"),
            Course.title.label("course_title"),
            QuizDraw.tag,
            QuizDraw.count.label("number"),
        )
        .select_from(Question)
        .join(QuizDraw, _may_draw())
        .join(Quiz, Quiz.id == QuizDraw.quiz_id)
        .join(Lesson, Lesson.id == Quiz.lesson_id)
        .join(Course, Course.id == Quiz.course_id)
        .where(Question.id == question.id, Lesson.archived_at.is_(None))
        .order_by(Course.title, Lesson.title)
    )
    return list(rows)


def kin_of(viewer: Viewer, version_ids: Collection[int], copied_from_id: int | None) -> list[Row[Any]]:
    """Copies of any of these versions, and what they were copied from, as LINE plus `copied_from_id`."""
    related = or_(Question.copied_from_id.in_(version_ids), Question.id == copied_from_id)
    found = _placed(select(*LINE, Question.copied_from_id)).where(related, seen_by(viewer), NEWEST_VERSION)
    return list(db.session.execute(found.order_by(Question.id)))
