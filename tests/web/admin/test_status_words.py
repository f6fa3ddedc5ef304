"""The organisation's words for each status: page, every place that shows one, sheets and PDFs (CRS-7)."""

from __future__ import annotations

import datetime as dt

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from lmsapp.assignments.actions import assign
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.people.labels.actions import set_labels
from lmsapp.people.labels.rules import ORGANISATION, Scope
from lmsapp.web.labels import standard_words, status_word
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.conftest import Statements
from tests.learning.quizzes.ward import Ward

PAGE = "/admin/status-words"


@pytest.fixture
def people() -> Cast:
    return make_cast()


def test_who_may_and_what_is_kept(client: PageClient, people: Cast) -> None:
    """CRS-7, EVD-3: system managers only; a clash is refused with nothing lost; the trail has before and after."""
    for name, person in people.everybody.items():
        client.sign_in(person.user.id)
        assert client.get(PAGE).status_code == (200 if name == "sam" else 403), name
        if name != "sam":
            assert client.post(PAGE, data={"en-3": "Done"}).status_code == 403, name
    client.sign_in(people.sam.user.id)
    wrong = client.post(PAGE, data={"en-3": "Done", "en-11": "done", "es-0": "Sin empezar aún"})
    assert wrong.status_code == 422 and "Sin empezar aún" in wrong.text
    assert client.post(PAGE, data={"en-3": "x" * 41}).status_code == 422
    client.post(PAGE, data={"en-3": "Compliant", "reason": "Board"})
    client.post(PAGE, data={"en-3": "Fully compliant"})
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "status words changed").order_by(AuditEntry.id)
    ).all()
    assert [(one.before, one.after) for one in entries] == [
        ({"Completed (en)": ""}, {"Completed (en)": "Compliant"}),
        ({"Completed (en)": "Compliant"}, {"Completed (en)": "Fully compliant"}),
    ]
    assert entries[0].reason == "Board"


def test_pages_sheets_and_filters(client: PageClient, people: Cast, statements: Statements) -> None:
    """CRS-7: dashboards, reports, lists and CSV say the organisation's word, a course's own where it has one; filters
    and addresses keep the standard status; reading the words costs a page no statement."""
    ward, other = Ward(title="Sharps"), Ward(title="Fire")
    due = product_clock.today("America/Chicago") + dt.timedelta(days=9)
    for one in (ward, other):
        assign(people.lena.record, one.course, due, by=None, source="staff")
    db.session.commit()
    client.sign_in(people.mark.user.id)
    client.get("/team?status=Pending")
    statements.clear()
    client.get("/team?status=Pending")
    plain = len(statements)

    client.get("/team/reports/completion")  # the page is compiled now: what it is called then must not stay in it
    standard = standard_words()
    set_labels(ORGANISATION, {("en", "Pending"): "Waiting to start", ("en", "Not Started"): "Fresh"}, standard=standard,
               by=None)  # fmt: skip
    set_labels(Scope("course", ward.course.id), {("en", "Pending"): "Sharp wait"}, standard=standard, by=None)
    db.session.commit()
    page = client.get("/team?status=Pending").text
    assert "Waiting to start" in page and "Sharp wait" in page and 'value="Pending"' in page
    statements.clear()
    client.get("/team?status=Pending")
    assert len(statements) == plain
    sheet = client.get("/team/assignments.csv?status=Pending").text
    assert "Sharps,Sharp wait" in sheet and "Fire,Waiting to start" in sheet
    report = client.get("/team/reports/completion").text
    assert "Fresh" in report
    client.sign_in(people.milo.user.id)
    listed = client.get("/studio/assignments").text
    assert "Sharp wait" in listed and "Waiting to start" in listed
    client.sign_in(people.lena.user.id)
    assert "Sharp wait" in client.get("/learn").text


def test_without_a_viewer_and_undone(people: Cast) -> None:
    """CRS-7: PDFs and letters look the words up by themselves, in their own language; what is rolled back was never
    said."""
    standard = standard_words()
    set_labels(ORGANISATION, {("es", "Passed"): "Apto"}, standard=standard, by=None)
    with force_locale("es"):
        assert status_word("Passed") == "Apto"
    with force_locale("en"):
        assert status_word("Passed") == "Passed"
    kept = db.session.begin_nested()
    set_labels(ORGANISATION, {("es", "Passed"): "Superado"}, standard=standard, by=None)
    with force_locale("es"):
        assert status_word("Passed") == "Superado"
    kept.rollback()
    with force_locale("es"):
        assert status_word("Passed") == "Apto"
    set_labels(ORGANISATION, {}, standard=standard, by=None)
    with force_locale("es"):
        assert status_word("Passed") != "Apto"
