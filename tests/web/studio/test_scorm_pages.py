"""SCO-1, SCO-3, CRS-3: an author sends a package, states when it is done, replaces it, asks for its score, tries it."""

from __future__ import annotations

import io
import zipfile

import pytest
from flask import Flask
from sqlalchemy import select

from lmsapp.courses.catalogue.actions import add_chapter, add_lesson, create_course
from lmsapp.courses.catalogue.models import Chapter, Course, Lesson
from lmsapp.courses.packages.models import PackageImport
from lmsapp.demo.scorm import package_zip
from lmsapp.infra.db import db
from lmsapp.infra.queue import Ring
from lmsapp.learning.scorm.models import ScormAttempt, ScormLaunch
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.jobs import run_rings
from tests.kept import kept

TERMS = {"done_when": "completed", "percent": "80", "close_after": "10"}


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


@pytest.fixture
@kept
def course(cast: Cast) -> Course:
    made = create_course("Up and down", by=cast.carla.viewer)
    add_chapter(made, "First", by=cast.carla.viewer)
    db.session.commit()
    return made


def zipped(**entries: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, text in entries.items():
            made.writestr(name, text)
    return out.getvalue()


def posted(client: PageClient, address: str, content: bytes, name: str = "ladders.zip", **more: str) -> str:
    """Send a ZIP; where it leads, or the refusal."""
    sent = client.post(address, data={"file": (io.BytesIO(content), name), "minutes": "8", **more})
    return sent.location if sent.status_code == 303 else f"{sent.status_code} {sent.text}"


def new_lesson(client: PageClient, course: Course, content: bytes) -> str:
    page = client.get(f"/studio/courses/{course.id}").text
    address = page.partition("/lessons/new?kind=scorm")[0].rpartition('href="')[2] + "/lessons/new?kind=scorm"
    assert "Drop the package here" in client.get(address).text
    assert "Choose the ZIP file first" in client.post(address, data={"minutes": "8"}).text
    assert "422" in posted(client, address, b"MZ no zip")
    assert db.session.scalar(select(Lesson.id).where(Lesson.course_id == course.id)) is None, "no lesson without a ZIP"
    return posted(client, address, content)


def test_a_package_from_its_zip_to_its_terms(client: PageClient, cast: Cast, course: Course, rings: list[Ring]) -> None:
    """SCO-1, SCO-3: sent, imported with progress, shown, its terms in words, replaced, an old one used again."""
    client.sign_in(cast.carla.user.id)
    here = new_lesson(client, course, package_zip("ladders"))
    page = client.get(here).text
    assert "<h1>ladders</h1>" in page, "an empty title is the name of the file"
    progress = page.partition('hx-get="')[2].partition('"')[0]
    assert "/progress" in progress
    assert "looked at next" in client.get(progress, headers={"HX-Request": "true"}).text
    assert "still being imported" in client.get(f"/studio/courses/{course.id}").text
    run_rings(rings)
    assert client.get(progress, headers={"HX-Request": "true"}).headers["HX-Redirect"] == here
    assert client.get(progress.removesuffix("/progress")).location == f"{here}#package"
    page = client.get(here).text
    for words in ("SCORM 1.2", "passed at 80", "1, which reports", "states a mastery score of 80", "ladders.zip"):
        assert words in page, words
    terms_of_lesson(client, here)
    replaced(client, course, here, rings)
    for person in (cast.otto, cast.lena):
        client.sign_in(person.user.id)
        assert client.get(here).status_code in (403, 404)
    other = cast.everybody["milo"]
    client.sign_in(other.user.id)
    assert client.get(here).status_code == 200, "moderators see every course"


def terms_of_lesson(client: PageClient, here: str) -> None:
    preview = client.post(f"{here}/package/terms/words", data=TERMS | {"done_when": "score", "percent": "60"}).text
    assert "a score of at least 60" in preview
    assert "it may say “failed” and be done here" in preview
    refused = client.post(f"{here}/package/terms", data=TERMS | {"done_when": "score", "percent": "0"})
    assert (refused.status_code, 'value="0"' in refused.text) == (422, True)
    assert client.post(f"{here}/package/terms", data=TERMS | {"close_after": "999"}).status_code == 422
    assert client.post(f"{here}/package/terms", data=TERMS | {"done_when": "bribed"}).status_code == 422
    saved = client.post(f"{here}/package/terms", data=TERMS | {"done_when": "passed", "close_after": "0"})
    assert saved.location == f"{here}#terms"
    assert "waits for the learner to leave" in client.get(here).text


def replaced(client: PageClient, course: Course, here: str, rings: list[Ring]) -> None:
    """Another package; what differs; back to the first; each as it came."""
    client.post(f"/studio/courses/{course.id}/rule", data={"criteria": ["lessons"], "share": "100"})
    assert client.post(f"/studio/courses/{course.id}/publication").status_code == 303
    assert "422" in posted(client, f"{here}/package", package_zip("ladders"), name="again.zip"), "the very same ZIP"
    assert posted(client, f"{here}/package", package_zip("heat"), name="heat.zip") == f"{here}#package"
    assert "Until then the lesson has the package below" in client.get(here).text
    run_rings(rings)
    page = client.get(here).text
    for words in ("SCORM 2004 4th Edition", "SCORM 1.2 became SCORM 2004", "2 files are new", "each of the 2 parts"):
        assert words in page, words
    assert "another package" in client.get(f"/studio/courses/{course.id}/publication").text
    old, new = (run.package_id for run in db.session.scalars(select(PackageImport).order_by(PackageImport.id)))
    whole = client.get(f"{here}/packages/{new}").text
    assert "heat/signs.html" not in whole
    assert "signs.html" in whole
    assert "belongs to version 1" in client.get(f"{here}/packages/{old}").text
    sent = client.get(f"{here}/packages/{old}/file")
    assert sent.data == package_zip("ladders")
    assert sent.headers["Content-Disposition"] == 'attachment; filename="ladders.zip"'
    sent.close()
    assert client.get(f"{here}/packages/999").status_code == 404
    assert client.post(f"{here}/package/choice", data={"package": "999"}).status_code == 422
    assert client.post(f"{here}/package/choice", data={"package": old}).location == f"{here}#package"
    assert "another package" not in client.get(f"/studio/courses/{course.id}/publication").text


def test_a_refused_and_a_cancelled_package_leave_the_lesson_as_it_was(
    client: PageClient, cast: Cast, course: Course, rings: list[Ring]
) -> None:
    """SCO-1: a refusal says what to do; who cancels, or has no right, changes nothing."""
    client.sign_in(cast.carla.user.id)
    here = new_lesson(client, course, zipped(**{"page.html": "<p>Hello"}))
    run_rings(rings)
    page = client.get(here).text
    assert "“ladders.zip” was not imported" in page
    assert "send the new ZIP" in page
    assert "Upload the package of" in client.get(f"/studio/courses/{course.id}").text
    posted(client, f"{here}/package", package_zip("heat"), name="heat.zip")
    run = db.session.scalars(select(PackageImport).order_by(PackageImport.id.desc())).first()
    assert run is not None
    at = f"/studio/package-imports/{run.id}"
    client.sign_in(cast.otto.user.id)
    assert {client.get(at).status_code, client.post(f"{at}/discarded").status_code} <= {403, 404}
    client.sign_in(cast.carla.user.id)
    assert client.post(f"{at}/attempt").status_code == 422, "nothing failed on our side"
    assert client.post(f"{at}/discarded").location == f"{here}#package"
    again = client.post(f"{at}/discarded")
    assert (again.status_code, "done with already" in again.text) == (422, True)
    run_rings(rings)
    db.session.expire_all()
    lesson = db.session.scalars(select(Lesson)).one()
    assert (lesson.file_id, "scorm" in lesson.detail) == (None, False)
    text = add_lesson(db.session.get_one(Chapter, lesson.chapter_id), "text", "Read", by=cast.carla.viewer)
    db.session.commit()
    assert client.post(f"/studio/lessons/{text.id}/package/terms", data=TERMS).status_code == 404


def test_a_score_of_a_package_completes_the_course(
    client: PageClient, cast: Cast, course: Course, rings: list[Ring]
) -> None:
    """CRS-3: chosen packages each with a least score, in the form, in the learner's words; refused where there is none."""
    client.sign_in(cast.carla.user.id)
    rule = f"/studio/courses/{course.id}/rule"
    assert "A SCORM package reports a score" not in client.get(rule).text, "only where the course has a package"
    here = new_lesson(client, course, package_zip("ladders"))
    run_rings(rings)
    lesson_id = here.rpartition("/")[2]
    assert "A SCORM package reports a score" in client.get(rule).text
    asked = {"criteria": ["package_score"], "packages": lesson_id, f"packages-{lesson_id}": "75"}
    words = client.post(f"{rule}/words", data=asked).text
    assert "Reach at least 75\u202f% in “Ladders: Set Up, Climb, Come Down”" in words, (
        "the title the package gives itself"
    )
    assert "Tick the packages" in client.post(rule, data={"criteria": ["package_score"]}).text
    bad = client.post(rule, data=asked | {f"packages-{lesson_id}": "high"})
    assert (bad.status_code, "a score from 1 to 100" in bad.text, 'value="high"' in bad.text) == (422, True, True)
    assert client.post(rule, data=asked).status_code == 303
    assert 'value="75"' in client.get(rule).text
    quiz = {"criteria": ["quiz_passed"], "scores": lesson_id, f"scores-{lesson_id}": "80"}
    assert "Choose a quiz of this course" in client.post(rule, data=quiz).text, "a package is no quiz"


def test_an_author_tries_the_draft_and_nothing_counts(
    client: PageClient, cast: Cast, course: Course, rings: list[Ring]
) -> None:
    """SCO-2, SCO-4: a trial is framed from the host of content, for authors only, and no attempt of anybody."""
    client.sign_in(cast.carla.user.id)
    here = new_lesson(client, course, package_zip("heat"))
    assert client.post(f"{here}/trials").status_code == 422, "not before it is imported"
    run_rings(rings)
    at = client.post(f"{here}/trials", data={"item": "heat-check"}).location
    page = client.get(at)
    assert "frame-src http://content.example" in page.headers["Content-Security-Policy"]
    assert 'data-src="http://content.example/c/' in page.text
    assert "allow-top-navigation" not in page.text
    launch = db.session.scalars(select(ScormLaunch)).one()
    assert (launch.item, launch.attempt_id) == ("heat-check", None)
    assert client.post(f"{here}/trials", data={"item": "nothing"}).status_code == 422
    assert "Try it" in client.get(f"{here}/preview").text
    client.sign_in(cast.otto.user.id)
    assert client.get(at).status_code in (403, 404)
    assert db.session.scalar(select(ScormAttempt.id)) is None


def test_without_a_host_for_content_it_says_what_to_set(
    client: PageClient, app: Flask, cast: Cast, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SCO-4: off until an administrator has set the host; said in words, and refused."""
    client.sign_in(cast.carla.user.id)
    monkeypatch.setitem(app.config, "CONTENT_URL", "")
    page = client.get(f"/studio/courses/{course.id}").text
    assert '<option value="scorm">' not in page
    address = page.partition("/lessons/new?kind=scorm")[0].rpartition('href="')[2] + "/lessons/new?kind=scorm"
    assert "LMS_CONTENT_URL" in client.get(address).text
    assert "LMS_CONTENT_URL" in posted(client, address, package_zip("heat"))
    assert db.session.scalar(select(Lesson.id)) is None
