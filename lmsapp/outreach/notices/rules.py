"""What a notice may do next."""

from __future__ import annotations

from enum import StrEnum


class NoticeStatus(StrEnum):
    """States of a notice; see `models.Notice`."""

    QUEUED = "queued"
    GATHERED = "gathered"
    SENDING = "sending"
    SENT = "sent"
    CARRIED = "carried"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    UNKNOWN = "unknown"


class Suppressed(StrEnum):
    """Why nothing was sent. Closed: staff filter by it, and a person's list says it in words."""

    NO_ADDRESS = "no address"
    NOT_WANTED = "not wanted"  # completed, cancelled, exempt, paused, left, renewed: `error` says which
    NO_CONSENT = "no consent"
    SWITCHED_OFF = "switched off"
    CAP = "cap"
    TOO_LATE = "too late"  # quiet hours or the cap held it until its day was over
    NO_CHANNEL = "no channel"  # nothing of that kind is set up or switched on


# Nobody knows whether an 'unknown' one arrived: only a person decides to risk a second copy.
RETRIED_BY_HAND = frozenset({NoticeStatus.FAILED, NoticeStatus.UNKNOWN})


# Their bodies hold a link that lets whoever has it choose the password: nobody but the recipient reads them.
HOLDS_A_KEY = frozenset({"invitation", "password_reset", "email_confirm"})

# Letters somebody may do without. What tells of a duty or of a change to the account is always sent.
OPTIONAL = ("certificate_ready",)


def after_lost_worker(handed_over: bool, copies_known: bool = False) -> NoticeStatus:
    """What becomes of a notice whose worker died: sent again if handing over had not begun, or if its receiver would
    know a second copy by its key."""
    return NoticeStatus.UNKNOWN if handed_over and not copies_known else NoticeStatus.QUEUED
