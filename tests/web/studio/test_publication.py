"""CRS-2, CRS-3: publishing again, its versions, and the way back, through the pages."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from lmsapp.courses.catalogue import actions
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.actions import enroll, open_lesson
from lmsapp.learning.enrollments.facts import standing_of
from lmsapp.learning.versions.models import VersionMove
from lmsapp.people.viewer import Viewer
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.courses.authors import Written, author


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


@pytest.fixture
def cora() -> Viewer:
    return author()


@pytest.fixture
def written(cora: Viewer) -> Written:
    return Written(cora).publish()


@pytest.fixture
def at_work(client: PageClient, cora: Viewer) -> PageClient:
    client.sign_in(cora.user_id)
    return client


def test_a_change_is_published_when_it_is_published(at_work: PageClient, written: Written, cast: Cast) -> None:
    """CRS-2: the outline says that the draft differs; the page lists what changed and for whom, and asks."""
    lena = enroll(cast.lena.record, written.course, source="staff", by=None)
    open_lesson(lena, standing_of(lena).outline.lessons[0])
    db.session.commit()
    at = f"/studio/courses/{written.course.id}"
    assert "See the changes" not in at_work.get(at).text
    actions.edit_lesson(written.text, by=written.by, body="Other words")
    actions.set_rule(written.course, "all", [{"kind": "lessons", "share": 30}], written.by)
    db.session.commit()
    assert "Learners still see version 1" in at_work.get(at).text
    page = at_work.get(f"{at}/publication").text
    for words in (
        "Why it matters",
        ">text<",
        "Asked from now on",
        "Finish 1 of 3 lessons",
        "goes on in the new version",
    ):
        assert words in page
    refused = at_work.post(f"{at}/publication", data={"completed": "again", "learners": "move"})
    assert refused.status_code == 422
    assert "from tomorrow on" in refused.text
    db.session.expire_all()
    assert written.course.content_version == 1
    assert at_work.post(f"{at}/publication", data={"learners": "move"}).status_code == 303
    move = db.session.scalars(select(VersionMove)).one()
    assert "Waiting." in at_work.get(at).text
    assert at_work.get(f"/studio/version-moves/{move.id}").status_code == 200
    assert "New in this version" in at_work.get(f"{at}/versions/2").text
    assert at_work.get(f"{at}/versions/3").status_code == 404
    assert at_work.post(f"{at}/versions/1/draft").status_code == 303
    assert at_work.post(f"{at}/versions/9/draft").status_code == 404
    assert "Learners still see version 2" in at_work.get(at).text
    assert at_work.post(f"{at}/draft").status_code == 303
    assert "See the changes" not in at_work.get(at).text


def test_a_failed_move_is_tried_again(at_work: PageClient, written: Written) -> None:
    """CRS-3: the failure is shown, and asked for once more."""
    move = VersionMove(
        course_id=written.course.id,
        number=1,
        moves_learners=True,
        asks_again=False,
        asked_by_id=written.by.user_id,
        state="failed",
    )
    db.session.add(move)
    db.session.commit()
    assert "Try again" in at_work.get(f"/studio/version-moves/{move.id}").text
    assert at_work.post(f"/studio/version-moves/{move.id}/attempt").status_code == 303
    assert db.session.scalar(select(func.count()).where(VersionMove.state == "waiting")) == 1
    stranger = author("Carl Other")
    at_work.sign_in(stranger.user_id)
    assert at_work.get(f"/studio/version-moves/{move.id}").status_code == 404
    assert at_work.get(f"/studio/courses/{written.course.id}/versions").status_code == 404
