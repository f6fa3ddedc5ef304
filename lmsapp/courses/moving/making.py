"""A manifest becomes a course: a draft with chapters, lessons, quizzes and rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lmsapp.courses.catalogue.actions import create_course, set_rule
from lmsapp.courses.catalogue.attachments import checked_address
from lmsapp.courses.catalogue.lessons import write
from lmsapp.courses.catalogue.models import Chapter, Course, Lesson
from lmsapp.courses.completion.facts import Criterion
from lmsapp.courses.moving.fields import Json, wrong
from lmsapp.courses.moving.manifest import lessons_of
from lmsapp.courses.moving.taking import LESSON, QUIZ
from lmsapp.courses.publishing.actions import content_changed
from lmsapp.courses.quizzes.actions import write_question
from lmsapp.courses.quizzes.models import Question, QuestionPool, Quiz, QuizDraw
from lmsapp.courses.quizzes.places import Place
from lmsapp.courses.quizzes.rules import check_settings, check_together
from lmsapp.infra.db import db
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class LessonFiles:
    """The stored files of a lesson: as `Lesson.file_id` and `Lesson.detail` name them."""

    file_id: int | None = None
    detail: dict[str, Any] = field(default_factory=dict)


NO_FILES = LessonFiles()


def make_course(
    manifest: Json,
    held: Mapping[str, LessonFiles],
    *,
    by: Viewer,
    action: str,
    title: str = "",
    shared: Mapping[str, QuestionPool] | None = None,
    **said: Any,
) -> Course:
    """The course as a draft of `by`. `held`: files by lesson key. `action` with `said` is its one entry on the trail.

    `shared`: pools by key that are there already and drawn from as they are; others become pools of the course.
    Raises RuleBroken as the forms of the studio do.
    """
    settings = {**manifest["course"], "title": title or manifest["course"]["title"]}
    course = create_course(by=by, **settings)
    made: dict[str, Lesson] = {}
    for place, chapter_said in enumerate(manifest["chapters"], 1):
        chapter = Chapter(course_id=course.id, title=" ".join(chapter_said["title"].split()), position=place)
        db.session.add(chapter)
        db.session.flush()
        for position, lesson_said in enumerate(chapter_said["lessons"], 1):
            key = lesson_said["key"]
            made[key] = _lesson(chapter, position, lesson_said, held.get(key, NO_FILES))
    db.session.add_all(made.values())
    db.session.flush()
    pools = {**_pools(course, made, manifest, shared or {}, by), **(shared or {})}
    for lesson_said in lessons_of(manifest):
        if lesson_said["quiz"]:
            _quiz(course, made, pools, lesson_said, by)
    db.session.flush()
    if manifest["rule"]:
        criteria = [_criterion(one, made) for one in manifest["rule"]["criteria"]]
        set_rule(course, manifest["rule"]["mode"], criteria, by)
    content_changed(course, action, by=by, after={"title": course.title, "lessons": len(made), **said})
    return course


def _lesson(chapter: Chapter, position: int, said: Json, files: LessonFiles) -> Lesson:
    for one in files.detail.get("resources", ()):
        if "url" in one:
            checked_address(one["url"])
    lesson = Lesson(
        course_id=chapter.course_id,
        chapter_id=chapter.id,
        position=position,
        kind=said["kind"],
        file_id=files.file_id,
        detail=files.detail,
    )
    write(lesson, {name: said[name] for name in LESSON if name != "kind"})
    return lesson


def _pools(
    course: Course, made: Mapping[str, Lesson], manifest: Json, shared: Mapping[str, QuestionPool], by: Viewer
) -> dict[str, QuestionPool]:
    """Pools of this course, with their questions."""
    found = {}
    for said in manifest["pools"]:
        if said["key"] in shared:
            continue
        pool = QuestionPool(
            title=" ".join(said["title"].split()),
            description=said["description"],
            course_id=course.id,
            created_by_id=by.user_id,
        )
        db.session.add(pool)
        db.session.flush()
        for position, one in enumerate(said["questions"], 1):
            _question(Question(pool_id=pool.id, position=position, version=1), pool, made, one, by)
        found[said["key"]] = pool
    return found


def _quiz(
    course: Course, made: Mapping[str, Lesson], pools: Mapping[str, QuestionPool], said: Json, by: Viewer
) -> None:
    settings = {name: said["quiz"][name] for name in QUIZ}
    numbers = ("passing_percent", "max_attempts", "minutes", "wait_minutes", "negative_percent")
    check_settings(*(settings[name] for name in numbers))
    check_together(settings)
    quiz = Quiz(lesson_id=made[said["key"]].id, course_id=course.id, **settings)
    db.session.add(quiz)
    db.session.flush()
    for position, one in enumerate(said["quiz"]["questions"], 1):
        _question(Question(quiz_id=quiz.id, position=position, version=1), quiz, made, one, by)
    for position, one in enumerate(said["quiz"]["draws"], 1):
        drawn = {"tag": one["tag"], "count": one["count"], "points": Decimal(one["points"]), "position": position}
        db.session.add(QuizDraw(quiz_id=quiz.id, pool_id=pools[one["pool"]].id, **drawn))


def _question(question: Question, place: Place, made: Mapping[str, Lesson], said: Json, by: Viewer) -> None:
    write_question(
        question,
        place,
        said["kind"],
        said["prompt"],
        said["options"],
        detail=said["detail"],
        tags=said["tags"],
        explanation=said["explanation"],
        points=Decimal(said["points"]),
        source_lesson_id=made[said["lesson"]].id if said["lesson"] is not None else None,
    )
    question.written_by_id = by.user_id
    db.session.add(question)


def _criterion(said: Json, made: Mapping[str, Lesson]) -> Criterion:
    found = dict(said)
    if "lesson" in found:
        key = found.pop("lesson")
        found["lesson_id"] = made[key].id if key is not None else None
    if "lessons" in found:
        found["lessons"] = [made[key].id for key in found["lessons"]]
    try:
        return Criterion.from_json(found)
    except (ValueError, TypeError, KeyError):
        wrong("rule")
