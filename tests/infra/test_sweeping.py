"""What is kept follows the facts, whoever is stopped, changes something meanwhile, or works beside (NFR, DSH-1)."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Column, Integer, MetaData, Table, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.sweeping import Sweep
from tests import servers

LOCK = 7_309_099
BATCH = 4
MADE = """
CREATE TABLE fact (id integer PRIMARY KEY, n integer NOT NULL);
CREATE TABLE kept (id integer PRIMARY KEY, n integer NOT NULL, marks integer NOT NULL);
CREATE TABLE mark (number serial PRIMARY KEY, whose integer NOT NULL);
GRANT ALL ON fact, kept, mark, mark_number_seq TO PUBLIC;
INSERT INTO fact SELECT i, 10 * i FROM generate_series(1, 9) i;
"""
KEEP = text("""
INSERT INTO kept SELECT id, n, :marks FROM fact WHERE id = :id
ON CONFLICT (id) DO UPDATE SET n = excluded.n, marks = kept.marks + excluded.marks
""")
CHANGE = text("WITH changed AS (UPDATE fact SET n = :n WHERE id = :id) INSERT INTO mark (whose) VALUES (:id)")
WITHOUT = text("SELECT id FROM fact WHERE id NOT IN (SELECT id FROM kept) LIMIT :most")
WRONG = text("SELECT f.id FROM fact f JOIN kept k ON k.id = f.id AND k.n <> f.n WHERE f.id = ANY (:ids)")
KEPT = Table("kept", MetaData(), Column("id", Integer))
Pause = Callable[[], Any]


class Base(DeclarativeBase):
    pass


class Mark(Base):
    __tablename__ = "mark"

    number: Mapped[int] = mapped_column(primary_key=True)
    whose: Mapped[int]


def sweep(*, before: Pause = int, after: Pause = int) -> Sweep:
    """`before` and `after`: what happens once the marks were taken away, and once everything was kept."""

    def keep(whose: Counter[int]) -> None:
        before()
        for id_, marks in whose.items():
            db.session.execute(KEEP, {"id": id_, "marks": marks})
        after()

    return Sweep(LOCK, BATCH, Mark.whose, keep, lambda most: db.session.scalars(WITHOUT, {"most": most}))


def turn(one: Sweep | None = None) -> int:
    with unit_of_work():
        return (one or sweep()).turn()


def change(id_: int, n: int) -> None:
    """As somebody else does it, in a transaction of their own."""
    with db.engine.begin() as connection:
        connection.execute(CHANGE, {"id": id_, "n": n})


def kept() -> dict[int, int]:
    with db.engine.begin() as connection:
        return dict(connection.execute(text("SELECT id, n FROM kept")).all())


def facts() -> dict[int, int]:
    with db.engine.begin() as connection:
        return dict(connection.execute(text("SELECT id, n FROM fact")).all())


def marks() -> Counter[int]:
    with db.engine.begin() as connection:
        return Counter(connection.scalars(text("SELECT whose FROM mark")))


@pytest.fixture
def place(own_app: Flask, test_servers: servers.TestServers, worker_number: int) -> Iterator[Flask]:
    """Nine facts of which nothing is kept yet."""
    with psycopg.connect(test_servers.owner_url(f"own_{worker_number}"), autocommit=True) as owner:
        owner.execute(MADE)
    with own_app.app_context():
        yield own_app
        db.session.remove()


@pytest.fixture
def swept(place: Flask) -> Flask:
    while turn():
        pass
    assert kept() == facts()
    return place


def test_a_batch_at_a_time_marks_first(place: Flask) -> None:
    """NFR: a turn takes those who were marked and fills up with those who have nothing; each once, however many marks."""
    for n in (1, 2, 3):
        change(8, n)
    change(9, 4)
    assert [turn(), turn(), turn(), turn()] == [4, 4, 1, 0]
    assert kept() == facts()
    assert not marks()
    counted = dict(db.session.execute(text("SELECT id, marks FROM kept WHERE id > 6")).all())
    assert counted == {7: 0, 8: 3, 9: 1}, "so whoever keeps knows how many were taken away"


@pytest.mark.parametrize("stopped", ["before", "after"])
def test_stopped_half_way(swept: Flask, stopped: str) -> None:
    """NFR, DSH-1: whose process is killed once the marks were taken away, or once everything was kept, has done nothing:
    the marks are there, what was kept is as it was, and the next turn does it all."""
    before = kept()
    change(2, 777)
    change(3, 888)

    def kill() -> None:
        mine = db.session.scalar(text("SELECT pg_backend_pid()"))
        with db.engine.begin() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": mine})
        db.session.scalar(text("SELECT 1"))

    with pytest.raises(OperationalError):
        turn(sweep(**{stopped: kill}))
    db.session.remove()
    assert kept() == before
    assert marks() == {2: 1, 3: 1}
    assert turn() == 2
    assert kept() == facts()
    assert not marks()


@pytest.mark.parametrize("when", ["before", "after"])
def test_changed_meanwhile(swept: Flask, when: str) -> None:
    """DSH-1: what changes during a turn, before or after the facts were read, has a mark when the turn is over; nobody
    waits for the sweep."""
    change(5, 1)
    assert turn(sweep(**{when: lambda: change(5, 2)})) == 1
    assert marks() == {5: 1}
    assert turn() == 1
    assert kept() == facts()
    assert kept()[5] == 2


def test_begun_before_and_committed_after(swept: Flask) -> None:
    """DSH-1: a change that is not committed while the turn reads leaves its mark for the next one."""
    change(6, 1)
    with db.engine.connect() as slow:
        slow.execute(CHANGE, {"id": 6, "n": 2})
        assert turn() == 1
        slow.commit()
    assert kept()[6] == 1
    assert marks() == {6: 1}
    assert turn() == 1
    assert kept() == facts()


def test_two_at_once(swept: Flask) -> None:
    """NFR: while one is at it the other leaves at once and takes no mark; a look waits, and then finds nothing wrong."""
    for id_ in range(1, 8):
        change(id_, 100 + id_)
    reading, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        reading.set()
        assert go_on.wait(20)

    def first() -> int:
        with swept.app_context():
            return turn(sweep(before=hold))

    def look() -> int:
        with swept.app_context(), unit_of_work():
            return compared()

    with ThreadPoolExecutor(2) as threads:
        one = threads.submit(first)
        assert reading.wait(20)
        assert turn() == 0
        assert sum(marks().values()) == 7
        looking = threads.submit(look)
        go_on.set()
        assert one.result(20) == BATCH
        wrong = looking.result(20)
    assert wrong == 3, "the marked ones it did not come to, for this look does not leave them out"
    while turn():
        pass
    assert kept() == facts()


def test_what_is_wrong_is_found_said_and_mended(swept: Flask, caplog: pytest.LogCaptureFixture) -> None:
    """NFR, DSH-1: a look goes through everybody a batch at a time, and only what differs is made anew."""
    assert compared() == 0
    assert not caplog.records
    db.session.execute(text("UPDATE kept SET n = -1 WHERE id IN (2, 7, 9)"))
    db.session.commit()
    batches: list[list[int]] = []
    assert compared(batches) == 3
    db.session.commit()
    assert batches == [[1, 2, 3, 4], [5, 6, 7, 8], [9]]
    assert caplog.messages == ["Numbers differed from the facts and were made anew: [2, 7, 9]"]
    assert kept() == facts()
    assert compared() == 0


def compared(batches: list[list[int]] | None = None) -> int:
    def wrong(ids: Any) -> list[int]:
        if batches is not None:
            batches.append(list(ids))
        return sorted(db.session.scalars(WRONG, {"ids": list(ids)}))

    return sweep().compare("Numbers", select(KEPT.c.id), wrong)
