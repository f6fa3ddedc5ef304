"""Authoring on a real database."""

from __future__ import annotations

import copy
import hashlib
import json

import pytest
from sqlalchemy import select

from lmsapp.courses.catalogue import actions
from lmsapp.courses.catalogue.models import ContentVersion, Lesson
from lmsapp.courses.catalogue.queries import (
    content_version,
    current_rule,
    outline,
    rule_in_version,
)
from lmsapp.courses.publishing.reading import outline_in, read_version, version_of
from lmsapp.courses.publishing.rules import NotReady
from lmsapp.courses.quizzes.actions import add_question, archive_question, create_quiz, edit_question, move_question
from lmsapp.courses.quizzes.models import Question
from lmsapp.courses.quizzes.queries import questions_as_asked, quiz_of_lesson
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import RuleBroken
from lmsapp.learning.choosing.queries import catalogue
from lmsapp.learning.choosing.rules import Filters
from tests.conftest import Statements
from tests.courses.authors import OPTIONS, Written, author


@pytest.fixture
def written() -> Written:
    return Written(author())


def titles(course_id: int) -> list[tuple[str, list[str]]]:
    shown = outline(course_id)
    assert shown is not None
    return [(chapter.title, [line.title for line in chapter.lessons]) for chapter in shown.chapters]


def test_the_outline_is_course_chapter_lesson_in_one_statement(written: Written, statements: Statements) -> None:
    """CRS-1: the whole outline, in order, whatever its size, costs one statement."""
    empty = actions.add_chapter(written.course, "Nothing yet", by=written.by)
    db.session.commit()
    course_id, empty_title = written.course.id, empty.title
    statements.clear()
    shown = outline(course_id)
    assert len(statements) == 1
    assert shown is not None
    assert [chapter.title for chapter in shown.chapters] == ["First steps", empty_title]
    assert [(one.position, one.kind, one.title, one.minutes) for one in shown.lessons] == [
        (1, "text", "Why it matters", 4),
        (2, "acknowledgement", "The pledge", 1),
        (3, "quiz", "Check", 5),
    ]
    assert (written.course.lesson_count, written.course.minutes) == (3, 10)


def test_an_unknown_course_has_no_outline() -> None:
    """CRS-1: nothing is made up."""
    assert outline(987654) is None
    assert current_rule(987654).criteria == ()
    assert content_version(987654) == (0, "")


def test_lessons_move_by_steps_and_to_a_place(written: Written) -> None:
    """CRS-1: reordered by drag (to a place) or keyboard (by steps), also from chapter to chapter."""
    later = actions.add_chapter(written.course, "Later", by=written.by)
    actions.shift_lesson(written.pledge, -1, by=written.by)
    assert titles(written.course.id) == [("First steps", ["The pledge", "Why it matters", "Check"]), ("Later", [])]
    actions.shift_lesson(written.pledge, -1, by=written.by)  # already first: nothing happens
    actions.shift_lesson(written.quiz_lesson, 1, by=written.by)
    assert titles(written.course.id) == [("First steps", ["The pledge", "Why it matters"]), ("Later", ["Check"])]
    actions.move_lesson(written.pledge, later, 0, by=written.by)
    assert titles(written.course.id) == [("First steps", ["Why it matters"]), ("Later", ["The pledge", "Check"])]
    actions.move_chapter(later, -1, by=written.by)
    actions.move_chapter(later, -1, by=written.by)
    assert [title for title, _lessons in titles(written.course.id)] == ["Later", "First steps"]


def test_a_lesson_cannot_move_to_another_course(written: Written) -> None:
    """CRS-1: not even with an address put together by hand."""
    foreign = Written(written.by, title="Fire")
    with pytest.raises(RuleBroken):
        actions.move_lesson(written.text, foreign.chapter, 0, by=written.by)


def test_publishing_says_everything_that_is_missing() -> None:
    """CRS-2: a list in words, each naming the lesson to mend."""
    by = author()
    course = actions.create_course("Empty", by=by)
    with pytest.raises(NotReady) as refused:
        actions.publish(course, by)
    assert [str(one) for one in refused.value.problems] == ["Add a lesson.", "State the completion rule."]
    chapter = actions.add_chapter(course, "One", by=by)
    text = actions.add_lesson(chapter, "text", "Blank", by=by)
    card = actions.add_lesson(chapter, "pdf", "Card", by=by)
    quiz = actions.add_lesson(chapter, "quiz", "Check", by=by)
    create_quiz(quiz, by=by)
    actions.set_rule(course, "all", [{"kind": "acknowledged"}], by)
    with pytest.raises(NotReady) as refused:
        actions.publish(course, by)
    assert [(str(one), one.lesson_id) for one in refused.value.problems] == [
        ("Write the text of “Blank”.", text.id),
        ("Upload the file of “Card”.", card.id),
        ("Add a question with a right answer to “Check”.", quiz.id),
        ("The completion rule asks for a signature, but nothing is to be signed.", None),
    ]
    assert course.status == "draft"


def test_a_rule_stricter_than_the_quiz_is_found_before_learners_find_it(written: Written) -> None:
    """CRS-3: passed at 80, but the rule asks for 90: nobody would understand why it is not complete."""
    actions.set_rule(written.course, "all", [{"kind": "quiz_passed", "percent": 90}], written.by)
    with pytest.raises(NotReady, match="passed at 80 %, but the completion rule asks for 90 %"):
        actions.publish(written.course, written.by)


def test_every_publication_is_a_version(written: Written) -> None:
    """EVD-1: a record can name the content that was in force; the digest is that of the canonical JSON."""
    written.publish()
    assert written.course.content_version == 1
    actions.edit_lesson(written.text, by=written.by, body="Wash them *well*.")
    edit_question(written.question, "single", "A needle is missing. What now?", OPTIONS, by=written.by)
    assert written.course.content_version == 1
    written.publish()
    written.publish()  # nothing new
    versions = db.session.scalars(
        select(ContentVersion).where(ContentVersion.course_id == written.course.id).order_by(ContentVersion.number)
    ).all()
    assert [one.number for one in versions] == [1, 2]
    assert written.course.content_version == 2
    for one in versions:
        text = json.dumps(one.content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(text.encode()).hexdigest() == one.sha256
    assert "Wash **your** hands." in json.dumps(versions[0].content)
    assert content_version(written.course.id) == (2, versions[1].sha256)


def test_learners_read_what_was_published(written: Written) -> None:
    """CRS-2: the draft is the author's; a change is seen when it is published, and changed back it is none."""
    written.publish()
    actions.edit_lesson(written.text, by=written.by, body="Other words")
    archive_question(written.question, by=written.by)
    assert written.course.draft_changed_at is not None
    read = version_of(written.course.id, 1)
    assert read.lessons[written.text.id].body_html == "<p>Wash <strong>your</strong> hands.</p>\n"
    assert [one["prompt"] for one in read.quizzes[written.quiz_lesson.id].questions] == ["A needle is missing."]
    written.question.archived_at = None
    actions.edit_lesson(written.text, by=written.by, body="Wash **your** hands.")
    assert written.course.draft_changed_at is None


def test_settings_act_at_once(written: Written) -> None:
    """CRS-2: what a course is called and for whom it is mandatory is no draft."""
    written.publish()
    actions.edit_course(written.course, by=written.by, title="Clean hands", mandatory=True)
    assert written.course.draft_changed_at is None
    shown = outline_in(written.course, version_of(written.course.id, written.course.content_version))
    assert (shown.title, shown.mandatory, shown.content_version) == ("Clean hands", True, 1)


def test_versions_kept_before_are_read(written: Written) -> None:
    """EVD-1: a version kept without file ids and the quiz's id, as they once were, is read like any other."""
    written.publish()
    version = db.session.get_one(ContentVersion, (written.course.id, 1))
    content = copy.deepcopy(version.content)
    for lesson in content["chapters"][0]["lessons"]:
        del lesson["detail"], lesson["file_id"]
        lesson.get("quiz", {}).pop("id", None)
    read = read_version(written.course.id, 1, version.sha256, content)
    assert read.quizzes[written.quiz_lesson.id].view.id == written.quiz.id
    assert [line.title for line in read.lines] == ["Why it matters", "The pledge", "Check"]


def test_a_draft_keeps_no_versions(written: Written) -> None:
    """CRS-2: before publication there is nothing a record could name."""
    actions.edit_lesson(written.text, by=written.by, body="Other words")
    assert content_version(written.course.id) == (0, "")


def test_an_unfinished_draft_is_not_published(written: Written) -> None:
    """CRS-2: a draft that learners could not finish is refused with the reason; what they read stays whole."""
    written.publish()
    archive_question(written.question, by=written.by)
    with pytest.raises(NotReady, match="Add a question"), db.session.begin_nested():
        actions.publish(written.course, written.by)
    more = actions.add_lesson(written.chapter, "quiz", "Second check", by=written.by)
    create_quiz(more, by=written.by)
    assert [line.title for line in version_of(written.course.id, 1).lines] == ["Why it matters", "The pledge", "Check"]
    assert outline(written.course.id).lesson(more.id) is not None  # type: ignore[union-attr]


def test_rules_are_versions(written: Written) -> None:
    """CRS-3: a record can name the rule it met, long after it changed."""
    assert current_rule(written.course.id).version == 1
    assert (
        actions.set_rule(
            written.course,
            "all",
            [{"kind": "lessons", "share": 100}, {"kind": "quiz_passed", "percent": 80}],
            written.by,
        )
        is None
    )
    actions.set_rule(written.course, "any", [{"kind": "lessons", "share": 80}], written.by)
    assert written.course.rule_version == 2
    assert [one.share for one in current_rule(written.course.id).criteria] == [80]
    assert rule_in_version(written.course.id, 1).mode == "all"


@pytest.mark.parametrize(
    "criteria", [[], [{"kind": "lessons", "share": 0}], [{"kind": "quiz_passed", "lesson_id": 0, "percent": 80}]]
)
def test_a_rule_without_sense_is_refused(written: Written, criteria: list[dict[str, object]]) -> None:
    """CRS-3: at least one criterion, none that doing nothing meets, no quiz of somewhere else."""
    with pytest.raises(RuleBroken):
        actions.set_rule(written.course, "all", criteria, written.by)


def offered(written: Written) -> list[str]:
    found = catalogue(written.by, "", Filters(), "title", 1, clock.today("UTC"))
    return [columns.title for columns, _candidate, _said in found.cards]


def test_a_retired_course_takes_no_new_learners_and_keeps_everything(written: Written) -> None:
    """CRS-2: gone from the catalogue; outline, rule and versions stay; it can be opened again."""
    written.publish()
    assert written.title in offered(written)
    actions.retire(written.course, written.by, reason="Replaced")
    assert written.title not in offered(written)
    assert outline(written.course.id) is not None
    assert content_version(written.course.id)[0] == 1
    actions.publish(written.course, written.by)
    assert written.course.status == "published"


def test_what_is_archived_is_kept(written: Written) -> None:
    """CRS-2: nothing with history is deleted; a lesson that the rule names stays until the rule changes."""
    actions.archive_lesson(written.text, by=written.by)
    assert db.session.get(Lesson, written.text.id) is not None
    assert [line.title for line in outline(written.course.id).lessons] == ["The pledge", "Check"]  # type: ignore[union-attr]
    actions.set_rule(
        written.course, "all", [{"kind": "quiz_passed", "lesson_id": written.quiz_lesson.id, "percent": 80}], written.by
    )
    with pytest.raises(RuleBroken, match="Change the rule first"):
        actions.archive_lesson(written.quiz_lesson, by=written.by)
    with pytest.raises(RuleBroken, match="has lessons"):
        actions.archive_chapter(written.chapter, by=written.by)


def test_an_asked_question_is_never_changed(written: Written) -> None:
    """QIZ-4: once the course was published an edit is a new version, and the old one stands as it was asked."""
    draft = edit_question(written.question, "single", "Draft words", OPTIONS, by=written.by)
    assert draft is written.question
    written.publish()
    newer = edit_question(
        draft,
        "single",
        "Better words",
        [*draft.options, {"text": "Hide it", "correct": False}],
        by=written.by,
        points=2,
    )
    assert (newer.version, newer.id == draft.id) == (2, False)
    asked = questions_as_asked(written.quiz.id)
    assert [(one["prompt"], one["version"], one["points"]) for one in asked] == [("Better words", 2, "2")]
    assert [option["key"] for option in asked[0]["options"]] == ["a", "b", "c", "d"]
    db.session.refresh(draft)
    assert (draft.prompt, draft.replaced_by_id) == ("Draft words", newer.id)
    with pytest.raises(RuleBroken, match="changed by somebody else"):
        edit_question(draft, "single", "Late words", OPTIONS, by=written.by)


def test_questions_are_ordered_and_counted(written: Written) -> None:
    """QIZ-1: the author's order; the quiz knows its number of questions and points."""
    second = add_question(
        written.quiz, "single", "Second?", OPTIONS, by=written.by, points=3, source_lesson_id=written.text.id
    )
    move_question(second, -1, by=written.by)
    assert [one["prompt"] for one in questions_as_asked(written.quiz.id)] == ["Second?", "A needle is missing."]
    view = quiz_of_lesson(written.quiz_lesson.id)
    assert view is not None
    assert (view.question_count, view.points, view.passing_percent) == (2, 4, 80)
    foreign = Written(written.by, title="Fire")
    with pytest.raises(RuleBroken, match="lesson of this course"):
        add_question(written.quiz, "single", "Third?", OPTIONS, by=written.by, source_lesson_id=foreign.text.id)


def test_changes_are_in_the_audit_trail(written: Written) -> None:
    """EVD-3: who, what, from what, to what."""
    actions.edit_course(written.course, by=written.by, title="Hand hygiene 2027", validity_months=24)
    db.session.flush()
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.actor_name) == ("course edited", "Cora Creator")
    assert entry.before == {"title": "Hand hygiene", "validity_months": 12}
    assert entry.after == {"title": "Hand hygiene 2027", "validity_months": 24}


def test_slugs_are_one_each() -> None:
    """CRS-1: two courses of one title have two addresses."""
    by = author()
    slugs = [actions.create_course("Brandschutz für Ärzte", by=by).slug for _ in range(3)]
    assert slugs == ["brandschutz-fur-arzte", "brandschutz-fur-arzte-2", "brandschutz-fur-arzte-3"]


@pytest.mark.parametrize("title", ["", "   ", "x" * 201])
def test_titles_are_there_and_short(title: str) -> None:
    """SEC-6: shape is checked where it matters, not only in the form."""
    with pytest.raises(RuleBroken):
        actions.create_course(title, by=None)


def test_renewing_begins_before_the_end() -> None:
    """CRS-6: a certification of 12 months cannot begin to be renewed after 13."""
    assert actions.create_course("Good", by=None, validity_months=12, renewal_months=11).renewal_months == 11
    with pytest.raises(RuleBroken):
        actions.create_course("Bad", by=None, validity_months=12, renewal_months=13)
    with pytest.raises(RuleBroken):
        actions.create_course("Bad", by=None, renewal_months=11)


def test_question_rows_are_not_lost(written: Written) -> None:
    """QIZ-4: archived is not deleted."""
    second = add_question(written.quiz, "single", "Second?", OPTIONS, by=written.by)
    archive_question(second, by=written.by)
    assert db.session.get(Question, second.id) is not None
    assert len(questions_as_asked(written.quiz.id)) == 1
