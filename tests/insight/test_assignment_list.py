"""The list of training assignments: filters, counts and sheet say the same as the rule (ASG-1, ASG-2, ASG-7)."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import zipfile

import pytest

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.rules import OPEN, AssignmentStatus, display_number, status
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.insight.assignments.facets import facet_counts, manager_options
from lmsapp.insight.assignments.filters import ALL, AssignmentFilters
from lmsapp.insight.assignments.listing import HEAD, SheetWords, assignment_rows, assignment_sheet
from lmsapp.insight.sheets import as_csv, xlsx_file
from lmsapp.people.employees.models import Employee
from tests.clock import Clock
from tests.guards import without_guard
from tests.insight.crowd import Crowd

ZONES = ("Pacific/Kiritimati", "America/Chicago", "Pacific/Pago_Pago", "Asia/Kathmandu", "America/St_Johns")
WORDS = SheetWords({str(one): str(one) for one in AssignmentStatus}, {}, {"staff": "By staff"}, "The system")
DUE = dt.date(2026, 11, 20)


@pytest.fixture
def crowd(clock: Clock) -> Crowd:
    return Crowd(10)


def everything() -> list[tuple[TrainingAssignment, Employee]]:
    found = db.session.query(TrainingAssignment, Employee).join(Employee, Employee.id == TrainingAssignment.employee_id)
    return [tuple(row) for row in found]


def by_rule(one: TrainingAssignment, person: Employee, now: dt.datetime) -> str:
    return status(
        started=one.started_at is not None,
        completed_on=one.completed_on,
        closed_as=one.closed_as,
        due_on=one.due_on,
        today=now.astimezone(product_clock.zone(person.time_zone)).date(),
    ).value


def test_screen_filter_counts_and_sheet_agree_with_the_rule(crowd: Crowd) -> None:
    """ASG-2: at random instants around due dates, in five zones and all states, everywhere one status, that of the
    rule; 'late by' counts days where the assignee is."""
    chance = random.Random(7)
    for n, (one, person) in enumerate(everything()):
        person.time_zone = ZONES[n % len(ZONES)]
        db.session.flush()
        one.due_on = DUE + dt.timedelta(days=chance.randint(-2, 2))
        one.closed_as = {17: "cancelled", 18: "exempt", 19: "left"}.get(n)
        if one.closed_as:
            one.completed_at = one.completed_on = None
    for one, person in everything():
        one.due_at = product_clock.end_of_day(one.due_on, person.time_zone)
    db.session.flush()
    milo = crowd.cast.milo.viewer
    for _ in range(12):
        now = dt.datetime.combine(DUE, dt.time(), dt.UTC) + dt.timedelta(minutes=chance.randint(-6000, 12000))
        ruled = {one.id: by_rule(one, person, now) for one, person in everything()}
        whole = AssignmentFilters(statuses=(ALL,))
        shown = {row.id: row.status for row in assignment_rows(milo, whole, now, 1, line=False)}
        assert shown == ruled, now
        sheet = list(
            csv.DictReader(io.StringIO("".join(as_csv(HEAD, assignment_sheet(milo, whole, now, WORDS, line=False)))))
        )
        assert {row["\ufeffnumber"]: row["status"] for row in sheet} == {display_number(k): v for k, v in ruled.items()}
        counts = facet_counts(milo, whole, now, line=False)
        for word in AssignmentStatus:
            wanted = {key for key, said in ruled.items() if said == word}
            found = assignment_rows(milo, AssignmentFilters(statuses=(word.value,)), now, 1, line=False)
            assert {row.id for row in found} == wanted
            assert counts.statuses.get(word.value, 0) == len(wanted)
        late = {
            one.id
            for one, person in everything()
            if ruled[one.id] == "Overdue"
            and (now.astimezone(product_clock.zone(person.time_zone)).date() - one.due_on).days >= 7
        }
        assert {row.id for row in assignment_rows(milo, AssignmentFilters(late="7"), now, 1, line=False)} == late


def test_filters_narrow_and_counts_follow(crowd: Crowd) -> None:
    """ASG-7: department with those below, manager with the line, source, due range, number; the counts of a facet
    leave out its own choice, and the total is that of the list."""
    milo, mark, now = crowd.cast.milo.viewer, crowd.cast.mark, product_clock.now()
    ward_a, ward_b = crowd.departments
    ward_b.parent_id = ward_a.id
    first = everything()[0][0]
    first.source = "renewal"
    db.session.flush()

    def ids(line: bool = False, viewer: object = milo, **asked: object) -> set[int]:
        filters = AssignmentFilters(**asked)  # type: ignore[arg-type]
        rows = assignment_rows(viewer, filters, now, 1, line=line)  # type: ignore[arg-type]
        counts = facet_counts(viewer, filters, now, line=line)  # type: ignore[arg-type]
        assert counts.total == len(rows), asked
        return {row.id for row in rows}

    open_ones = {one.id for one, person in everything() if by_rule(one, person, now) in OPEN}
    assert ids() == open_ones == ids(departments=(ward_a.id,)) == ids(manager=mark.record.id)
    below = {one.id for one, person in everything() if person.department_id == ward_b.id}
    assert ids(departments=(ward_b.id,)) == open_ones & below
    assert ids(sources=("renewal",)) == {first.id} == ids(search=display_number(first.id)) == ids(search=str(first.id))
    assert ids(since=first.due_on, until=first.due_on) == {
        one.id for one, _p in everything() if one.due_on == first.due_on and one.id in open_ones
    }
    assert ids(viewer=mark.viewer, line=True) == open_ones, "the own line"
    assert ids(viewer=crowd.cast.lena.viewer) == set() == ids(viewer=crowd.cast.otto.viewer, line=True)
    counts = facet_counts(milo, AssignmentFilters(courses=(crowd.courses[0].id,)), now, line=False)
    assert {title for _key, title, count in counts.courses if count} == {"Alpha", "Beta"}, "to add the other one"
    assert sum(counts.statuses.values()) == 10, "of the chosen course alone"
    assert [(path, n) for _key, path, n in counts.departments] == [("Ward A", 8), ("Ward A / Ward B", 3)]
    assert manager_options(milo, line=False) == [(mark.record.id, "Mark Okafor (E-100)")]


@pytest.mark.owner
def test_the_sheet_is_safe_and_whole(crowd: Crowd) -> None:
    """ASG-7: what would be run by a spreadsheet is text in both kinds of file; days are days; the order is the list's."""
    without_guard("training_assignment")
    one, person = everything()[0]
    person.name, one.note, one.assigned_by_name = "=cmd|'/c calc'!A1", "@SUM(1)", "+Milo"
    db.session.flush()
    milo, now = crowd.cast.milo.viewer, product_clock.now()
    statement = assignment_sheet(milo, AssignmentFilters(), now, WORDS, line=False)
    sheet = list(csv.reader(io.StringIO("".join(as_csv(HEAD, statement)))))
    assert len(sheet) == 1 + 16
    row = next(row for row in sheet if row[0] == display_number(one.id))
    assert (row[2], row[15], row[10]) == ("'=cmd|'/c calc'!A1", "'@SUM(1)", "'+Milo")
    assert [row[7] for row in sheet[1:]] == sorted(row[7] for row in sheet[1:])
    assert {row[10] for row in sheet[1:]} == {"'+Milo", "The system"}
    with xlsx_file(HEAD, statement, title="Late in Cardiology") as book, zipfile.ZipFile(book) as parts:
        assert b"Late in Cardiology" in parts.read("docProps/core.xml")
        page = parts.read("xl/worksheets/sheet1.xml")
        assert page.count(b"<row ") == 17
        assert b"<f>" not in page, "no cell is a formula"
