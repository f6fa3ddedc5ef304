"""ORG-1 (ASVS 6.3.8): a refusal does the same work whoever is asked for. The proof by the clock is `./lms prove`."""

from __future__ import annotations

import pytest

from lmsapp.infra.db import db
from lmsapp.people.accounts import passwords
from lmsapp.people.accounts.actions import create_user, deactivate, set_password
from tests.client import PageClient
from tests.conftest import Statements

PASSWORD = "four unrelated words"
EMAILS = ("known@x.example", "none_@x.example", "close@x.example", "fresh@x.example")


@pytest.fixture
def people() -> None:
    for email in (EMAILS[0], EMAILS[2]):
        user = create_user(email, "Same Name", by=None)
        set_password(user, PASSWORD)
        if email == EMAILS[2]:
            deactivate(user, by=None)
    create_user(EMAILS[3], "Same Name", by=None)
    db.session.commit()


@pytest.mark.usefixtures("people")
def test_one_hash_and_the_same_statements(
    client: PageClient, statements: Statements, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ORG-1: known, unknown, closed, without password: one hash is computed, the same statements are sent in order."""
    verified: list[str] = []
    verify = passwords.CHEAP.verify

    class Counting:
        def verify(self, hash_: str, password: str) -> bool:
            verified.append(hash_.rpartition("$")[0].rpartition("$")[0])
            return verify(hash_, password)

        hash = staticmethod(passwords.CHEAP.hash)

    monkeypatch.setattr(passwords, "CHEAP", Counting())
    work = []
    for email in EMAILS:
        statements.clear(), verified.clear()
        assert client.post("/sign-in", data={"email": email, "password": "wrong wrong wrong"}).status_code == 422
        work.append((list(statements), list(verified)))
    assert len(work[0][1]) == 1, "exactly one hash"
    assert all(one == work[0] for one in work), work


@pytest.mark.usefixtures("people")
def test_asking_for_a_reset_does_the_same(client: PageClient, statements: Statements) -> None:
    """ORG-1: whether there is an account is not even looked up while somebody waits for the answer."""
    work = []
    for email in EMAILS:
        statements.clear()
        assert client.post("/reset", data={"email": email}).status_code == 200
        work.append(list(statements))
    assert all(one == work[0] for one in work)
    assert not any("app_user" in statement for statement in work[0])
