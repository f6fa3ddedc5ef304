"""Changing many questions at once. Each quiz or pool is told once; versions are made as for one question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import func, select, update

from lmsapp.courses.catalogue.models import Lesson
from lmsapp.courses.quizzes.models import Question, QuestionPool, Quiz, QuizDraw
from lmsapp.courses.quizzes.places import Place, lock_place, place_changed, place_of, read_again
from lmsapp.courses.quizzes.tags import cleaned_tags
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.viewer import Viewer

MOST_AT_ONCE = 200
SAYS = ("kind", "prompt", "options", "detail", "tags", "explanation", "points", "source_lesson_id")


def tag_questions(
    questions: Sequence[Question], add: Iterable[str], take: Iterable[str] = (), *, by: Viewer | None
) -> int:
    """Give and take away tags; how many questions changed. Raises RuleBroken for too many tags on one."""
    more, gone = cleaned_tags(add), {one.casefold() for one in take}

    def changed(tags: Sequence[str]) -> list[str]:
        kept = [one for one in tags if one.casefold() not in gone]
        there = {one.casefold() for one in kept}
        return cleaned_tags([*kept, *(one for one in more if one.casefold() not in there)])

    return _retag(questions, changed, by, {"added": more, "taken away": sorted(gone)})


def rename_tag(questions: Sequence[Question], tag: str, into: str, *, by: Viewer | None) -> int:
    """Another name for a tag, or the name of another tag: then they are one. Draws that ask for it follow.

    `questions`: those with the tag that may be changed; how many did. Raises RuleBroken.
    """
    new = cleaned_tags([into])
    if not new or new[0] == tag:
        raise RuleBroken(N_("Give it another name."), field="into")
    pools = {one.pool_id for one in questions if one.pool_id is not None}
    asking = update(QuizDraw).where(QuizDraw.pool_id.in_(pools), QuizDraw.tag == tag)
    db.session.execute(asking.values(tag=new[0]))
    said = {"tag": tag, "now": new[0]}
    return _retag(questions, lambda tags: cleaned_tags([new[0] if one == tag else one for one in tags]), by, said)


def copy_questions(questions: Sequence[Question], place: Place, *, by: Viewer | None) -> list[Question]:
    """Copies at the end of a quiz or pool, in their order; each remembers where it came from. Raises RuleBroken."""
    _check_count(questions)
    if isinstance(place, QuestionPool) and place.archived_at is not None:
        raise RuleBroken(N_("This pool is archived. Bring it back first."), field="pool_id")
    lock_place(place)
    here = Question.pool_id == place.id if isinstance(place, QuestionPool) else Question.quiz_id == place.id
    last = db.session.scalar(select(func.max(Question.position)).where(here)) or 0
    lessons = _lessons_that_fit(questions, place)
    copies = []
    for position, one in enumerate(questions, last + 1):
        copy = _same(one, by, version=1, position=position, copied_from_id=one.id)
        copy.source_lesson_id = one.source_lesson_id if one.source_lesson_id in lessons else None
        copy.pool_id, copy.quiz_id = (place.id, None) if isinstance(place, QuestionPool) else (None, place.id)
        copies.append(copy)
    db.session.add_all(copies)
    place_changed(place, "questions copied", by=by, after={"questions": [one.prompt for one in copies]})
    return copies


def move_questions(questions: Sequence[Question], pool: QuestionPool, *, by: Viewer | None) -> list[Question]:
    """Into a pool, out of where they are: what was asked and answered stays with the question that was there.

    Raises RuleBroken.
    """
    moved = [one for one in questions if one.pool_id != pool.id]
    if not moved:
        raise RuleBroken(N_("They are in this pool already."), field="pool_id")
    copies = copy_questions(moved, pool, by=by)
    archive_questions(moved, by=by)
    return copies


def archive_questions(questions: Sequence[Question], *, by: Viewer | None) -> None:
    """Ask them no more; what was answered stays."""
    _check_count(questions)
    for place, here in _by_place(questions):
        lock_place(place)
        for one in here:
            one.archived_at = one.archived_at or clock.now()
        place_changed(place, "questions archived", by=by, before={"questions": [one.prompt for one in here]})


def restore_questions(questions: Sequence[Question], *, by: Viewer | None) -> None:
    """Undo archiving: back where they were."""
    _check_count(questions)
    for place, here in _by_place(questions):
        lock_place(place)
        for one in here:
            one.archived_at = None
        place_changed(place, "questions brought back", by=by, after={"questions": [one.prompt for one in here]})


def _retag(questions: Sequence[Question], tags_of: Any, by: Viewer | None, said: dict[str, Any]) -> int:
    changed = 0
    for place, here in _by_place(questions):
        asked = lock_place(place)
        read_again(here)
        targets = [(one, tags) for one in here if (tags := tags_of(one.tags)) != one.tags]
        for one, tags in targets:
            _newest(one, by, asked=asked).tags = tags
        if targets:
            prompts = [one.prompt for one, _tags in targets]
            place_changed(place, "questions tagged", by=by, after={"questions": prompts, **said})
        changed += len(targets)
    return changed


def _newest(question: Question, by: Viewer | None, *, asked: bool) -> Question:
    """What may be changed: the question, or a new version where it may have been asked."""
    if question.replaced_by_id is not None or question.archived_at is not None:
        raise RuleBroken(N_("A question was changed by somebody else. Load the page again."))
    if not asked:
        question.written_at, question.written_by_id = clock.now(), by.user_id if by else None
        return question
    target = _same(question, by, version=question.version + 1, position=question.position)
    target.quiz_id, target.pool_id = question.quiz_id, question.pool_id
    target.copied_from_id = question.copied_from_id
    db.session.add(target)
    db.session.flush()
    question.replaced_by_id = target.id
    return target


def _same(question: Question, by: Viewer | None, **values: Any) -> Question:
    said = {name: getattr(question, name) for name in SAYS}
    return Question(**said, **values, written_at=clock.now(), written_by_id=by.user_id if by else None)


def _lessons_that_fit(questions: Sequence[Question], place: Place) -> set[int]:
    """Source lessons a copy may keep: of the course of the quiz or pool, any for a pool of all courses."""
    wanted = {one.source_lesson_id for one in questions if one.source_lesson_id is not None}
    found = select(Lesson.id).where(Lesson.id.in_(wanted))
    return set(
        db.session.scalars(found if place.course_id is None else found.where(Lesson.course_id == place.course_id))
    )


def _by_place(questions: Sequence[Question]) -> Iterator[tuple[Place, list[Question]]]:
    """Pools first, then quizzes, each by number: everybody locks in the same order."""
    _check_count(questions)
    found: dict[tuple[bool, int, int], list[Question]] = defaultdict(list)
    places: dict[tuple[bool, int, int], Place] = {}
    for one in questions:
        place = place_of(one)
        key = (isinstance(place, Quiz), place.course_id or 0, place.id)
        places[key] = place
        found[key].append(one)
    for key in sorted(found):
        yield places[key], found[key]


def _check_count(questions: Sequence[Question]) -> None:
    if not 1 <= len(questions) <= MOST_AT_ONCE:
        raise RuleBroken(N_("Choose between 1 and %(most)s questions."), most=MOST_AT_ONCE)
