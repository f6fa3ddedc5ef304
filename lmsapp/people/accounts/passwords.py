"""Password hashes: argon2id, 19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet)."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

STRONG = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # for tests; never outside them


def make_hash(password: str) -> str:
    """The hash to keep, which names its own profile."""
    return _hasher().hash(password)


def matches(password: str, password_hash: str | None) -> bool:
    """Whether it is the one. Without a hash it takes as long as with one, and the answer is no."""
    try:
        return _hasher().verify(password_hash or _nobodys_hash(_hasher()), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(password_hash: str) -> bool:
    """Made by another profile than the present one: to be made again while the password is at hand."""
    return _hasher().check_needs_rehash(password_hash)


def _hasher() -> PasswordHasher:
    return CHEAP if current_app.testing else STRONG


@lru_cache(maxsize=2)
def _nobodys_hash(hasher: PasswordHasher) -> str:
    return hasher.hash("nobody has this password")
