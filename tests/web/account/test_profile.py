"""ORG-8, ORG-1: your own account."""

from __future__ import annotations

import pytest
from flask import Flask

from lmsapp.infra.db import db
from lmsapp.people.accounts.actions import set_password
from lmsapp.people.accounts.models import User
from tests.cast import Cast, make_cast
from tests.client import PageClient

PASSWORD = "four unrelated words"


@pytest.fixture
def cast(client: PageClient) -> Cast:
    cast = make_cast()
    set_password(cast.lena.user, PASSWORD)
    db.session.commit()
    client.sign_in(cast.lena.user.id, cast.lena.user.session_epoch)
    return cast


def test_what_is_held(client: PageClient, cast: Cast) -> None:
    """ORG-8: the record as HR keeps it, one's own and nobody else's."""
    text = client.get("/account").text
    for held in ("Lena Fischer", "E-101", "Cardiology", "Mark Okafor", "LMS Student"):
        assert held in text
    assert "E-102" not in text


def test_strangers_sign_in_first(client: PageClient) -> None:
    """SEC-4: closed by default."""
    assert client.get("/account").headers["Location"].startswith("/sign-in")


def test_changing_the_password(app: Flask, client: PageClient, cast: Cast) -> None:
    """ORG-1: here one stays, elsewhere one is out."""
    other = PageClient(app)
    other.sign_in(cast.lena.user.id, cast.lena.user.session_epoch)
    wrong = client.post("/account/password", data={"old_password": "no", "password": "quite another phrase"})
    assert wrong.status_code == 422
    right = client.post("/account/password", data={"old_password": PASSWORD, "password": "quite another phrase"})
    assert right.status_code == 303
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 302


def test_signing_out_everywhere(client: PageClient, cast: Cast) -> None:
    """ORG-1: here too."""
    assert client.post("/account/sessions/end").status_code == 303
    assert client.get("/account").status_code == 302


def test_language(client: PageClient, cast: Cast) -> None:
    """ORG-8: of pages and letters."""
    client.post("/account/language", data={"language": "es"})
    assert db.session.get_one(User, cast.lena.user.id).language == "es"
    assert '<html lang="es"' in client.get("/account").text
