"""Looks after the sequencer when it has nothing to do, and when it does nothing (EVD-2)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select

from lmsapp.evidence.ledger.models import LedgerEvent, LedgerPending
from lmsapp.evidence.ledger.outside import Refusal
from lmsapp.evidence.ledger.queries import present_troubles
from lmsapp.evidence.ledger.sequencing import tree_that_fits
from lmsapp.evidence.ledger.troubles import LATE, SIGNING, end_trouble, note_trouble
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.ledger_keys import LedgerKeyTrouble
from lmsapp.infra.words import N_, RuleBroken

LATE_AFTER = dt.timedelta(minutes=1)


def look_after() -> None:
    """Whether the tree fits what lies outside is not only asked when somebody completes something; and when nothing is
    signed though events wait, and nobody says why, that is noted too."""
    try:
        tree_that_fits()
    except Refusal as refusal:
        note_trouble(SIGNING, refusal, why=refusal.why)
    except LedgerKeyTrouble as trouble:
        note_trouble(SIGNING, trouble, why="key")
    else:
        end_trouble(SIGNING)
    _look_at_waiting()


def _look_at_waiting() -> None:
    waits = select(func.min(LedgerEvent.recorded_at)).join(LedgerPending, LedgerPending.event_id == LedgerEvent.id)
    since = db.session.scalar(waits)
    if since is None or clock.now() - since < LATE_AFTER:
        end_trouble(LATE)
    elif SIGNING not in {one.kind for one in present_troubles()}:
        words = N_("Events have been waiting for their checkpoint since %(since)s UTC. Is the scheduler running?")
        note_trouble(LATE, RuleBroken(words, since=f"{since:%Y-%m-%d %H:%M}"), why="late")
