"""Tokens as their owners and system managers see them: never a secret."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.people.accounts.models import User
from lmsapp.people.roles import May
from lmsapp.people.tokens.models import AccessToken
from lmsapp.people.viewer import Viewer

MOST_LISTED = 200


def tokens_of(viewer: Viewer) -> Sequence[Any]:
    """One's own, newest first, as `_listed`."""
    return db.session.execute(_listed().where(AccessToken.owner_id == viewer.user_id)).all()


def all_tokens(viewer: Viewer) -> Sequence[Any]:
    """Everybody's, for system managers, as `_listed`."""
    return db.session.execute(_listed()).all() if viewer.may(May.CONFIGURE) else []


def own_token(viewer: Viewer, token_id: int) -> AccessToken | None:
    """One's own, to revoke."""
    mine = (AccessToken.id == token_id, AccessToken.owner_id == viewer.user_id)
    return db.session.scalar(select(AccessToken).where(*mine))


def any_token(viewer: Viewer, token_id: int) -> AccessToken | None:
    """Anybody's, to revoke, for system managers."""
    return db.session.get(AccessToken, token_id) if viewer.may(May.CONFIGURE) else None


def count_alive(owner_id: int) -> int:
    """How many of somebody's still open something."""
    alive = (AccessToken.revoked_at.is_(None), AccessToken.expires_at > clock.now())
    return db.session.scalar(select(func.count()).where(AccessToken.owner_id == owner_id, *alive)) or 0


def _listed() -> Select[*tuple[Any, ...]]:
    """Columns: id, key, name, scopes, owner, owner_active, made_at, expires_at, last_used_at, last_used_from,
    revoked_at, revoked_by_name."""
    return (
        select(
            AccessToken.id, AccessToken.key, AccessToken.name, AccessToken.scopes, User.name.label("owner"),
            User.active.label("owner_active"), AccessToken.made_at, AccessToken.expires_at, AccessToken.last_used_at,
            AccessToken.last_used_from, AccessToken.revoked_at, AccessToken.revoked_by_name,
        )
        .join(User, User.id == AccessToken.owner_id)
        .order_by(AccessToken.revoked_at.is_not(None), AccessToken.id.desc())
        .limit(MOST_LISTED)
    )  # fmt: skip
