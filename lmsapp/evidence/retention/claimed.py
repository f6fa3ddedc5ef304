"""What people prepare before a worker is asked: a review, an erasure, a test of retrieval."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import claims


class Claimed(claims.Claimed):
    """Nothing is asked of it at first: 'idle'."""

    state: Mapped[str] = mapped_column(default="idle")
