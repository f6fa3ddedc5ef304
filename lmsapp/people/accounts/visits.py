"""Sign-ins and the sessions they begin: one row each, so that a session can be ended on the server (ASVS 7.4.1)."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection

from sqlalchemy import delete, func, insert, select, update

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.people.accounts import throttle
from lmsapp.people.accounts.events import AccountChanged
from lmsapp.people.accounts.models import SignIn, SignInFailure, User
from lmsapp.people.accounts.rules import LONGEST_BROWSER
from lmsapp.people.viewer import Viewer


def open_session(
    user: User,
    how: str,
    *,
    address: str,
    browser: str,
    key: str | None = None,
    only_course: int | None = None,
    ends_at: dt.datetime | None = None,
) -> str:
    """Note a sign-in. Returns the key the session has to carry, where none is given. The rest as in `models.SignIn`."""
    key = key or secrets.token_urlsafe(16)
    db.session.add(
        SignIn(
            user_id=user.id,
            address=address,
            browser=browser[:LONGEST_BROWSER],
            how=how,
            epoch=user.session_epoch,
            session_key=key,
            only_course=only_course,
            ends_at=ends_at,
        )
    )
    db.session.flush()
    return key


def close_session(user_id: int, key: str) -> None:
    """The session of that key is over wherever its cookie was copied to; other sessions of the user go on."""
    ours = (SignIn.user_id == user_id, SignIn.session_key == key, SignIn.ended_at.is_(None))
    db.session.execute(update(SignIn).where(*ours).values(ended_at=clock.now()))


def shorten_sessions(keys: Collection[str], ends_at: dt.datetime) -> None:
    """These sessions are over at that instant at the latest; those that end earlier do."""
    later = (SignIn.session_key.in_(keys), SignIn.ends_at > ends_at)
    db.session.execute(update(SignIn).where(*later).values(ends_at=ends_at))


def close_sessions(keys: Collection[str]) -> None:
    """The sessions of these keys are over, wherever their cookies were copied to."""
    open_ones = (SignIn.session_key.in_(keys), SignIn.ended_at.is_(None))
    db.session.execute(update(SignIn).where(*open_ones).values(ended_at=clock.now()))


def end_visit(visit: SignIn, user: User, by: Viewer) -> None:
    """End one session from the list of one's own."""
    if visit.ended_at is None:
        visit.ended_at = clock.now()
        emit(AccountChanged(user, "end session", by, after={"signed_in_at": visit.at.isoformat()}))


def book_sign_in(email: str, address: str, browser: str) -> int:
    """Count one try (see `throttle.book_try`) and note it as failed until it has succeeded. Returns the note's id.

    The note is written whether or not there is such an account, so that both take the same time.
    """
    account = select(User.id).where(func.lower(User.email) == email.strip().lower()).scalar_subquery()
    row = {"user_id": account, "at": clock.now(), "address": address, "browser": browser[:LONGEST_BROWSER]}
    note = insert(SignIn).values(how="failed", **row).returning(SignIn.id)
    return throttle.book_try(email, address, note=note) or 0


def forgive_sign_in(email: str, address: str, note_id: int) -> None:
    """The try succeeded: it is neither counted nor noted as failed."""
    throttle.give_back(email, address, delete(SignIn).where(SignIn.id == note_id))


def forget_old_sign_ins() -> None:
    """Tries at no account, and counted tries that count no more. For the daily job. What somebody signed in to
    goes by a review (EVD-6)."""
    day_ago = clock.now() - dt.timedelta(days=1)
    db.session.execute(delete(SignIn).where(SignIn.user_id.is_(None), SignIn.at < day_ago))
    db.session.execute(delete(SignInFailure).where(SignInFailure.at < day_ago))
