"""ORG-2, ORG-1: people and roles."""

from __future__ import annotations

import pytest

from lmsapp.infra.db import db
from lmsapp.people.accounts.models import User
from lmsapp.people.accounts.queries import roles_of, user_by_email
from lmsapp.people.roles import Role
from tests.cast import Cast, make_cast
from tests.client import PageClient


@pytest.fixture
def cast(client: PageClient) -> Cast:
    cast = make_cast()
    client.sign_in(cast.sam.user.id, cast.sam.user.session_epoch)
    return cast


def test_finding_people(client: PageClient, cast: Cast) -> None:
    """ORG-2: by name, role and state."""
    text = client.get("/admin/users?q=hana&role=HR+Manager&state=active").text
    assert "Hana Novák" in text
    assert "Lena Fischer" not in text


def test_giving_and_taking(client: PageClient, cast: Cast) -> None:
    """ORG-2: a role at once; unknown ones do not exist."""
    page = f"/admin/users/{cast.lena.user.id}"
    assert client.post(f"{page}/roles", data={"role": "Moderator"}).status_code == 303
    assert Role.MODERATOR in roles_of(cast.lena.user.id)
    assert client.post(f"{page}/roles/taken", data={"role": "Moderator"}).status_code == 303
    assert Role.MODERATOR not in roles_of(cast.lena.user.id)
    assert client.post(f"{page}/roles", data={"role": "Emperor"}).status_code == 404


def test_not_to_oneself(client: PageClient, cast: Cast) -> None:
    """ORG-2: 403 with the reason, and nothing changed."""
    page = f"/admin/users/{cast.sam.user.id}"
    assert client.post(f"{page}/roles", data={"role": "Auditor"}).status_code == 403
    assert client.post(f"{page}/deactivated").status_code == 403
    assert roles_of(cast.sam.user.id) == {Role.SYSTEM_MANAGER}


def test_closing_and_opening(client: PageClient, cast: Cast) -> None:
    """ORG-1: closed at once."""
    page = f"/admin/users/{cast.lena.user.id}"
    assert client.post(f"{page}/deactivated").status_code == 303
    assert not db.session.get_one(User, cast.lena.user.id).active
    assert client.post(f"{page}/invitation").status_code == 422
    assert client.post(f"{page}/activated").status_code == 303
    assert client.post(f"{page}/invitation").status_code == 303


def test_inviting_somebody(client: PageClient, cast: Cast) -> None:
    """ORG-1: nobody chooses a password for somebody else; a taken address is named."""
    new = {"email": "New@x.example", "name": "New Person", "password_hash": "x", "active": "", "session_epoch": "9"}
    assert client.post("/admin/users", data=new).status_code == 303
    user = user_by_email("new@x.example")
    assert user
    assert (user.password_hash, user.active, user.session_epoch) == (None, True, 1)
    again = client.post("/admin/users", data=new)
    assert again.status_code == 422
    assert "has an account already" in again.text


@pytest.mark.parametrize("who", ["otto", "lena", "mark", "hana", "carla", "milo", "aki"])
def test_only_system_managers(client: PageClient, cast: Cast, who: str) -> None:
    """ORG-2: nobody makes themselves a System Manager."""
    person = cast.everybody[who]
    client.sign_out()
    client.sign_in(person.user.id, person.user.session_epoch)
    assert client.get("/admin/users").status_code == 403
    for user in (person.user, cast.otto.user):
        assert client.post(f"/admin/users/{user.id}/roles", data={"role": "System Manager"}).status_code == 403
