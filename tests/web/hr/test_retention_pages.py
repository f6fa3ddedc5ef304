"""Retention on the screen (EVD-6)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lmsapp.evidence.retention.erasures.models import Erasure
from lmsapp.evidence.retention.holds.models import LegalHold
from lmsapp.evidence.retention.policies.models import RetentionPolicy
from lmsapp.evidence.retention.retrieval.models import RetrievalTest
from lmsapp.evidence.retention.reviews.models import RetentionItem, RetentionReview
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile, path_of
from lmsapp.infra.queue import Ring
from lmsapp.outreach.notices.models import Notice
from tests.cast import employee as hired
from tests.client import PageClient
from tests.clock import Clock
from tests.evidence.retention.scene import Past
from tests.jobs import run_rings


@pytest.fixture
def past(clock: Clock, rings: list[Ring]) -> Past:
    return Past(clock, rings)


def test_rules_are_read_changed_and_previewed(client: PageClient, past: Past) -> None:
    """EVD-6: plain sentences, a reason, and what a change would do before it is made."""
    client.sign_in(past.hana.user_id)
    assert "Keep 6 years after it was last in effect." in client.get("/hr/retention/policies").text
    policy = db.session.scalars(
        select(RetentionPolicy).where(RetentionPolicy.kind == "quiz_submission").order_by(RetentionPolicy.id)
    ).one()
    terms = {"months": "240", "start": "made", "law": "", "reason": ""}
    preview = f"/hr/retention/policies/quiz_submission/preview?replaces={policy.id}"
    said = client.post(preview, data=terms, headers={"HX-Request": "true"}).text
    assert "1 record that is due would be kept." in said
    assert client.post(f"/hr/retention/rules/{policy.id}", data=terms).status_code == 422
    answer = client.post(f"/hr/retention/rules/{policy.id}", data={**terms, "reason": "The lawyers ask for it."})
    assert answer.status_code == 303
    assert 'value="240"' in client.get(f"/hr/retention/rules/{policy.id}").text, "what it became"
    page = client.get("/hr/retention/policies/quiz_submission").text
    assert "Keep 20 years after it was made." in page and "The lawyers ask for it." in page
    law = {"months": "12", "start": "made", "duty": "y", "law": "", "reason": "x"}
    assert client.post("/hr/retention/policies/notice", data=law).status_code == 422, "a duty names its law"
    otto = hired("Otto Nobody", "E-102", department="Facilities", job_role="Technician")
    db.session.commit()
    client.sign_in(otto.user.id)
    assert client.get("/hr/retention/policies").status_code == 403


def test_a_hold_stands_on_the_file(client: PageClient, past: Past) -> None:
    """EVD-6: set, shown on the person's page, noted on, lifted with a reason."""
    client.sign_in(past.hana.user_id)
    employee = past.employee
    facts = {"title": "Nair v. Northgate", "reason": "A claim.", "scope": "person", "person": employee.number}
    assert client.post("/hr/retention/holds", data={**facts, "person": "nobody"}).status_code == 422
    assert client.post("/hr/retention/holds", data=facts).status_code == 303
    hold = db.session.scalars(select(LegalHold)).one()
    assert "Under legal hold: Nair v. Northgate" in client.get(f"/hr/employees/{employee.id}").text
    page = f"/hr/retention/holds/{hold.id}"
    assert client.post(f"{page}/notes", data={"text": "Told on Monday.", "employee_id": "0"}).status_code == 303
    assert "Told on Monday." in client.get(page).text
    assert client.post(f"{page}/lifting", data={"reason": ""}).status_code == 422
    assert client.post(f"{page}/lifting", data={"reason": "Settled."}).status_code == 303
    assert client.post(f"{page}/lifting", data={"reason": "Settled."}).status_code == 422
    assert "Settled." in client.get(page).text and "Lifted" in client.get("/hr/retention/holds").text
    assert "Under legal hold" not in client.get(f"/hr/employees/{employee.id}").text


def test_a_list_is_reviewed_by_one_and_approved_by_another(client: PageClient, past: Past, rings: list[Ring]) -> None:
    """EVD-6: seen, a sample opened, some kept longer, approved, gone; what is left is listed."""
    client.sign_in(past.hana.user_id)
    assert "No list yet" in client.get("/hr/retention/reviews").text
    assert client.post("/hr/retention/reviews").status_code == 303
    review = db.session.scalars(select(RetentionReview)).one()
    page = f"/hr/retention/reviews/{review.id}"
    assert "Making the list" in client.get(page).text
    run_rings(rings)
    assert "Priya Nair" in client.get(page).text
    item = db.session.scalars(select(RetentionItem).where(RetentionItem.kind == "completion_record")).one()
    assert "Hand hygiene" in client.get(f"{page}/items/{item.id}").text
    longer = {"pick": str(item.id), "until": "2040-01-01", "reason": "A question."}
    assert client.post(f"{page}/longer", data={**longer, "until": "2001-01-01"}).status_code == 422
    assert client.post(f"{page}/longer", data=longer).status_code == 303
    assert "Hand hygiene" not in client.get(f"{page}?state=open&kind=completion_record").text
    assert client.post(f"{page}/reviewed", data={"seen": "1"}).status_code == 422
    left = len(db.session.scalars(select(RetentionItem).where(RetentionItem.state == "open")).all())
    assert client.post(f"{page}/reviewed", data={"seen": str(left)}).status_code == 303
    assert client.post(f"{page}/approval").status_code == 422
    client.sign_in(past.ida.user_id)
    assert client.post(f"{page}/approval").status_code == 303
    run_rings(rings)
    assert f"{left} records were disposed of" in client.get(page).text
    found = client.get("/hr/retention/disposals").text
    assert "Quiz attempts and answers" in found and "Priya" not in found


def test_an_erasure_from_the_file_to_the_letter(client: PageClient, past: Past, rings: list[Ring]) -> None:
    """EVD-6: what goes and stays is said beforehand; a second person approves; the letter says it afterwards."""
    client.sign_in(past.hana.user_id)
    page = f"/hr/employees/{past.employee.id}/erasure"
    before = client.get(page).text
    assert "What stays, and why" in before and "Quiz attempts and answers: 1" in before
    asked = {"asked_on": "2026-11-01", "language": "en"}
    assert client.post(page, data=asked).status_code == 422
    assert client.post(page, data={**asked, "confirmed": "y"}).status_code == 303
    erasure = db.session.scalars(select(Erasure)).one()
    here = f"/hr/retention/erasures/{erasure.id}"
    assert "Somebody else in HR has to approve it" in client.get(here).text
    assert client.post(f"{here}/approval").status_code == 422
    client.sign_in(past.ida.user_id)
    assert client.post(f"{here}/approval").status_code == 303
    run_rings(rings)
    letter = client.get(f"{here}/letter").text
    assert "We removed:" in letter and "Priya" not in letter
    assert "Priya" not in client.get(here).text and "Erased person" in client.get("/hr/retention/erasures").text


def test_the_yearly_test_opens_what_is_kept(client: PageClient, past: Past, rings: list[Ring]) -> None:
    """EVD-6: each record opened; a byte changed in the store is found, and HR is told."""
    client.sign_in(past.hana.user_id)
    sha256 = db.session.scalars(select(StoredFile.sha256).order_by(StoredFile.id)).first()
    assert sha256
    path_of(sha256).write_bytes(b"%PDF-1.7 altered")
    assert client.post("/hr/retention/retrieval-tests").status_code == 303
    run_rings(rings)
    test = db.session.scalars(select(RetrievalTest)).one()
    bad = [line for line in test.lines if line["checks"].get("file") is False]
    assert not test.passed and bad
    assert {line["kind"] for line in test.lines} >= {"completion_record", "sealed_file", "quiz_submission", "notice"}
    assert "Not all records were found whole" in client.get(f"/hr/retention/retrieval-tests/{test.run_id}").text
    told = db.session.scalars(select(Notice.channel).where(Notice.template == "retrieval_failed")).all()
    assert set(told) == {"email", "in_app"}
    assert "Not passed" in client.get("/hr/retention/retrieval-tests").text
