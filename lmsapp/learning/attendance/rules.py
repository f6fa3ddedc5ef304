"""What a session is. Pure and dated (CRS-3)."""

from __future__ import annotations

import datetime as dt

from lmsapp.infra.words import N_, RuleBroken

LONGEST_MINUTES = 24 * 60
OLDEST_DAYS = 3660


def check_session(title: str, held_on: dt.date, minutes: int, today: dt.date) -> None:
    """Raises RuleBroken: a session has a title, was held, and lasted some time."""
    if not title.strip():
        raise RuleBroken(N_("Say what was held."), field="title")
    if held_on > today:
        raise RuleBroken(N_("A session is recorded once it was held."), field="held_on")
    if held_on < today - dt.timedelta(days=OLDEST_DAYS):
        raise RuleBroken(N_("This is too long ago."), field="held_on")
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise RuleBroken(N_("Give the minutes it lasted, at most %(most)s."), field="minutes", most=LONGEST_MINUTES)
