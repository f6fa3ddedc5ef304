"""A certificate taken along as an Open Badge 3.0: a public library accepts it, and says so when it counts no more."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from openbadgeslib.ob3.verifier import OB3VerificationError, OB3Verifier

from lmsapp.infra.badge_keys import key_name, public_key
from lmsapp.infra.db import db
from lmsapp.learning.certificates.actions import revoke_certificate
from lmsapp.people.roles import Role
from tests.client import PageClient
from tests.clock import Clock
from tests.courses.authors import author
from tests.learning.certificates.learners import Learner


def local(client: PageClient, address: str) -> bytes:
    """What a verifier fetches, from the application itself."""
    path = "/" + address.split("/", 3)[3]
    return bytes(client.get(path).data)


def verifier(client: PageClient, token: str) -> OB3Verifier:
    """With the key the token leads to, as a stranger finds it."""
    key = json.loads(local(client, jwt.get_unverified_header(token)["kid"]))
    assert "d" not in key
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    public: Any = jwt.PyJWK(key).key
    return OB3Verifier(public.public_bytes(serialization.Encoding.PEM, form))


def test_a_public_library_accepts_it_until_it_is_revoked(
    client: PageClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CRT-5: openbadgeslib reads token, PNG and SVG, checks signature, dates, structure and the signed status list."""
    clock.set(dt.datetime.now(dt.UTC) - dt.timedelta(hours=1))  # the library asks the real clock
    learner = Learner(clock, due_on=clock.instant.date() + dt.timedelta(days=30))
    certificate = learner.finish()
    client.sign_in(learner.employee.user_id or 0)
    here = f"/learn/certificates/{certificate.id}"
    assert f"{here}/badge.png" in client.get(here).text
    token = client.get(f"{here}/badge.jwt").text
    checks = verifier(client, token)
    fetch = lambda address: local(client, address)  # noqa: E731
    found = checks.verify(token, check_status=True, download=fetch)
    assert found.issuer.name == "Northgate Hospital"
    assert OB3Verifier.extract_token_from_png(client.get(f"{here}/badge.png").data) == token
    assert OB3Verifier.extract_token_from_svg(client.get(f"{here}/badge.svg").data) == token

    body = jwt.decode(token, options={"verify_signature": False})
    subject = body["credentialSubject"]
    assert subject["result"][0]["value"] == "100"
    assert body["evidence"][0]["id"].endswith(f"/verify/{certificate.token}")
    email, who = str(learner.employee.email), subject["identifier"][0]
    assert who["identityHash"] == "sha256$" + hashlib.sha256((email + who["salt"]).encode()).hexdigest()
    for hidden in (email, learner.employee.name, learner.employee.number):
        assert hidden not in json.dumps(body)
    for address in (body["issuer"]["id"], subject["achievement"]["id"]):
        assert json.loads(local(client, address))["id"] == address
    assert local(client, subject["achievement"]["image"]["id"]).startswith(b"\x89PNG")
    assert client.get(f"/badges/{certificate.token}").location == f"/verify/{certificate.token}"

    head, payload, signature = token.split(".")
    forged = json.loads(base64.urlsafe_b64decode(payload + "=="))
    forged["name"] = "Chief Surgeon"
    again = base64.urlsafe_b64encode(json.dumps(forged).encode()).rstrip(b"=").decode()
    with pytest.raises(OB3VerificationError, match="signature"):
        checks.verify(f"{head}.{again}.{signature}")

    client.sign_in(Learner(clock, name="Somebody Else").employee.user_id or 0)
    assert client.get(f"{here}/badge.jwt").status_code == 404

    revoke_certificate(certificate, by=author("Mo Derator", Role.MODERATOR), reason="Wrong person")
    db.session.commit()
    with pytest.raises(OB3VerificationError, match="revocation"):
        checks.verify(token, check_status=True, download=fetch)
    client.sign_in(learner.employee.user_id or 0)
    assert client.get(f"{here}/badge.jwt").status_code == 404
    for path in (
        "/badges/status/5000",
        f"/badges/keys/{'x' * 43}",
        "/badges/achievements/course-999999",
        "/badges/achievements/x",
    ):
        assert client.get(path).status_code == 404


def test_a_badge_that_has_expired_is_refused_and_old_keys_stay(
    client: PageClient, clock: Clock, app: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CRT-5: validUntil is the end of the last day; a new key does not take the old one away."""
    monkeypatch.setitem(app.config, "DATA_DIR", str(tmp_path))
    clock.set(dt.datetime.now(dt.UTC) - dt.timedelta(days=900))
    learner = Learner(clock, due_on=clock.instant.date() + dt.timedelta(days=30))
    certificate = learner.finish()
    client.sign_in(learner.employee.user_id or 0)
    token = client.get(f"/learn/certificates/{certificate.id}/badge.jwt").text
    with pytest.raises(OB3VerificationError, match="expired"):
        verifier(client, token).verify(token)
    old = key_name(tmp_path)
    (tmp_path / "keys" / "badges.key").unlink()
    assert key_name(tmp_path) != old
    assert public_key(tmp_path, old) is not None
