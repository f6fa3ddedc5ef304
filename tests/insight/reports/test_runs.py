"""Files of reports made by the worker, from the asking to the last byte (REP-4, REP-5, EVD-3)."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from typing import Any

import pytest
from flask_babel import force_locale
from openpyxl import load_workbook
from sqlalchemy import func, select

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.evidence.retention.reviews.models import FileGoing
from lmsapp.infra import files
from lmsapp.infra.claims import Claim, LostError
from lmsapp.infra.db import db
from lmsapp.infra.words import NotAllowed
from lmsapp.insight.reports.asked import asking_of
from lmsapp.insight.reports.catalogue import REPORTS
from lmsapp.insight.reports.completion import COMPLETION
from lmsapp.insight.reports.reach import Reach, SeenAs, widest
from lmsapp.insight.reports.report import Report
from lmsapp.insight.reports.runs import work
from lmsapp.insight.reports.runs.actions import ask_again, ask_run, cancel_run, throw_away_old
from lmsapp.insight.reports.runs.models import ReportRun
from lmsapp.insight.reports.runs.queries import is_theirs_today
from lmsapp.insight.reports.runs.rules import LONG_PDF, Form
from lmsapp.jobs import JOBS
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.employees.models import Employee, ReportingLine
from lmsapp.people.organisation.queries import departments_below, heads
from lmsapp.people.viewer import Viewer
from tests.clock import Clock
from tests.insight.crowd import Crowd
from tests.insight.reports.regulated import World


def made(run: ReportRun) -> ReportRun:
    """As the worker leaves it."""
    db.session.commit()
    JOBS[work.RUN_REPORT_JOB](run.id)
    return db.session.get_one(ReportRun, run.id, populate_existing=True)


def asked(by: Viewer, form: Form = Form.CSV, reach: Reach = Reach.EVERYBODY, **terms: str) -> ReportRun:
    return ask_run(COMPLETION, {name: [value] for name, value in terms.items()}, form, reach, by=by)


def rows_of(run: ReportRun) -> list[list[str]]:
    """Without the head."""
    return list(csv.reader(io.StringIO(files.read(run.sha256).decode("utf-8-sig"))))[1:]


def test_from_the_asking_to_the_bytes_and_their_end(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """REP-5, EVD-3: asked once however often; each kind of file holds the same rows as the statement; a manager's holds
    the line alone; without rows there is a word why and no file; who lost the right gets nothing, old or new; after its
    days the bytes go and the row stays; all of it on the trail."""
    crowd = Crowd(8)
    hana, mark, otto = crowd.cast.hana.viewer, crowd.cast.mark.viewer, crowd.cast.otto.viewer
    run = asked(hana)
    assert asked(hana).id == run.id
    run = made(run)
    assert (run.state, run.rows, run.done, run.reach) == ("ready", 16, 16, "everybody")
    assert run.size == len(files.read(run.sha256))
    assert {row[1] for row in rows_of(run)} == {one.name for one in crowd.employees}
    book = made(asked(hana, Form.XLSX, left="1"))
    sheet = load_workbook(io.BytesIO(files.read(book.sha256))).active
    assert sheet is not None
    assert sheet.max_row == 17
    pdf = made(asked(hana, Form.PDF))
    assert files.read(pdf.sha256).startswith(b"%PDF")
    assert pdf.file_id is not None

    line = made(asked(mark, reach=Reach.LINE, department=str(crowd.departments[0].id)))
    assert (line.rows, {row[2] for row in rows_of(line)}) == (8, {"Ward A"})
    with pytest.raises(NotAllowed):
        asked(otto)
    with pytest.raises(NotAllowed):
        asked(mark, reach=Reach.EVERYBODY)
    empty = made(asked(hana, course="999999"))
    assert (empty.state, empty.rows, empty.file_id, empty.why_empty) == (
        "ready", 0, None, "No enrollment fits these filters."
    )  # fmt: skip
    past = made(asked(hana, as_of="2026-11-01"))
    assert (past.rows, past.file_id) == (0, None), "nobody was enrolled the day before"
    again = ask_again(run, COMPLETION, by=hana)
    assert again.id != run.id
    told = db.session.scalars(select(Notice.channel).where(Notice.about_kind == "report_run")).all()
    assert set(told) == {"in_app"}, "it was quick: no letter besides"

    monkeypatch.setattr("lmsapp.insight.reports.runs.rules.MOST_PDF", 3)
    long = made(asked(hana, Form.PDF, left="1"))
    assert (long.state, long.error, long.error_values) == ("failed", LONG_PDF, {"most": "3"})
    failed = db.session.scalars(
        select(Notice).where(Notice.template == "report_failed", Notice.channel == "email")
    ).one()
    assert "More than 3 rows are too many for a PDF" in failed.body_text

    waiting = asked(mark, reach=Reach.LINE)
    db.session.execute(ReportingLine.__table__.delete())
    lost = made(waiting)
    assert (lost.state, lost.error, lost.file_id) == ("failed", work.NO_RIGHT, None)
    assert not is_theirs_today(crowd.cast.mark.viewer, line)
    assert is_theirs_today(crowd.cast.hana.viewer, run)

    half, fresh = files.disk().root / "half-old", files.disk().root / "half-new"
    half.write_bytes(b"of a killed worker")
    fresh.write_bytes(b"being written")
    os.utime(half, (0, 0))
    clock.move(days=31)
    throw_away_old()
    db.session.commit()
    assert (half.exists(), fresh.exists()) == (False, True)
    fresh.unlink()
    assert not db.session.scalars(select(ReportRun.id).where(ReportRun.file_id.is_not(None))).all()
    assert run.sha256 in db.session.scalars(select(FileGoing.sha256)).all()
    actions = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject_kind == "report_run").order_by(AuditEntry.id)
    ).all()
    assert actions.count("report asked for") == 9
    assert actions.count("report thrown away") == 4


def test_progress_a_killed_worker_and_being_called_off(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """REP-5: the page hears of rows so far; a worker that dies leaves no file, the sweep frees the run and another makes
    it whole; called off in the midst, nothing is kept; what keeps failing is given up, and told."""
    crowd = Crowd(4)
    hana = crowd.cast.hana.viewer
    told: list[tuple[int, int]] = []

    def hear(claim: Claim[Any], done: int, total: int) -> None:
        told.append((done, total))

    monkeypatch.setattr(Claim, "__call__", hear)
    run = asked(hana)

    class Killed(BaseException):
        """As SIGKILL would: nothing is tidied up."""

    def dies(*_args: object, **_more: object) -> Iterator[bytes]:
        yield b"half a file"
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(work, "csv_pieces", dies)
        with pytest.raises(Killed):
            made(run)
    run = db.session.get_one(ReportRun, run.id, populate_existing=True)
    assert (run.state, run.file_id) == ("running", None)
    assert not made(run).file_id, "somebody has it"
    clock.move(minutes=3)
    work.sweep_runs()
    assert run.state == "waiting"
    run = made(run)
    assert (run.state, run.rows, run.tries) == ("ready", 8, 2)
    assert told == [(0, 8), (0, 8), (8, 8)]
    assert db.session.scalar(select(func.count()).select_from(files.StoredFile)) == 1

    off = asked(hana, left="1")

    def called_off(claim: Claim[Any], done: int, total: int) -> None:
        if done:
            raise LostError

    with monkeypatch.context() as lost:
        lost.setattr(Claim, "__call__", called_off)
        off = made(off)
    cancel_run(off, by=hana)
    assert (off.state, off.file_id) == ("cancelled", None)
    early = asked(hana, location="Tower A")
    cancel_run(early, by=hana)
    cancel_run(early, by=hana)
    assert made(early).state == "cancelled"

    broken = asked(hana, role="RN")
    monkeypatch.setattr(work, "csv_pieces", dies)
    for _try in range(3):
        with pytest.raises(Killed):
            made(broken)
        clock.move(minutes=3)
        work.sweep_runs()
        db.session.commit()
    broken = db.session.get_one(ReportRun, broken.id, populate_existing=True)
    assert (broken.state, broken.error) == ("failed", work.WORKER_LOST)
    letters = db.session.scalars(select(Notice.template).where(Notice.about_id == broken.id)).all()
    assert letters == ["report_failed", "report_failed"]


def test_every_report_keeps_to_the_departments_of_a_head(clock: Clock) -> None:
    """REP-4: of whatever report there is or will be, the head of a department who leads nobody gets exactly what HR gets
    of that department, those below it included, and nothing of anybody else; elsewhere they are nobody's head."""
    world = World(1)
    hana, otto = world.cast.hana.viewer, world.cast.otto
    above = world.departments[0]
    world.departments[1].parent_id = above.id
    assert widest(otto.viewer, COMPLETION) is None
    above.head_id = otto.record.id
    db.session.flush()
    assert heads() == {otto.user.id: (above.id,)}
    theirs = db.session.scalars(
        select(Employee.id).where(Employee.department_id.in_(departments_below([above.id])))
    ).all()
    others = db.session.scalars(select(Employee.id).where(Employee.id.not_in(theirs))).all()
    found = 0
    for report in REPORTS.values():
        seen = widest(otto.viewer, report)
        assert seen is not None, report.key
        assert (seen.reach, seen.heads) == (Reach.DEPARTMENTS, (above.id,))
        names = {field.name for field in report.fields}
        if "department" in names:
            asked_of = [({}, {"department": [str(above.id)]})]
        else:
            asked_of = [
                ({"person": [str(one)]}, {"person": [str(one) if one in theirs else ""]}) for one in [*theirs, *others]
            ]
        for terms, same in asked_of:
            everything = SeenAs(hana, Reach.EVERYBODY)
            mine = rows_for(report, seen, terms)
            assert mine == rows_for(report, everything, same), report.key
            found += len(mine)
    assert found > 20
    above.archived_at = clock.instant
    db.session.flush()
    assert widest(otto.viewer, COMPLETION) is None
    assert heads() == {}


def rows_for(report: Report, seen: SeenAs, terms: dict[str, list[str]]) -> list[tuple[Any, ...]]:
    asking = asking_of(report, seen, terms, lambda _family: ({}, {}))
    with force_locale("en"):
        return [tuple(row) for row in db.session.execute(report.rows(asking))]
