"""ORG-5, SEC-6: rosters in the worker, remembered columns, the drop folder, and many leavers at once."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from bench.proofs import _roster_files as made
from bench.proofs import roster as proof
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.queue import Ring
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.employees.models import Employee
from lmsapp.people.roster.actions import ROSTER_JOB, keep_roster, match_columns
from lmsapp.people.roster.columns import Matching
from lmsapp.people.roster.folder import look_into_folder, miss_roster
from lmsapp.people.roster.models import RosterRun
from lmsapp.people.roster.work import sweep_rosters, work_on
from tests.cast import Cast, make_cast
from tests.clock import Clock
from tests.jobs import run_rings

FILE = b"id;name;email\n1;Ann One;ann@x.example\n2;Bob Two;bob@x.example\n"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Iterator[Path]:
    app.config["ROSTER_FOLDER"] = str(tmp_path)
    yield tmp_path
    app.config["ROSTER_FOLDER"] = ""


def look(rings: list[Ring]) -> None:
    with unit_of_work():
        look_into_folder()
    for one in [one for one in rings if one.job == ROSTER_JOB]:
        work_on(int(one.args[0]))
    rings.clear()


def known_columns(rings: list[Ring]) -> None:
    """Somebody applied a file with these headings before."""
    with unit_of_work():
        run = keep_roster(b"id;name;email\n9;Zed Nine;z@x.example\n", "first.csv", None)
    work_on(run.id)
    with unit_of_work():
        match_columns(run, Matching.from_json(run.mapping))
        run.status = "applied"
    rings.clear()


def numbers() -> set[str]:
    return set(db.session.scalars(select(Employee.number)))


def test_a_worker_that_dies_is_followed_by_another(clock: Clock, rings: list[Ring]) -> None:
    """ORG-5: the lease runs out, the sweep rings, the work is done once."""
    with unit_of_work():
        run = keep_roster(FILE, "roster.csv", None)
    run.state, run.tries, run.lease_until = "running", 1, clock.instant + dt.timedelta(minutes=2)
    db.session.commit()
    rings.clear()
    assert not work_on(run.id), "it is taken"
    clock.move(minutes=3)
    with unit_of_work():
        sweep_rosters()
    assert [one.job for one in rings] == [ROSTER_JOB]
    run_rings(rings)
    db.session.refresh(run)
    assert (run.state, run.row_count, run.header) == ("ready", 2, ["id", "name", "email"])


def test_columns_are_remembered_in_any_order(rings: list[Ring]) -> None:
    """ORG-5: the same headings in another order go straight to the dry run."""
    known_columns(rings)
    with unit_of_work():
        run = keep_roster(b"E-MAIL,Name,ID\nann@x.example,Ann One,1\n", "r.csv", None)
    work_on(run.id)
    db.session.refresh(run)
    assert run.counts["joiners"] == 1
    assert run.mapping["columns"] == {"number": 2, "name": 1, "email": 0}


def test_the_folder_applies_what_is_safe(folder: Path, cast: Cast, rings: list[Ring]) -> None:
    """ORG-5: taken at the second look, applied, put away with words; the same bytes again have no effect."""
    known_columns(rings)
    (folder / "staff\n1.csv").write_bytes(FILE)
    look(rings)
    assert "1" not in numbers()
    look(rings)
    assert {"1", "2"} <= numbers()
    look(rings)
    assert len(list((folder / "done").iterdir())) == 2
    (folder / "again.csv").write_bytes(FILE)
    look(rings)
    look(rings)
    assert len(list((folder / "done").iterdir())) == 4
    assert db.session.query(RosterRun).filter_by(source="folder").count() == 1


def test_the_folder_asks_a_person(folder: Path, cast: Cast, rings: list[Ring]) -> None:
    """ORG-5: unknown headings wait, HR hears by letter and in the product; unreadable files are refused in words."""
    (folder / "new.csv").write_bytes(FILE)
    (folder / "new.csv.part").write_bytes(FILE)
    (folder / "shape.csv").symlink_to("/etc/passwd")
    (folder / "empty.csv").write_bytes(b"")
    os.mkfifo(folder / "pipe.csv")
    for _ in range(3):
        look(rings)
    assert "1" not in numbers()
    told = db.session.scalars(select(Notice.channel).where(Notice.user_id == cast.hana.user.id)).all()
    assert sorted(told) == ["email", "in_app"]
    words = "".join(path.read_text() for path in (folder / "refused").glob("*.txt"))
    assert "These columns are new" in words
    assert "This file is empty" in words
    assert sorted(path.name for path in folder.iterdir()) == ["new.csv.part", "pipe.csv", "refused", "shape.csv"]


def test_no_roster_by_the_hour(folder: Path, cast: Cast, clock: Clock) -> None:
    """ORG-5: told once on a working day, and not before the hour or on Sunday."""

    def told() -> int:
        miss_roster()
        return len(db.session.scalars(select(Notice).where(Notice.template == "roster_missing")).all())

    clock.set(dt.datetime(2026, 11, 1, 20, tzinfo=dt.UTC))
    assert told() == 0
    clock.set(dt.datetime(2026, 11, 2, 14, tzinfo=dt.UTC))
    assert told() == 0
    clock.set(dt.datetime(2026, 11, 2, 17, tzinfo=dt.UTC))
    assert told() == 2
    assert told() == 2


@pytest.mark.parametrize(
    ("make", "sample"),
    [
        (made._odd, slice(0, None, 6)),
        (made._encodings, slice(0, 8, 2)),
        (made._not_tables, slice(0, None, 4)),
        (made._shapes, slice(0, 8, 3)),
        (made._cells, slice(0, None, 8)),
        (made._identities, slice(0, None, 7)),
        (made._dates, slice(0, None, 5)),
        (made._managers, slice(0, 3)),
        (made._workbooks, slice(0, 8, 2)),
    ],
    ids=lambda given: getattr(given, "__name__", "").strip("_"),
)
def test_hostile_files(make: Callable[[], Iterator[made.Hostile]], sample: slice) -> None:
    """ORG-5, SEC-6: a sample of `./lms prove roster`: clear words, nothing changes, and nothing can be applied."""
    proof.set_the_scene()
    before, wrong = proof.snapshot(), []
    for one in islice(make(), sample.start, sample.stop, sample.step):
        if reason := proof.judge(one, proof.attempt(one)):
            wrong.append((one.name, reason))
    assert not wrong
    assert proof.snapshot() == before


def test_odd_files_are_applied() -> None:
    """ORG-5: what only looks odd is applied when a person asks for it, and its people are there."""
    proof.set_the_scene()
    assert all(proof.applied(one) for one in islice(made.files(), 0, 28, 9))
