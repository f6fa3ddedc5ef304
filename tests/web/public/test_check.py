"""Anybody checks a PDF or a number: genuine, altered, somebody else's; and learns nothing that is not printed."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from lmsapp.evidence.seals import checking
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra import files
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile
from lmsapp.jobs import DRAW, seal_next
from lmsapp.learning.certificates.actions import revoke_certificate
from lmsapp.people.accounts.models import SignInFailure
from lmsapp.people.roles import Role
from lmsapp.web.public import checking as page
from tests.client import PageClient
from tests.clock import Clock
from tests.courses.authors import author
from tests.guards import without_guard
from tests.learning.certificates.learners import Learner
from tests.web.public.forgeries import flipped, forgeries


def upload(client: PageClient, pdf: bytes, name: str = "mine.pdf") -> TestResponse:
    return client.post("/verify/pdf", data={"file": (io.BytesIO(pdf), name)}, content_type="multipart/form-data")


def sealed_bytes(kind: str = "certificate") -> list[bytes]:
    while seal_next(DRAW):
        pass
    rows = select(StoredFile.sha256).join(SealedFile).where(SealedFile.kind == kind).order_by(SealedFile.id)
    return [files.read(sha256) for sha256 in db.session.scalars(rows)]


@pytest.mark.owner
def test_genuine_and_then_everything_people_do_to_a_pdf(
    client: PageClient, clock: Clock, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CRT-3, CRT-4: exactly our bytes are genuine, with what the document is worth today; each forgery is told."""
    learner = Learner(clock, name="Zoë Ångström")
    certificate = learner.finish()
    Learner(clock, name="Somebody Else").finish()
    ours, other = sealed_bytes()
    said = upload(client, ours).text
    for words in ("Genuine and unchanged", "Byte for byte", "Zoë Ångström", certificate.number, "It counts today"):
        assert words in said
    for hidden in (str(learner.employee.email), learner.employee.number, "America/Chicago", certificate.token):
        assert hidden not in said
    assert client.get("/verify").headers["X-Robots-Tag"] == "noindex"

    for name, forged, words in forgeries(ours, other, tmp_path, app.config["ORGANISATION"]):
        answer = upload(client, forged)
        assert answer.status_code == 200, name
        assert words in answer.text, name
        assert "Genuine" not in answer.text, name
    assert "Zoë Ångström" in upload(client, ours + b"\n").text, "what lies inside is certain"
    assert all("Genuine" not in upload(client, flipped(ours, seed)).text for seed in range(6))

    report = upload(client, sealed_bytes("quiz_report")[0]).text
    assert "Genuine and unchanged" in report
    assert "Zoë" not in report, "a report says what it is, not whose"

    clock.move(days=400)
    assert "It has expired" in upload(client, ours).text
    revoke_certificate(certificate, by=author("Mo Derator", Role.MODERATOR), reason="Wrong person")
    without_guard("stored_file", "kept")
    db.session.execute(StoredFile.__table__.update().values(sha256="0" * 64))
    db.session.commit()
    answer = upload(client, ours).text
    assert "We hold no copy of it any more" in answer, "the signature speaks where the store is silent"

    monkeypatch.setattr(checking, "LARGEST", 1000)
    monkeypatch.setattr(page, "LARGEST", 1000)
    assert upload(client, ours).status_code == 422
    assert client.post("/verify/pdf", data={}).status_code == 422
    assert upload(client, b"").status_code == 422
    monkeypatch.setattr(page, "CHECKS_PER_ADDRESS", 3)
    assert upload(client, ours).status_code == 429


def test_by_number_and_name_only(client: PageClient, clock: Clock) -> None:
    """CRT-3: numbers can be counted up, so the name is asked for; tries are limited and nothing is confirmed."""
    certificate = Learner(clock, name="Zoë  Ångström").finish()
    right = {"number": f" {certificate.number.lower()} ", "name": "zoe angstrom"}
    assert client.post("/verify/certificate", data=right).location == f"/verify/{certificate.token}"
    for number, name in ((certificate.number, "Zoe"), ("NH-2026-99999", "Zoë Ångström"), (certificate.number, "")):
        answer = client.post("/verify/certificate", data={"number": number, "name": name})
        assert answer.status_code == 422
        assert certificate.token not in answer.text
    key = "verify-number/127.0.0.1"
    db.session.add_all(SignInFailure(key=key, at=clock.instant) for _ in range(page.NUMBERS_PER_ADDRESS))
    db.session.commit()
    assert client.post("/verify/certificate", data=right).status_code == 429
    assert b"BEGIN CERTIFICATE" in client.get("/verify/signing.crt").data
