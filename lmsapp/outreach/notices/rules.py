"""What a notice may do next."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any


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


# What a step of a policy is counted from, as `reason` keeps it under 'moment' (or, in older rows, under 'policy').
MOMENTS = frozenset({"before due", "on due", "after due", "before expiry", "stalled"})

# A part of an address long and mixed enough to be a key: whoever has it may do something in somebody's name.
_KEY = re.compile(r"(?<=/)(?=[\w-]*[\dA-Z])(?=[\w-]*[A-Za-z])[\w-]{20,}", re.ASCII)


def moment_of(reason: Mapping[str, Any]) -> str:
    """Which moment of a policy the notice belongs to, '' for none."""
    named = (str(reason.get("moment", "")), str(reason.get("policy", "")))
    return next((one for one in named if one in MOMENTS), "")


def without_keys(text: str) -> str:
    """The text for anybody but its reader: keys in its addresses are left out."""
    return _KEY.sub("…", text)


def after_lost_worker(handed_over: bool, copies_known: bool = False) -> NoticeStatus:
    """What becomes of a notice whose worker died: sent again if handing over had not begun, or if its receiver would
    know a second copy by its key."""
    return NoticeStatus.UNKNOWN if handed_over and not copies_known else NoticeStatus.QUEUED
