"""States of a promised PDF."""

from __future__ import annotations

from enum import StrEnum


class SealStatus(StrEnum):
    """As the waiting, running, ready, failed fragment shows them."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
