"""Reports whose fields a rule names: each row recounted, who sees whom, what stands where nothing is (REP-2)."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pypdfium2
import pytest
from flask_babel import force_locale
from sqlalchemy import text

from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.insight.printed.actions import ask_print
from lmsapp.insight.printed.report_document import report_pdf
from lmsapp.insight.reports.catalogue import REPORTS, reports_for
from lmsapp.insight.reports.report import Asking, Report
from lmsapp.insight.reports.said import filters_of, heads_of, notes_of, totals_of
from lmsapp.insight.sheets import BOM, as_csv
from lmsapp.learning.transcripts.queries import lines_of
from lmsapp.people.viewer import Viewer
from lmsapp.web.report_labels import report_labels
from tests.clock import Clock
from tests.conftest import Statements
from tests.insight.reports.regulated import EXPECTED, NAMES, Recount, World

Terms = dict[str, list[str]]


@pytest.fixture(autouse=True)
def english(transaction: None) -> Iterator[None]:
    """Words of cells are those of a reader. Compiling plans would take longer than so few rows."""
    db.session.execute(text("SET LOCAL jit = off"))
    with force_locale("en"):
        yield


def ask(viewer: Viewer, terms: Terms, *, line_only: bool = False) -> Asking:
    return Asking(viewer, terms, product_clock.now(), line_only)


def rows(report: Report, asking: Asking) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in db.session.execute(report.rows(asking))]


def variants(world: World) -> list[Terms]:
    """Terms that ask for everything, for parts, and for nobody."""
    works = str(world.departments[0].id)
    return [
        {},
        {"department": [works], "here": ["1"]},
        {"location": ["North"], "role": ["Roofer", "Nobody"]},
        {"course": [str(world.courses["Cooking"].id), str(world.courses["Blood"].id), "x", "99999999999999"]},
        {"type": [str(world.types[0].id)]},
        {"topic": ["Safety"], "location": ["South"]},
        {"role": ["Nobody"]},
    ]


@pytest.mark.parametrize("seed", [1])
def test_every_report_is_its_plain_recount(clock: Clock, seed: int) -> None:
    """REP-2, CRS-7: rows of each report, for everybody and for a line, under each filter, equal a recount in Python."""
    world = World(seed, size=70)
    hana, mark = world.cast.hana.viewer, world.cast.mark.viewer
    found = 0
    for key, told in EXPECTED.items():
        for terms in variants(world):
            since = {} if key == "osha-monthly" else {"since": ["2000-01-01"]}
            for viewer, line_only in ((hana, False), (mark, True)):
                asking = ask(viewer, {**terms, **since}, line_only=line_only)
                got = rows(REPORTS[key], asking)
                assert sorted(got, key=repr) == sorted(told(Recount(world, terms, line_only)), key=repr), (key, terms)
                found += len(got)
                if not terms:
                    totals = totals_of(REPORTS[key], asking)
                    assert totals.rows == len(got)
                    assert dict(totals.counted)["people"] == len({row[_number(key)] for row in got})
                    assert sum(count for _value, count in totals.split) in (0, len(got))
    assert found > 100
    for person in world.people:
        got = rows(REPORTS["transcript"], ask(hana, {"person": [str(person.id)]}))
        lines = lines_of(person.id)
        assert [(row[1], str(row[3]), row[4]) for row in got] == [
            (line["title"], line["completed_on"], float(str(line["score"])) if line["score"] else None)
            for line in lines
        ]
        assert [(row[7] and str(row[7]), row[6]) for row in got] == [
            (line["valid_until"], line["certificate"] or "none") for line in lines
        ]


def _number(key: str) -> int:
    return [column.word for column in REPORTS[key].columns].index("employee number")


def test_who_sees_whom_and_what_stands_in_files(clock: Clock, statements: Statements) -> None:
    """REP-2, SEC-4, ASVS 1.2.10: a manager the line, Otto nothing; no cell runs; no statement more for more rows; each
    report has heads, words for its filters and notes; a hostile name is only text on paper."""
    world = World(4, size=40)
    hana, mark, otto = (getattr(world.cast, name).viewer for name in ("hana", "mark", "otto"))
    regulator = [REPORTS[key] for key in EXPECTED] + [REPORTS["transcript"], REPORTS["expiring"]]
    assert {one.key for one in reports_for(hana, line_only=False)} >= {one.key for one in regulator}
    assert {one.key for one in reports_for(mark, line_only=True)} >= {one.key for one in regulator}
    assert not {one.key for one in reports_for(mark, line_only=False)} & {one.key for one in regulator}
    assert not reports_for(otto, line_only=True)
    assert not reports_for(otto, line_only=False)
    for report in regulator:
        assert rows(report, ask(otto, {"person": [str(world.people[0].id)]}, line_only=True)) == []
    stranger = next(one for one in world.people if one.id not in world.line)
    assert rows(REPORTS["transcript"], ask(mark, {"person": [str(stranger.id)]}, line_only=True)) == []
    assert notes_of(REPORTS["transcript"], ask(mark, {"person": [str(stranger.id)]}, line_only=True)) == []
    with pytest.raises(NotAllowed):
        ask_print(REPORTS["hipaa-roster"], {}, "x", line_only=False, by=mark)

    everything: Terms = {
        "since": ["2000-01-01"], "until": ["9999-12-31"], "month": ["2026-10"], "days": ["90"], "which": ["coming"],
        "department": [str(world.departments[2].id)], "location": ["North"], "role": ["Roofer"], "here": ["1"],
        "course": [str(world.courses["Blood"].id)], "type": [str(world.types[0].id)], "topic": ["Safety"],
        "person": [str(world.people[0].id)],
    }  # fmt: skip
    for report in regulator:
        asking = ask(hana, everything)
        said = dict(filters_of(report, asking))
        assert len(said) == len(report.fields), (report.key, said)
        assert len(heads_of(report)) == len(report.rows(asking).selected_columns) == len(report.columns)
        hostile = ask(hana, {name: ["=1", "\x00", "9" * 40, "-1"] for name in report.terms})
        if report.key != "transcript":
            assert isinstance(rows(report, hostile), list)
        statements.clear()
        rows(report, ask(hana, {}))
        assert len(statements) <= 2, "which courses, and the rows"
        assert "%(" not in " ".join(notes_of(report, asking))
    assert dict(filters_of(REPORTS["osha-monthly"], ask(hana, {})))["Month"] == "October 2026"
    assert dict(filters_of(REPORTS["osha-monthly"], asking))["Departments"] == "Works / Yard"

    roster = REPORTS["hipaa-roster"]
    asking = ask(hana, {"since": ["2000-01-01"], "course": [str(one.id) for one in world.courses.values()]})
    sheet = "".join(as_csv(heads_of(roster), roster.rows(asking))).removeprefix(BOM)
    names = {row["Name"] for row in csv.DictReader(io.StringIO(sheet))}
    assert f"'{NAMES[0]} then" in names
    assert not any(name.startswith("=") for name in names)
    pdf = report_pdf(roster, asking, asked_by='<a href="x">Hana</a>', asked_at=product_clock.now(), language="es")
    document = pypdfium2.PdfDocument(pdf)
    printed = "".join(one.get_textpage().get_text_range() for one in document)
    for words in ("<b>Zoë", "Юлия", "王秀华", '=cmd|"/C', '<a href="x">Hana</a>', "164.530(j)", "Cooking"):
        assert words in printed, words
    assert document[0].get_width() > document[0].get_height()
    last = document[len(document) - 1].get_textpage().get_text_range()
    with force_locale("es"):
        assert heads_of(roster)[0].split()[0] in last
    assert "gnp.exe" in printed


def test_why_it_is_empty(clock: Clock) -> None:
    """REP-2: no such course, nobody in the month, filters too narrow: each says so and what to do; and no PDF of it."""
    world = World(5, size=25)
    hana = world.cast.hana.viewer
    osha, transcript, ending = (REPORTS[key] for key in ("osha-monthly", "transcript", "expiring"))

    def why(report: Report, **terms: str) -> str:
        asking = ask(hana, {name: [value] for name, value in terms.items()})
        assert rows(report, asking) == []
        return report.why_empty(asking)

    assert "none fits these filters" in why(osha, role="Nobody")
    assert "Choose another month" in why(osha, month="1999-01", role="Nobody")
    assert "Choose whose" in why(transcript)
    assert "Nobody with that number" in why(transcript, person="987654")
    assert "more days" in why(ending, days="0")
    with pytest.raises(RuleBroken, match="Choose another month"):
        ask_print(osha, {"month": ["1999-01"]}, "x", line_only=False, by=hana)
    for course in world.courses.values():
        course.citation = ""
    for kind in world.types:
        kind.archived_at = clock.instant
    db.session.flush()
    for key in EXPECTED:
        assert why(REPORTS[key]).startswith("No course "), key


def test_as_it_was_and_how_it_is_called(clock: Clock) -> None:
    """EVD-5, CRS-7: what is said later is not in the report of an earlier moment; statuses are the organisation's."""
    world = World(6, size=40)
    hana = world.cast.hana.viewer
    asking = replace(ask(hana, {"since": ["2000-01-01"]}), now=world.now - dt.timedelta(seconds=1))
    trainers = {row[4] for row in rows(REPORTS["bloodborne"], asking)}
    assert trainers == {"not recorded"}
    words, by_course = report_labels("enrollments")
    words = {**words, "Expired": "Run out"}
    said = {row[8] for row in rows(REPORTS["osha-monthly"], replace(ask(hana, {}), labels=(words, by_course)))}
    plain = {row[8] for row in rows(REPORTS["osha-monthly"], ask(hana, {}))}
    assert "Expired" in plain
    assert said == {"Run out" if one == "Expired" else one for one in plain}
