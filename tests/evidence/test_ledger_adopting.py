"""What was there before the ledger is put on record as it is found, once (EVD-2)."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select, text

from lmsapp.evidence.ledger.adopting import ADOPTIONS, adopt
from lmsapp.evidence.ledger.models import LedgerAdoption, LedgerEvent
from lmsapp.evidence.ledger.sources import COMPLETIONS
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra.canonical import plain
from lmsapp.infra.db import db
from tests.clock import Clock
from tests.evidence.ledger_events import completed

SOURCES = {one.kind: one for one in (ADOPTIONS, COMPLETIONS)}


def _copies(count: int) -> None:
    """Records written past the ledger, as an older version did."""
    names = ", ".join(
        one.name for one in CompletionRecord.__table__.columns if one.name not in ("id", "occurred_at", "supersedes_id")
    )
    statement = (
        f"INSERT INTO completion_record (occurred_at, {names}) SELECT r.occurred_at, {names} FROM"
        " (SELECT * FROM completion_record ORDER BY id LIMIT 1) r, generate_series(1, :count)"
    )
    db.session.execute(text(statement), {"count": count})


def _said() -> list[tuple[str, int]]:
    mine = select(LedgerEvent.what, LedgerEvent.record_id).where(LedgerEvent.record_kind == "completion_record")
    return [(row.what, row.record_id) for row in db.session.execute(mine.order_by(LedgerEvent.record_id))]


def test_rows_from_before(clock: Clock) -> None:
    """EVD-2: in batches, each once, whatever is interrupted; what has an event already gets none; what appears later
    without one is not taken for old."""
    completed()
    _copies(5)
    assert [adopt(SOURCES, most=3) for _again in range(3)] == [3, 2, 0]
    records = db.session.scalars(select(CompletionRecord.id).order_by(CompletionRecord.id)).all()
    assert _said() == [("completed", records[0]), *(("adopted", one) for one in records[1:])]
    last = db.session.scalars(select(LedgerEvent).order_by(LedgerEvent.id.desc())).first()
    assert last is not None
    record = db.session.get_one(CompletionRecord, last.record_id)
    assert json.loads(last.payload)["facts"] == plain(COMPLETIONS.facts_of(record))
    _copies(1)
    assert adopt(SOURCES) == 0
    adoption = db.session.scalars(select(LedgerAdoption)).one()
    assert (adoption.kind, adoption.through_id) == ("completion_record", records[-1])
    began = select(LedgerEvent.record_id).where(LedgerEvent.record_kind == "ledger_adoption")
    assert db.session.scalars(began).all() == [adoption.id], "where it began is on record, once"


@pytest.mark.pure
def test_every_column_of_an_adoption_is_spoken_for() -> None:
    """EVD-2: as for every source."""
    assert {one.name for one in LedgerAdoption.__table__.columns} == {"id", *ADOPTIONS.facts}
