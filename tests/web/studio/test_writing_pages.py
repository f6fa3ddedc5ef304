"""CRS-1, CRS-10 as a browser sees them: outline, self-saving lessons, files, resources, preview, copies and course files."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from sqlalchemy import select

from lmsapp.courses.catalogue import actions
from lmsapp.courses.catalogue.authored import list_courses
from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.catalogue.queries import outline
from lmsapp.courses.moving.models import CourseImport
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db
from lmsapp.infra.queue import Ring
from lmsapp.learning.enrollments.by_oneself import enroll_self
from lmsapp.people.roles import Role
from lmsapp.people.viewer import Viewer
from tests.cast import make_cast
from tests.client import PageClient
from tests.courses.authors import Written, author, pdf_of
from tests.courses.test_moving import picture
from tests.jobs import run_rings

HTMX = {"HX-Request": "true"}
SAID: dict[str, Any] = {"title": "Why it matters", "minutes": "4", "min_seconds": "30", "share": "90"}


@pytest.fixture
def written() -> Written:
    return Written(author())


@pytest.fixture
def at_work(client: PageClient, written: Written) -> PageClient:
    client.sign_in(written.by.user_id)
    return client


def titles(written: Written) -> list[str]:
    return [line.title for line in outline(written.course.id).lessons]  # type: ignore[union-attr]


def test_the_outline_is_arranged_with_and_without_script(at_work: PageClient, written: Written) -> None:
    """CRS-1: quick add, rename in place, several at once, undo; said to screen readers, refused in words."""
    course, chapter = f"/studio/courses/{written.course.id}", f"/studio/chapters/{written.chapter.id}"
    added = at_work.post(f"{chapter}/lessons/quick", data={"title": "Quick quiz", "kind": "quiz"}, headers=HTMX)
    assert "Quick quiz" in added.text
    assert "“Quick quiz” was added." in added.headers["HX-Trigger"].encode().decode("unicode_escape")
    empty = at_work.post(f"{chapter}/lessons/quick", data={"title": " ", "kind": "text"}, headers=HTMX)
    assert (empty.status_code, "Give it a title." in empty.text) == (422, True)
    assert at_work.post(f"{chapter}/lessons/quick", data={"title": "Plain", "kind": "text"}).status_code == 303
    assert at_work.get(f"/studio/lessons/{written.text.id}/title", headers=HTMX).status_code == 200
    assert at_work.get(f"/studio/lessons/{written.text.id}/title").status_code == 200
    renamed = at_work.post(f"/studio/lessons/{written.text.id}/title", data={"title": "Because"}, headers=HTMX)
    assert renamed.headers["HX-Retarget"] == "#outline"
    assert "Because" in titles(written)
    other = actions.add_chapter(written.course, "Then", by=written.by)
    db.session.commit()
    picks = [str(written.text.id), str(written.quiz_lesson.id)]
    moved = at_work.post(f"{course}/lessons/place", data={"pick": picks, "chapter": other.id}, headers=HTMX)
    assert moved.status_code == 200
    assert titles(written)[-2:] == ["Because", "Check"]
    gone = at_work.post(f"{course}/lessons/archive", data={"pick": picks}, headers=HTMX)
    undo = f"{course}/lessons/restored?pick={picks[0]}&pick={picks[1]}"
    assert undo in gone.headers["HX-Trigger"]
    assert "Because" not in titles(written)
    assert at_work.post(undo, headers=HTMX).status_code == 200
    assert titles(written)[-2:] == ["Because", "Check"]
    at_work.post(f"/studio/chapters/{other.id}/place", data={"index": "0"}, headers=HTMX)
    assert titles(written)[0] == "Because"
    refused = at_work.post(f"/studio/chapters/{other.id}/archive", headers=HTMX)
    assert (refused.status_code, "Move or archive them first" in refused.text) == (422, True)
    at_work.post(f"{course}/lessons/place", data={"pick": picks, "chapter": written.chapter.id})
    assert "restore" in at_work.post(f"/studio/chapters/{other.id}/archive", headers=HTMX).headers["HX-Trigger"]
    assert at_work.post(f"/studio/chapters/{other.id}/restore", headers=HTMX).status_code == 200
    assert "Then" in at_work.get(course).text


def test_a_lesson_saves_itself_and_overwrites_nobody(at_work: PageClient, written: Written) -> None:
    """CRS-1: 'Saved at', 'Not saved' in words, both texts where two wrote; the button does the same without script."""
    draft = f"/studio/lessons/{written.text.id}/draft"
    saved = at_work.post(draft, data={**SAID, "body": "Mine.", "revision": "1"})
    assert (saved.status_code, saved.json["revision"]) == (200, 2)
    assert saved.json["said"].startswith("Saved at ")
    late = at_work.post(draft, data={**SAID, "body": "Too late.", "revision": "1"})
    assert (late.status_code, late.json["theirs"]["body"], late.json["revision"]) == (409, "Mine.", 2)
    assert "Keep mine" in late.json["html"]
    nameless = at_work.post(draft, data={**SAID, "title": "", "body": "x", "revision": "2"})
    assert (nameless.status_code, nameless.json["said"]) == (422, "Not saved: Give it a title.")
    assert at_work.post(draft, data={**SAID, "body": "No revision at all."}).status_code == 409
    form = {**SAID, "body": "From the old page.", "revision": "1"}
    both = at_work.post(f"/studio/lessons/{written.text.id}", data=form)
    assert both.status_code == 422
    assert "Mine." in both.text
    assert "From the old page." in both.text
    assert 'name="revision" type="hidden" value="2"' in both.text
    assert at_work.post(f"/studio/lessons/{written.text.id}", data={**form, "revision": "2"}).status_code == 303
    assert db.session.get_one(Lesson, written.text.id).body == "From the old page."
    at_work.post(draft, data={**SAID, "body": "Then left.", "revision": "3", "leaving": "1"})
    assert at_work.post(f"/studio/lessons/{written.text.id}/left").status_code == 204
    entries = select(AuditEntry).where(AuditEntry.action == "lesson edited", AuditEntry.subject_id == written.course.id)
    assert len(db.session.scalars(entries).all()) == 2
    at_work.sign_in(author("Dora Different").user_id)
    for address in (draft, draft.replace("draft", "left"), draft.replace("draft", "files")):
        assert at_work.post(address, data=form).status_code == 404


def test_pictures_and_resources_reach_learners_through_their_lesson_only(at_work: PageClient, written: Written) -> None:
    """CRS-1, SEC-4: what the published text shows is served to whoever takes the course; to nobody else."""
    lesson = f"/studio/lessons/{written.text.id}"
    sent = {"upload": (io.BytesIO(picture()), "hand.png"), "by": "script"}
    added = at_work.post(f"{lesson}/files", data=sent).json
    assert (added["markdown"], added["picture"]) == ("![](files/hand.png)", True)
    assert at_work.post(f"{lesson}/files", data={"upload": (io.BytesIO(picture()), "hand.png")}).status_code == 303
    for refused, words in (({"by": "script"}, "Choose a file first."), ({}, "Choose a file first.")):
        answer = at_work.post(f"{lesson}/files", data=refused)
        assert (answer.status_code, words in answer.text) == (422, True)
    evil = {"upload": (io.BytesIO(b"<svg onload=alert(1)>"), "x.png"), "by": "script"}
    assert "Only pictures" in at_work.post(f"{lesson}/files", data=evil).json["said"]
    body = "![A hand](files/hand.png)"
    shown = at_work.post(f"{lesson}/text-preview", data={"body": body}, headers=HTMX).text
    assert f'src="{lesson}/files/' in shown
    at_work.post(lesson, data={**SAID, "body": body, "revision": "1"})
    paper = {"title": "Card", "upload": (io.BytesIO(pdf_of("Card")), "card.pdf")}
    assert "Card" in at_work.post(f"{lesson}/resources", data=paper, headers=HTMX).text
    link = {"title": "Law", "address": "https://example.org/law"}
    assert at_work.post(f"{lesson}/resources", data=link).status_code == 303
    bad = at_work.post(f"{lesson}/resources", data={"title": "x", "address": "javascript:alert(1)"})
    assert (bad.status_code, "Give a whole address" in bad.text) == (422, True)
    bad = at_work.post(f"{lesson}/resources", data={"title": "", "address": "https://e.org"}, headers=HTMX)
    assert (bad.status_code, "Give it a title." in bad.text) == (422, True)
    at_work.post(f"{lesson}/resources/place", data={"key": "2", "step": "up"}, headers=HTMX)
    changed = {"key": "2", "title": "The law", "address": "https://example.org/law"}
    assert "The law" in at_work.post(f"{lesson}/resources/change", data=changed, headers=HTMX).text
    for address in (lesson, f"{lesson}/preview", f"{lesson}/preview?width=phone"):
        page = at_work.get(address).text
        assert "hand" in page
        assert "The law" in page
    written.publish()
    cast = make_cast()
    lena: Viewer = cast.lena.viewer
    enroll_self(lena, written.course)
    db.session.commit()
    at_work.sign_in(lena.user_id)
    taken = f"/learn/courses/{written.course.id}/lessons/{written.text.id}"
    page = at_work.get(taken).text
    held = db.session.get_one(Lesson, written.text.id).detail
    first, second = (one["file"] for one in held["files"])
    assert f'src="{taken}/files/{first}"' in page
    assert "The law" in page
    with at_work.get(f"{taken}/files/{first}") as sent_picture:
        assert sent_picture.mimetype == "image/png"
    with at_work.get(f"{taken}/files/{held['resources'][1]['file']}") as card:
        assert card.headers["Content-Disposition"].startswith("attachment")
    assert at_work.get(f"{taken}/files/{second}").status_code == 404  # uploaded, and not in the text
    at_work.sign_in(cast.otto.viewer.user_id)
    assert at_work.get(f"{taken}/files/{first}").status_code == 404


def test_a_course_goes_out_and_comes_in_by_its_pages(at_work: PageClient, written: Written, rings: list[Ring]) -> None:
    """CRS-10: copy, export, import with its states; another author sees nothing of it."""
    course = f"/studio/courses/{written.course.id}"
    copy = at_work.post(f"{course}/copies")
    assert "Copy of Hand hygiene" in at_work.get(copy.location).text
    sent = at_work.get(f"{course}/file")
    assert sent.headers["Content-Disposition"] == 'attachment; filename="hand-hygiene.zip"'
    assert zipfile.ZipFile(io.BytesIO(sent.data)).testzip() is None
    assert at_work.get("/studio/imports").status_code == 200
    assert at_work.post("/studio/imports", data={}).status_code == 422
    no_zip = at_work.post("/studio/imports", data={"file": (io.BytesIO(b"MZ"), "x.zip")})
    assert (no_zip.status_code, "This is not a course file" in no_zip.text) == (422, True)
    where = at_work.post("/studio/imports", data={"file": (io.BytesIO(sent.data), "hand.zip")}).location
    broken = at_work.post("/studio/imports", data={"file": (io.BytesIO(sent.data[:-30]), "half.zip")}).location
    assert "Waiting." in at_work.get(where).text
    assert at_work.get(f"{where}/progress", headers=HTMX).status_code == 200
    run_rings(rings)
    db.session.expire_all()
    assert at_work.get(f"{where}/progress", headers=HTMX).headers["HX-Redirect"] == where
    assert "The course is here" in at_work.get(where).text
    assert "Nothing was imported" in at_work.get(broken).text
    made = db.session.scalars(select(CourseImport.course_id).where(CourseImport.state == "ready")).one()
    assert at_work.get(f"/studio/courses/{made}").status_code == 200
    at_work.sign_in(author("Dora Different").user_id)
    for address in (where, f"{where}/progress", f"{course}/file"):
        assert at_work.get(address).status_code == 404
    assert at_work.post(f"{course}/copies").status_code == 404
    at_work.sign_in(author("Otto Other", Role.LMS_STUDENT).user_id)
    assert at_work.get("/studio/imports").status_code == 403


def test_the_list_says_what_changed_last_and_is_paged(at_work: PageClient, written: Written, statements: Any) -> None:
    """CRS-2: last change and by whom, the mark of a changed draft; as many statements for 60 courses as for two."""
    written.publish()
    actions.create_course("Another", by=written.by)
    db.session.commit()
    statements.clear()
    found = list_courses(written.by)
    few = len(statements)
    assert [(row.title, row.changed_by) for row in found.rows] == [
        ("Another", "Cora Creator"),
        ("Hand hygiene", "Cora Creator"),
    ]
    actions.edit_lesson(written.text, by=written.by, body="Changed since.")
    db.session.add_all(
        Course(slug=f"c-{n}", title=f"Course {n:02}", created_by_id=written.by.user_id) for n in range(60)
    )
    db.session.commit()
    statements.clear()
    found = list_courses(written.by, number=2)
    assert (found.total, len(found.rows), len(statements)) == (62, 12, few)
    assert next(row.title for row in list_courses(written.by, newest=True).rows) == "Hand hygiene"
    changed = at_work.get("/studio/courses?status=changed").text
    assert "Hand hygiene" in changed
    assert "Another" not in changed
    for address in ("?page=2&sort=changed", "?page=99", "?page=x"):
        assert at_work.get(f"/studio/courses{address}").status_code == 200
