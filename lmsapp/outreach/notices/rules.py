"""What a notice may do next."""

from __future__ import annotations

from enum import StrEnum


class NoticeStatus(StrEnum):
    """States of a notice; see `models.Notice`."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    UNKNOWN = "unknown"


# Nobody knows whether an 'unknown' one arrived: only a person decides to risk a second copy.
RETRIED_BY_HAND = frozenset({NoticeStatus.FAILED, NoticeStatus.UNKNOWN})


# Their bodies hold a link that lets whoever has it choose the password: nobody but the recipient reads them.
HOLDS_A_KEY = frozenset({"invitation", "password_reset", "email_confirm"})

# Letters somebody may do without. What tells of a duty or of a change to the account is always sent.
OPTIONAL = ("certificate_ready",)


def after_lost_worker(handed_over: bool) -> NoticeStatus:
    """What becomes of a notice whose worker died: sent again only if handing over had not begun."""
    return NoticeStatus.UNKNOWN if handed_over else NoticeStatus.QUEUED
