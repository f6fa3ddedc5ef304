"""ORG-7: reading and signing through the pages, as the signer and as everybody else."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from lmsapp.evidence.signatures import texts
from lmsapp.evidence.signatures.actions import request_signature, withdraw_requests
from lmsapp.evidence.signatures.models import Signature, SignatureRequest, SigningText
from lmsapp.infra.db import db
from lmsapp.infra.queue import Ring
from lmsapp.people.accounts.rules import TRIES_PER_ACCOUNT
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.evidence.signing import MEANING, PASSWORD, can_sign, in_force, policy, rewritten
from tests.jobs import run_rings
from tests.kept import kept


@pytest.fixture
@kept
def cast(clock: Clock) -> Cast:
    made = make_cast()
    can_sign(*made.everybody.values())
    return made


@pytest.fixture
def hygiene(cast: Cast) -> SigningText:
    text = policy(body="Wash your **hands**. <script>alert(1)</script>", spanish="Lávese las **manos**.")
    request_signature(cast.lena.record, text, due_on=None, source=("test", 1), by=None)
    db.session.commit()
    return text


@pytest.fixture
def client(app: Flask, cast: Cast) -> PageClient:
    client = PageClient(app)
    client.sign_in(cast.lena.user.id)
    return client


def form(text: SigningText, language: str = "en", **changes: str) -> dict[str, str]:
    return {"version": str(in_force(text, language).id), "agreed": "y", "password": PASSWORD} | changes


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Signature)) or 0


def test_from_the_home_page_to_the_signed_copy(client: PageClient, hygiene: SigningText, rings: list[Ring]) -> None:
    """ORG-7, 11.50: found on the home page, read, signed, shown with name, time and zone, meaning, version; then a PDF."""
    here = f"/account/to-sign/{hygiene.id}"
    assert here in client.get("/learn").text
    assert here in client.get("/account/to-sign").text
    page = client.get(here).text
    assert "Wash your <strong>hands</strong>" in page
    assert "<script>alert" not in page
    for words in (MEANING, "Version 1", "Lena Fischer", "E-101"):
        assert words in page
    signed = client.post(here, data=form(hygiene))
    assert signed.status_code == 303
    page = client.get(signed.location).text
    for words in ("Lena Fischer", "2 Nov 2026, 06:00:00 GMT-06:00 (America/Chicago)", MEANING, "Waiting."):
        assert words in page
    run_rings(rings)
    ready = client.get(f"{signed.location}/paper", headers={"HX-Request": "true"}).text
    assert "Ready." in ready
    with client.get(f"{signed.location}.pdf") as pdf:
        assert pdf.data.startswith(b"%PDF")
        assert "attachment" in pdf.headers["Content-Disposition"]
    assert here not in client.get("/learn").text


def test_pressed_twice(client: PageClient, hygiene: SigningText) -> None:
    """ORG-7: both lead to the one signature."""
    first, second = (client.post(f"/account/to-sign/{hygiene.id}", data=form(hygiene)) for _press in range(2))
    assert first.location == second.location
    assert count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password": "guess"}, "not your present password"),
        ({"password": ""}, "Enter your password"),
        ({"agreed": ""}, "Tick the box"),
        ({"password": "x" * 5000}, "too long"),
    ],
)
def test_refusals_in_words(client: PageClient, hygiene: SigningText, changes: dict[str, str], words: str) -> None:
    """SEC-6: 422, the tick kept, the password never sent back."""
    data = form(hygiene, **changes)
    refused = client.post(f"/account/to-sign/{hygiene.id}", data={k: v for k, v in data.items() if v})
    assert refused.status_code == 422
    assert words in refused.text
    assert ("checked" in re.findall(r'<input type="checkbox" name="agreed"[^>]*>', refused.text)[0]) == (
        data["agreed"] == "y"
    )
    assert PASSWORD not in refused.text
    assert count() == 0


def test_too_many_guesses(own_app: Flask) -> None:
    """SEC-6: 429, and the right password does not help for a while. Its own database: the count must stay."""
    with own_app.app_context():
        cast = make_cast()
        can_sign(cast.lena)
        hygiene = policy()
        request_signature(cast.lena.record, hygiene, due_on=None, source=("test", 1), by=None)
        db.session.commit()
        key, here, data = cast.lena.user.id, f"/account/to-sign/{hygiene.id}", form(hygiene)
    client = PageClient(own_app)
    client.sign_in(key)
    for _try in range(TRIES_PER_ACCOUNT):
        assert client.post(here, data=data | {"password": "guess"}).status_code == 422
    refused = client.post(here, data=data)
    assert refused.status_code == 429
    assert "Too many tries" in refused.text


def test_the_text_changed_meanwhile(client: PageClient, hygiene: SigningText) -> None:
    """ORG-7: said in words, the new text below, to be agreed to anew; then it can be signed."""
    old = form(hygiene)
    rewritten(hygiene, "Wash your hands twice.")
    db.session.commit()
    refused = client.post(f"/account/to-sign/{hygiene.id}", data=old)
    assert refused.status_code == 422
    assert "changed while you read it" in refused.text
    assert "hands twice" in refused.text
    assert " checked" not in re.findall(r'<input type="checkbox" name="agreed"[^>]*>', refused.text)[0]
    assert client.post(f"/account/to-sign/{hygiene.id}", data=form(hygiene)).status_code == 303
    assert db.session.scalars(select(Signature.text_sha256)).one() == in_force(hygiene).sha256


def test_a_letter_leads_somewhere_also_afterwards(client: PageClient, cast: Cast, hygiene: SigningText) -> None:
    """ORG-7, UX-2: signed, it leads to the signature; not asked any more, to the list, and says so. Else there is nothing."""
    here = f"/account/to-sign/{hygiene.id}"
    assert client.post(here, data=form(hygiene)).status_code == 303
    signed = client.get(here)
    assert signed.location == f"/account/signatures/{db.session.scalars(select(Signature.id)).one()}"
    assert "You have signed this." in client.get(signed.location).text
    other = policy("Sharps")
    request_signature(cast.lena.record, other, due_on=None, source=("test", 2), by=None)
    withdraw_requests(("test", 2), by=None, reason="A mistake")
    db.session.commit()
    over = client.get(f"/account/to-sign/{other.id}", follow_redirects=True)
    assert over.request.path == "/account/to-sign" and "This is not asked of you any more." in over.text
    client.sign_in(cast.mark.user.id)
    assert client.get(here).status_code == 404, "nobody ever asked Mark"


def test_in_the_language_that_was_read(client: PageClient, hygiene: SigningText) -> None:
    """ORG-7: the hash of those words."""
    assert "Lávese las" in client.get(f"/account/to-sign/{hygiene.id}?language=es").text
    client.post(f"/account/to-sign/{hygiene.id}", data=form(hygiene, "es"))
    assert db.session.scalars(select(Signature.text_sha256)).one() == in_force(hygiene, "es").sha256


def test_nobody_signs_for_somebody_else(app: Flask, cast: Cast, hygiene: SigningText) -> None:
    """SEC-4: as every role, with ids and passwords of their own, and with every column in the form."""
    extra = {"employee_id": str(cast.lena.record.id), "user_id": str(cast.lena.user.id), "printed_name": "Lena Fischer"}
    for name, person in cast.everybody.items():
        if name == "lena":
            continue
        client = PageClient(app)
        client.sign_in(person.user.id)
        answer = client.post(f"/account/to-sign/{hygiene.id}", data=form(hygiene) | extra)
        assert answer.status_code == 404, name
    assert count() == 0


def test_columns_posted_too_change_nothing(client: PageClient, cast: Cast, hygiene: SigningText) -> None:
    """SEC-6: who, when and what come from us."""
    extra = {"printed_name": "Otto Nobody", "employee_id": str(cast.otto.record.id), "signed_at": "2020-01-01"}
    client.post(f"/account/to-sign/{hygiene.id}", data=form(hygiene) | extra)
    signature = db.session.scalars(select(Signature)).one()
    assert (signature.printed_name, signature.employee_id) == ("Lena Fischer", cast.lena.record.id)
    assert signature.signed_at.year == 2026


def test_versions_of_other_texts_and_nonsense(client: PageClient, hygiene: SigningText) -> None:
    """SEC-4: a version that does not belong to the address does not exist."""
    other = policy("Phones")
    for version in (str(in_force(other).id), "0", "-1", "99999999999999999999", "x"):
        answer = client.post(f"/account/to-sign/{hygiene.id}", data=form(hygiene, version=version))
        assert answer.status_code == 404, version
    assert count() == 0


def test_retired_meanwhile(client: PageClient, cast: Cast, hygiene: SigningText) -> None:
    """ORG-7: there is nothing to sign any more."""
    data = form(hygiene)
    texts.retire(hygiene, by=cast.hana.viewer, reason="Replaced")
    db.session.commit()
    over = client.get(f"/account/to-sign/{hygiene.id}", follow_redirects=True)
    assert "This is not asked of you any more." in over.text
    refused = client.post(f"/account/to-sign/{hygiene.id}", data=data)
    assert refused.status_code == 403
    assert "retired meanwhile" in refused.text


def test_otto_sees_none_of_it(app: Flask, cast: Cast, client: PageClient, hygiene: SigningText) -> None:
    """SEC-4: not the text, not the signature, not the PDF; a lesson's text has no page here at all."""
    signed = client.post(f"/account/to-sign/{hygiene.id}", data=form(hygiene)).location
    otto = PageClient(app)
    otto.sign_in(cast.otto.user.id)
    assert "Nothing to sign" in otto.get("/account/to-sign").text
    for address in (f"/account/to-sign/{hygiene.id}", signed, f"{signed}/paper", f"{signed}.pdf"):
        assert otto.get(address).status_code == 404, address
    asked = db.session.scalars(select(SignatureRequest.employee_id)).all()
    assert asked == [cast.lena.record.id]
