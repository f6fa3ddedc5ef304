"""CRS-10: a whole course as one file, and as a copy; what a hostile file gets is a sentence and nothing else."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import current_app
from PIL import Image
from sqlalchemy import func, select

from lmsapp.courses.catalogue import actions
from lmsapp.courses.catalogue.attachments import add_resource, attach_file
from lmsapp.courses.catalogue.media import Upload
from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.catalogue.queries import current_rule, outline
from lmsapp.courses.moving import work
from lmsapp.courses.moving.actions import ask_import, duplicate_course, export_course
from lmsapp.courses.moving.manifest import digest
from lmsapp.courses.moving.models import CourseImport
from lmsapp.courses.moving.taking import manifest_of
from lmsapp.courses.quizzes.actions import add_question
from lmsapp.courses.tasks.rules import Task
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra import files
from lmsapp.infra.claims import take
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile
from lmsapp.infra.queue import Ring
from lmsapp.infra.words import RuleBroken
from lmsapp.people.roles import Role
from tests.courses.authors import OPTIONS, Written, author, pdf_of
from tests.jobs import run_rings

WEBM = bytes.fromhex("1a45dfa3") + b"\x42\x82\x84webm" + bytes(64)


def picture(size: tuple[int, int] = (8, 6), kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()


def full_course() -> Written:
    """Every kind of lesson, files in a text, resources, a rule that names a quiz, a question that names a lesson."""
    written = Written(author())
    by = written.by
    attach_file(written.text, Upload.of(picture(), "A hand.png"), by=by)
    body = "Wash **your** hands.\n\n![A hand](files/A-hand.png)"
    actions.edit_lesson(written.text, by=by, body=body)
    add_resource(written.text, "Card", by=by, upload=Upload.of(pdf_of("Card"), "card.pdf"))
    add_resource(written.text, "The rule", by=by, address="https://example.org/rule?a=1")
    actions.add_lesson(written.chapter, "pdf", "Read", by=by, upload=Upload.of(pdf_of("One", "Two"), "read.pdf"))
    second = actions.add_chapter(written.course, "Then", by=by)
    video = {"upload": Upload.of(WEBM, "film.webm"), "seconds": 42, "poster": Upload.of(picture((10, 6)), "still.png")}
    captions = Upload.of(b"WEBVTT\n\n00:00.000 --> 00:01.000\nHello", "en.vtt")
    actions.add_lesson(second, "video", "Watch", by=by, captions=captions, **video)  # type: ignore[arg-type]
    task = actions.add_lesson(second, "assignment", "Hand in", by=by, body="Write a page.")
    kept = files.store(pdf_of("Form"), name="form.pdf", media_type="application/pdf")
    task.detail = {"task": Task(max_files=2, attached=(kept.id,)).as_json()}
    add_question(written.quiz, "multiple", "And now?", OPTIONS, by=by, source_lesson_id=written.text.id, points=2)
    criteria = [{"kind": "quiz_passed", "lesson_id": written.quiz_lesson.id, "percent": 80}]
    required = {"kind": "required_lessons", "lessons": [written.text.id, written.pledge.id]}
    actions.set_rule(written.course, "any", [*criteria, {"kind": "lessons", "share": 50}, required], by)
    db.session.commit()
    return written


def file_of(course: Course, by: Any) -> bytes:
    return b"".join(export_course(course, by=by))


def imported(content: bytes, rings: list[Ring], by: Any) -> CourseImport:
    row = ask_import(io.BytesIO(content), "course.zip", by=by)
    db.session.commit()
    run_rings(rings)
    db.session.expire_all()
    return db.session.get_one(CourseImport, row.id)


def lying_about() -> set[Path]:
    """Every file in the data folder."""
    return {path for path in Path(current_app.config["DATA_DIR"]).rglob("*") if path.is_file()}


def rows() -> tuple[int, ...]:
    counted = (select(func.count()).select_from(model) for model in (Course, Lesson, StoredFile))
    return tuple(db.session.scalar(one) or 0 for one in counted)


def test_there_and_back_again(rings: list[Ring]) -> None:
    """CRS-10: export, import, export: the same content digest; files, quiz, rule and links between lessons come along."""
    written = full_course()
    content = file_of(written.course, written.by)
    assert content == file_of(written.course, written.by)  # the same course, the same bytes
    row = imported(content, rings, written.by)
    assert (row.state, row.error) == ("ready", None)
    copy = db.session.get_one(Course, row.course_id)
    assert (copy.status, copy.content_version, copy.mandatory) == ("draft", 0, False)
    assert digest(manifest_of(copy.id)) == digest(manifest_of(written.course.id))
    again = file_of(copy, written.by)
    assert hashlib.sha256(again).hexdigest() == hashlib.sha256(content).hexdigest()
    lessons = {line.title: line.id for line in outline(copy.id).lessons}  # type: ignore[union-attr]
    first, _share, required = current_rule(copy.id).criteria
    assert first.lesson_id == lessons["Check"] != written.quiz_lesson.id
    assert required.lessons == (lessons["Why it matters"], lessons["The pledge"])
    read = db.session.get_one(Lesson, lessons["Read"])
    assert [page["text"] for page in read.detail["page_files"]] == ["One", "Two"]
    assert not (Path(current_app.config["DATA_DIR"]) / "imports" / row.stored_as).exists()
    said = set(db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == copy.id)))
    assert "course imported" in said
    actions.publish(copy, written.by)  # whole enough to be learned from


def test_a_copy_shares_files_and_nothing_else() -> None:
    """CRS-10: a duplicate has the content, not the bytes twice, not the learners, not for whom it is mandatory."""
    written = full_course()
    actions.edit_course(written.course, by=written.by, mandatory=True)
    before = lying_about(), rows()[2]
    copy = duplicate_course(written.course, "Copy of Hand hygiene", by=written.by)
    db.session.commit()
    assert (lying_about(), rows()[2]) == before
    assert (copy.title, copy.status, copy.mandatory, copy.lesson_count) == ("Copy of Hand hygiene", "draft", False, 6)
    there, here = manifest_of(written.course.id), manifest_of(copy.id)
    assert there["chapters"] == here["chapters"]
    assert there["rule"] == here["rule"]
    text = next(one for one in db.session.query(Lesson).filter_by(course_id=copy.id, kind="text"))
    actions.edit_lesson(text, by=written.by, body="Only here.")
    assert manifest_of(written.course.id) == there


def repacked(content: bytes, change: Callable[[dict[str, Any], dict[str, bytes]], object]) -> bytes:
    """The course file with its manifest and files changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        entries = {one.filename: source.read(one) for one in source.infolist()}
    manifest = json.loads(entries.pop("manifest.json"))
    change(manifest, entries)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        target.writestr("manifest.json", json.dumps(manifest))
        for name, piece in entries.items():
            target.writestr(name, piece)
    return out.getvalue()


def lesson_in(manifest: dict[str, Any], title: str) -> dict[str, Any]:
    return next(one for chapter in manifest["chapters"] for one in chapter["lessons"] if one["title"] == title)


def renamed(manifest: dict[str, Any], entries: dict[str, bytes], title: str, part: str, content: bytes) -> None:
    """Another content where a lesson's file was, honestly named."""
    lesson, sha256 = lesson_in(manifest, title), hashlib.sha256(content).hexdigest()
    old = lesson[part]
    lesson[part] = sha256
    entries.pop(f"files/{old}")
    entries[f"files/{sha256}"] = content
    manifest["files"][sha256] = {**manifest["files"].pop(old), "size": len(content)}


def set_in(*path: Any) -> Callable[[dict[str, Any], dict[str, bytes]], None]:
    """Set a value deep in the manifest: the last of `path` is the value."""

    def change(manifest: dict[str, Any], _entries: dict[str, bytes]) -> None:
        where: Any = manifest
        for step in path[:-2]:
            where = where[step]
        where[path[-2]] = path[-1]

    return change


FIRST = ("chapters", 0, "lessons", 0)
HOSTILE: dict[str, tuple[Callable[[dict[str, Any], dict[str, bytes]], object], str]] = {
    "path that leads elsewhere": (lambda _m, e: e.update({"../../evil": b"x"}), "does not belong there"),
    "absolute path": (lambda _m, e: e.update({"/etc/passwd": b"x"}), "does not belong there"),
    "backslashes": (lambda _m, e: e.update({"files\\..\\evil": b"x"}), "does not belong there"),
    "file nobody names": (lambda _m, e: e.update({"files/" + "a" * 64: b"x"}), "does not belong there"),
    "file that is missing": (lambda _m, e: e.pop(next(iter(e))), "lacks 1 of the files"),
    "another content": (lambda _m, e: e.update({next(iter(e)): b"%PDF-1.4 other"}), "is not what it was"),
    "newer format": (set_in("version", 3), "made by a newer version"),
    "format of something else": (set_in("format", "backup"), "not a course file of this product"),
    "unknown lesson kind": (set_in(*FIRST, "kind", "hologram"), "“hologram”"),
    "unknown question kind": (
        lambda m, _e: lesson_in(m, "Check")["quiz"]["questions"][0].update(kind="riddle"), "“riddle”",
    ),
    "unknown criterion": (set_in("rule", "criteria", 0, "kind", "bribe"), "“bribe”"),
    "title of another shape": (set_in(*FIRST, "title", {"$gt": ""}), "chapters.1.lessons.1.title"),
    "text without end": (set_in(*FIRST, "body", "x" * 100_001), "chapters.1.lessons.1.body"),
    "nul in a text": (set_in(*FIRST, "body", "a\0b"), "chapters.1.lessons.1.body"),
    "number as truth": (set_in(*FIRST, "minutes", True), "chapters.1.lessons.1.minutes"),
    "task of another shape": (lambda m, _e: lesson_in(m, "Hand in")["task"].update(max_files="all"), "is not right"),
    "two lessons of one key": (set_in(*FIRST, "key", "l2"), "“l2” twice"),
    "rule for no lesson": (set_in("rule", "criteria", 0, "lesson", "l99"), "rule is not right"),
    "lessons by number": (set_in("rule", "criteria", 2, "lessons", [1, 2]), "rule is not right"),
    "lesson of another course": (set_in("rule", "criteria", 0, "lesson_id", 1), "rule is not right"),
    "words for a number": (set_in("rule", "criteria", 0, "percent", "many"), "rule is not right"),
    "script as link": (
        lambda m, _e: lesson_in(m, "Why it matters")["resources"][1].update(url="javascript:alert(1)"),
        "Give a whole address",
    ),
    "programme as PDF": (lambda m, e: renamed(m, e, "Read", "file", b"MZ evil"), "This is not a PDF file."),
    "page as picture": (lambda m, e: renamed(m, e, "Watch", "poster", b"<html>"), "not a PNG, JPEG or WebP"),
    "question nobody can answer": (
        lambda m, _e: [o.update(correct=False) for o in lesson_in(m, "Check")["quiz"]["questions"][0]["options"]],
        "Mark the right answer.",
    ),
    "rule that nothing meets": (set_in("rule", "criteria", 0, "percent", 0), "between 1 and 100"),
}  # fmt: skip


def raw_zips(content: bytes) -> dict[str, tuple[bytes, str]]:
    """What only the zip itself can be: a link, a bomb, a password, a double, half a file."""
    link = zipfile.ZipInfo("files/" + "b" * 64)
    link.external_attr = 0o120777 << 16
    made: dict[str, tuple[bytes, str]] = {"half of it": (content[: len(content) // 2], "cannot be opened")}
    for name, entries, words in (
        ("link", [(link, b"/etc/passwd")], "holds a link"),
        ("double", [("manifest.json", b"{}"), ("manifest.json", b"{}")], "twice"),
        ("no contents", [("files/" + "c" * 64, b"x")], "cannot be opened"),
        ("no JSON", [("manifest.json", b"[" * 100_000)], "list of contents cannot be read"),
        ("bomb", [("manifest.json", bytes(8 << 20))], "unpacks to far more"),
        ("many", [(f"files/{n:064x}", b"") for n in range(5002)], "unpacks to far more"),
    ):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
            for entry, piece in entries:  # type: ignore[misc]
                target.writestr(entry, piece)  # type: ignore[has-type]
        made[name] = out.getvalue(), words
    locked = bytearray(content)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = locked.find(signature) + offset
        locked[at : at + 2] = struct.pack("<H", struct.unpack("<H", locked[at : at + 2])[0] | 1)
    made["password"] = bytes(locked), "protected by a password"
    return made


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_hostile_file_gets_a_sentence_and_leaves_nothing(rings: list[Ring]) -> None:
    """CRS-10, SEC-6: each is refused in words, and no row, no byte of it stays."""
    written = full_course()
    content = file_of(written.course, written.by)
    db.session.commit()
    tried = {name: (repacked(content, change), words) for name, (change, words) in HOSTILE.items()} | raw_zips(content)
    before = lying_about(), rows()
    for name, (hostile, words) in tried.items():
        row = imported(hostile, rings, written.by)
        assert row.state == "failed", name
        assert words in (row.error or "") % row.error_values, (name, row.error, row.error_values)
        assert (lying_about(), rows()) == before, name
    for no_zip in (b"", b"PK", b"MZ evil"):
        with pytest.raises(RuleBroken, match="cannot be opened"):
            ask_import(io.BytesIO(no_zip), "x.zip", by=written.by)
    bad = '<script>alert(1)</script><img src=x onerror="alert(1)"> ![x](https://elsewhere.example/x.png)'
    row = imported(repacked(content, set_in(*FIRST, "body", bad)), rings, written.by)
    lesson = db.session.scalars(select(Lesson).where(Lesson.course_id == row.course_id, Lesson.kind == "text")).one()
    assert "<script" not in lesson.body_html
    assert "<img" not in lesson.body_html


def test_whoever_may_not_write_any_more_imports_nothing(rings: list[Ring]) -> None:
    """CRS-10, ORG-2: rights are looked at when the worker reads, not only when the file was sent."""
    written = Written(author())
    content = file_of(written.course, written.by)
    row = ask_import(io.BytesIO(content), "../../course.zip", by=author("Otto Other", Role.LMS_STUDENT))
    db.session.commit()
    run_rings(rings)
    db.session.refresh(row)
    assert (row.state, row.file_name) == ("failed", "course.zip")
    assert "may not write courses" in (row.error or "")


def test_a_killed_worker_is_found_and_tried_again(rings: list[Ring], clock: Any) -> None:
    """CRS-10: a promise outlives its worker; after three tries it says so."""
    written = Written(author())
    row = ask_import(io.BytesIO(file_of(written.course, written.by)), "course.zip", by=written.by)
    db.session.commit()
    rings.clear()
    for _try in range(3):
        assert take(CourseImport, row.id, work.LEASE) is not None
        db.session.commit()
        assert work.work_on_import(row.id) is False  # somebody holds it
        clock.move(minutes=5)
        work.sweep_imports()
        db.session.commit()
    db.session.refresh(row)
    assert row.state == "failed"
    assert "The worker stopped" in (row.error or "")
