"""What a token looks like, what it is for, and whether it still opens anything. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from lmsapp.infra.words import N_, RuleBroken, cleaned_words

PREFIX = "lms"
KEY_BYTES, SECRET_BYTES = 6, 32
LONGEST_NAME = 80
LONGEST_DAYS = 366
MOST_TOKENS = 50  # of one owner, in use
CALLS_A_WINDOW = 600  # of one token, in the fifteen minutes of `accounts.rules.WINDOW`
FAILURES_PER_ADDRESS = 60
USED_AGAIN = dt.timedelta(minutes=1)  # how exactly the last use is kept
_TOKEN = re.compile(rf"{PREFIX}_([0-9a-f]{{{2 * KEY_BYTES}}})_([A-Za-z0-9_-]{{43}})")


class What(StrEnum):
    """What a scope opens. A new kind of call is a new word here."""

    GO_NO_GO = "go-no-go"


class State(StrEnum):
    """What has become of a token."""

    ALIVE = "alive"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Scope:
    """'go-no-go' (every one the owner may see) or 'go-no-go:12' (that one)."""

    what: What
    subject_id: int | None = None

    @classmethod
    def read(cls, text: str) -> Scope:
        """As it is kept. Raises ValueError."""
        what, _colon, subject = text.partition(":")
        return cls(What(what), int(subject) if subject else None)

    def __str__(self) -> str:
        return self.what.value if self.subject_id is None else f"{self.what.value}:{self.subject_id}"

    def opens(self, what: What, subject_id: int) -> bool:
        """Whether it reaches that object."""
        return self.what is what and self.subject_id in (None, subject_id)


def opens(scopes: Iterable[str], what: What, subject_id: int) -> bool:
    """Whether one of the scopes, as they are kept, reaches it; what nobody knows any more opens nothing."""
    known = {word.value for word in What}
    return any(Scope.read(one).opens(what, subject_id) for one in scopes if one.partition(":")[0] in known)


def written(key: str, secret: str) -> str:
    """The whole token, as its owner sees it once."""
    return f"{PREFIX}_{key}_{secret}"


def parts(token: str) -> tuple[str, str] | None:
    """(key, secret), or None for what cannot be a token of ours."""
    found = _TOKEN.fullmatch(token)
    return (found[1], found[2]) if found else None


def digest(secret: str) -> str:
    """What is kept of the secret: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_it(secret: str, kept: str) -> bool:
    """Whether the secret is the one, in the same time whatever differs."""
    return hmac.compare_digest(digest(secret), kept)


def state_of(revoked_at: dt.datetime | None, expires_at: dt.datetime, now: dt.datetime) -> State:
    """Whether it opens anything."""
    if revoked_at is not None:
        return State.REVOKED
    return State.EXPIRED if now >= expires_at else State.ALIVE


def clean_name(name: str) -> str:
    """With single blanks. Raises RuleBroken for none."""
    name = " ".join(cleaned_words(name, LONGEST_NAME, "name").split())
    if not name:
        raise RuleBroken(N_("Say what the token is for, like 'Build server'."), field="name")
    return name


def check_days(days: int) -> int:
    """How long it lasts. Raises RuleBroken."""
    if not 1 <= days <= LONGEST_DAYS:
        raise RuleBroken(N_("Choose between 1 and %(most)s days."), field="days", most=LONGEST_DAYS)
    return days
