"""ORG-1, ORG-8: signing in and out, links, language, as a browser sees them."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.queue import Ring
from lmsapp.people.accounts.actions import create_user, grant_role, invite, set_password
from lmsapp.people.accounts.models import SignInLink, User
from lmsapp.people.accounts.resets import answer_reset, ask_for_reset
from lmsapp.people.accounts.rules import TRIES_PER_ACCOUNT
from lmsapp.people.roles import Role
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.kept import kept

PASSWORD = "four unrelated words"


@pytest.fixture
@kept
def cast() -> Cast:
    cast = make_cast()
    set_password(cast.hana.user, PASSWORD)
    db.session.commit()
    return cast


def sign_in(client: PageClient, email: str, password: str = PASSWORD, **more: str) -> tuple[int, str]:
    response = client.post("/sign-in", data={"email": email, "password": password, **more})
    return response.status_code, response.headers.get("Location", "")


def is_in(client: PageClient) -> bool:
    return client.get("/account").status_code == 200


def test_in_and_out(client: PageClient, cast: Cast) -> None:
    """ORG-1: home follows from the roles; signing out ends the session."""
    assert client.get("/").headers["Location"] == "/sign-in"
    assert sign_in(client, cast.hana.user.email) == (303, "/hr/employees")
    assert is_in(client)
    assert client.get("/sign-in").status_code == 302
    client.post("/sign-out")
    assert not is_in(client)


def test_back_to_where_one_wanted_to_go(client: PageClient, cast: Cast) -> None:
    """ORG-1, SEC-6: inside the house only."""
    assert sign_in(client, cast.hana.user.email, next="/hr/roster")[1] == "/hr/roster"
    client.post("/sign-out")
    assert sign_in(client, cast.hana.user.email, next="//evil.example")[1] == "/hr/employees"


def test_refusals_look_the_same(client: PageClient, cast: Cast) -> None:
    """ORG-1: same status, same words, nothing typed lost but the password."""
    pages = []
    for email in (cast.hana.user.email, "nobody@northgate.example"):
        response = client.post("/sign-in", data={"email": email, "password": "wrong wrong wrong"})
        assert response.status_code == 422
        pages.append(response.text.replace(email, "EMAIL"))
        assert email in response.text
        assert "wrong wrong" not in response.text
    assert re.sub(r'value="[^"]{40,}"', "", pages[0]) == re.sub(r'value="[^"]{40,}"', "", pages[1])


def test_the_limit_answers_429(own_app: Flask) -> None:
    """ORG-1: counted though every one of these requests is rolled back; with real commits."""
    client = PageClient(own_app)
    with own_app.app_context(), unit_of_work():
        user = create_user("hana@x.example", "Hana", by=None)
        set_password(user, PASSWORD)
    for _try in range(TRIES_PER_ACCOUNT):
        assert sign_in(client, "hana@x.example", "wrong")[0] == 422
    assert sign_in(client, "hana@x.example")[0] == 429


def test_a_session_prepared_by_somebody_else_is_worth_nothing(client: PageClient, cast: Cast) -> None:
    """ORG-1: nothing of the session before signing in survives it."""
    with client.session_transaction() as session:
        session["planted"] = "by an attacker"
    sign_in(client, cast.hana.user.email)
    with client.session_transaction() as session:
        assert "planted" not in session


def test_a_changed_role_ends_the_session(client: PageClient, cast: Cast) -> None:
    """ORG-1, ORG-2: with the next request."""
    sign_in(client, cast.hana.user.email)
    assert is_in(client)
    grant_role(cast.hana.user, Role.AUDITOR, cast.sam.viewer)
    db.session.commit()
    assert not is_in(client)


def test_scanners_do_not_use_up_links(client: PageClient, cast: Cast) -> None:
    """ORG-1: GET and HEAD change nothing, any number of times; the form's POST uses the link, once."""
    token = invite(cast.lena.user)
    db.session.commit()
    for _look in range(3):
        response = client.get(f"/invitation/{token}")
        assert response.status_code == 200
        assert cast.lena.user.name in response.text
        client.head(f"/invitation/{token}")
    assert db.session.scalars(select(SignInLink.used_at).where(SignInLink.user_id == cast.lena.user.id)).one() is None
    weak = client.post(f"/invitation/{token}", data={"password": "short"})
    assert weak.status_code == 422
    assert client.post(f"/invitation/{token}", data={"password": PASSWORD}).status_code == 303
    assert is_in(client)
    client.post("/sign-out")
    assert client.post(f"/invitation/{token}", data={"password": "somebody else's words"}).status_code == 410
    assert client.get(f"/invitation/{token}").status_code == 410
    assert sign_in(client, cast.lena.user.email)[0] == 303


def test_links_are_for_one_purpose(client: PageClient, cast: Cast) -> None:
    """ORG-1: an invitation is no reset, a guess is nothing."""
    token = invite(cast.lena.user)
    db.session.commit()
    assert client.get(f"/reset/{token}").status_code == 410
    assert client.get("/invitation/guess").status_code == 410


def test_asking_for_a_reset_answers_the_same(client: PageClient, cast: Cast) -> None:
    """ORG-1: whether or not there is an account."""
    known, unknown = (
        client.post("/reset", data={"email": email}) for email in (cast.hana.user.email, "nobody@northgate.example")
    )
    assert (known.status_code, unknown.status_code) == (200, 200)
    assert known.text.replace(cast.hana.user.email, "E") == unknown.text.replace("nobody@northgate.example", "E")


def test_a_reset_ends_other_sessions(app: Flask, client: PageClient, cast: Cast, rings: list[Ring]) -> None:
    """ORG-1: whoever was in with the old password is out."""
    other = PageClient(app)
    sign_in(other, cast.hana.user.email)
    ask_for_reset(cast.hana.user.email, "192.0.2.1")
    db.session.commit()
    answer_reset(*rings.pop().args)  # type: ignore[arg-type]
    link = db.session.scalars(select(SignInLink)).one()
    link.token_hash = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"  # SHA-256 of 'password'
    db.session.commit()
    assert client.post("/reset/password", data={"password": "quite another phrase"}).status_code == 303
    assert not is_in(other)
    assert is_in(client)


def test_language_before_and_after_signing_in(client: PageClient, cast: Cast) -> None:
    """ORG-8: for the browser, and for the account."""
    assert client.post("/language", data={"language": "es", "next": "/sign-in"}).headers["Location"] == "/sign-in"
    assert '<html lang="es"' in client.get("/sign-in").text
    sign_in(client, cast.hana.user.email)
    client.post("/language", data={"language": "es", "next": "//evil.example"})
    assert db.session.get_one(User, cast.hana.user.id).language == "es"
    assert client.post("/language", data={"language": "xx"}).status_code == 400


def test_demo_accounts_exist_in_the_demo_only(app: Flask, client: PageClient, cast: Cast) -> None:
    """SET: one press signs in as a listed account; elsewhere there is no such address."""
    account = {"email": cast.hana.user.email}
    assert client.post("/sign-in/demo", data=account).status_code == 404
    before = dict(app.config)
    app.config.update(DEMO=True, DEMO_ACCOUNTS=((cast.hana.user.email, "Hana", "HR"),), DEMO_PASSWORD=PASSWORD)
    try:
        assert "Hana" in client.get("/sign-in").text
        assert client.post("/sign-in/demo", data={"email": cast.sam.user.email}).status_code == 404
        assert client.post("/sign-in/demo", data=account).status_code == 303
        assert is_in(client)
    finally:
        app.config.clear()
        app.config.update(before)
