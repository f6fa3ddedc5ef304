"""CRS-6, ENR-4, ENR-5: renewing from home and course page; what is earlier stays in sight."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from lmsapp.courses.validity.actions import set_validity
from lmsapp.courses.validity.policy import Basis, Policy
from lmsapp.infra.db import db
from lmsapp.jobs import run_job
from lmsapp.learning.certificates.actions import revoke_certificate
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.validity.renewals import tell_of_turns
from lmsapp.people.roles import Role
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.courses.authors import author
from tests.learning.certificates.learners import Learner


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


def at(year: int, month: int, day: int) -> dt.datetime:
    return dt.datetime(year, month, day, 18, tzinfo=dt.UTC)


def test_a_learner_renews(clock: Clock, client: PageClient, cast: Cast) -> None:
    """CRS-6: no button before the window; then Renew now, the course from the start, and the earlier period below."""
    learner = Learner(clock, title="Fall protection")
    set_validity(learner.written.course, Policy(12, 11, basis=Basis.PREVIOUS, grace_days=10), by=None)
    learner.finish()
    here = f"/learn/courses/{learner.written.course.id}"
    client.sign_in(learner.viewer.user_id)
    text = client.get(here).text
    assert "Valid until 2 Nov 2027" in text
    assert "Renew now" not in text
    assert client.post(f"{here}/renewal").status_code == 303
    assert "You can renew from 2027-09-03 on" in client.get(here).text

    clock.set(at(2027, 9, 3))
    tell_of_turns()
    db.session.commit()
    assert "Renew now" in client.get(here).text
    home = client.get("/learn").text
    assert "Renew now. Valid until" in home
    assert "Renewal" in home or "Renew" in home
    clock.set(at(2027, 11, 5))
    text = client.get(here).text
    assert "Your certification expired" in text
    assert "counts as if it were in time" in text
    assert "Expired" in client.get("/learn/record").text

    assert client.post(f"{here}/renewal").headers["Location"] == f"{here}/resume"
    text = client.get(here).text
    assert "You are renewing it" in text
    assert "0 of 3 lessons" in text
    assert "You are renewing it" in client.get("/learn").text
    learner.read()
    learner.take_quiz()
    text = client.get(here).text
    assert "Earlier periods" in text
    assert "Valid Mon 2 Nov" in text or "Valid 2 Nov 2026 to" in text
    record = client.get("/learn/record").text
    assert record.count(">Fall protection</a>") >= 4  # two certificates, two periods

    newest = learner_certificates(learner)[-1]
    revoke_certificate(newest, by=author("Mo Derator", Role.MODERATOR), reason="Not taken by her")
    db.session.commit()
    assert "Your certification expired" in client.get(here).text
    client.sign_in(cast.otto.user.id)
    assert client.post(f"{here}/renewal").status_code == 404
    run_job("seal", 0)


def learner_certificates(learner: Learner) -> list[Certificate]:
    theirs = select(Certificate).where(Certificate.employee_id == learner.employee.id)
    return list(db.session.scalars(theirs.order_by(Certificate.issued_on, Certificate.id)))
