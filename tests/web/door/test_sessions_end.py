"""ORG-1, ORG-2, ASVS 8.3.2: what narrows access ends every session with its next request, whatever wing it is in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask

from lmsapp.infra.db import db
from lmsapp.people.accounts.actions import deactivate, grant_role, revoke_role, set_password, sign_out_everywhere
from lmsapp.people.employees.actions import leave, update_employee
from lmsapp.people.roles import Role
from tests.cast import Cast, Person, make_cast
from tests.client import PageClient

Happens = Callable[[Person, Cast], None]
ENDS: dict[str, Happens] = {
    "a role is given": lambda mark, cast: grant_role(mark.user, Role.AUDITOR, cast.sam.viewer),
    "a role is taken": lambda mark, cast: revoke_role(mark.user, Role.LMS_STUDENT, cast.sam.viewer),
    "the account is closed": lambda mark, cast: deactivate(mark.user, cast.sam.viewer),
    "he leaves": lambda mark, cast: leave(mark.record, dt.date(2026, 11, 2), cast.hana.viewer),
    "the password changes": lambda mark, cast: set_password(mark.user, "four unrelated words here"),
    "he signs out everywhere": lambda mark, cast: sign_out_everywhere(mark.user, mark.viewer),
}
PAGES = ("/learn", "/team", "/account", "/team/reports/completion.csv", "/help/")


@pytest.mark.parametrize("what", ENDS)
def test_the_old_session_is_refused(app: Flask, client: PageClient, what: str) -> None:
    """ORG-1, ORG-2: page, fragment and file, in two browsers, with the very next request."""
    cast = make_cast()
    mark, browsers = cast.mark, (client, PageClient(app))
    for browser in browsers:
        browser.sign_in(mark.user.id, mark.user.session_epoch)
        assert browser.get("/team").status_code == 200
    ENDS[what](mark, cast)
    db.session.commit()
    for browser in browsers:
        for page in PAGES:
            assert browser.get(page).headers["Location"].startswith("/sign-in"), page
        assert browser.get("/team", headers={"HX-Request": "true"}).status_code == 401
        assert browser.post("/account/language", data={"language": "es"}).headers["Location"].startswith("/sign-in")


def test_a_line_that_moves_is_seen_with_the_next_request(client: PageClient) -> None:
    """ORG-2: the reporting line is no role: nobody is signed out, and nobody of the old line is there any more."""
    cast = make_cast()
    client.sign_in(cast.mark.user.id, cast.mark.user.session_epoch)
    page = f"/team/people/{cast.lena.record.id}"
    assert client.get(page).status_code == 200
    update_employee(cast.lena.record, {"manager_id": cast.otto.record.id}, cast.hana.viewer)
    db.session.commit()
    assert client.get(page).status_code == 403, "he leads nobody now"
    client.sign_in(cast.otto.user.id, cast.otto.user.session_epoch)
    assert client.get(page).status_code == 200
