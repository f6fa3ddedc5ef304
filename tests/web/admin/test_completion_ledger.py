"""The page of the completion ledger, in both wings (EVD-2)."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

from lmsapp.evidence.verifications.models import LedgerFinding, VerificationRun
from lmsapp.evidence.verifications.work import verify_now, work_on_verification
from lmsapp.infra.db import db
from lmsapp.insight.testified import SEALED, SOURCES
from lmsapp.people.roles import Role
from tests.cast import employee, staff
from tests.client import PageClient
from tests.clock import Clock
from tests.evidence.testifying import put_on_record, settle
from tests.guards import without_guard


@pytest.mark.owner
def test_the_ledger_is_shown_verified_and_answered_for(
    app: Flask, client: PageClient, clock: Clock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """EVD-2: state in words, a verification from the page, a finding with its record, an answer; others see nothing."""
    monkeypatch.setitem(app.config, "DATA_DIR", tmp_path)
    graduate = put_on_record(clock, people=1)
    aki = staff("Aki Tanaka", Role.AUDITOR)
    otto = employee("Otto Nobody", "E-102", department="Facilities", job_role="Technician")
    db.session.commit()
    client.sign_in(aki.user.id)
    assert "The ledger was never verified." in client.get("/admin/completion-ledger").text
    started = client.post("/admin/completion-ledger/verifications", data={"files": "y"}, follow_redirects=True)
    assert "The worker takes it next." in started.text
    run = db.session.scalars(select(VerificationRun)).one()
    assert "verification-job" in client.get(f"/admin/completion-ledger/verifications/{run.id}/progress").text
    work_on_verification(run.id, SOURCES, SEALED)
    settle()
    shown = client.get("/admin/completion-ledger").text
    assert "All is as it was put on record." in shown
    assert "All well" in shown
    assert client.get("/admin/completion-ledger/verifier-keys.txt").text.startswith("training-ledger/")
    without_guard("certificate")
    db.session.execute(text("UPDATE certificate SET title = 'Other' WHERE id = (SELECT min(id) FROM certificate)"))
    verify_now(SOURCES, SEALED, how="daily")
    db.session.commit()
    finding = db.session.scalars(select(LedgerFinding)).one()
    assert "thing is not as it was put on record" in client.get("/admin/notices").text
    client.sign_in(graduate.hana.user_id)
    assert "thing is not as it was put on record" in client.get("/hr/employees").text
    one = f"/hr/completion-ledger/findings/{finding.id}"
    page = client.get(one).text
    assert "Certificate" in page
    assert f"/hr/employees/{graduate.learner.employee.id}/training" in page
    assert client.post(f"{one}/acknowledgement", data={"reason": " "}).status_code == 422
    answered = client.post(f"{one}/acknowledgement", data={"reason": "A test."}, follow_redirects=True)
    assert "Hana Novák: A test." in answered.text
    training = client.get(f"/hr/employees/{graduate.learner.employee.id}/training").text
    assert "under the checkpoint of" in training
    client.sign_in(otto.user.id)
    assert client.get("/admin/completion-ledger").status_code == 403
    assert client.get(one).status_code == 403
    client.sign_in(graduate.learner.employee.user_id)
    assert "under the checkpoint of" in client.get("/learn/record").text


def test_with_csrf_protection_it_answers(own_app: Flask) -> None:
    """SEC-4: a page of two wings is protected like any other; a visitor is sent to sign in."""
    own_app.config["WTF_CSRF_ENABLED"] = True
    assert own_app.test_client().get("/hr/completion-ledger").status_code == 302
    assert own_app.test_client().post("/hr/completion-ledger/verifications").status_code in (302, 400)
