"""A package on its lesson's page, the page of the player, and the wrapper on the host of content."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask

from lmsapp.courses.packages.rules import DoneWhen, PackageTerms
from lmsapp.infra.db import db
from lmsapp.learning.scorm.launches.tokens import token_of
from lmsapp.learning.scorm.models import ScormLaunch
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.learning.scorm.scenes import Scene, part


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


def text(body: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def test_from_the_lesson_into_the_player_and_back(client: PageClient, app: Flask, cast: Cast) -> None:
    """SCO-2, SCO-3: start, go on, the parts with what they wait for, done, look again, and a new attempt by its own
    button; the player's page has the frame with exactly the rights that content needs, and nothing of the content."""
    terms = PackageTerms(close_after=7)
    scene = Scene(
        cast, items=(part("one"), part("two", prerequisites="one"), part("three", visible=False)), terms=terms
    )
    here = f"/learn/courses/{scene.course.id}/lessons/{scene.lesson.id}"
    client.sign_in(cast.lena.user.id)
    words = text(client.get(here).text)
    assert "Start" in words and "0 of 2 parts done" in words and "First finish: One" in words and "Three" not in words
    answer = client.post(f"{here}/launches")
    assert answer.status_code == 303
    page = client.get(answer.location)
    frame = re.search(r"<iframe[^>]*>", page.text)
    assert frame is not None
    made = db.session.query(ScormLaunch).one()
    assert f'data-src="http://content.example/c/{token_of(made.id)}/"' in frame[0]
    assert 'sandbox="allow-scripts allow-same-origin allow-forms allow-modals allow-popups allow-downloads"' in frame[0]
    assert 'allow="unload; fullscreen; autoplay"' in frame[0] and 'data-origin="http://content.example"' in frame[0]
    assert "frame-src http://content.example" in page.headers["Content-Security-Policy"]
    assert "session-note" not in page.text, (
        "content that is used must not be taken away for want of a click on our page"
    )
    scene.play("one").says(status="passed", score="80")
    again = client.get(answer.location)
    assert again.status_code == 303 and again.location.endswith(here), "another window has taken over"
    words = text(client.get(here).text)
    assert "opened in another window" in words
    assert "Continue" in words and "1 of 2 parts done" in words and "Score: 80" in words and "First finish" not in words
    scene.play("two").says(status="completed")
    words = text(client.get(here).text)
    assert "This lesson is done" in words and "Look again" in words and "Begin a new attempt?" in words
    client.post(f"{here}/launches", data={"again": "1"})
    assert [one.number for one in scene.attempts()] == [1, 2]
    assert "Attempt 2" in text(client.get(here).text)


def test_whoever_is_somebody_else(client: PageClient, cast: Cast) -> None:
    """SCO-4: a launch is its learner's alone; another learner, another lesson, somebody without the course: not there."""
    scene, other = Scene(cast), Scene(cast, title="Other")
    made = scene.play().launch_id
    own = f"/learn/courses/{scene.course.id}/lessons/{scene.lesson.id}"
    learner = scene.learner(1)
    db.session.commit()  # a refusal takes back what was not
    for person, address in (
        (cast.otto, f"{own}/launches/{made}"),
        (learner, f"{own}/launches/{made}"),
        (cast.lena, f"/learn/courses/{other.course.id}/lessons/{other.lesson.id}/launches/{made}"),
        (cast.lena, f"{own}/launches/999999"),
    ):
        client.sign_in(person.user.id)
        assert client.get(address).status_code == 404
    client.sign_in(cast.otto.user.id)
    assert client.post(f"{own}/launches").status_code == 404
    client.sign_in(cast.lena.user.id)
    assert client.get(f"{own}/launches/{made}").status_code == 200


def test_without_package_switched_off_and_not_passed(client: PageClient, app: Flask, cast: Cast) -> None:
    """SCO-2: a lesson without a package, packages switched off and a failed attempt say so in words."""
    scene = Scene(cast, terms=PackageTerms(done_when=DoneWhen.PASSED))
    here = f"/learn/courses/{scene.course.id}/lessons/{scene.lesson.id}"
    client.sign_in(cast.lena.user.id)
    playing = scene.play()
    playing.says(status="failed", score="20")
    playing.finishes()
    words = text(client.get(here).text)
    assert "Not passed yet" in words and "you have passed it" in words
    assert "Start a new attempt" in words and "Opening the lesson begins a new one." in words
    kept, app.config["CONTENT_URL"] = app.config["CONTENT_URL"], ""
    try:
        words = text(client.get(here).text)
        assert "Not available here at present" in words and "Start" not in words
        assert client.post(f"{here}/launches").status_code == 403
    finally:
        app.config["CONTENT_URL"] = kept


def test_the_wrapper_brings_the_launch_and_its_words(client: PageClient, app: Flask, cast: Cast) -> None:
    """SCO-2: on the host of content, without a session: the launch as JSON, one sitting more each time, one library, in
    the language and colours of the page around it; for a token that opens nothing, a page that says so."""
    scene = Scene(cast, items=(part("one"), part("two")))
    playing = scene.play("two")
    host = {"base_url": "http://content.example"}
    found = client.get(f"/c/{playing.token}/?lang=es&theme=dark", **host)
    assert found.status_code == 200 and 'lang="es"' in found.text and 'data-theme="dark"' in found.text
    assert "scorm12.min.js" in found.text and "scorm2004" not in found.text and "Set-Cookie" not in found.headers
    kept = re.search(r'id="launch">(.*?)</script>', found.text, re.DOTALL)
    assert kept is not None
    launch = json.loads(kept[1])
    assert (launch["item"], launch["sitting"], launch["edition"]) == ("two", playing.sitting + 1, "1.2")
    assert launch["urls"]["lesson"] == f"http://localhost/learn/courses/{scene.course.id}/lessons/{scene.lesson.id}"
    assert client.get("/c/no-such-token/", **host).status_code == 404
    assert client.get(f"/c/{playing.token}/").status_code == 404, "not on the application's host"
