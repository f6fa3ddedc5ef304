"""ORG-1, ORG-2: signing in, limits, links, sessions and roles on a real database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.queue import Ring
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.accounts.actions import (
    change_password,
    create_user,
    deactivate,
    grant_role,
    invite,
    revoke_role,
    set_password,
    use_link,
)
from lmsapp.people.accounts.models import ResetAsked, SignInFailure, User
from lmsapp.people.accounts.queries import authenticate, roles_of, user_by_link
from lmsapp.people.accounts.resets import RESET_JOB, answer_reset, ask_for_reset, sweep_resets
from lmsapp.people.accounts.rules import TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS, Purpose
from lmsapp.people.accounts.throttle import TooManyTries, book_try
from lmsapp.people.queries import load_viewer
from lmsapp.people.roles import Role
from tests.cast import make_cast
from tests.clock import Clock
from tests.kept import kept

PASSWORD = "four unrelated words"
HERE = "192.0.2.7"


@pytest.fixture
@kept
def lena() -> User:
    user = create_user("Lena@x.example", "Lena Fischer", by=None)
    set_password(user, PASSWORD)
    db.session.commit()
    return user


def test_signing_in(lena: User) -> None:
    """ORG-1: by e-mail in any case and password; the hash is argon2id."""
    assert authenticate("LENA@x.example ", PASSWORD, HERE).id == lena.id
    assert (lena.password_hash or "").startswith("$argon2id$")


def test_every_failure_sounds_the_same(lena: User) -> None:
    """ORG-1: wrong password, no account, no password yet, closed account: the same words."""
    create_user("new@x.example", "New", by=None)
    closed = create_user("closed@x.example", "Closed", by=None)
    set_password(closed, PASSWORD)
    deactivate(closed, by=None)
    db.session.commit()
    words = set()
    for email in ("lena@x.example", "nobody@x.example", "new@x.example", "closed@x.example"):
        with pytest.raises(RuleBroken) as broken:
            authenticate(email, PASSWORD if email != "lena@x.example" else "not this one", HERE)
        words.add(str(broken.value))
    assert len(words) == 1


def test_tries_are_limited_for_accounts_that_exist_and_those_that_do_not(lena: User, clock: Clock) -> None:
    """ORG-1: per account; the right password does not help above the limit, waiting does."""
    for email in ("lena@x.example", "nobody@x.example"):
        for _try in range(TRIES_PER_ACCOUNT):
            with pytest.raises(RuleBroken, match="not right"):
                authenticate(email, "wrong", HERE)
        with pytest.raises(TooManyTries):
            authenticate(email, PASSWORD, "198.51.100.1")
    clock.move(minutes=16)
    assert authenticate("lena@x.example", PASSWORD, HERE).id == lena.id


def test_tries_are_limited_per_address() -> None:
    """ORG-1: many accounts from one address."""
    for n in range(TRIES_PER_ADDRESS):
        book_try(f"p{n}@x.example", HERE)
    with pytest.raises(TooManyTries):
        book_try("another@x.example", HERE)
    book_try("another@x.example", "198.51.100.9")


def test_success_forgives(lena: User) -> None:
    """ORG-1: no lock-out by one's own slips."""
    for _round in range(3):
        for _try in range(TRIES_PER_ACCOUNT - 1):
            with pytest.raises(RuleBroken, match="not right"):
                authenticate("lena@x.example", "wrong", HERE)
        authenticate("lena@x.example", PASSWORD, HERE)
    assert db.session.scalar(select(func.count()).where(SignInFailure.key.startswith("account/"))) == 0


def test_parallel_tries_cannot_slip_past(own_app: Flask) -> None:
    """ORG-1: 40 at once, exactly the limit is let through."""

    def one(_n: int) -> bool:
        with own_app.app_context():
            try:
                book_try("lena@x.example", HERE)
            except TooManyTries:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(40))) == TRIES_PER_ACCOUNT


def test_failures_survive_a_refused_request(own_app: Flask) -> None:
    """ORG-1: the request rolls back, its failure stays counted."""
    with own_app.app_context(), pytest.raises(RuleBroken), unit_of_work():
        authenticate("nobody@x.example", "wrong", HERE)
    with own_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignInFailure)) == 2


def test_an_invitation_works_once(lena: User) -> None:
    """ORG-1: used, replaced or expired links open nothing."""
    first, second = invite(lena), invite(lena)
    assert user_by_link(first, Purpose.INVITATION) is None
    assert user_by_link(second, Purpose.RESET) is None
    use_link(second, Purpose.INVITATION, "quite another phrase")
    with pytest.raises(RuleBroken, match="used or has expired"):
        use_link(second, Purpose.INVITATION, "and a third phrase")
    assert authenticate("lena@x.example", "quite another phrase", HERE)


@pytest.mark.parametrize(("purpose", "hours"), [(Purpose.INVITATION, 7 * 24), (Purpose.RESET, 1)])
def test_links_expire(lena: User, clock: Clock, rings: list[Ring], purpose: Purpose, hours: int) -> None:
    """ORG-1: seven days for an invitation, one hour for a reset."""
    if purpose is Purpose.INVITATION:
        token = invite(lena)
    else:
        ask(lena.email, rings)
        link = db.session.scalars(select(Notice.link).where(Notice.template == "password_reset")).one()
        token = (link or "").rpartition("/")[2]
    clock.move(hours=hours, seconds=-1)
    assert user_by_link(token, purpose)
    clock.move(seconds=1)
    assert user_by_link(token, purpose) is None


def ask(email: str, rings: list[Ring]) -> None:
    """Ask for a reset, and let the worker answer."""
    ask_for_reset(email, HERE)
    db.session.commit()
    for one in [ring for ring in rings if ring.job == RESET_JOB]:
        answer_reset(*one.args)  # type: ignore[arg-type]
    rings.clear()
    db.session.commit()


def test_asking_for_a_reset_tells_nothing_and_floods_nobody(lena: User, rings: list[Ring]) -> None:
    """ORG-1: a letter only where there is an account, three in a quarter of an hour, silence otherwise."""
    users = db.session.scalar(select(func.count()).select_from(User))
    ask("nobody@x.example", rings)
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 0
    assert db.session.scalar(select(func.count()).select_from(User)) == users
    for _n in range(3):
        ask(lena.email, rings)
    with pytest.raises(TooManyTries):
        ask_for_reset(lena.email, HERE)
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 3
    assert db.session.scalar(select(func.count()).select_from(ResetAsked)) == 0


def test_a_reset_nobody_heard_of_is_rung_again(lena: User, rings: list[Ring], clock: Clock) -> None:
    """ORG-1: losing the queue loses no letter, and a second ring makes no second one."""
    ask_for_reset(lena.email, HERE)
    db.session.commit()
    lost = rings.pop()
    sweep_resets()
    db.session.commit()
    assert not rings, "it may still be on its way"
    clock.move(minutes=1)
    sweep_resets()
    db.session.commit()
    assert [(one.job, one.args) for one in rings] == [(RESET_JOB, lost.args)]
    for _twice in range(2):
        answer_reset(*lost.args)  # type: ignore[arg-type]
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 1


def test_sessions_end_with_password_role_and_account(lena: User) -> None:
    """ORG-1, ORG-2: at once, whatever changed."""
    admin = make_cast().sam.viewer

    def ends(change: object) -> bool:
        epoch = lena.session_epoch
        assert load_viewer(lena.id, epoch, "UTC") is not None
        change()  # type: ignore[operator]
        return load_viewer(lena.id, epoch, "UTC") is None

    assert ends(lambda: set_password(lena, "quite another phrase"))
    assert ends(lambda: grant_role(lena, Role.AUDITOR, admin))
    assert ends(lambda: revoke_role(lena, Role.AUDITOR, admin))
    assert ends(lambda: deactivate(lena, admin))


def test_changing_the_password_needs_the_old_one(lena: User) -> None:
    """ORG-1: and wrong guesses count."""
    viewer = load_viewer(lena.id, lena.session_epoch, "UTC")
    assert viewer
    with pytest.raises(RuleBroken, match="present password"):
        change_password(lena, "wrong", "quite another phrase", HERE, viewer)
    change_password(lena, PASSWORD, "quite another phrase", HERE, viewer)
    assert authenticate(lena.email, "quite another phrase", HERE)


def test_roles_are_handed_out_by_those_who_may(lena: User) -> None:
    """ORG-2: never to oneself, never beyond the own grants; the trail names who did."""
    cast = make_cast()
    grant_role(lena, Role.MODERATOR, cast.sam.viewer)
    assert roles_of(lena.id) == {Role.MODERATOR}
    trail = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "give role")).one()
    assert (trail.actor_name, trail.after) == (cast.sam.viewer.name, {"roles": ["Moderator"]})
    for giver in (cast.hana, cast.milo, cast.aki, cast.lena):
        with pytest.raises(NotAllowed):
            grant_role(lena, Role.COURSE_CREATOR, giver.viewer)
    with pytest.raises(NotAllowed, match="own roles"):
        grant_role(cast.sam.user, Role.AUDITOR, cast.sam.viewer)


def test_somebody_always_keeps_the_keys() -> None:
    """ORG-2: the only System Manager can be neither stripped nor closed."""
    sam = make_cast().sam
    with pytest.raises(RuleBroken, match="only System Manager"):
        revoke_role(sam.user, Role.SYSTEM_MANAGER, by=None)
    with pytest.raises(RuleBroken, match="only System Manager"):
        deactivate(sam.user, by=None)
