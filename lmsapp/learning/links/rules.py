"""How long a link works, what became of it, and how the place it was sent to is named. Pure."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

CHANNELS = frozenset({"email", "sms"})  # read by one person; what goes into a channel of many must not hold a key
TOKEN_BYTES = 16
WHOLE = dt.timedelta(hours=12)  # a session, whatever is left of its link
DOUBLE_TAP = dt.timedelta(seconds=60)  # the same browser pressing again, before it has its first answer
TO_SEE_THE_RESULT = dt.timedelta(minutes=15)  # after the course is completed
ASKED_AGAIN_FOR = dt.timedelta(days=30)  # how old a link may be that asks for a new one
LINKS_A_WINDOW = 3  # new ones asked for by the same old one
LINKS_A_DAY = 5  # of one enrollment: messages cost money, and patience
ASKS_PER_ADDRESS = 30
KEPT = dt.timedelta(days=400)  # longer than most certifications last; what counts stands in the record


class State(StrEnum):
    """What has become of a link."""

    WAITING = "waiting"
    OPENED = "opened"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Ended(StrEnum):
    """Why a link was revoked. Closed: pages say it in words."""

    REPLACED = "replaced"
    OTHER_OPENED = "another opened"
    COMPLETED = "completed"
    CLOSED = "closed"
    LEFT = "left"
    ADDRESS = "address changed"
    BY_HAND = "by hand"
    SWITCHED_OFF = "switched off"
    ACCOUNT = "account"


def state_of(
    opened_at: dt.datetime | None, revoked_at: dt.datetime | None, expires_at: dt.datetime, now: dt.datetime
) -> State:
    """A link that was opened stays one, unless it was revoked."""
    if revoked_at is not None:
        return State.REVOKED
    if opened_at is not None:
        return State.OPENED
    return State.EXPIRED if now >= expires_at else State.WAITING


def may_ask_again(revoked_as: str | None) -> bool:
    """Whether whoever holds a link that opens nothing may have another sent to the address on file.

    Not where a person or the record said that its holder may be somebody else, nor where there is nothing to open.
    """
    return revoked_as in (None, Ended.REPLACED, Ended.OTHER_OPENED)


def session_until(expires_at: dt.datetime, now: dt.datetime) -> dt.datetime:
    """When a session begun now is over at the latest: with the link, and within twelve hours."""
    return min(expires_at, now + WHOLE)


def is_double_tap(
    opened_at: dt.datetime | None, kept_mark: str | None, mark: str, revoked_at: dt.datetime | None, now: dt.datetime
) -> bool:
    """Whether the very browser that opened the link presses once more, before it has its answer.

    `mark`: what the browser carries since it saw the page with the button; '' is no mark.
    """
    if opened_at is None or revoked_at is not None or not mark:
        return False
    return kept_mark == mark and now - opened_at < DOUBLE_TAP


def masked(address: str) -> str:
    """Enough to know one's own by, too little to use: '+1…89', 'a…@northgate.example'."""
    name, at, host = address.strip().rpartition("@")
    if at:
        return f"{name[:1]}…@{host}"
    digits = address.strip()
    return f"{digits[:2]}…{digits[-2:]}" if len(digits) > 6 else "…"
