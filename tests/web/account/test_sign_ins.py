"""ORG-8, SEC-1: sign-ins, failed ones, open sessions, and the limits that hold for threads and restarts."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lmsapp import create_app
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db, unit_of_work
from lmsapp.jobs import SCHEDULE
from lmsapp.people.accounts import throttle
from lmsapp.people.accounts.actions import create_user, invite, set_password
from lmsapp.people.accounts.models import SignIn, SignInFailure, SignInLink
from lmsapp.people.accounts.queries import failed_lately, user_by_email
from lmsapp.people.accounts.rules import TRIES_PER_ACCOUNT
from lmsapp.people.accounts.visits import forget_old_sign_ins
from lmsapp.web.account.browsers import browser_words
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.kept import kept

PASSWORD = "four unrelated words"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
@kept
def cast(clock: Clock) -> Cast:
    cast = make_cast()
    set_password(cast.lena.user, PASSWORD)
    db.session.commit()
    return cast


def enter(client: PageClient, email: str, password: str = PASSWORD, agent: str = FIREFOX) -> int:
    return client.post(
        "/sign-in", data={"email": email, "password": password}, headers={"User-Agent": agent}
    ).status_code


def test_the_list(own_app: Flask, clock: Clock) -> None:
    """ORG-8: when, from where, with what; failed ones since the sign-in before the last; Otto sees none of it.

    With real commits: what a refused request notes is outside the transaction of that request.
    """
    with own_app.app_context():
        cast = make_cast()
        set_password(cast.lena.user, PASSWORD)
        db.session.commit()
        lena, otto = cast.lena.user.email, (cast.otto.user.id, cast.otto.user.session_epoch)
    enter(PageClient(own_app), lena)
    clock.move(minutes=1)
    assert enter(PageClient(own_app), lena, "wrong", IPHONE) == 422
    clock.move(minutes=1)
    other = PageClient(own_app)
    enter(other, lena, agent=IPHONE)
    page = other.get("/account/sign-ins").text
    assert "1 try to sign in failed lately" in page
    assert page.count("Firefox on Windows") == 3, "an open session, its button, and a line of the history"
    assert "Safari on iPhone" in page
    assert "Mon 2 Nov, 06:02" in page, "in her own zone"
    assert "127.0.0.1" in page
    enter(other, lena)
    assert "failed lately" not in other.get("/account/sign-ins").text, "seen once, after the next sign-in it is old"
    other.sign_in(*otto)
    page = other.get("/account/sign-ins").text
    assert "Firefox" not in page
    assert "No sign-ins are noted yet" in page


def test_a_success_is_not_noted_as_failed(client: PageClient, cast: Cast) -> None:
    """ORG-8: what was booked as failed before the password was looked at goes with the success."""
    enter(client, cast.lena.user.email)
    assert db.session.scalars(select(SignIn.how)).all() == ["password"]
    assert failed_lately(cast.lena.viewer) == []


def test_by_link_too(client: PageClient, cast: Cast) -> None:
    """ORG-8: an invitation signs in as well, and the session that goes on after a change of password is told apart."""
    token = invite(cast.otto.user)
    db.session.commit()
    client.post(f"/invitation/{token}", data={"password": PASSWORD})
    client.post("/account/password", data={"old_password": PASSWORD, "password": "quite another phrase"})
    noted = db.session.scalars(select(SignIn.how).where(SignIn.user_id == cast.otto.user.id).order_by(SignIn.id)).all()
    assert noted == ["invitation", "renewed"]
    page = client.get("/account/sign-ins").text
    assert len(re.findall(r'id="session-\d+"', page)) == 1, "the one before the change is over"
    assert "This one" in page


def test_ending_one(app: Flask, client: PageClient, cast: Cast) -> None:
    """SEC-1 (ASVS 7.5.2), EVD-3: that one is over at once, this one goes on; twice does no harm."""
    enter(client, cast.lena.user.email)
    lost = PageClient(app)
    enter(lost, cast.lena.user.email, agent=IPHONE)
    session_id = db.session.scalars(select(func.max(SignIn.id))).one()
    for _twice in range(2):
        assert client.post(f"/account/sign-ins/{session_id}/end").status_code == 303
    assert lost.get("/account").status_code == 302
    assert client.get("/account").status_code == 200
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "end session")) == 1


def test_nobody_ends_anothers(app: Flask, client: PageClient, cast: Cast) -> None:
    """SEC-4: Otto, HR and the system manager get 404; the number of a failed try is none either."""
    enter(client, cast.lena.user.email)
    session_id = db.session.scalars(select(SignIn.id)).one()
    other = PageClient(app)
    for person in (cast.otto, cast.hana, cast.sam):
        other.sign_in(person.user.id, person.user.session_epoch)
        assert other.post(f"/account/sign-ins/{session_id}/end").status_code == 404
    assert client.get("/account").status_code == 200
    failed = SignIn(user_id=cast.lena.user.id, how="failed")
    db.session.add(failed)
    db.session.commit()
    assert client.post(f"/account/sign-ins/{failed.id}/end").status_code == 404


def test_what_a_browser_says_is_text(client: PageClient, cast: Cast) -> None:
    """SEC-2: a hostile user agent is shortened, kept, and never printed as it is."""
    enter(client, cast.lena.user.email, agent="<script>alert(1)</script> Firefox Windows " + "x" * 9000)
    assert len(db.session.scalars(select(SignIn.browser)).one()) == 200
    page = client.get("/account/sign-ins").text
    assert "alert(1)" not in page
    assert "Firefox on Windows" in page


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (IPHONE, "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on Linux"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.5", "an unknown browser"),
        ("", "an unknown browser"),
    ],
)
def test_browsers_in_words(app: Flask, agent: str, words: str) -> None:
    """ORG-8."""
    with app.test_request_context():
        assert browser_words(agent) == words


def test_tries_are_forgotten_sign_ins_by_review_only(client: PageClient, cast: Cast, clock: Clock) -> None:
    """ORG-8, EVD-6: tries at addresses without account, and counted ones, go by a daily job after a day; what somebody
    signed in to goes by a review, whatever its age."""
    enter(client, cast.lena.user.email)
    enter(client, "nobody@x.example", "wrong")
    clock.move(hours=25)
    forget_old_sign_ins()
    assert db.session.scalars(select(SignIn.user_id)).all() == [cast.lena.user.id]
    assert db.session.scalar(select(func.count()).select_from(SignInFailure)) == 0
    clock.move(days=2000)
    forget_old_sign_ins()
    assert db.session.scalar(select(func.count()).select_from(SignIn)) == 1
    assert "forget old sign-ins" in {row.job for row in SCHEDULE}


def with_account(own_app: Flask) -> str:
    with own_app.app_context(), unit_of_work():
        set_password(create_user("lena@x.example", "Lena", by=None), PASSWORD)
    return "lena@x.example"


def test_parallel_sign_ins_cannot_slip_past_the_limit(own_app: Flask) -> None:
    """ORG-1: 30 wrong ones at once through the door: ten are looked at, each is noted, the rest is refused."""
    email = with_account(own_app)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _n: enter(PageClient(own_app), email, "wrong"), range(30)))
    assert (answers.count(422), answers.count(429)) == (TRIES_PER_ACCOUNT, 30 - TRIES_PER_ACCOUNT)
    with own_app.app_context():
        assert db.session.scalar(select(func.count()).where(SignIn.how == "failed")) == TRIES_PER_ACCOUNT


def test_the_limit_survives_a_restart(own_app: Flask) -> None:
    """ORG-1: another process on the same database still refuses, the right password too."""
    email = with_account(own_app)
    for _try in range(TRIES_PER_ACCOUNT):
        enter(PageClient(own_app), email, "wrong")
    restarted = create_app(own_app.extensions["settings"])
    restarted.config["WTF_CSRF_ENABLED"] = False
    assert enter(PageClient(restarted), email) == 429
    with restarted.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("purpose", ["invitation", "reset"])
def test_a_link_used_by_two_at_once_works_once(own_app: Flask, purpose: str) -> None:
    """ORG-1: of six people who press at the same moment one chooses the password; five are told it is used."""
    email = with_account(own_app)
    with own_app.app_context(), unit_of_work():
        user = user_by_email(email)
        assert user is not None
        token = invite(user)
        if purpose == "reset":
            db.session.execute(update(SignInLink).values(purpose=purpose))
    with ThreadPoolExecutor(6) as pool:
        answers = list(
            pool.map(
                lambda n: (
                    PageClient(own_app)
                    .post(f"/{purpose}/{token}", data={"password": f"words of number {n}"})
                    .status_code
                ),
                range(6),
            )
        )
    assert sorted(answers) == [303, 410, 410, 410, 410, 410]
    winner = answers.index(303)
    assert enter(PageClient(own_app), email, f"words of number {winner}") == 303


def test_the_throttle_knows_no_plain_address(cast: Cast, client: PageClient) -> None:
    """ORG-1: what was typed may be a password: only a digest is kept of it, and nothing among the sign-ins."""
    enter(client, "My Secret Password", "wrong")
    keys = db.session.scalars(select(SignInFailure.key)).all()
    assert throttle.account_key("My Secret Password") in keys
    assert not any("secret" in key.lower() for key in keys)
    assert [(row.user_id, row.how) for row in db.session.scalars(select(SignIn))] == [(None, "failed")]
