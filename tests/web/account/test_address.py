"""ORG-8, SEC-1: another address to sign in with, another phone number."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db, unit_of_work
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.queries import OutboxFilters, outbox
from lmsapp.people.accounts.actions import create_user, set_password
from lmsapp.people.accounts.models import SignInLink, User
from lmsapp.people.accounts.rules import TRIES_PER_ACCOUNT
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.clock import Clock

PASSWORD = "four unrelated words"
NEW = "lena.fischer@home.example"


@pytest.fixture
def cast(client: PageClient, clock: Clock) -> Cast:
    cast = make_cast()
    set_password(cast.lena.user, PASSWORD)
    set_password(cast.otto.user, PASSWORD)
    db.session.commit()
    client.sign_in(cast.lena.user.id, cast.lena.user.session_epoch)
    return cast


def ask(client: PageClient, email: str = NEW, password: str = PASSWORD) -> int:
    return client.post("/account/email", data={"email": email, "present_password": password}).status_code


def letters(template: str) -> list[Notice]:
    return list(db.session.scalars(select(Notice).where(Notice.template == template).order_by(Notice.id)))


def link() -> str:
    return letters("email_confirm")[-1].link or ""


def email_of(user: User) -> str:
    return db.session.scalars(select(User.email).where(User.id == user.id)).one()


def test_from_asking_to_signing_in(app: Flask, client: PageClient, cast: Cast) -> None:
    """ORG-8, EVD-3: nothing changes before the link is used; then the old address is told, others are signed out."""
    elsewhere = PageClient(app)
    elsewhere.sign_in(cast.lena.user.id, cast.lena.user.session_epoch)
    old = cast.lena.user.email
    assert ask(client) == 303
    assert letters("email_confirm")[0].address == NEW
    page = client.get("/account/email").text
    assert "Look in the mailbox of lena.fischer@home.example" in page
    for _look in range(2):
        assert "Sign in with the new address" in client.get(link()).text
        client.head(link())
    assert email_of(cast.lena.user) == old
    done = client.post(link())
    assert (done.status_code, done.location) == (303, "/account")
    assert email_of(cast.lena.user) == NEW
    assert client.get("/account").status_code == 200, "here one stays"
    assert elsewhere.get("/account").status_code == 302
    told = letters("email_changed")
    assert [notice.address for notice in told] == [old]
    assert NEW in told[0].body_text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "change e-mail")).one()
    assert (entry.before, entry.after, entry.actor_id) == ({"email": old}, {"email": NEW}, cast.lena.user.id)
    fresh = PageClient(app)
    assert fresh.post("/sign-in", data={"email": old, "password": PASSWORD}).status_code == 422
    assert fresh.post("/sign-in", data={"email": NEW, "password": PASSWORD}).status_code == 303


def test_the_record_stays_hrs(client: PageClient, cast: Cast) -> None:
    """ORG-3, ORG-8: the address on record is not touched, and both are shown once they differ."""
    record = cast.lena.record.email
    ask(client)
    client.post(link())
    db.session.refresh(cast.lena.record)
    assert cast.lena.record.email == record
    page = client.get("/account").text
    assert "E-mail on record" in page
    assert record is not None
    assert record in page


def test_the_password_comes_first(client: PageClient, cast: Cast) -> None:
    """SEC-1 (ASVS 7.5.1): without it, or with a wrong one, no letter; wrong ones count; nothing typed is lost."""
    assert ask(client, password="") == 422
    wrong = client.post("/account/email", data={"email": NEW, "present_password": "wrong wrong wrong"})
    assert wrong.status_code == 422
    assert NEW in wrong.text
    assert "wrong wrong" not in wrong.text
    assert not letters("email_confirm")


def test_guessing_the_password_is_limited(own_app: Flask) -> None:
    """SEC-1: at the same count as signing in, for both changes; with real commits, since refused requests roll back."""
    with own_app.app_context():
        lena = make_cast().lena.user
        set_password(lena, PASSWORD)
        db.session.commit()
        user_id, epoch = lena.id, lena.session_epoch
    client = PageClient(own_app)
    client.sign_in(user_id, epoch)
    for _try in range(TRIES_PER_ACCOUNT):
        assert ask(client, password="wrong") == 422
    assert ask(client) == 429
    assert client.post("/account/mobile", data={"mobile": "12345", "present_password": PASSWORD}).status_code == 429
    with own_app.app_context():
        assert not letters("email_confirm")


def test_only_its_owner_can_use_the_link(app: Flask, client: PageClient, cast: Cast) -> None:
    """SEC-1, SEC-4: Otto who found the letter, and somebody not signed in, change nothing; Lena still can."""
    ask(client)
    otto, nobody = PageClient(app), PageClient(app)
    otto.sign_in(cast.otto.user.id, cast.otto.user.session_epoch)
    assert otto.get(link()).status_code == 410
    assert otto.post(link()).status_code == 410
    assert nobody.get(link()).location == f"/sign-in?next={link()}"
    assert nobody.post(link()).status_code == 302
    assert email_of(cast.lena.user) != NEW
    assert email_of(cast.otto.user) != NEW
    assert client.post(link()).status_code == 303


def test_once_and_not_for_ever(client: PageClient, cast: Cast, clock: Clock) -> None:
    """SEC-1: a second POST, an older link, one a day old, and one for another purpose open nothing."""
    ask(client)
    first = link()
    ask(client, "second@home.example")
    assert client.post(first).status_code == 410
    second = link()
    token = second.rpartition("/")[2]
    assert client.get(f"/reset/{token}").status_code == 410
    assert client.get(f"/invitation/{token}").status_code == 410
    assert client.post(second).status_code == 303
    assert client.post(second).status_code == 410
    ask(client, "third@home.example")
    clock.move(minutes=50)
    client.get("/account")
    for _hour in range(24):
        clock.move(hours=1, seconds=-1)
        client.sign_in(cast.lena.user.id, cast.lena.user.session_epoch)
    assert client.post(link()).status_code == 410
    assert email_of(cast.lena.user) == "second@home.example"


def test_an_address_that_has_an_account(client: PageClient, cast: Cast) -> None:
    """ORG-1, ORG-8: the answer is the same as for any other; its owner is told, not by whom."""
    taken = client.post("/account/email", data={"email": cast.otto.user.email, "present_password": PASSWORD})
    free = client.post("/account/email", data={"email": NEW, "present_password": PASSWORD})
    assert (taken.status_code, taken.location) == (free.status_code, free.location)
    assert [notice.address for notice in letters("email_confirm")] == [NEW]
    (told,) = letters("email_in_use")
    assert (told.address, told.user_id) == (cast.otto.user.email, cast.otto.user.id)
    assert "Lena" not in told.body_text


def test_taken_meanwhile(client: PageClient, cast: Cast) -> None:
    """ORG-8: whoever had it first keeps it, and the page says so."""
    ask(client)
    create_user(NEW, "Somebody Else", by=None)
    db.session.commit()
    answer = client.post(link())
    assert answer.status_code == 422
    assert "given to another account meanwhile" in answer.text
    assert email_of(cast.lena.user) != NEW
    assert not letters("email_changed")


@pytest.mark.parametrize(
    "email", ["", "x", "a@b", "a@c.example\nBcc: d@e.example", "lena@northgate.example", "x" * 300]
)
def test_what_is_no_new_address(client: PageClient, cast: Cast, email: str) -> None:
    """SEC-6: nothing that is none, and not the present one."""
    assert ask(client, email) == 422
    assert not letters("email_confirm")


def test_giving_it_up(client: PageClient, cast: Cast) -> None:
    """ORG-8: the link that was sent opens nothing any more."""
    ask(client)
    sent = link()
    assert client.post("/account/email/withdrawal").status_code == 303
    assert "Look in the mailbox" not in client.get("/account/email").text
    assert client.post(sent).status_code == 410


def test_three_letters_and_no_more(client: PageClient, cast: Cast) -> None:
    """SEC-1: nobody's mailbox is flooded."""
    assert [ask(client, f"n{n}@home.example") for n in range(4)] == [303, 303, 303, 429]


def test_an_open_reset_link_is_spent(client: PageClient, cast: Cast) -> None:
    """SEC-1: whoever reads the old mailbox cannot come in with a letter that was sent there before."""
    db.session.add(
        SignInLink(
            user_id=cast.lena.user.id,
            purpose="reset",
            token_hash="0" * 64,
            expires_at=func.now() + func.make_interval(0, 0, 0, 9999),
        )
    )
    ask(client)
    client.post(link())
    assert not db.session.scalars(select(SignInLink.id).where(SignInLink.used_at.is_(None))).all()


def test_the_link_is_not_shown_in_the_outbox(client: PageClient, cast: Cast) -> None:
    """SEC-1: staff who read the outbox see that it was sent, not the link."""
    ask(client)
    rows = outbox(cast.sam.viewer, OutboxFilters(templates=("email_confirm",))).rows
    assert [row.body_text for row in rows] == [""]


def test_used_by_two_at_once(own_app: Flask) -> None:
    """SEC-1: one of them changes the address, once; the other is told that the link is used."""
    with own_app.app_context():
        lena = make_cast().lena.user
        set_password(lena, PASSWORD)
        db.session.commit()
        user_id, epoch = lena.id, lena.session_epoch
    client = PageClient(own_app)
    client.sign_in(user_id, epoch)
    ask(client)
    with own_app.app_context():
        path = link()

    def use(_n: int) -> int:
        one = PageClient(own_app)
        one.sign_in(user_id, epoch)
        return one.post(path).status_code

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(use, range(6)))
    assert answers.count(303) == 1, answers
    assert set(answers) <= {303, 302, 410, 422}
    with own_app.app_context(), unit_of_work():
        assert len(letters("email_changed")) == 1
        changes = db.session.scalar(select(func.count()).where(AuditEntry.action == "change e-mail"))
        assert changes == 1


def test_own_phone_number(client: PageClient, cast: Cast) -> None:
    """ORG-8, EVD-3: the password again, the trail, a letter that does not repeat the number; empty takes it away."""
    assert client.post("/account/mobile", data={"mobile": "+1 312 555 0100"}).status_code == 422
    changed = client.post("/account/mobile", data={"mobile": " +1 312  555 0100", "present_password": PASSWORD})
    assert changed.status_code == 303
    db.session.refresh(cast.lena.record)
    assert cast.lena.record.mobile == "+1 312 555 0100"
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.subject_kind == "employee", AuditEntry.action == "change")
    ).one()
    assert (entry.before, entry.after) == ({"mobile": None}, {"mobile": "+1 312 555 0100"})
    (told,) = letters("mobile_changed")
    assert told.address == cast.lena.user.email
    assert "555" not in told.body_text
    client.post("/account/mobile", data={"mobile": "", "present_password": PASSWORD})
    db.session.refresh(cast.lena.record)
    assert cast.lena.record.mobile is None


def test_nobody_elses_number(client: PageClient, cast: Cast) -> None:
    """SEC-4, SEC-6: no field names another record or another column; staff without a record have no such page."""
    more = {
        "employee_id": cast.otto.record.id,
        "id": cast.otto.record.id,
        "name": "Boss",
        "number": "E-1",
        "status": "left",
    }
    client.post("/account/mobile", data={"mobile": "5550100", "present_password": PASSWORD, **more})
    db.session.refresh(cast.otto.record)
    db.session.refresh(cast.lena.record)
    assert cast.otto.record.mobile is None
    assert (cast.lena.record.name, cast.lena.record.number, cast.lena.record.status) == (
        "Lena Fischer",
        "E-101",
        "active",
    )
    client.sign_in(cast.hana.user.id, cast.hana.user.session_epoch)
    assert client.get("/account/mobile").status_code == 404
    assert client.post("/account/mobile", data={"mobile": "1"}).status_code == 404
