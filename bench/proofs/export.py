"""REP-5: the completion report of a million enrollments as CSV at 50,000 rows a second, memory flat, every cell guarded.

Once streamed, as a page sends it, and once made by the worker into a stored file. ROUNDS is the rows. The memory is that of
the process that sends, beyond what it had before the first row; rates count from 100,000 rows on.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
from sqlalchemy import func, select

from bench.proofs import Outcome
from bench.proofs._place import application
from lmsapp.infra import clock
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.files import StoredFile, stream
from lmsapp.infra.rights import plain_url
from lmsapp.insight.reports.asked import COUNTED, asking_of, first_rows
from lmsapp.insight.reports.completion import COMPLETION
from lmsapp.insight.reports.reach import Reach, SeenAs
from lmsapp.insight.reports.report import Asking
from lmsapp.insight.reports.runs.actions import ask_run
from lmsapp.insight.reports.runs.models import ReportRun
from lmsapp.insight.reports.runs.rules import Form
from lmsapp.insight.reports.runs.work import work_on_run
from lmsapp.insight.reports.said import heads_of
from lmsapp.insight.sheets import csv_pieces
from lmsapp.people.accounts.actions import add_roles, create_user
from lmsapp.people.queries import load_viewer
from lmsapp.people.roles import Role
from lmsapp.people.viewer import Viewer
from lmsapp.web.report_labels import report_labels
from tests import servers
from tests.courses.authors import Written, author

ROUNDS = 1_000_000
A_SECOND = 50_000
MOST_GROWTH_MB = 64
COUNTED_FROM = 100_000
MOST_PEOPLE = 10_000
ZONE = "America/Chicago"


def prove(rounds: int) -> Outcome:
    people = min(MOST_PEOPLE, max(100, rounds // 100))
    courses = max(1, rounds // people)
    rows = people * courses
    with application() as app, app.app_context(), app.test_request_context():
        with unit_of_work():
            hana = _viewer()
            writer = author("Author")
            for n in range(courses):
                Written(writer, title=f"Fire - drill {n}").publish()
        _fill(people)
        database = int(db.session.scalar(select(func.pg_backend_pid())) or 0)
        cpu, theirs = time.process_time(), _processor(database)
        sent, rate, growth, guarded = _measured(lambda: _streamed(hana))
        cpu, theirs = time.process_time() - cpu, _processor(database) - theirs
        begun = time.monotonic()
        shown = first_rows(COMPLETION, _asking(hana))
        page = time.monotonic() - begun
        with unit_of_work():
            run_id = ask_run(COMPLETION, {}, Form.CSV, Reach.EVERYBODY, by=hana).id
        kept, kept_rate, kept_growth, _guarded = _measured(lambda: _made(run_id))
        run = db.session.get_one(ReportRun, run_id)
        same = sum(piece.count(b"\n") for piece in stream(run.sha256)) - 1 == rows
        size = db.session.get_one(StoredFile, run.file_id).size
    named = sum(1 for i in range(1, people + 1) if i % 1000 == 7) * courses
    right = sent == kept == rows and shown.total == min(rows, COUNTED) and same and guarded == named
    fast = rows < COUNTED_FROM or min(rate, kept_rate) >= A_SECOND
    flat = max(growth, kept_growth) <= MOST_GROWTH_MB
    figures: dict[str, object] = {
        "rows": sent,
        "rows/s streamed": f"{rate:,.0f}",
        "peak RSS growth MB": round(growth),
        "processor s of the sender": round(cpu, 1),
        "of the database": round(theirs, 1),
        "rows/s into a file": f"{kept_rate:,.0f}",
        "its RSS growth MB": round(kept_growth),
        "MB": round(size / 1e6),
        "first rows of the page and their count in s": round(page, 1),
        "cells guarded": guarded,
        "wrong": 0 if right else 1,
    }
    return Outcome(figures, right and fast and flat)


def _streamed(viewer: Viewer) -> tuple[int, int]:
    """Rows and guarded cells of the sheet as a page sends it."""
    rows = guarded = 0
    for piece in csv_pieces(heads_of(COMPLETION), COMPLETION.rows(_asking(viewer))):
        rows += piece.count(b"\n")
        guarded += piece.count(b"'=Person")
    return rows - 1, guarded


def _asking(viewer: Viewer) -> Asking:
    return asking_of(COMPLETION, SeenAs(viewer, Reach.EVERYBODY), {}, report_labels, clock.now())


def _made(run_id: int) -> tuple[int, int]:
    """Rows of the file that the worker makes."""
    work_on_run(run_id, report_labels)
    run = db.session.get_one(ReportRun, run_id, populate_existing=True)
    assert run.state == "ready", run.error
    return run.rows or 0, 0


def _measured(work: Callable[[], tuple[int, int]]) -> tuple[int, float, float, int]:
    """Rows, rows a second, growth of the memory in MB, guarded cells."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before, begun = _memory("VmRSS"), time.monotonic()
    rows, guarded = work()
    took = time.monotonic() - begun
    return rows, rows / took, _memory("VmHWM") - before, guarded


def _processor(pid: int) -> float:
    """Seconds of processor a process has had."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _memory(name: str) -> float:
    """In MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


def _viewer() -> Viewer:
    user = create_user("hana@big.example", "Hana Novák", by=None)
    add_roles([user.id], Role.HR_MANAGER, None)
    db.session.flush()
    viewer = load_viewer(user.id, user.session_epoch, ZONE)
    assert viewer is not None
    return viewer


def _fill(people: int) -> None:
    """As the owner, past triggers that keep history row by row."""
    words = Path(__file__).with_name("_export.sql").read_text().replace("%(people)s", str(people))
    with psycopg.connect(plain_url(servers.servers().owner_url("proof"))) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(words)
    with psycopg.connect(plain_url(servers.servers().owner_url("proof")), autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
