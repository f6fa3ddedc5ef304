"""Whatever is changed, removed or slipped in is found; nothing else is (EVD-2, EVD-3)."""

from __future__ import annotations

import random
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from bench.proofs._tampering import ACTS, Tamperer
from lmsapp.evidence.ledger.checking.parts import View
from lmsapp.evidence.ledger.verification import verdict_of, verify
from lmsapp.infra.db import db
from lmsapp.insight.testified import SEALED, SOURCES
from tests.clock import Clock
from tests.evidence.testifying import put_on_record

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
