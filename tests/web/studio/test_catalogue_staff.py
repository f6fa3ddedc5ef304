"""Topics and price, reviews, payments and a course's words through the studio's pages (CRS-7, CRS-8, CRS-9)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask

from lmsapp.courses.catalogue.actions import edit_course
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.payments.models import Payment
from lmsapp.learning.reviews.actions import write_review
from lmsapp.learning.reviews.queries import rating_of
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.courses.authors import Written
from tests.learning.quizzes.ward import Ward


@pytest.fixture
def people() -> Cast:
    return make_cast()


def test_topics_price_and_reviews(client: PageClient, app: Flask, people: Cast) -> None:
    """CRS-8, CRS-9: an author sets topics and price, and reads reviews without names; a moderator hides one with a
    reason; others find nothing."""
    written = Written(people.carla.viewer).publish()
    enrollment = Enrollment(employee=people.lena.record, course=written.course, completed_at=clock.now(), locks=[])
    db.session.add(enrollment)
    db.session.flush()
    review = write_review(enrollment, 1, "Rude words", by=people.lena.viewer)
    db.session.commit()
    here = f"/studio/courses/{written.course.id}"
    client.sign_in(people.carla.user.id)
    said = {"title": "Hand hygiene", "kind": "onboarding", "language": "en", "currency": "EUR"}
    wrong = client.post(f"{here}/settings", data={**said, "price": "-4", "topics": "Hands"})
    assert wrong.status_code == 422 and "Give a price" in wrong.text and 'value="Hands"' in wrong.text
    client.post(f"{here}/settings", data={**said, "price": "12.50", "topics": "Hands,  Wards , hands"})
    course = db.session.get_one(Course, written.course.id)
    assert (course.price, course.currency, course.topics) == (Decimal("12.50"), "EUR", ["Hands", "Wards"])
    assert 'value="Hands, Wards"' in client.get(f"{here}/settings").text

    page = client.get(f"{here}/reviews").text
    assert "Rude words" in page and "Lena" not in page and ">Hide<" not in page
    hiding = f"{here}/reviews/{review.id}/hiding"
    assert client.post(hiding, data={"reason": "x"}).status_code == 403
    client.sign_in(people.milo.user.id)
    assert "Lena Fischer" in client.get(f"{here}/reviews").text
    assert "Hide this review" in client.get(hiding).text
    assert client.post(hiding, data={"reason": ""}).status_code == 422
    client.post(hiding, data={"reason": "Rude"})
    assert rating_of(written.course.id).reviews == 0
    assert "Hidden by Milo Brandt" in client.get(f"{here}/reviews").text
    client.post(f"{here}/reviews/{review.id}/showing")
    assert rating_of(written.course.id).reviews == 1
    other = Ward()
    assert client.post(f"/studio/courses/{other.course.id}/reviews/{review.id}/showing").status_code == 404
    client.sign_in(people.carla.user.id)
    assert client.get(f"/studio/courses/{other.course.id}/reviews").status_code == 404
    client.sign_in(people.otto.user.id)
    assert client.get(f"{here}/reviews").status_code == 403


def test_payments_by_moderators(client: PageClient, people: Cast) -> None:
    """CRS-9: list, several set at once, the sheet, its reading on the trail; authors, HR and learners are kept out."""
    client.sign_in(people.milo.user.id)
    assert "No payments yet" in client.get("/studio/payments").text
    ward = Ward()
    edit_course(ward.course, by=None, price=Decimal(40), currency="USD")
    ids = [ward.enroll(person).id for person in (people.lena, people.otto)]
    page = client.get("/studio/payments?status=pending&q=Fischer&since=2020-01-01&until=nonsense").text
    assert "Lena Fischer" in page and "Otto" not in page and "$40.00" in page
    assert "Clear all filters" in client.get("/studio/payments?status=paid").text
    assert client.get("/studio/payments/changes/new").location == "/studio/payments"
    ask = client.get(f"/studio/payments/changes/new?pick={ids[0]}&pick={ids[1]}&pick=999999").text
    assert "For 2 payments" in ask
    wrong = client.post("/studio/payments/changes", data={"pick": ids, "status": "waived", "reference": "INV 9"})
    assert wrong.status_code == 422 and "Say why" in wrong.text and 'value="INV 9"' in wrong.text
    client.post("/studio/payments/changes", data={"pick": ids[0], "status": "paid", "cost_centre": "CC 1"})
    partly = client.post(
        "/studio/payments/changes",
        data={"pick": ids, "status": "waived", "reason": "Budget"},
        follow_redirects=True,
    ).text
    assert "1 payment changed." in partly and "cannot become" in partly
    assert [db.session.get_one(Payment, one).status for one in ids] == ["paid", "waived"]
    sheet = client.get("/studio/payments.csv?status=paid")
    assert sheet.mimetype == "text/csv" and "CC 1" in sheet.text and "Otto" not in sheet.text
    for name in ("carla", "hana", "lena", "sam", "aki"):
        client.sign_in(people.everybody[name].user.id)
        allowed = name == "sam"  # who configures may do everything but learn
        for address in ("/studio/payments", "/studio/payments.csv"):
            assert client.get(address).status_code == (200 if allowed else 403), (name, address)


def test_a_course_has_words_of_its_own(client: PageClient, people: Cast) -> None:
    """CRS-7: in each language, held against what the organisation says; shown on the learner's pages, asked for by the
    standard status all the same."""
    written = Written(people.carla.viewer).publish()
    enrollment = Enrollment(
        employee=people.lena.record, course=written.course, completed_at=clock.now(), progress=100, locks=[]
    )
    db.session.add(enrollment)
    db.session.commit()
    here = f"/studio/courses/{written.course.id}/status-words"
    client.sign_in(people.carla.user.id)
    assert 'placeholder="Completed"' in client.get(here).text
    clash = client.post(here, data={"en-3": "Overdue", "es-3": "Hecho"})
    assert clash.status_code == 422 and "already the word" in clash.text and 'value="Hecho"' in clash.text
    client.post(here, data={"en-3": "<i>Certified</i>", "es-3": "Titulado"})
    assert (
        "Nothing was changed"
        in client.post(here, data={"en-3": "<i>Certified</i>", "es-3": "Titulado"}, follow_redirects=True).text
    )
    client.sign_in(people.lena.user.id)
    for address in (f"/learn/courses/{written.course.id}", "/learn", "/learn/catalogue?status=Completed"):
        page = client.get(address).text
        assert "&lt;i&gt;Certified&lt;/i&gt;" in page, address
    client.sign_in(people.otto.user.id)
    assert client.get(here).status_code == 403
    client.sign_in(people.milo.user.id)
    other = Ward()
    assert "&lt;i&gt;Certified" not in client.get(f"/studio/courses/{other.course.id}/status-words").text
