"""One record through the database's door, with what testifies of it. Everything, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from lmsapp.evidence.ledger.actions import attest
from lmsapp.evidence.ledger.sources import COMPLETIONS, Source
from lmsapp.evidence.retention.reviews.models import Disposal, RetentionItem
from lmsapp.evidence.retention.testimony import DISPOSALS
from lmsapp.infra.db import db
from lmsapp.infra.words import N_

DOOR = text("SELECT retention_dispose(:item)")
HELD = N_("A legal hold lies on it.")
KEPT = N_("It is to be kept longer by now: a rule or a date was changed.")
GONE = N_("It is not there any more.")
NEEDED = N_("Something that is kept needs it.")


@dataclass(frozen=True, slots=True)
class Ways:
    """What only the areas above know: `sources` by kind; `forget`: takes somebody's personal data away wherever it
    lies outside of records, given employee id."""

    sources: Mapping[str, Source]
    forget: Callable[[int], dict[str, int]]


def dispose(item: RetentionItem, ways: Ways) -> bool:
    """Whether it went; else the item says why not."""
    try:
        with db.session.begin_nested():
            _go(item, ways)
    except IntegrityError as refused:
        words = _why(str(refused.orig))
        db.session.refresh(item)
        item.state, item.words = "kept", words
        db.session.flush()
        return False
    db.session.expire(item)
    return True


def _go(item: RetentionItem, ways: Ways) -> None:
    kind, record_id, item_id = item.kind, item.record_id, item.id
    source = ways.sources.get(kind)
    row: Any = db.session.get(source.model, record_id) if source else None
    if source and source is not COMPLETIONS and row is not None:
        attest(source, row, "disposed")  # the last that is said of it; the door then takes its salts away
    if kind == "employee":
        ways.forget(record_id)
    noted = db.session.get_one(Disposal, db.session.scalar(DOOR, {"item": item_id}))
    if source is COMPLETIONS and row is not None:
        db.session.refresh(row)  # blanked
        attest(COMPLETIONS, row, noted.why)
    elif row is not None:
        db.session.expunge(row)
    attest(DISPOSALS, noted, noted.why, evidence=noted.files)


def next_items(review_id: int, number: int) -> list[RetentionItem]:
    """Approved ones, the first first, locked. People last: they go once nothing of theirs is left."""
    rows = select(RetentionItem).where(RetentionItem.review_id == review_id, RetentionItem.state == "approved")
    order = (RetentionItem.kind == "employee", RetentionItem.id)
    return list(db.session.scalars(rows.order_by(*order).limit(number).with_for_update()))


def _why(said: str) -> str:
    for part, words in (("legal hold", HELD), ("to be kept until", KEPT), ("no such record", GONE)):
        if part in said:
            return words
    return NEEDED
