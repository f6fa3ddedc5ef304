"""CRS-6: the policy with its dates before it is saved; who is certified and who has to renew."""

from __future__ import annotations

import datetime as dt

import pytest

from lmsapp.courses.validity.actions import policy_of
from lmsapp.courses.validity.policy import Basis
from lmsapp.infra.db import db
from lmsapp.people.roles import Role
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.conftest import Statements
from tests.courses.authors import author
from tests.learning.certificates.learners import Learner

FORM = {
    "validity_months": "12", "basis": "previous expiry", "lead": "60", "lead_unit": "days", "renewal_months": "11",
    "grace_days": "30", "late": "completion", "assign": "y", "scope": "future", "fixed_day": "31", "fixed_month": "12",
    "fixed_within": "90",
}  # fmt: skip


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


def test_the_dates_are_shown_before_they_are_saved(clock: Clock, client: PageClient, cast: Cast) -> None:
    """CRS-6: preview, refusal in words with nothing typed lost, saving, and what people hold on request."""
    learner = Learner(clock, title="Fall protection")
    learner.finish()
    course = learner.written.course
    here = f"/studio/courses/{course.id}/validity"
    client.sign_in(learner.written.by.user_id)
    assert "The dates that come of it" in client.get(here).text
    shown = client.post(f"{here}/dates", data=FORM, headers={"HX-Request": "true"}).text
    for words in ("28 Feb 2029", "3 Sep 2027", "2 Oct 2027", "2 Nov 2027", "3 Nov 2027", "2 Dec 2027", "2 Nov 2028"):
        assert words in shown, words
    assert "1 person holds this certification now. If they follow, the dates of 1 change" in shown
    for wrong, words in (({"renewal_months": "13"}, "before the certification expires"), ({"lead": "x"}, "valid"),
                         ({"basis": "fixed date", "fixed_day": "31", "fixed_month": "2"}, "no such day")):  # fmt: skip
        assert words in client.post(f"{here}/dates", data=FORM | wrong, headers={"HX-Request": "true"}).text
    refused = client.post(here, data=FORM | {"scope": "held", "grace_days": "29"})
    assert refused.status_code == 422
    assert "Give the reason" in refused.text
    assert 'value="29"' in refused.text

    assert client.post(here, data=FORM).status_code == 303
    db.session.refresh(course)
    assert (policy_of(course).basis, policy_of(course).renewal_months, policy_of(course).assign) == (
        Basis.PREVIOUS, 11, True,
    )  # fmt: skip
    assert client.post(here, data=FORM | {"scope": "held", "reason": "The law says so"}).status_code == 303
    db.session.expire_all()
    assert learner.enrollment.renewal_from == dt.date(2027, 10, 2)
    assert client.post(here, data={"basis": "completion", "late": "completion", "lead_unit": "days", "scope": "future",
                                   "fixed_month": "12"}).status_code == 303  # fmt: skip
    assert "counts for good" in client.get(here).text
    client.sign_in(cast.otto.user.id)
    assert client.get(here).status_code == 403
    client.sign_in(author("Somebody Else").user_id)
    assert client.get(here).status_code == 404


def test_who_expires(clock: Clock, client: PageClient, cast: Cast, statements: Statements) -> None:
    """CRS-6: soonest first by window, status and name; as CSV; per course; the same number of statements for more."""
    first = Learner(clock, name="Priya Nair", title="Fall protection")
    first.finish()
    moderator = author("Mo Derator", Role.MODERATOR)
    client.sign_in(moderator.user_id)
    assert "Nobody has to renew" in client.get("/studio/expiring").text
    statements.clear()
    assert "Priya Nair" in client.get("/studio/expiring?window=all").text
    few = len(statements)
    clock.set(dt.datetime(2027, 9, 10, 18, tzinfo=dt.UTC))
    for number, name in enumerate(("Tom Late", "Ann Later", "Joe Last")):
        Learner(clock, name=name, title=f"Ladders {number}", due_on=dt.date(2027, 12, 1)).finish()
    statements.clear()
    found = client.get("/studio/expiring?window=all").text
    assert len(statements) == few
    assert "Joe Last" in found
    soon = client.get("/studio/expiring").text
    assert "Priya Nair" in soon
    assert "in 53 days" in soon
    assert "Tom Late" not in soon
    clock.set(dt.datetime(2027, 11, 10, 18, tzinfo=dt.UTC))
    sheet = client.get("/studio/expiring.csv?window=expired").text
    assert "Priya Nair" in sheet
    assert "2027-11-02,Expired" in sheet
    assert "Nobody fits" in client.get("/studio/expiring?q=%23%23&department=1&status=Nonsense&page=x").text
    assert "Priya Nair" in client.get("/studio/expiring?q=nair&window=90&status=Expired").text
    tab = client.get(f"/studio/courses/{first.written.course.id}/certified").text
    assert "1 expired" in tab
    assert "0 valid" in tab
    for who in (cast.otto.user.id, first.written.by.user_id):
        client.sign_in(who)
        assert client.get("/studio/expiring").status_code == 403
        assert client.get(f"/studio/courses/{first.written.course.id}/certified").status_code == 403
