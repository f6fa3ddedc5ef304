"""CRS-1: lessons that save themselves, files in texts, resources, several lessons at once."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from lmsapp.courses.catalogue import actions, arranging
from lmsapp.courses.catalogue.attachments import (
    add_resource,
    attach_file,
    checked_address,
    edit_resource,
    move_resource,
    plain_name,
    remove_file,
    remove_resource,
)
from lmsapp.courses.catalogue.lessons import WrittenMeanwhile
from lmsapp.courses.catalogue.media import Upload
from lmsapp.courses.catalogue.models import Chapter, Lesson
from lmsapp.courses.catalogue.queries import files_of, outline
from lmsapp.courses.catalogue.writing import save_by_itself, stop_writing
from lmsapp.courses.publishing.reading import version_of
from lmsapp.courses.publishing.writings import note_ended_writings
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra import files
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile
from lmsapp.infra.markdown import to_html, with_addresses
from lmsapp.infra.words import RuleBroken
from tests.clock import Clock
from tests.courses.authors import Written, author, pdf_of


@pytest.fixture
def written() -> Written:
    return Written(author())


def photograph(size: tuple[int, int] = (40, 30)) -> bytes:
    """A JPEG lying on its side, which says where it was taken."""
    out, image = io.BytesIO(), Image.new("RGB", size, "teal")
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "taken at home, 41.4 N"
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def edits(course_id: int) -> list[AuditEntry]:
    mine = (
        AuditEntry.subject_kind == "course",
        AuditEntry.subject_id == course_id,
        AuditEntry.action == "lesson edited",
    )
    return list(db.session.scalars(select(AuditEntry).where(*mine).order_by(AuditEntry.id)))


def test_one_entry_for_each_time_somebody_writes(written: Written, clock: Clock) -> None:
    """CRS-1, EVD-3: many saves are one entry, in the writer's name; nothing that was saved stays off the trail."""
    lesson, cora, dora = written.text, written.by, author("Dora Different")
    for n in range(5):
        save_by_itself(lesson, revision=n + 1, by=cora, body=f"Wash, version {n}.", title="Wash")
        clock.move(minutes=1)
    assert edits(written.course.id) == []
    save_by_itself(lesson, revision=6, by=dora, body="Wash, says Dora.")  # somebody else begins: Cora's is over
    [first] = edits(written.course.id)
    assert (first.actor_name, first.before) == ("Cora Creator", {"title": "Why it matters"})
    assert first.after is not None
    assert (first.after["saves"], first.after["text changed"], first.after["title"]) == (5, True, "Wash")
    clock.move(minutes=9)
    note_ended_writings()
    assert len(edits(written.course.id)) == 1
    clock.move(minutes=2)
    note_ended_writings()  # the sweep: quiet for ten minutes
    note_ended_writings()
    assert [one.actor_name for one in edits(written.course.id)] == ["Cora Creator", "Dora Different"]
    save_by_itself(lesson, revision=7, by=cora, body="Once more.")
    stop_writing(lesson, by=dora)  # not hers to end
    assert len(edits(written.course.id)) == 2
    stop_writing(lesson, by=cora)
    save_by_itself(lesson, revision=8, by=cora, body="Before publication.")
    actions.publish(written.course, cora)  # what is published is explained before it
    assert len(edits(written.course.id)) == 4
    save_by_itself(lesson, revision=9, by=cora, body="A")
    actions.edit_lesson(lesson, by=cora, revision=10, body="B")  # the button: one entry, not two
    assert len(edits(written.course.id)) == 5
    save_by_itself(lesson, revision=11, by=cora, body="C")
    save_by_itself(lesson, revision=12, by=cora, body="B")
    stop_writing(lesson, by=cora)  # changed, and changed back
    assert len(edits(written.course.id)) == 5


def test_two_windows_lose_nothing(written: Written) -> None:
    """CRS-1: who comes later is told, with both texts; the same words sent twice are one save."""
    lesson, cora = written.text, written.by
    save_by_itself(lesson, revision=1, by=cora, body="First window.")
    save_by_itself(lesson, revision=1, by=cora, body="First window.")  # sent again after the answer was lost
    assert lesson.revision == 2
    for change in (save_by_itself, actions.edit_lesson):
        with pytest.raises(WrittenMeanwhile) as met:
            change(lesson, revision=1, by=cora, body="Second window.")  # type: ignore[operator]
        assert (met.value.theirs["body"], met.value.revision) == ("First window.", 2)
    save_by_itself(lesson, revision=2, by=cora, body="Second window.")
    assert lesson.body == "Second window."
    with pytest.raises(RuleBroken, match="Give it a title"):
        save_by_itself(lesson, revision=3, by=cora, title=" ")


def test_a_picture_is_written_anew_and_served_while_the_text_shows_it(written: Written) -> None:
    """CRS-1, SEC-6: no place of a photograph travels along; learners reach only what the published text names."""
    lesson, by = written.text, written.by
    shown = attach_file(lesson, Upload.of(photograph(), "../My hand (1).JPEG.exe"), by=by)
    unused = attach_file(lesson, Upload.of(photograph((9, 9)), "My hand (1).JPEG.jpg"), by=by)
    paper = attach_file(lesson, Upload.of(pdf_of("Card"), "card.pdf"), by=by)
    assert (shown.name, unused.name) == ("My-hand-1-.JPEG.jpg", "My-hand-1-.JPEG-2.jpg")
    assert b"taken at home" not in files.read(shown.file.sha256)
    with Image.open(files.path_of(shown.file.sha256)) as image:
        assert image.size == (30, 40)  # upright
    body = f"{shown.markdown.replace('![]', '![A hand]')}\n\n{paper.markdown}"
    actions.edit_lesson(lesson, by=by, body=body)
    number = actions.publish(written.course, by).number
    version = version_of(written.course.id, number)
    assert version.file(lesson.id, shown.file.id) is not None
    assert version.file(lesson.id, paper.file.id) is not None
    assert version.file(lesson.id, unused.file.id) is None
    assert unused.file.id in files_of(lesson.file_id, lesson.detail)  # the author still has it
    remove_file(lesson, shown.name, by=by)
    assert version.file(lesson.id, shown.file.id) is not None  # what is published stays whole
    html = with_addresses(lesson.body_html, lambda name: "/card" if name == "card.pdf" else None)
    assert "<img" not in html
    assert "A hand" in html
    assert 'href="/card"' in html


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "x.png", "Only pictures"),
        (b"<html><script>alert(1)</script>", "x.pdf", "Only pictures"),
        (b"MZ evil", "x.jpg", "Only pictures"),
        (b"PK\x03\x04 plain zip", "x.docx", "Only pictures"),
        (b"\x89PNG\r\n\x1a\n cut off", "x.png", "cannot be opened"),
        (b"\xff\xd8\xff" + bytes(11 << 20), "x.jpg", "at most 10 MB"),
    ],
)
def test_what_is_no_picture_and_no_paper_is_refused(written: Written, content: bytes, name: str, words: str) -> None:
    """SEC-6: by content, in words, nothing stored."""
    before = db.session.query(StoredFile).count()
    with pytest.raises(RuleBroken, match=words):
        attach_file(written.text, Upload.of(content, name), by=written.by)
    with pytest.raises(RuleBroken, match="words only"):
        attach_file(written.pledge, Upload.of(photograph(), "x.jpg"), by=written.by)
    assert db.session.query(StoredFile).count() == before


def test_a_picture_of_too_many_pixels_is_refused(written: Written) -> None:
    """SEC-6: a small file can be a very large picture."""
    out = io.BytesIO()
    Image.new("1", (8000, 6000)).save(out, "PNG")
    with pytest.raises(RuleBroken, match="at most 40 million"):
        attach_file(written.text, Upload.of(out.getvalue(), "x.png"), by=written.by)


@pytest.mark.pure
def test_pictures_of_elsewhere_leave_their_words() -> None:
    """SEC-6: whoever holds a picture would see who reads; signed texts hold none at all."""
    said = "![seen](https://elsewhere.example/x.png) ![own](files/x.png) ![up](files/../../x)"
    html = to_html(said, images=True)
    assert "elsewhere" not in html
    assert "seen" in html
    assert html.count("<img") == 2
    assert "<img" not in with_addresses(html, lambda _name: None)
    assert "<img" not in to_html(said)
    assert plain_name("../a b\u202e<x>.PNG") == "a-b-x.png"


def test_resources_are_ordered_and_part_of_what_is_taught(written: Written) -> None:
    """CRS-1: resources hang on any lesson, a quiz too; they are in the version, and nothing else is served."""
    lesson, by = written.quiz_lesson, written.by
    add_resource(lesson, "", by=by, upload=Upload.of(pdf_of("Card"), "The card.pdf"))
    add_resource(lesson, "The law", by=by, address=" https://example.org/law?a=1 ")
    move_resource(lesson, 2, -1, by=by)
    edit_resource(lesson, 2, "The law itself", by=by, address="https://example.org/law")
    assert [one["title"] for one in lesson.detail["resources"]] == ["The law itself", "The-card"]
    number = actions.publish(written.course, by).number
    file_id = lesson.detail["resources"][1]["file"]
    remove_resource(lesson, 1, by=by)
    kept = version_of(written.course.id, number)
    assert kept.file(lesson.id, file_id) is not None
    assert [one["title"] for one in kept.lessons[lesson.id].detail["resources"]] == ["The law itself", "The-card"]
    assert written.course.draft_changed_at is not None
    for bad in ("javascript:alert(1)", "//example.org", "https://", "ftp://example.org", "https://a b.org", "http://["):
        with pytest.raises(RuleBroken, match="whole address"):
            checked_address(bad)
    with pytest.raises(RuleBroken, match="no longer here"):
        edit_resource(lesson, 99, "x", by=by)


def titles(course_id: int) -> list[list[str]]:
    shown = outline(course_id)
    assert shown is not None
    return [[line.title for line in chapter.lessons] for chapter in shown.chapters]


def test_several_lessons_are_arranged_at_once(written: Written) -> None:
    """CRS-1: moved and archived together, all or none; undo brings them back to where they were."""
    course, by = written.course, written.by
    second = actions.add_chapter(course, "Then", by=by)
    quick = arranging.add_quickly(second, "quiz", "Quick check", by=by)
    arranging.move_lessons([written.text, written.quiz_lesson], second, by=by)
    assert titles(course.id) == [["The pledge"], ["Quick check", "Why it matters", "Check"]]
    arranging.archive_lessons([quick, written.text], by=by)
    assert titles(course.id) == [["The pledge"], ["Check"]]
    arranging.put_back_lessons([quick, written.text], by=by)
    assert titles(course.id) == [["The pledge"], ["Quick check", "Why it matters", "Check"]]
    assert arranging.place_chapter(second, 0, by=by) == 1
    assert titles(course.id)[1] == ["The pledge"]
    actions.set_rule(course, "all", [{"kind": "quiz_passed", "lesson_id": quick.id, "percent": 80}], by)
    with pytest.raises(RuleBroken, match="Quick check"):
        arranging.archive_lessons([written.pledge, quick], by=by)
    assert titles(course.id)[1] == ["The pledge"]
    foreign = Written(by, title="Foreign")
    wrong: list[tuple[list[Lesson], Chapter]] = [
        ([foreign.text], second),
        ([written.text], foreign.chapter),
        ([], second),
    ]
    for lessons, to in wrong:
        with pytest.raises(RuleBroken, match="Choose lessons"):
            arranging.move_lessons(lessons, to, by=by)
    with pytest.raises(RuleBroken, match="Choose lessons"):
        arranging.archive_lessons([written.text, foreign.text], by=by)


def test_the_video_keeps_what_belongs_to_it_when_its_file_is_replaced(written: Written) -> None:
    """CRS-1: a file is replaced without losing captions, poster and resources."""
    webm = bytes.fromhex("1a45dfa3") + b"\x42\x82\x84webm" + bytes(64)
    video: dict[str, Any] = {"upload": Upload.of(webm, "a.webm"), "seconds": 10}
    captions = Upload.of(b"WEBVTT\n\n00:00.000 --> 00:01.000\nHello", "en.vtt")
    poster = Upload.of(photograph(), "p.jpg")
    film = actions.add_lesson(
        written.chapter, "video", "Film", by=written.by, captions=captions, poster=poster, **video
    )
    add_resource(film, "More", by=written.by, address="https://example.org")
    before = dict(film.detail)
    actions.edit_lesson(film, by=written.by, upload=Upload.of(webm + b"2", "b.webm"), seconds=12)
    assert film.detail == {**before, "seconds": 12}
