"""Another address to sign in with: nothing changes until its owner has used the link that was sent there.

The link works only for somebody signed in to the account itself: whoever gets the letter by a typing error can do
nothing with it. What the address of the employee record is, HR decides; this one is the person's.
"""

from __future__ import annotations

import secrets

from sqlalchemy.exc import IntegrityError

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.accounts import throttle
from lmsapp.people.accounts.actions import end_sessions, spend_links
from lmsapp.people.accounts.events import AccountChanged, EmailChangeAsked, EmailChanged
from lmsapp.people.accounts.models import SignInLink, User
from lmsapp.people.accounts.queries import token_hash, user_by_email, user_by_link
from lmsapp.people.accounts.rules import LINK_LIFETIME, LINKS_PER_ACCOUNT, Purpose, clean_email
from lmsapp.people.viewer import Viewer


def ask_for_email(user: User, email: str, by: Viewer) -> str:
    """Send a link to the new address; earlier ones stop working. Ask for the password first. Returns the address.

    When the address has an account already, its owner is told in a letter and the answer is the same: a colleague
    cannot find out who has an account. Raises RuleBroken for what is no new address, TooManyTries for too many letters.
    """
    email = clean_email(email)
    if email == user.email.lower():
        raise RuleBroken(N_("You sign in with this address already."), field="email")
    throttle.book({throttle.account_key(user.email, "email"): LINKS_PER_ACCOUNT})
    spend_links(user, Purpose.EMAIL)
    owner = user_by_email(email)
    token = secrets.token_urlsafe(32)
    link = SignInLink(
        user_id=user.id,
        purpose=Purpose.EMAIL.value,
        token_hash=token_hash(token),
        expires_at=clock.now() + LINK_LIFETIME[Purpose.EMAIL],
        email=email,
    )
    db.session.add(link)
    db.session.flush()
    emit(EmailChangeAsked(user, email, f"/account/email/{token}", link.id, owner))
    emit(AccountChanged(user, "ask to change e-mail", by, {"email": user.email}, {"email": email}))
    return email


def give_up_email(user: User, by: Viewer) -> None:
    """The change asked for is not wanted any more: its link opens nothing."""
    spend_links(user, Purpose.EMAIL)
    emit(AccountChanged(user, "give up e-mail change", by))


def email_by_link(viewer: Viewer, token: str) -> str | None:
    """The address a link would give the viewer; None for one that is spent, expired or somebody else's."""
    found = user_by_link(token, Purpose.EMAIL)
    return found[1].email if found and found[0].id == viewer.user_id else None


def confirm_email(token: str, by: Viewer, record_email: str | None) -> User:
    """Sign in with the new address from now on. Every session and every open link of the user ends.

    `record_email` is what the employee record has: an address of one's own is left alone by rosters. Raises
    RuleBroken for a link that opens nothing, and when somebody else got the address meanwhile.
    """
    found = user_by_link(token, Purpose.EMAIL, lock=True)
    new = found[1].email if found and found[0].id == by.user_id else None
    if found is None or new is None:
        raise RuleBroken(N_("This link has been used or has expired. Ask for a new one."))
    user, old = found[0], found[0].email
    other = user_by_email(new)
    if other is not None and other.id != user.id:
        raise _taken()
    user.email, user.own_email = new, new != (record_email or "").lower()
    try:
        with db.session.begin_nested():
            db.session.flush()
    except IntegrityError as taken:  # by a request at the same moment
        raise _taken() from taken
    spend_links(user)
    end_sessions(user)
    emit(EmailChanged(user, old))
    emit(AccountChanged(user, "change e-mail", by, {"email": old}, {"email": new}))
    return user


def _taken() -> RuleBroken:
    return RuleBroken(N_("This address was given to another account meanwhile. Choose another one."))
