"""SCO-1, SCO-3, CRS-2, CRS-10: packages and terms in drafts, versions, copies and course files."""

from __future__ import annotations

import io
from typing import Any

import pytest
from sqlalchemy import select

from lmsapp.courses.catalogue import actions
from lmsapp.courses.catalogue.media import Upload
from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.moving.actions import ask_import, duplicate_course, export_course
from lmsapp.courses.moving.manifest import digest
from lmsapp.courses.moving.models import CourseImport
from lmsapp.courses.moving.taking import manifest_of
from lmsapp.courses.packages.actions import discard_import, start_import
from lmsapp.courses.packages.history import files_compared, package_in, packages_of
from lmsapp.courses.packages.queries import package_of
from lmsapp.courses.packages.rules import DoneWhen, PackageTerms
from lmsapp.courses.packages.terms import state_terms, terms_of, use_package
from lmsapp.courses.publishing.queries import problems_of
from lmsapp.courses.publishing.reading import changes_of, version_of
from lmsapp.courses.publishing.restoring import restore_draft
from lmsapp.demo.scorm import package_zip
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db
from lmsapp.infra.queue import Ring
from lmsapp.infra.words import RuleBroken
from tests.conftest import Statements
from tests.courses.authors import Written, author
from tests.courses.test_moving import repacked
from tests.jobs import run_rings
from tests.kept import kept

PASSED = PackageTerms(DoneWhen.PASSED, close_after=0)


def send(lesson: Lesson, name: str, rings: list[Ring], by: Any) -> None:
    start_import(lesson, Upload.of(package_zip(name), f"{name}.zip"), by=by)
    db.session.commit()
    run_rings(rings)
    db.session.expire_all()


@pytest.fixture
@kept
def written(rings: list[Ring]) -> Written:
    """A course with one more lesson: ladders, which asks for “passed”."""
    made = Written(author())
    lesson = actions.add_lesson(made.chapter, "scorm", "Ladders", by=made.by)
    state_terms(lesson, PASSED, by=made.by)
    send(lesson, "ladders", rings, made.by)
    return made


def ladders(course: Course) -> Lesson:
    return db.session.scalars(select(Lesson).where(Lesson.course_id == course.id, Lesson.kind == "scorm")).one()


def parts_changed(course: Course, before: int, after: int) -> list[tuple[str, ...]]:
    return [one.parts for one in changes_of(course.id, before, after) if one.lesson_kind == "scorm"]


def test_another_package_and_other_terms_are_a_draft_until_published(
    written: Written, rings: list[Ring], statements: Statements
) -> None:
    """CRS-2, SCO-1: versions keep package and terms; what changes is named; an old one can be used again."""
    course, by, lesson = written.course, written.by, ladders(written.course)
    first = package_of(lesson)
    assert first is not None
    assert (lesson.detail["scorm"]["scos"], terms_of(lesson)) == (1, PASSED), "the import leaves the terms alone"
    actions.publish(course, by)
    assert version_of(course.id, 1).file(lesson.id, lesson.file_id or 0) is None, "no learner gets the whole ZIP"
    state_terms(lesson, PASSED, by=by)
    assert course.draft_changed_at is None, "the same terms are no change"
    state_terms(lesson, PASSED.changed(percent=70, done_when=DoneWhen.SCORE), by=by)
    assert parts_changed(course, 1, 0) == [("terms",)]
    run = start_import(lesson, Upload.of(package_zip("heat"), "heat.zip"), by=by)
    db.session.commit()
    assert [one.words % one.values for one in problems_of(course.id)] == [
        "The package of “Ladders” is still being imported. Wait until it is done, or cancel it."
    ]
    discard_import(run, by=by)
    assert problems_of(course.id) == []
    send(lesson, "heat", rings, by)
    assert parts_changed(course, 1, 0) == [("package", "terms")]
    actions.publish(course, by)
    db.session.flush()
    statements.clear()
    kept = packages_of(lesson)
    assert len(statements) == 3
    assert [(one.versions, one.in_draft, one.file[0]) for one in kept] == [
        ((2,), True, "heat.zip"),
        ((1,), False, "ladders.zip"),
    ]
    assert files_compared(first.id, kept[0].id) == {"new": 2, "gone": 1, "changed": 1}
    use_package(lesson, first, by=by)
    assert (parts_changed(course, 2, 0), parts_changed(course, 1, 0)) == ([("package",)], [("terms",)])
    restore_draft(course, 1, by=by)
    assert (terms_of(lesson), lesson.file_id) == (PASSED, first.file_id)
    other = actions.add_lesson(written.chapter, "scorm", "Other", by=by)
    assert (packages_of(other), package_in(other, first.id)) == ([], None), "no package of another lesson"
    said = db.session.execute(
        select(AuditEntry.action, AuditEntry.before, AuditEntry.after)
        .where(
            AuditEntry.subject_kind == "course", AuditEntry.action.in_(["package terms changed", "package used again"])
        )
        .order_by(AuditEntry.id)
    ).all()
    assert [row.action for row in said] == ["package terms changed"] * 2 + ["package used again"]
    assert said[1].before == {"done_when": "passed", "percent": 80}
    assert said[1].after == {"lesson": "Ladders", "done_when": "score", "percent": 70}
    with pytest.raises(RuleBroken, match="Only a lesson"):
        state_terms(written.text, PASSED, by=by)


def test_packages_travel_with_copies_and_course_files(written: Written, rings: list[Ring]) -> None:
    """CRS-10: a duplicate shares the package; a course file takes ZIP and terms along, and both arrive."""
    course, by = written.course, written.by
    actions.set_rule(course, "all", [{"kind": "package_score", "lesson_id": ladders(course).id, "percent": 75}], by)
    copy = duplicate_course(course, "Copy", by=by)
    assert package_of(ladders(copy)) == package_of(ladders(course))
    assert [one.versions for one in packages_of(ladders(copy))] == [()]
    actions.publish(copy, by)
    content = b"".join(export_course(course, by=by))
    db.session.commit()
    row = ask_import(io.BytesIO(content), "course.zip", by=by)
    db.session.commit()
    run_rings(rings)
    db.session.expire_all()
    there = db.session.get_one(Course, db.session.get_one(CourseImport, row.id).course_id)
    arrived, package = ladders(there), package_of(ladders(there))
    assert package is not None
    assert package != package_of(ladders(course)), "read anew in its own house"
    assert (arrived.detail["scorm"]["title"], terms_of(arrived)) == (package.title, PASSED)
    assert digest(manifest_of(there.id)) == digest(manifest_of(course.id))
    actions.publish(there, by)


def test_a_course_file_with_a_broken_package_is_refused_whole(written: Written, rings: list[Ring]) -> None:
    """CRS-10, SCO-1: what is no package, or terms nobody could meet, gets a sentence that names the lesson."""
    content = b"".join(export_course(written.course, by=written.by))

    def spoiled(manifest: dict[str, Any], entries: dict[str, bytes]) -> None:
        lesson = next(one for chapter in manifest["chapters"] for one in chapter["lessons"] if one["kind"] == "scorm")
        lesson["file"] = next(key for key in manifest["files"] if key != lesson["file"])
        gone = set(manifest["files"]) - {lesson["file"]}
        for key in gone:
            manifest["files"].pop(key)
            entries.pop(f"files/{key}")

    def never(manifest: dict[str, Any], _entries: dict[str, bytes]) -> None:
        lesson = next(one for chapter in manifest["chapters"] for one in chapter["lessons"] if one["kind"] == "scorm")
        lesson["scorm"]["percent"] = 0

    actions.add_lesson(written.chapter, "video", "Watch", by=written.by, seconds=9, upload=Upload.of(WEBM, "film.webm"))
    with_film = b"".join(export_course(written.course, by=written.by))
    db.session.commit()
    for hostile, words in ((repacked(with_film, spoiled), "ZIP"), (repacked(content, never), "between 1 and 100")):
        row = ask_import(io.BytesIO(hostile), "course.zip", by=written.by)
        db.session.commit()
        run_rings(rings)
        db.session.refresh(row)
        assert (row.state, row.course_id) == ("failed", None)
        assert words in (row.error or "") % row.error_values


WEBM = bytes.fromhex("1a45dfa3") + b"\x42\x82\x84webm" + bytes(64)
