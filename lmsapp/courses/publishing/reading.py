"""What learners read: a published version of a course, from its content as it was kept.

A version never changes, so each is read once and kept in memory. Settings of the course (title, mandatory, validity and
the like) are not part of it: they act at once and come from the course itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from lmsapp.courses.catalogue.models import ContentVersion, Course, Lesson
from lmsapp.courses.catalogue.queries import ChapterView, LessonLine, LessonView, OutlineView, files_of, shown_length
from lmsapp.courses.catalogue.rules import LessonKind, Rule
from lmsapp.courses.catalogue.texts import lesson_html
from lmsapp.courses.publishing.differences import Difference, differences, same_rule
from lmsapp.courses.publishing.queries import content_of
from lmsapp.courses.publishing.rules import canonical
from lmsapp.courses.quizzes.drawing import Draw
from lmsapp.courses.quizzes.models import Quiz
from lmsapp.courses.quizzes.queries import QuizView
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile

KEPT_VERSIONS = 256
DETAIL = "detail"  # kept since versions are what learners read; older ones take it from the lesson


@dataclass(frozen=True, slots=True)
class QuizContent:
    """A quiz as a version has it: its settings, questions and draws, with right answers, for the server only."""

    view: QuizView
    questions: tuple[Mapping[str, Any], ...]
    draws: tuple[Draw, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a course's content. `lessons` by id, in order; `quizzes` by their lesson's id."""

    number: int
    sha256: str
    chapters: tuple[ChapterView, ...]
    lessons: Mapping[int, LessonView]
    quizzes: Mapping[int, QuizContent]
    rule: Rule

    @property
    def lines(self) -> tuple[LessonLine, ...]:
        """Every lesson in order."""
        return tuple(line for chapter in self.chapters for line in chapter.lessons)

    def file(self, lesson_id: int, file_id: int) -> StoredFile | None:
        """A file of that lesson, or None: no other file is reached through it, and no package as a whole."""
        lesson = self.lessons.get(lesson_id)
        if lesson is None or file_id not in files_of(lesson.file_id, lesson.detail):
            return None
        if lesson.kind == LessonKind.SCORM and file_id == lesson.file_id:
            return None
        return db.session.get(StoredFile, file_id)


def version_of(course_id: int, number: int) -> Version:
    """The version with that number; 0 is the draft as it stands, read anew each time."""
    if number == 0:
        return read_version(course_id, 0, "", content_of(course_id))
    return _kept(str(db.engine.engine.url), course_id, number)


def outline_in(course: Course, version: Version) -> OutlineView:
    """The outline in that version, under the course's settings of today."""
    return OutlineView(
        course_id=course.id,
        slug=course.slug,
        title=course.title,
        summary=course.summary,
        status=course.status,
        kind=course.kind,
        language=course.language,
        minutes=sum(line.minutes for line in version.lines),
        mandatory=course.mandatory,
        self_enroll=course.self_enroll,
        citation=course.citation,
        validity_months=course.validity_months,
        renewal_months=course.renewal_months,
        content_version=version.number,
        rule_version=version.rule.version,
        chapters=version.chapters,
        lessons=version.lines,
        in_order=course.in_order,
    )


def changes_of(course_id: int, before: int, after: int) -> tuple[Difference, ...]:
    """What differs from one version to another; number 0 is the draft."""
    return differences(_content(course_id, before), _content(course_id, after))


def rules_of(course_id: int, number: int) -> tuple[Rule, Rule] | None:
    """(rule of that version, rule of the draft) where they ask for different things, else None."""
    before, after = _content(course_id, number), _content(course_id, 0)
    if same_rule(before, after):
        return None
    return _rule(before), _rule(after)


def _content(course_id: int, number: int) -> Mapping[str, Any]:
    if number == 0:
        return content_of(course_id)
    kept = select(ContentVersion.content).where(ContentVersion.course_id == course_id, ContentVersion.number == number)
    return with_details(db.session.scalars(kept).one())


def _rule(content: Mapping[str, Any]) -> Rule:
    said = content["rule"]
    return Rule.from_json(said["version"], said["mode"], said["criteria"])


def draft_differs(course_id: int, number: int) -> bool:
    """Whether the draft says something else than that version: other lessons, other words, another rule.

    Settings are left out, because they act at once; so is the number of the rule, because the same rule is no change.
    """
    return _taught(_content(course_id, number)) != _taught(content_of(course_id))


def _taught(content: Mapping[str, Any]) -> bytes:
    rule = {name: content["rule"][name] for name in ("mode", "criteria")}
    return canonical({"chapters": content["chapters"], "rule": rule})


@lru_cache(maxsize=KEPT_VERSIONS)
def _kept(_database: str, course_id: int, number: int) -> Version:
    row = db.session.execute(
        select(ContentVersion.sha256, ContentVersion.content).where(
            ContentVersion.course_id == course_id, ContentVersion.number == number
        )
    ).one()
    return read_version(course_id, number, row.sha256, row.content)


def read_version(course_id: int, number: int, sha256: str, content: Mapping[str, Any]) -> Version:
    """From the content as `content_of` made it."""
    content = with_details(content)
    lines: list[LessonLine] = []
    lessons: dict[int, LessonView] = {}
    quizzes: dict[int, QuizContent] = {}
    chapters = []
    for chapter in content["chapters"]:
        here = []
        for said in chapter["lessons"]:
            view = _lesson(course_id, chapter["id"], said)
            practice = bool((said.get("quiz") or {}).get("practice"))
            line = _line(view, len(lines) + 1, practice=practice)
            lines.append(line)
            here.append(line)
            lessons[view.id] = view
            if said.get("quiz"):
                quizzes[view.id] = _quiz(course_id, view.id, said["quiz"])
        chapters.append(ChapterView(chapter["id"], chapter["title"], tuple(here)))
    return Version(number, sha256, tuple(chapters), lessons, quizzes, _rule(content))


def _lesson(course_id: int, chapter_id: int, said: Mapping[str, Any]) -> LessonView:
    return LessonView(
        id=said["id"],
        course_id=course_id,
        chapter_id=chapter_id,
        kind=said["kind"],
        title=said["title"],
        body=said["body"],
        body_html=lesson_html(said["body"]),
        minutes=said["minutes"],
        min_seconds=said["min_seconds"],
        share=said["share"],
        file_id=said["file_id"],
        detail=said[DETAIL],
        archived_at=None,
    )


def _line(view: LessonView, position: int, *, practice: bool) -> LessonLine:
    return LessonLine(
        id=view.id,
        kind=view.kind,
        title=view.title,
        minutes=view.minutes,
        min_seconds=view.min_seconds,
        share=view.share,
        length=shown_length(view.detail),
        position=position,
        chapter_id=view.chapter_id,
        practice=practice,
    )


def _quiz(course_id: int, lesson_id: int, said: Mapping[str, Any]) -> QuizContent:
    questions = tuple(said["questions"])
    draws = tuple(_draw(one) for one in said["draws"])
    view = QuizView(
        id=said["id"],
        lesson_id=lesson_id,
        course_id=course_id,
        passing_percent=said["passing_percent"],
        max_attempts=said["max_attempts"],
        minutes=said["minutes"],
        shuffle=said["shuffle"],
        show_answers=said["show_answers"],
        question_count=len(questions) + sum(one.drawn for one in draws),
        points=sum((Decimal(one["points"]) for one in questions), Decimal(0))
        + sum((one.drawn * one.points for one in draws), Decimal(0)),
        wait_minutes=said["wait_minutes"],
        negative_percent=said["negative_percent"],
        practice=said["practice"],
    )
    return QuizContent(view, questions, draws)


def _draw(said: Mapping[str, Any]) -> Draw:
    return Draw(
        id=said["id"],
        pool_id=said["pool_id"],
        pool=said["pool"],
        tag=said["tag"],
        count=said["count"],
        points=Decimal(said["points"]),
        questions=tuple(said["questions"]),
    )


def _with_defaults(quiz: dict[str, Any]) -> None:
    defaults: dict[str, Any] = {"draws": [], "wait_minutes": None, "negative_percent": 0, "practice": False}
    for name, value in defaults.items():
        quiz.setdefault(name, value)
    for question in quiz["questions"]:
        question.setdefault("detail", {})
        question.setdefault("tags", [])


def with_details(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """Versions kept before learners read them lack file ids, lengths and the quiz's id: taken from the rows.

    What quizzes and questions have learned since a version was kept has its default in it.
    """
    for chapter in content["chapters"]:
        for lesson in chapter["lessons"]:
            if lesson.get("quiz"):
                _with_defaults(lesson["quiz"])
    bare = [one for chapter in content["chapters"] for one in chapter["lessons"] if DETAIL not in one]
    if not bare:
        return content
    ids = [one["id"] for one in bare]
    rows = db.session.execute(select(Lesson.id, Lesson.file_id, Lesson.detail).where(Lesson.id.in_(ids)))
    held = {row.id: row for row in rows}
    rows_of_quizzes = db.session.execute(select(Quiz.lesson_id, Quiz.id).where(Quiz.lesson_id.in_(ids)))
    quiz_ids = {row.lesson_id: row.id for row in rows_of_quizzes}
    for one in bare:
        row = held[one["id"]]
        one["file_id"], one[DETAIL] = row.file_id, dict(row.detail)
        if one.get("quiz"):
            one["quiz"]["id"] = quiz_ids[one["id"]]
    return content
