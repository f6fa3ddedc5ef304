"""SEC-1, ORG-1: how a session lasts, how it ends by itself, and what the browser is told."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from lmsapp.infra.db import db
from lmsapp.people.accounts.actions import set_password
from lmsapp.people.settings.actions import change_settings
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.conftest import Statements
from tests.kept import kept

PASSWORD = "four unrelated words"


@pytest.fixture
@kept
def cast(clock: Clock) -> Cast:
    cast = make_cast()
    set_password(cast.hana.user, PASSWORD)
    db.session.commit()
    return cast


def enter(client: PageClient, cast: Cast) -> None:
    answer = client.post("/sign-in", data={"email": cast.hana.user.email, "password": PASSWORD})
    assert answer.status_code == 303


def is_in(client: PageClient, **headers: str) -> bool:
    return client.get("/account", headers=headers).status_code == 200


def cookie_of(client: PageClient) -> str:
    cookie = client.get_cookie("session")
    assert cookie is not None
    return cookie.value


def test_nothing_done_for_an_hour(client: PageClient, cast: Cast, clock: Clock) -> None:
    """SEC-1 (ASVS 7.3.1): signed out, told why, led back, and in again where one was."""
    enter(client, cast)
    clock.move(minutes=59)
    assert is_in(client)
    clock.move(minutes=60)
    answer = client.get("/hr/employees?q=lena")
    assert answer.location == "/sign-in?next=/hr/employees?q%3Dlena&ended=idle"
    page = client.get(answer.location).text
    assert "nothing was done for 60 minutes. Nothing you saved was lost." in page
    back = client.post(
        "/sign-in", data={"email": cast.hana.user.email, "password": PASSWORD, "next": "/hr/employees?q=lena"}
    )
    assert back.location == "/hr/employees?q=lena"


def test_busy_all_day(client: PageClient, cast: Cast, clock: Clock) -> None:
    """SEC-1 (ASVS 7.3.2): twelve hours after signing in it is over all the same."""
    enter(client, cast)
    for _half_hour in range(23):
        clock.move(minutes=30)
        assert is_in(client)
    clock.move(minutes=30)
    answer = client.get("/account")
    assert answer.location.endswith("ended=long")
    assert "A session ends 12 hours after signing in." in client.get(answer.location).text


def test_limits_are_settings(client: PageClient, cast: Cast, clock: Clock) -> None:
    """SEC-1: changed ones hold with the next request, for sessions that are open as well."""
    enter(client, cast)
    change_settings({"session_idle_minutes": 10}, by=None)
    db.session.commit()
    clock.move(minutes=10)
    answer = client.get("/account")
    assert "for 10 minutes" in client.get(answer.location).text
    enter(client, cast)
    change_settings({"session_idle_minutes": 24 * 60, "session_hours": 1}, by=None)
    db.session.commit()
    clock.move(minutes=61)
    assert client.get("/account").location.endswith("ended=long")


def test_polling_keeps_nobody_signed_in(client: PageClient, cast: Cast, clock: Clock) -> None:
    """SEC-1: what a page asks by itself is answered, and is no sign of life."""
    enter(client, cast)
    for _ten_minutes in range(5):
        clock.move(minutes=10)
        assert is_in(client, **{"HX-Request": "true", "X-By-Itself": "1"})
    clock.move(minutes=10)
    poll = client.get(
        "/account/notices",
        headers={"HX-Request": "true", "X-By-Itself": "1", "HX-Current-URL": "http://localhost/account/notices?a=1"},
    )
    assert poll.status_code == 401
    assert poll.headers["HX-Redirect"] == "/sign-in?next=/account/notices?a%3D1&ended=idle"


def test_hardly_any_answer_sets_a_cookie(client: PageClient, cast: Cast, clock: Clock, statements: Statements) -> None:
    """SEC-1: once a minute at most; limits and ended sessions cost no statement of their own."""
    enter(client, cast)
    client.get("/account/notices")  # the CSRF token comes with the first page
    clock.move(seconds=59)
    statements.clear()
    answer = client.get("/help/")
    assert "Set-Cookie" not in answer.headers
    assert len(statements) == 2, "the viewer with the limits, and the bell"
    clock.move(seconds=1)
    assert "Set-Cookie" in client.get("/help/").headers


def test_a_form_sent_too_late(client: PageClient, cast: Cast, clock: Clock) -> None:
    """SEC-1, SEC-6: back to the page the form was on; never to another site."""
    enter(client, cast)
    clock.move(hours=2)
    sent = client.post("/account/language", headers={"Referer": "http://localhost/account?x=1#language"})
    assert sent.location.startswith("/sign-in?next=/account?x%3D1")
    enter(client, cast)
    clock.move(hours=2)
    foreign = client.post("/account/language", headers={"Referer": "http://localhost.evil.example/account"})
    assert foreign.location == "/sign-in?next=/&ended=idle"


def test_a_refused_form_leads_back_to_its_page(client: PageClient, cast: Cast) -> None:
    """SEC-6: an error after a form offers the page it came from, and no other site's."""
    enter(client, cast)
    ours = client.post("/learn", headers={"Referer": "http://localhost/account?x=1"})
    assert ours.status_code == 405
    assert 'href="/account?x=1"' in ours.text
    foreign = client.post("/learn", headers={"Referer": "http://localhost.evil.example/account"})
    assert "Back to the page" not in foreign.text
    assert "evil" not in foreign.text


def test_a_form_sent_too_late_passes_the_csrf_check(app: Flask, client: PageClient, cast: Cast, clock: Clock) -> None:
    """SEC-1: the token of an open page outlives the session, so that the answer is the sign-in page, not an error."""
    enter(client, cast)
    page = client.get("/account").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    clock.move(hours=2)
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        sent = client.post("/account/language", data={"csrf_token": token, "language": "es"})
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert sent.status_code == 302
    assert "ended=idle" in sent.location


def test_a_clock_set_back(client: PageClient, cast: Cast, clock: Clock) -> None:
    """SEC-1: gives nobody more time."""
    enter(client, cast)
    clock.move(hours=-3)
    assert not is_in(client)
    clock.move(hours=3)
    enter(client, cast)
    clock.move(minutes=-1)
    assert is_in(client), "servers may differ a little"


@pytest.mark.parametrize("times", [{}, {"at": "1e99"}, {"at": None}, {"at": -1}, {"at": 10**10, "seen": 10**10}])
def test_times_that_make_no_sense(client: PageClient, cast: Cast, times: dict[str, object]) -> None:
    """SEC-1: a session without its times, or with impossible ones, is over, though the signature is good."""
    enter(client, cast)
    with client.session_transaction() as session:
        session.pop("at"), session.pop("seen")
        session.update(times)
    assert not is_in(client)


def test_a_cookie_changed_by_hand(app: Flask, client: PageClient, cast: Cast, clock: Clock) -> None:
    """SEC-1: times, person and epoch are signed: what somebody else has signed or changed is nobody."""
    enter(client, cast)
    good = cookie_of(client)
    payload, _dot, signature = good.partition(".")
    forger = Flask("forger")
    forger.secret_key = "a guess that is long enough to look right"
    serializer = SecureCookieSessionInterface().get_signing_serializer(forger)
    assert serializer is not None
    now = int(clock.instant.timestamp())
    forged = serializer.dumps({"_user_id": f"{cast.sam.user.id}.1", "at": now, "seen": now, "key": ""})
    for value in (payload[:-2] + "AA." + signature, good[:-3] + "abc", forged, "", "x.y.z"):
        client.set_cookie("session", value)
        assert not is_in(client), value


def test_an_old_epoch(client: PageClient, cast: Cast) -> None:
    """ORG-1: a cookie kept from before a change opens nothing, and the page says what may have happened."""
    enter(client, cast)
    kept = cookie_of(client)
    set_password(cast.hana.user, "quite another phrase")
    db.session.commit()
    client.set_cookie("session", kept)
    answer = client.get("/account")
    assert answer.location.endswith("ended=changed")
    assert "signed out on another device" in client.get(answer.location).text


def test_signing_out_ends_the_session_on_the_server(app: Flask, client: PageClient, cast: Cast) -> None:
    """SEC-1 (ASVS 7.4.1): a copy of the cookie is worth nothing afterwards; other sessions go on."""
    enter(client, cast)
    thief, elsewhere = PageClient(app), PageClient(app)
    thief.set_cookie("session", cookie_of(client))
    enter(elsewhere, cast)
    assert is_in(thief)
    out = client.post("/sign-out")
    assert out.headers["Clear-Site-Data"] == '"cache"'
    assert out.headers["Cache-Control"] == "no-store"
    assert not is_in(thief)
    assert not is_in(client)
    assert is_in(elsewhere)
    assert client.post("/sign-out").status_code == 303, "a second press does no harm"


def test_no_cookie_remembers(app: Flask, client: PageClient, cast: Cast) -> None:
    """SEC-1: there is no 'remember me', and a cookie of Flask-Login's, rightly signed, opens nothing."""
    from flask_login import encode_cookie

    with app.test_request_context():
        client.set_cookie("remember", encode_cookie(f"{cast.hana.user.id}.{cast.hana.user.session_epoch}"))
        client.set_cookie("remember_token", encode_cookie(f"{cast.hana.user.id}.{cast.hana.user.session_epoch}"))
    assert not is_in(client)
    enter(client, cast)
    assert not any("remember" in header for header in client.get("/account").headers.getlist("Set-Cookie"))


def test_why_is_said_in_our_words_only(client: PageClient, cast: Cast) -> None:
    """SEC-6: what stands in the address is never printed."""
    page = client.get("/sign-in?ended=<script>alert(1)</script>").text
    assert "alert(1)" not in page
    assert "why-ended" not in page


def test_otto_is_not_hana(client: PageClient, cast: Cast) -> None:
    """SEC-4: a session of one epoch and key is its own user's; Otto's opens Otto's account alone."""
    client.sign_in(cast.otto.user.id, cast.otto.user.session_epoch)
    page = client.get("/account").text
    assert "E-102" in page
    assert cast.hana.user.email not in page
