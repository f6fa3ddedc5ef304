"""The calendar of messages to come, a day of it, a person, and the next message of an assignment (REM-8)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from lmsapp.assignments.actions import assign_many
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.infra.db import db
from tests.cast import make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.courses.authors import Written

HERE = "/studio/messages-to-come"


def test_what_will_be_sent_is_seen_by_moderators(client: PageClient, clock: Clock) -> None:
    """REM-8: how many on which day, who and why and how, by course, department and channel; nobody else sees it."""
    cast = make_cast()
    course = Written(cast.milo.viewer, title="Fire safety").publish().course
    for other in (cast.otto, cast.mark, cast.hana, cast.carla):
        client.sign_in(other.user.id)
        for place in (HERE, f"{HERE}/day", f"{HERE}/people/{cast.lena.record.id}"):
            assert client.get(place).status_code == 403
    client.sign_in(cast.milo.user.id)
    assert "Nothing to come" in client.get(HERE).text
    due = dt.date(2026, 11, 16)
    assign_many([cast.lena.record, cast.otto.record], course, due, by=cast.milo.viewer)
    db.session.commit()
    page = client.get(HERE).text
    assert "Reminders</span> 2" in page
    assert "To managers and HR</span> 2" in page
    assert "Becomes overdue</span> 2" in page
    assert "What this cannot know" in page
    assert client.get(f"{HERE}?channel=sms").text.count("Nothing to come") == 1
    assert "Reminders</span> 2" in client.get(f"{HERE}?course={course.id}").text
    department = cast.lena.record.department_id
    assert "Reminders</span> 1" in client.get(f"{HERE}?department={department}&course=x&channel=pigeon").text
    fragment = client.get(HERE, headers={"HX-Request": "true"}).text
    assert "<html" not in fragment

    day = client.get(f"{HERE}/day?on=2026-11-09").text
    for said in ("Lena Fischer", "Otto Nobody", "Fire safety", "7 days before the due date", "to the learner · E-mail"):
        assert said in day
    assert "Lena Fischer" not in client.get(f"{HERE}/day?on=2026-11-09&channel=sms").text
    late = client.get(f"{HERE}/day?on=2026-11-17").text
    assert "to the manager, Mark Okafor" in late
    assert "to the manager (nobody named)" in late
    assert "Becomes overdue" in late
    for nonsense in ("2026-13-01", "2020-01-01", "2031-01-01", "tomorrow"):
        assert client.get(f"{HERE}/day?on={nonsense}").status_code == 404
    person = client.get(f"{HERE}/people/{cast.lena.record.id}").text
    assert "On the due date" in person
    assert "Becomes overdue" in person
    assert client.get(f"{HERE}/people/999999").status_code == 404
    one = db.session.scalars(select(TrainingAssignment.id).filter_by(employee_id=cast.lena.record.id)).one()
    said = client.get(f"/studio/assignments/{one}").text
    assert "Next message: 7 days before the due date, to the learner, on Mon 9 Nov." in said
