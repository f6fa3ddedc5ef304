"""Catalogue, reviews, suggestions and a paid course through a learner's pages (CRS-8, CRS-9)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask

from lmsapp.courses.catalogue.actions import edit_course
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.payments.models import Payment
from lmsapp.learning.reviews.actions import hide_review
from lmsapp.learning.reviews.models import CourseReview
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.conftest import Statements
from tests.learning.quizzes.ward import Ward

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def people() -> Cast:
    return make_cast()


@pytest.fixture
def client(app: Flask, people: Cast) -> PageClient:
    client = PageClient(app)
    client.sign_in(people.lena.user.id)
    return client


def test_the_catalogue_in_its_address(client: PageClient, people: Cast, statements: Statements) -> None:
    """CRS-8: words, filters, order and page stand in the address; a fragment answers alike; nonsense narrows nothing;
    what is found is marked and never trusted as HTML; the empty states lead on."""
    assert "The catalogue is empty" in client.get("/learn/catalogue").text
    ward = Ward(title="Sharps <script>alert(1)</script> safety")
    edit_course(ward.course, by=None, topics=["<b>Needles</b>", "Wards"], summary="Mind & <i>matter</i>, always.")
    other = Ward(title="Documentation")
    db.session.commit()

    page = client.get("/learn/catalogue?q=needle&topic=Wards&length=30&status=none&sort=rated").text
    assert "1 course" in page
    assert "Sharps &lt;script&gt;" in page
    assert "&lt;b&gt;Needles&lt;/b&gt;" in page
    assert "<mark>needle</mark>" in page
    assert "<script>alert" not in page and "<i>matter" not in page
    assert 'value="Wards" checked' in page
    assert "Remove filter" in page
    for nothing in ("?kind=x&length=7&status=Nonsense&sort=upwards&page=-3&valid=maybe", "?page=99999999999"):
        assert "2 courses" in client.get(f"/learn/catalogue{nothing}").text
    fragment = client.get("/learn/catalogue?q=docu", headers=FRAGMENT).text
    assert fragment.lstrip().startswith("<section") and "Documentation" in fragment and "Sharps" not in fragment
    mistyped = client.get("/learn/catalogue?q=documentatoin").text
    assert "this is for “documentation”" in mistyped
    assert "Try fewer or other words" in client.get("/learn/catalogue?q=zebra").text
    assert "Keep the words, clear the filters" in client.get("/learn/catalogue?q=needle&language=es").text
    assert "Clear all filters" in client.get("/learn/catalogue?language=es").text

    other.enroll(people.lena)
    started = client.get("/learn/catalogue?status=Not+Started").text
    assert "1 course" in started and "Documentation" in started
    statements.clear()
    client.get("/learn/catalogue")
    few = len(statements)
    for number in range(4):
        Ward(title=f"More {number}")
    statements.clear()
    client.get("/learn/catalogue")
    assert len(statements) == few


def test_a_review_from_the_quiet_card_to_the_average(client: PageClient, people: Cast) -> None:
    """CRS-8, ASG-8: asked once after completing; written, shown without a surname, changed, hidden; nothing typed is
    lost; who did not complete it or is not enrolled writes nothing."""
    ward = Ward()
    enrollment, others = ward.enroll(people.lena), ward.enroll(people.mark)
    here = f"/learn/courses/{ward.course.id}"
    assert "How was this course?" not in client.get(here).text
    assert client.get(f"{here}/review").status_code == 403
    assert client.post(f"{here}/review", data={"stars": "5"}).status_code == 403
    enrollment.completed_at = others.completed_at = clock.now()
    db.session.commit()
    assert "How was this course?" in client.get(here).text
    wrong = client.post(f"{here}/review", data={"text": "Half a thought"})
    assert wrong.status_code == 422 and "Half a thought" in wrong.text and "Choose from one to five" in wrong.text
    assert client.post(f"{here}/review", data={"stars": "9", "text": ""}).status_code == 422
    for _twice in range(2):
        saved = client.post(f"{here}/review", data={"stars": "4", "text": "<b>Clear</b>"})
        assert saved.status_code == 303
    page = client.get(here).text
    assert "How was this course?" not in page
    assert "4.0 of 5 stars, 1 review" in page and "&lt;b&gt;Clear&lt;/b&gt;" in page and "Change your review" in page

    client.sign_in(people.mark.user.id)
    seen = client.get(f"{here}/reviews").text
    assert "Lena," in seen and "Fischer" not in seen
    assert "How was this course?" in client.get(here).text
    client.post(f"{here}/review/later")
    assert "How was this course?" not in client.get(here).text

    client.sign_in(people.otto.user.id)
    outside = client.get(here).text
    assert "4.0 of 5 stars" in outside and "Write a review" not in outside
    assert "What is in it" in outside and "/lessons/" not in outside, "its lessons are named before one enrolls"
    assert client.get(f"{here}/review").status_code == 404
    assert client.post(f"{here}/review/later").status_code == 404
    hide_review(db.session.query(CourseReview).one(), "Names a patient", by=people.milo.viewer)
    db.session.commit()
    assert "4.0 of 5 stars" not in client.get(here).text
    client.sign_in(people.lena.user.id)
    assert "Your review is hidden: Names a patient" in client.get(here).text
    assert client.get("/learn/courses/999999/reviews").status_code == 404


def test_not_interested_and_back(client: PageClient, people: Cast) -> None:
    """CRS-8: one's own choice, said on the course's page, taken back there; a draft does not exist."""
    ward = Ward()
    here = f"/learn/courses/{ward.course.id}"
    assert client.post(f"{here}/not-interested").location == "/learn"
    assert "Suggest it again" in client.get(here).text
    client.post(f"{here}/not-interested", data={"again": "1"})
    assert "Suggest it again" not in client.get(here).text
    ward.course.status = "draft"
    db.session.commit()
    assert client.post(f"{here}/not-interested").status_code == 404


def test_every_address_of_an_unpaid_course_is_shut(client: PageClient, people: Cast) -> None:
    """CRS-9: enrolled, asked and told the price; no address gives or takes content until it is paid or waived."""
    ward = Ward()
    edit_course(ward.course, by=None, price=Decimal("1234.50"), currency="USD")
    db.session.commit()
    here = f"/learn/courses/{ward.course.id}"
    assert "$1,234.50" in client.get("/learn/catalogue").text
    assert "Enroll for $1,234.50" in client.get(here).text
    client.post(f"{here}/enrollment", data={"cost_centre": "CC 7"})
    payment = db.session.query(Payment).one()
    assert (payment.status, payment.cost_centre) == ("pending", "CC 7")
    page = client.get(here).text
    assert "This course is locked for you" in page and "$1,234.50" in page and 'value="CC 7"' in page

    lesson, pdf, quiz = (f"{here}/lessons/{one.id}" for one in (ward.text, ward.pdf, ward.check))
    for address in (lesson, pdf, quiz, f"{pdf}/files/{ward.pdf.file_id}"):
        assert client.get(address).status_code == 403, address
    tried = 0
    for rule in client.application.url_map.iter_rules():
        if (
            rule.endpoint.startswith("student.")
            and rule.arguments == {"course_id", "lesson_id"}
            and "POST" in (rule.methods or ())
        ):
            asked = ward.check if "quiz" in rule.rule else ward.text
            with client.application.test_request_context():
                address = rule.build({"course_id": ward.course.id, "lesson_id": asked.id, "work_file_id": 1})
            assert address is not None
            assert client.post(address[1], data={"seconds": "5", "agreed": "1"}).status_code == 403, address
            tried += 1
    assert tried >= 3
    assert client.get(f"{here}/resume").location == here
    enrollment = db.session.query(Enrollment).one()
    assert (enrollment.started_at, enrollment.progress) == (None, 0)

    assert client.post(f"{here}/cost-centre", data={"cost_centre": "CC 8"}).status_code == 303
    assert client.post(f"{here}/cost-centre", data={"cost_centre": "x" * 61}, follow_redirects=True).status_code == 200
    assert db.session.query(Payment).one().cost_centre == "CC 8"
    client.sign_in(people.otto.user.id)
    assert client.post(f"{here}/cost-centre", data={"cost_centre": "CC 9"}).status_code == 404
    client.sign_in(people.milo.user.id)
    client.post("/studio/payments/changes", data={"pick": enrollment.id, "status": "waived", "reason": "Budget"})
    client.sign_in(people.lena.user.id)
    assert client.get(lesson).status_code == 200
    assert "This course is locked for you" not in client.get(here).text
