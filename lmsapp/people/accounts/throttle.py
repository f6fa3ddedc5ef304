"""A limited number of tries, counted before the password is looked at.

The count has a short transaction of its own: a refused request rolls back, and its failure must stay. A try is booked
first and given back on success, under a lock for its key, so that parallel tries cannot slip past the limit.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import Delete, delete, func, insert, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from lmsapp.infra import clock
from lmsapp.infra.db import own_transaction
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.accounts.models import SignInFailure
from lmsapp.people.accounts.rules import TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS, WINDOW


class TooManyTries(RuleBroken):
    """The limit is reached; the web answers 429."""

    def __init__(self) -> None:
        minutes = int(WINDOW.total_seconds() // 60)
        super().__init__(N_("Too many tries. Wait %(n)s minutes, then try again."), n=minutes)


def account_key(email: str, kind: str = "account") -> str:
    """What was typed may be anything, a password too: only a digest of it is kept."""
    return f"{kind}/{hashlib.sha256(email.strip().lower().encode()).hexdigest()[:32]}"


def book_try(email: str, address: str, note: ReturningInsert[int] | None = None) -> int | None:
    """Count one try against the account and the address. Raises TooManyTries at the limit. `note` as in `book`."""
    return book({account_key(email): TRIES_PER_ACCOUNT, f"address/{address}": TRIES_PER_ADDRESS}, note)


def book(limits: dict[str, int], note: ReturningInsert[int] | None = None) -> int | None:
    """Count one try against each key. Raises TooManyTries, and counts nothing, when one of them is used up.

    `note` is written in the same transaction; what it returns is the answer.
    """
    noted = None
    with own_transaction() as connection:
        for key in sorted(limits):  # always in this order: two tries never wait for each other
            connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
        full = [key for key, limit in limits.items() if _recent(connection, key) >= limit]
        if not full:
            connection.execute(insert(SignInFailure), [{"key": key, "at": clock.now()} for key in limits])
            noted = connection.scalar(note) if note is not None else None
    if full:
        raise TooManyTries
    return noted


def give_back_one(key: str) -> None:
    """That try was a success: it does not count."""
    newest = select(func.max(SignInFailure.id)).where(SignInFailure.key == key).scalar_subquery()
    with own_transaction() as connection:
        connection.execute(delete(SignInFailure).where(SignInFailure.id == newest))


def give_back(email: str, address: str, more: Delete | None = None) -> None:
    """After a success: the account starts afresh, the address gets its one try back. `more` goes in the same step."""
    newest = select(func.max(SignInFailure.id)).where(SignInFailure.key == f"address/{address}").scalar_subquery()
    with own_transaction() as connection:
        connection.execute(delete(SignInFailure).where(SignInFailure.key == account_key(email)))
        connection.execute(delete(SignInFailure).where(SignInFailure.id == newest))
        if more is not None:
            connection.execute(more)


def _recent(connection: Session, key: str) -> int:
    count = select(func.count()).where(SignInFailure.key == key, SignInFailure.at > clock.now() - WINDOW)
    return connection.scalar(count) or 0
