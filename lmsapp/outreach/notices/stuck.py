"""What failed, or what nobody knows the fate of: sent again or given up, one or many, each by itself (REM-4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from lmsapp.infra.db import db
from lmsapp.infra.words import RuleBroken
from lmsapp.outreach.notices.actions import give_up_notice, retry_notice
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.queries import OUTBOX_COLUMNS, OutboxFilters, check_reader, filtered
from lmsapp.people.viewer import Viewer

AT_ONCE = 1000
STUCK = Notice.status.in_(("failed", "unknown")) & Notice.given_up_at.is_(None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one notice. `broken`: why it was left as it is; None: done."""

    row: Any
    broken: RuleBroken | None


def stuck(viewer: Viewer, filters: OutboxFilters, ids: Sequence[int] | None = None) -> Sequence[Any]:
    """Rows of the outbox that somebody has to look at: those of `ids`, else all the filters find; oldest first, at most
    AT_ONCE. Raises NotAllowed as `queries.outbox`."""
    check_reader(viewer)
    wanted = select(*OUTBOX_COLUMNS).where(STUCK).order_by(Notice.id).limit(AT_ONCE)
    wanted = filtered(wanted, filters) if ids is None else wanted.where(Notice.id.in_(ids))
    return db.session.execute(wanted).all()


def count_stuck(viewer: Viewer, filters: OutboxFilters) -> int:
    """How many the filters find."""
    check_reader(viewer)
    return db.session.scalar(filtered(select(func.count(Notice.id)).where(STUCK), filters)) or 0


def may_come_twice(rows: Sequence[Any]) -> int:
    """How many of them may arrive a second time if they are sent again."""
    return sum(row.status == "unknown" and not row.knows_copies for row in rows)


def send_again(rows: Sequence[Any], by: Viewer) -> list[Outcome]:
    """Each for itself. Raises NotAllowed."""
    return _each(rows, by, retry_notice)


def give_up(rows: Sequence[Any], by: Viewer) -> list[Outcome]:
    """Each for itself. Raises NotAllowed."""
    return _each(rows, by, give_up_notice)


def _each(rows: Sequence[Any], by: Viewer, act: Callable[[int, Viewer], Notice]) -> list[Outcome]:
    outcomes = []
    for row in rows:
        try:
            act(row.id, by)
        except RuleBroken as broken:  # nothing of it was changed
            outcomes.append(Outcome(row, broken))
        else:
            outcomes.append(Outcome(row, None))
    return outcomes
