"""CRS-3: attendance is recorded for many at once, counts for the rule at once, and is corrected with a reason."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from lmsapp.courses.catalogue import actions as authoring
from lmsapp.infra.db import db
from lmsapp.infra.words import RuleBroken
from lmsapp.learning.attendance.actions import Held, record_session, take_back_attendance
from lmsapp.learning.attendance.models import Attendance
from lmsapp.learning.attendance.queries import attended, session_for, sessions_of, who_could_attend
from lmsapp.learning.enrollments.actions import enroll
from tests.cast import make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.courses.authors import Written

DAY = dt.date(2026, 11, 1)


def test_from_the_form_to_the_completion(client: PageClient, clock: Clock) -> None:
    """CRS-3: 'Attend 2 sessions': the second one completes; a wrong entry stays on record and counts no more."""
    cast = make_cast()
    written = Written(cast.carla.viewer, title="Ladder workshop")
    authoring.set_rule(written.course, "all", [{"kind": "attended", "sessions": 2}], cast.carla.viewer)
    written.publish()
    lena = enroll(cast.lena.record, written.course, source="staff", by=cast.milo.viewer)
    enroll(cast.otto.record, written.course, source="staff", by=cast.milo.viewer)
    db.session.commit()
    carla = cast.carla.viewer
    for held, said in (
        (Held(" ", DAY, 60), "what was held"),
        (Held("A", DAY + dt.timedelta(days=9), 60), "once it was held"),
        (Held("A", DAY, 0), "minutes"),
    ):
        with pytest.raises(RuleBroken, match=said):
            record_session(written.course, held, who_could_attend(written.course.id), by=carla)
    client.sign_in(cast.carla.user.id)
    address = f"/studio/courses/{written.course.id}/sessions/new"
    assert "Lena Fischer" in client.get(address).text
    assert client.post(address, data={"title": "", "held_on": "x", "minutes": "0"}).status_code == 422
    form = {"title": "Morning", "held_on": DAY.isoformat(), "minutes": "90", "enrollments": [str(lena.id)]}
    assert client.post(address, data=form).status_code == 303
    assert client.post(address, data=form).status_code == 303, "the same again is the same session"
    (morning,) = sessions_of(written.course.id)
    assert (morning.people, lena.completed_at) == (1, None)
    wrong = db.session.scalars(select(Attendance)).one()
    take_back_attendance(wrong, lena, by=carla, reason="She was ill")
    record_session(written.course, Held("Noon", DAY, 60), [lena], by=carla)
    assert lena.completed_at is None
    record_session(written.course, Held("Morning", DAY, 90), who_could_attend(written.course.id), by=carla)
    assert lena.completed_at is not None
    assert not lena.completed_by_hand
    assert [row.name for row in attended(morning.id)] == ["Lena Fischer", "Otto Nobody"]
    page = client.get(f"/studio/sessions/{morning.id}").text
    assert "was there" in page
    entry = next(row for row in attended(morning.id) if row.name == "Otto Nobody")
    correction = f"/studio/sessions/{morning.id}/attendance/{entry.id}/correction"
    assert client.post(correction, data={"reason": ""}).status_code == 422
    assert client.post(correction, data={"reason": "Wrong Otto"}).status_code == 303
    assert "Wrong Otto" in client.get(f"/studio/sessions/{morning.id}").text
    dashboard = client.get(f"/studio/courses/{written.course.id}/learners").text
    for words in ("Lesson by lesson", "Who is stuck", "Morning", "Why it matters", "1 completion in 12 weeks"):
        assert words in dashboard, words
    clock.move(days=20)
    assert "Otto Nobody" in client.get(f"/studio/courses/{written.course.id}/learners").text
    assert session_for(cast.otto.viewer, morning.id) is None
    client.sign_in(cast.otto.user.id)
    assert client.get(f"/studio/courses/{written.course.id}/learners").status_code == 403
