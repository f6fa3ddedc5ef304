"""QIZ-1, QIZ-2, QIZ-4: the question bank, pools and draws, on the database."""

from __future__ import annotations

import io
import json
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from lmsapp.courses.bank import actions
from lmsapp.courses.bank.pools import draw_for, draws_of, list_pools, pool_for, pool_to_change, tags_of
from lmsapp.courses.bank.queries import (
    Wanted,
    find_questions,
    kin_of,
    question_for,
    questions_for,
    tags_in_use,
    versions_of,
    with_tag,
)
from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.moving.actions import duplicate_course, export_course
from lmsapp.courses.moving.making import make_course
from lmsapp.courses.moving.manifest import parse
from lmsapp.courses.publishing.actions import publish
from lmsapp.courses.publishing.queries import problems_of
from lmsapp.courses.publishing.reading import changes_of, version_of
from lmsapp.courses.publishing.restoring import restore_draft
from lmsapp.courses.quizzes import composing
from lmsapp.courses.quizzes.actions import add_question, archive_question, create_quiz, edit_question
from lmsapp.courses.quizzes.models import Question, QuestionPool, Quiz, QuizDraw
from lmsapp.courses.quizzes.pools import add_draw, archive_pool, create_pool, edit_pool, move_draw, restore_pool
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db
from lmsapp.infra.words import RuleBroken
from lmsapp.people.roles import Role
from lmsapp.people.viewer import Viewer
from tests.courses.authors import OPTIONS, Written, author
from tests.kept import kept

NUMBER = composing.numeric([{"value": "62,5", "tolerance": "0.5", "percent": ""}], "ml")


@kept
class Bank:
    """Cora's published course with a quiz of one question; a pool for all courses with five, three about doses."""

    def __init__(self) -> None:
        self.cora, self.dora = author(), author("Dora Different")
        self.written = Written(self.cora).publish()
        self.pool = create_pool("Medication", by=self.cora, description="For nurses")
        self.questions = [self.add(f"How much, case {n}?", ["Doses"] if n < 3 else ["Names"]) for n in range(5)]
        db.session.commit()

    def add(self, prompt: str, tags: list[str]) -> Question:
        options, detail = NUMBER
        return add_question(self.pool, "numeric", prompt, options, by=self.cora, detail=detail, tags=tags)

    @property
    def course(self) -> Course:
        return self.written.course

    def draw(self, count: int = 2, tag: str = "Doses", points: str = "2") -> QuizDraw:
        return add_draw(self.written.quiz, self.pool, count, by=self.cora, tag=tag, points=Decimal(points))


@pytest.fixture
def bank() -> Bank:
    return Bank()


def prompts(viewer: Viewer, **wanted: Any) -> list[str]:
    return [row.prompt for row in find_questions(viewer, Wanted(**wanted)).rows]


def test_who_finds_which_questions(bank: Bank, statements: Any) -> None:
    """ORG-2, QIZ-1: authors find their own courses' questions and pools for all; others' quizzes stay hidden."""
    assert len(prompts(bank.cora)) == 6
    assert len(prompts(bank.dora)) == 5
    assert prompts(author("Otto Other", Role.LMS_STUDENT)) == []
    assert len(prompts(author("Mona Moderator", Role.MODERATOR))) == 6
    assert question_for(bank.dora, bank.written.question.id) is None
    assert pool_for(bank.dora, bank.pool.id) is not None
    assert pool_to_change(bank.dora, bank.pool.id) is None
    assert len(questions_for(bank.dora, [one.id for one in bank.questions], to_change=True)) == 0
    assert len(prompts(bank.cora, tags=["Doses"])) == 3
    assert prompts(bank.cora, q="needle missing") == ["A needle is missing."]
    assert prompts(bank.cora, q="Report") == ["A needle is missing."]
    assert len(prompts(bank.cora, kinds=["numeric"], pools=[bank.pool.id])) == 5
    assert prompts(bank.cora, courses=[bank.course.id]) == ["A needle is missing."]
    assert len(prompts(bank.cora, unused=True)) == 5
    bank.draw()
    assert len(prompts(bank.cora, unused=True)) == 2
    own = create_pool("Own", by=bank.dora, course=None)
    theirs = create_pool("Ward", by=bank.cora, course=bank.course)
    assert {one.title for one in list_pools(bank.dora)} == {"Medication", own.title}
    assert {one.title for one in list_pools(bank.cora, course_id=bank.course.id)} == {"Medication", "Own", theirs.title}
    assert dict(tags_of([bank.pool.id])[bank.pool.id]) == {"Doses": 3, "Names": 2}
    statements.clear()
    find_questions(bank.cora, Wanted())
    few = len(statements)
    for n in range(45):
        db.session.add(Question(pool_id=bank.pool.id, position=9 + n, kind="open", prompt=f"Say {n}", options=[]))
    db.session.flush()
    statements.clear()
    assert find_questions(bank.cora, Wanted()).total == 51
    assert len(statements) == few


def test_a_draw_marks_the_course_and_so_does_its_pool(bank: Bank) -> None:
    """QIZ-2, CRS-2: a draw, and a change in its pool, make a changed draft; learners get it once it is published."""
    for count, tag in ((4, "Doses"), (0, ""), (6, ""), (1, "No such tag")):
        with pytest.raises(RuleBroken) as broken:
            bank.draw(count, tag)
        assert broken.value.field == "count"
    drawn = bank.draw()
    assert bank.course.draft_changed_at is not None
    assert [(one.number, one.available, one.points) for one in draws_of(bank.written.quiz.id)] == [(2, 3, 2)]
    bank.draw(2, "")  # of five, at worst two are taken by the first draw
    with pytest.raises(RuleBroken, match="same questions"):
        bank.draw(2, "Doses")
    assert [one.parts for one in changes_of(bank.course.id, 1, 0)] == [("questions",)]
    publish(bank.course, bank.cora)
    view = version_of(bank.course.id, bank.course.content_version).quizzes[bank.written.quiz_lesson.id].view
    assert bank.course.draft_changed_at is None
    assert view.question_count == 1 + sum(one.number for one in draws_of(bank.written.quiz.id))
    edit_question(bank.questions[0], "numeric", "Anew?", [], by=bank.cora, detail=NUMBER[1])
    assert bank.course.draft_changed_at is not None
    assert bank.questions[0].replaced_by_id is not None
    publish(bank.course, bank.cora)
    edit_pool(bank.pool, "Medication, new", "", by=bank.cora)
    assert bank.course.draft_changed_at is not None
    with pytest.raises(RuleBroken, match="draws from this pool"):
        archive_pool(bank.pool, by=bank.cora)
    move_draw(drawn, 1, by=bank.cora)
    assert draw_for(bank.cora, drawn.id) is not None
    assert draw_for(bank.dora, drawn.id) is None


def test_an_empty_pool_and_practice_are_told_before_publishing(bank: Bank) -> None:
    """QIZ-2, CRS-2: a quiz of draws alone is fine; what could not be drawn or counted is named."""
    archive_question(bank.written.question, by=bank.cora)
    assert any("Add a question" in str(one) for one in problems_of(bank.course.id))
    bank.draw()
    assert problems_of(bank.course.id) == []
    actions.archive_questions(bank.questions[:2], by=bank.cora)
    assert [one.lesson_id for one in problems_of(bank.course.id)] == [bank.written.quiz_lesson.id]
    assert "draws more from the pool “Medication”" in str(problems_of(bank.course.id)[0])
    actions.restore_questions(bank.questions[:2], by=bank.cora)
    assert problems_of(bank.course.id) == []
    create_quiz(bank.written.quiz_lesson, by=bank.cora, practice=True)
    assert any("asks for a quiz" in str(one) for one in problems_of(bank.course.id))


def test_several_at_once(bank: Bank) -> None:
    """QIZ-1: tags, copies with lineage, moving out of a quiz, archiving; each place is told once."""
    assert actions.tag_questions(bank.questions, ["Maths"], ["names"], by=bank.cora) == 5
    assert [one.tags for one in questions_for(bank.cora, [bank.questions[4].id])] == [["Maths"]]
    entries = select(AuditEntry).where(AuditEntry.action == "questions tagged")
    assert len(db.session.scalars(entries).all()) == 1
    bank.draw()
    publish(bank.course, bank.cora)
    assert actions.tag_questions(bank.questions[:1], ["Maths", "Doses"], by=bank.cora) == 0
    assert actions.tag_questions(bank.questions[:1], ["Hours"], by=bank.cora) == 1
    newest = db.session.get_one(Question, bank.questions[0].replaced_by_id)
    assert (newest.version, newest.tags) == (2, ["Doses", "Maths", "Hours"])
    assert [one.version for one in versions_of(newest)] == [2, 1]
    copies = actions.copy_questions([newest, bank.written.question], bank.written.quiz, by=bank.cora)
    assert [(one.copied_from_id, one.quiz_id, one.position) for one in copies] == [
        (newest.id, bank.written.quiz.id, 2),
        (bank.written.question.id, bank.written.quiz.id, 3),
    ]
    assert [row.id for row in kin_of(bank.cora, [newest.id], None)] == [copies[0].id]
    ward = create_pool("Ward", by=bank.cora, course=bank.course)
    moved = actions.move_questions([bank.written.question], ward, by=bank.cora)
    assert bank.written.question.archived_at is not None
    assert (moved[0].pool_id, moved[0].options) == (ward.id, bank.written.question.options)
    with pytest.raises(RuleBroken):
        actions.move_questions(moved, ward, by=bank.cora)
    with pytest.raises(RuleBroken):
        actions.tag_questions([newest], [f"tag {n}" for n in range(12)], by=bank.cora)


def test_renaming_a_tag_takes_the_draws_along(bank: Bank) -> None:
    """QIZ-1: two tags become one, and what draws by it still finds its questions."""
    bank.draw()
    assert actions.rename_tag(with_tag(bank.cora, "Doses"), "Doses", "Names", by=bank.cora) == 3
    assert [(one.tag, one.available) for one in draws_of(bank.written.quiz.id)] == [("Names", 5)]
    assert [(row.tag, row.questions, row.draws) for row in tags_in_use(bank.cora)] == [("Names", 5, 1)]
    assert with_tag(bank.dora, "Names") == []
    with pytest.raises(RuleBroken):
        actions.rename_tag(with_tag(bank.cora, "Names"), "Names", " Names ", by=bank.cora)


def test_a_course_takes_its_draws_along(bank: Bank) -> None:
    """CRS-10: a duplicate shares pools of all and copies its own; a file carries both; old files are still read."""
    ward = create_pool("Ward", by=bank.cora, course=bank.course)
    actions.copy_questions(bank.questions, ward, by=bank.cora)
    matching = composing.matching([{"text": "A", "match": "1"}, {"text": "B", "match": "2"}], [{"text": "3"}], "each")
    add_question(bank.written.quiz, "matching", "Pair?", matching[0], by=bank.cora, detail=matching[1], tags=["Doses"])
    bank.draw()
    add_draw(bank.written.quiz, ward, 3, by=bank.cora)
    copy = duplicate_course(bank.course, "Copy", by=bank.cora)
    drawn = draws_of(quiz_of(copy).id)
    assert [(one.number, one.tag, one.points) for one in drawn] == [(2, "Doses", 2), (3, "", 1)]
    assert drawn[0].pool_id == bank.pool.id
    assert drawn[1].pool_id not in {ward.id, bank.pool.id}
    assert drawn[1].available == 5
    with zipfile.ZipFile(io.BytesIO(b"".join(export_course(bank.course, by=bank.cora)))) as packed:
        name = next(one for one in packed.namelist() if one.endswith(".json"))
        manifest = parse(packed.read(name))
    made = make_course(manifest, {}, by=bank.dora, action="course imported", title="There")
    assert [(one.number, one.tag, one.available) for one in draws_of(quiz_of(made).id)] == [(2, "Doses", 3), (3, "", 5)]
    assert all(one.course_id == made.id for one in pools_of(made))
    asked = db.session.scalars(select(Question).where(Question.quiz_id == quiz_of(made).id).order_by(Question.position))
    assert [(one.kind, one.tags) for one in asked] == [("single", []), ("matching", ["Doses"])]
    old = json.loads(json.dumps(manifest))
    del old["pools"]
    old["version"] = 1
    for lesson in (one for chapter in old["chapters"] for one in chapter["lessons"] if one["quiz"]):
        quiz = lesson["quiz"]
        quiz["questions"] = [one for one in quiz["questions"] if one["kind"] == "single"]
        for part, name in [(quiz, one) for one in ("draws", "wait_minutes", "negative_percent", "practice")]:
            del part[name]
        for question in quiz["questions"]:
            del question["detail"], question["tags"]
    assert make_course(parse(json.dumps(old).encode()), {}, by=bank.dora, action="course imported").id
    for hostile in ({"pool": "p9"}, {"count": 0}, {"points": "x"}):
        bad = json.loads(json.dumps(manifest))
        next(one["quiz"] for one in bad["chapters"][0]["lessons"] if one["quiz"])["draws"][0].update(hostile)
        with pytest.raises(RuleBroken):
            parse(json.dumps(bad).encode())


def test_a_version_comes_back_with_its_draws(bank: Bank) -> None:
    """CRS-2: restoring a version draws as then, also where pool and question are gone meanwhile."""
    drawn = bank.draw()
    publish(bank.course, bank.cora)
    db.session.delete(drawn)
    db.session.flush()
    archive_pool(bank.pool, by=bank.cora)
    with pytest.raises(RuleBroken, match="pool of this course"):
        bank.draw()
    restore_draft(bank.course, 2, by=bank.cora)
    assert [(one.number, one.tag) for one in draws_of(bank.written.quiz.id)] == [(2, "Doses")]
    restore_pool(bank.pool, by=bank.cora)
    assert problems_of(bank.course.id) == []


def test_a_question_that_was_never_published_is_edited_where_it_is(bank: Bank) -> None:
    """QIZ-4: versions begin once a question may have been asked; who wrote it is kept in any case."""
    found = edit_question(bank.questions[1], "numeric", "Better?", [], by=bank.dora, detail=NUMBER[1])
    assert (found.id, found.version, found.written_by_id) == (bank.questions[1].id, 1, bank.dora.user_id)
    copy = add_question(bank.written.quiz, "single", "Two?", OPTIONS, by=bank.cora)
    newer = edit_question(copy, "single", "Three?", OPTIONS, by=bank.dora)
    assert edit_question(newer, "single", " Three? ", OPTIONS, by=bank.cora) is newer
    assert (newer.version, newer.written_by_id, copy.written_by_id) == (2, bank.dora.user_id, bank.cora.user_id)


def quiz_of(course: Course) -> Quiz:
    wanted = select(Quiz).join(Lesson, Lesson.id == Quiz.lesson_id).where(Quiz.course_id == course.id)
    return db.session.scalars(wanted).one()


def pools_of(course: Course) -> list[QuestionPool]:
    wanted = select(QuestionPool).join(QuizDraw, QuizDraw.pool_id == QuestionPool.id)
    return list(db.session.scalars(wanted.where(QuizDraw.quiz_id == quiz_of(course).id)))
