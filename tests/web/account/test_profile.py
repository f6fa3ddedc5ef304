"""ORG-8, ORG-1: your own account."""

from __future__ import annotations

import pytest
from flask import Flask

from lmsapp.infra.db import db
from lmsapp.people.accounts.actions import set_password
from lmsapp.people.accounts.models import User
from lmsapp.people.employees.models import Employee
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


def test_own_time_zone(client: PageClient, cast: Cast) -> None:
    """ORG-8, ASG-2: for what pages show; the record's zone, by which due dates end, stays; '' goes back to it."""
    assert client.post("/account/time-zone", data={"time_zone": "Europe/Berlin"}).status_code == 303
    assert cast.lena.viewer.zone == "Europe/Berlin"
    assert db.session.get_one(Employee, cast.lena.record.id).time_zone == "America/Chicago"
    page = client.get("/account").text
    assert '<option selected value="Europe/Berlin">' in page
    assert "A due date lasts to the end of its day in America/Chicago" in page
    assert client.post("/account/time-zone", data={"time_zone": "Mars/Olympus"}).status_code == 422
    client.post("/account/time-zone", data={"time_zone": ""})
    assert cast.lena.viewer.zone == "America/Chicago"


def test_optional_letters_only(client: PageClient, cast: Cast) -> None:
    """ORG-8, REM-4: a letter about a duty cannot be switched off, whatever is sent; the page says so."""
    assert "they cannot be switched off" in client.get("/account").text
    client.post("/account/letters", data={"training_reminder": "", "password_reset": ""})
    assert db.session.get_one(User, cast.lena.user.id).switched_off == ["certificate_ready"]
    assert 'name="certificate_ready" value="1">' in client.get("/account").text
    client.post("/account/letters", data={"certificate_ready": "1"})
    assert db.session.get_one(User, cast.lena.user.id).switched_off == []


def test_staff_without_a_record(client: PageClient, cast: Cast) -> None:
    """ORG-8: the page of somebody who is no employee, and of Otto, who sees himself."""
    client.sign_in(cast.hana.user.id, cast.hana.user.session_epoch)
    page = client.get("/account").text
    assert "Hana Novák" in page
    assert "Change phone number" not in page
    client.sign_in(cast.otto.user.id, cast.otto.user.session_epoch)
    assert "E-102" in client.get("/account").text


def test_no_column_is_set_by_a_form(client: PageClient, cast: Cast) -> None:
    """SEC-6: every column of the account posted to every form changes nothing but what the form is for."""
    columns = {c.name: "1" for c in User.__table__.columns if c.name not in ("language", "time_zone")}
    before = {name: getattr(cast.lena.user, name) for name in columns}
    for path in ("language", "time-zone", "letters", "email", "mobile", "password"):
        client.post(f"/account/{path}", data={**columns, "certificate_ready": "1", "language": "en", "time_zone": ""})
    db.session.refresh(cast.lena.user)
    assert {name: getattr(cast.lena.user, name) for name in columns} == before
