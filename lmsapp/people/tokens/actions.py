"""Making a token, letting it in, revoking it."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.people.accounts import throttle
from lmsapp.people.changes import Changed
from lmsapp.people.queries import load_viewer
from lmsapp.people.roles import May
from lmsapp.people.tokens.models import AccessToken
from lmsapp.people.tokens.queries import count_alive
from lmsapp.people.tokens.rules import (
    CALLS_A_WINDOW,
    FAILURES_PER_ADDRESS,
    KEY_BYTES,
    MOST_TOKENS,
    SECRET_BYTES,
    USED_AGAIN,
    Scope,
    State,
    check_days,
    clean_name,
    digest,
    is_it,
    parts,
    state_of,
    written,
)  # fmt: skip
from lmsapp.people.viewer import Viewer

KIND = "access_token"
NOBODYS = digest("")  # compared with where there is no such token, so that both answers cost the same


class Refused(Exception):
    """It opens nothing. Whoever asked learns no more than that."""


def make_token(name: str, scopes: Sequence[Scope], days: int, *, by: Viewer) -> tuple[AccessToken, str]:
    """The row, and the whole token, which stands nowhere else from now on. Raises RuleBroken naming the field."""
    name, days = clean_name(name), check_days(days)
    if not scopes:
        raise RuleBroken(N_("Choose what it opens."), field="scope")
    if count_alive(by.user_id) >= MOST_TOKENS:
        raise RuleBroken(N_("You have %(most)s tokens in use. Revoke one first."), most=MOST_TOKENS)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    made = AccessToken(
        key=secrets.token_hex(KEY_BYTES),
        secret_sha256=digest(secret),
        owner_id=by.user_id,
        name=name,
        scopes=[str(one) for one in scopes],
        expires_at=clock.now() + dt.timedelta(days=days),
    )
    db.session.add(made)
    db.session.flush()
    told = {"name": name, "scopes": made.scopes, "until": made.expires_at.isoformat(), "key": made.key}
    emit(Changed("token made", (KIND, made.id), by, after=told))
    return made, written(made.key, secret)


def revoke_token(token: AccessToken, *, by: Viewer) -> None:
    """It opens nothing any more. Nothing happens the second time. Raises NotAllowed."""
    if token.owner_id != by.user_id and not by.may(May.CONFIGURE):
        raise NotAllowed(N_("Only its owner and system managers revoke a token."))
    db.session.refresh(token, ["revoked_at"], with_for_update=True)
    if token.revoked_at is None:
        token.revoked_at, token.revoked_by_name = clock.now(), by.name
        emit(Changed("token revoked", (KIND, token.id), by, before={"name": token.name, "key": token.key}))


def admit(typed: str, address: str, default_zone: str) -> tuple[AccessToken, Viewer]:
    """Whose token it is, as they are now. Raises Refused, and TooManyTries.

    What opens nothing is counted against the address; a good token is never locked out by the failures of others, and
    has a limit of its own.
    """
    token = _found(typed)
    viewer = load_viewer(token.owner_id, token.owner.session_epoch, default_zone) if token else None
    if token is None or viewer is None:
        throttle.book({f"token-from/{address}": FAILURES_PER_ADDRESS})
        raise Refused
    throttle.book({f"token/{token.id}": CALLS_A_WINDOW})
    note_use(token, address)
    return token, viewer


def note_use(token: AccessToken, address: str) -> None:
    """When it was last used, to the minute."""
    now = clock.now()
    if token.last_used_at is None or now - token.last_used_at >= USED_AGAIN:
        token.last_used_at, token.last_used_from = now, address[:60]


def _found(typed: str) -> AccessToken | None:
    key, secret = parts(typed) or ("", "")
    wanted = select(AccessToken).where(AccessToken.key == key).options(joinedload(AccessToken.owner))
    token = db.session.scalar(wanted)
    right = is_it(secret, token.secret_sha256 if token else NOBODYS)
    if token is None or not right or not secret:
        return None
    return token if state_of(token.revoked_at, token.expires_at, clock.now()) is State.ALIVE else None
