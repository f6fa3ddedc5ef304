"""Whatever is changed, removed or slipped in is found; nothing else is (EVD-2, EVD-3)."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from operator import attrgetter
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects import postgresql

from bench.proofs._tampering import ACTS, Tamperer
from lmsapp.evidence.ledger.actions import attest
from lmsapp.evidence.ledger.checking.columns import Columns, column_of
from lmsapp.evidence.ledger.checking.parts import View
from lmsapp.evidence.ledger.models import LedgerCheckpoint, LedgerEvent, LedgerSalt
from lmsapp.evidence.ledger.sources import COMPLETIONS
from lmsapp.evidence.ledger.verification import verdict_of, verify
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.verifications.actions import acknowledge, ask_verification
from lmsapp.evidence.verifications.models import LedgerFinding
from lmsapp.evidence.verifications.queries import open_findings
from lmsapp.evidence.verifications.work import verify_now, work_on_verification
from lmsapp.infra.canonical import canonical, plain
from lmsapp.infra.db import db
from lmsapp.infra.queue import Ring
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.insight.testified import SEALED, SOURCES
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.roles import Role
from tests.cast import employee, staff
from tests.clock import Clock
from tests.evidence.testifying import put_on_record, settle

UTC = dt.UTC
# Of each type that a source may have: four values.
ODD: dict[str, tuple[sa.types.TypeEngine[Any], list[Any]]] = {
    "text": (sa.Text(), ["Zoe\u0301 \u00e9", 'a"b\\c\t\n\x01\x7f', "", None]),
    "number": (sa.BigInteger(), [2**62, -1, 0, None]),
    "percent": (sa.Numeric(9, 3), [Decimal("66.670"), Decimal("-0.001"), Decimal("100.000"), Decimal(0)]),
    "real": (sa.Float(53), [66.67, 1e300, 5e-324, 100.0]),
    "flag": (sa.Boolean(), [True, False, None, True]),
    "day": (sa.Date(), [dt.date(1, 1, 1), dt.date(9999, 12, 31), dt.date(2024, 2, 29), None]),
    "instant": (
        sa.DateTime(timezone=True),
        [
            dt.datetime(2020, 2, 29, 23, 59, 59, 999999, UTC),
            dt.datetime(1883, 11, 18, 12, tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=45))),
            dt.datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
            None,
        ],
    ),
    "name": (sa.Uuid(), [UUID(int=1), UUID(int=2**128 - 1), None, UUID(int=7)]),
    "bytes": (postgresql.BYTEA(), [b"", b"\x00\xff", None, b"a"]),
    "json": (postgresql.JSONB(), [{"b": 1.5, "a": [None, True, 10**20]}, ["e\u0301"], [], {"x": 66.67}]),
}
ROUNDS = 60


@pytest.fixture
def own_data(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setitem(app.config, "DATA_DIR", tmp_path)
    return tmp_path


def raw() -> psycopg.Connection:
    connection = db.session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    return connection


@pytest.mark.owner
def test_tampering_is_found_and_nothing_else(clock: Clock, own_data: Path) -> None:
    """EVD-2: a small form of `./lms prove ledger-tamper`."""
    put_on_record(clock)
    clean = verify(SOURCES, SEALED)
    assert clean.good, [str(one) for one in clean.findings]
    connection = raw()
    files = [file for file in (own_data / "files").rglob("*") if file.is_file()]
    tamperer = Tamperer(connection, SOURCES, {one.table: one for one in SEALED}, files, random.Random(7))
    unseen = []
    for _round in range(ROUNDS):
        with connection.transaction(force_rollback=True):
            said = tamperer.act()
            if verdict_of(View(connection, None), SOURCES, SEALED).good:
                unseen.append(said)
        tamperer.put_back()
    assert not unseen
    assert verdict_of(View(connection, None), SOURCES, SEALED).good
    assert len(ACTS) == 10


@pytest.mark.owner
def test_no_checkpoint_is_taken_out_of_the_row(clock: Clock, own_data: Path) -> None:
    """EVD-2: each of them, whether it was sealed or not."""
    put_on_record(clock, people=3)
    sizes = db.session.scalars(select(LedgerCheckpoint.size).order_by(LedgerCheckpoint.size)).all()
    connection = raw()
    for size in sizes:
        with connection.transaction(force_rollback=True):
            connection.execute("SET LOCAL session_replication_role = replica")
            connection.execute("DELETE FROM ledger_checkpoint WHERE size = %s", [size])
            found = verdict_of(View(connection, None), SOURCES, SEALED).findings
            last = "checkpoint missing" if size == sizes[-1] else "checkpoint removed"
            assert last in {one.what for one in found}, size
    assert len(sizes) >= 3


@pytest.mark.owner
@pytest.mark.parametrize("position", [-1, -4, 2**62, 2**63 - 1])
def test_places_that_cannot_be_are_found_and_do_not_stop_the_look(clock: Clock, own_data: Path, position: int) -> None:
    """EVD-2: a verification that falls over says nothing of all the rest."""
    put_on_record(clock, people=1)
    connection = raw()
    with connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("UPDATE ledger_leaf SET position = %s WHERE position = 1", [position])
        assert not verdict_of(View(connection, None), SOURCES, SEALED).good


@pytest.mark.owner
def test_text_made_by_postgresql_is_the_text_of_the_ledger(clock: Clock) -> None:
    """EVD-2: what the quick way reads is what `canonical.plain` writes, for every type and for odd values."""
    table = sa.Table("odd", sa.MetaData(), *(sa.Column(name, kind) for name, (kind, _values) in ODD.items()))
    columns = Columns([column_of(column) for column in table.columns], 0)
    listed = ", ".join(
        f'"{name}" {kind.compile(dialect=postgresql.dialect())}' for name, (kind, _values) in ODD.items()
    )
    connection = raw()
    connection.execute(f"CREATE TEMP TABLE odd ({listed}) ON COMMIT DROP")  # type: ignore[arg-type]
    for place in range(4):
        row = [Jsonb(one[place]) if name == "json" else one[place] for name, (_kind, one) in ODD.items()]
        connection.execute(f"INSERT INTO odd VALUES ({', '.join(['%s'] * len(row))})", row)  # type: ignore[arg-type]
    with connection.cursor(row_factory=dict_row) as cursor:
        stored = cursor.execute("SELECT * FROM odd").fetchall()
    quick = f"SELECT {', '.join(column.sql for column in columns.columns)} FROM odd r"
    told = connection.cursor(binary=True).execute(quick).fetchall()  # type: ignore[arg-type]
    assert [columns.values(row) for row in told] == [plain(row) for row in stored]
    written = Columns(sorted(columns.columns, key=attrgetter("name")), 0)
    told = (
        connection.cursor(binary=True)
        .execute(
            f"SELECT {', '.join(column.sql for column in written.columns)} FROM odd r"  # type: ignore[arg-type]
        )
        .fetchall()
    )
    assert [written.json(row).encode() for row in told] == [canonical(row) for row in stored]


@pytest.mark.owner
def test_what_was_erased_or_disposed_of_rightly_is_no_finding(clock: Clock, own_data: Path) -> None:
    """EVD-2, EVD-6: a salt is gone after an erasure, a row after a disposal, and only where the ledger says so."""
    put_on_record(clock, people=3)
    record, other, *_rest = db.session.scalars(select(CompletionRecord).order_by(CompletionRecord.id)).all()
    db.session.execute(text("SET LOCAL session_replication_role = replica"))
    db.session.execute(delete(LedgerSalt).where(LedgerSalt.event_id.in_(events_of(record.id))))
    assert {one.what for one in verify(SOURCES, SEALED).findings} == {"salt removed"}
    db.session.execute(text("UPDATE completion_record SET employee_name = '' WHERE id = :id"), {"id": record.id})
    db.session.refresh(record)
    attest(COMPLETIONS, record, "erased")
    attest(COMPLETIONS, other, "disposed")
    settle()
    assert {one.what for one in verify(SOURCES, SEALED).findings} == {"record back"}
    db.session.execute(text("SET LOCAL session_replication_role = replica"))
    db.session.execute(text("DELETE FROM completion_record WHERE id = :id"), {"id": other.id})
    assert verify(SOURCES, SEALED).good


@pytest.mark.owner
def test_a_run_tells_once_and_an_answer_stays(clock: Clock, own_data: Path, rings: list[Ring]) -> None:
    """EVD-2: the worker verifies; what it finds is told once, shown until it fits, and may be answered for."""
    put_on_record(clock, people=1)
    aki = staff("Aki Tanaka", Role.AUDITOR).viewer
    run = ask_verification(by=aki)
    hana = staff("Vera Hart", Role.HR_MANAGER).viewer
    assert ask_verification(by=None).id == run.id, "one at a time"
    as_the_owner("UPDATE certificate SET title = 'Other' WHERE id = (SELECT min(id) FROM certificate)")
    assert work_on_verification(run.id, SOURCES, SEALED)
    db.session.refresh(run)
    finding = db.session.scalars(select(LedgerFinding)).one()
    assert (run.state, finding.what, finding.record_kind, finding.facts) == (
        "ready", "record changed", "certificate", {"column": "title"},
    )  # fmt: skip
    letters = select(func.count()).select_from(Notice).where(Notice.template == "ledger_changed")
    assert db.session.scalar(letters) == 6, "HR, twice, and the auditor, by letter and in the product"
    with pytest.raises(RuleBroken):
        acknowledge(finding, by=hana, reason=" ")
    with pytest.raises(NotAllowed):
        acknowledge(finding, by=aki, reason="I only look.")
    acknowledge(finding, by=hana, reason="A test of the alarm.")
    verify_now(SOURCES, SEALED, how="daily")
    assert open_findings() == (1, 0)
    assert db.session.scalar(letters) == 6
    as_the_owner("UPDATE certificate SET title = (SELECT title FROM completion_record LIMIT 1) WHERE title = 'Other'")
    verify_now(SOURCES, SEALED, how="daily")
    assert open_findings() == (0, 0)
    learner = employee("Lena Fischer", "L-1", department="Cardiology", job_role="RN").viewer
    with pytest.raises(NotAllowed):
        ask_verification(by=learner)


def as_the_owner(statement: str) -> None:
    """Past every guard, as somebody with the keys to the database could."""
    db.session.execute(text("SET LOCAL session_replication_role = replica"))
    db.session.execute(text(statement))
    db.session.execute(text("SET LOCAL session_replication_role = origin"))


def events_of(record_id: int) -> list[int]:
    wanted = select(LedgerEvent.id).where(
        LedgerEvent.record_kind == COMPLETIONS.kind, LedgerEvent.record_id == record_id
    )
    return list(db.session.scalars(wanted))
