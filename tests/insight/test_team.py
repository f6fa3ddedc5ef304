"""The team table: own line only, filters that combine, status by the dated rule (DSH-1, ASG-2, SEC-4)."""

from __future__ import annotations

import csv
import datetime as dt
from io import StringIO

import pytest

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.insight.filters import SORTS, TeamFilters
from lmsapp.insight.numbers import team_numbers
from lmsapp.insight.options import _choices
from lmsapp.insight.sheets import as_csv
from lmsapp.insight.team import in_line, team_page, team_sheet
from lmsapp.people.viewer import Viewer
from tests.clock import Clock
from tests.conftest import Statements
from tests.insight.crowd import Crowd, assign_raw


@pytest.fixture
def crowd(clock: Clock) -> Crowd:
    return Crowd(12)


def seen(viewer: Viewer, **filters: object) -> list[tuple[str, str, str]]:
    found = team_page(viewer, TeamFilters(**filters), product_clock.now())  # type: ignore[arg-type]
    assert found.total >= len(found.rows)
    return [(row.person, row.course, row.status) for row in found.rows]


def test_only_the_own_line(crowd: Crowd) -> None:
    """DSH-1, SEC-4: another manager's people, one's own training and strangers are never in it."""
    mark, otto = crowd.cast.mark, crowd.cast.otto
    assign_raw(otto.record, crowd.courses[0], state=0)
    assign_raw(mark.record, crowd.courses[0], state=0)
    people = {person for person, _course, _status in seen(mark.viewer)}
    assert people == {e.name for n, e in enumerate(crowd.employees) if n % 4 != 3}
    assert seen(otto.viewer) == []
    assert in_line(mark.viewer, crowd.employees[0].id)
    assert not in_line(mark.viewer, otto.record.id)
    assert not in_line(otto.viewer, crowd.employees[0].id)


def test_filters_combine(crowd: Crowd) -> None:
    """DSH-1: department and status and role and course hold together; a filter of nothing finds nothing."""
    viewer, ward = crowd.cast.mark.viewer, crowd.departments[0].id
    assert seen(viewer, departments=(ward,), statuses=("Overdue",), courses=(crowd.courses[0].id,)) == [
        ("Person 0008", "Alpha", "Overdue"),
        ("Person 0004", "Alpha", "Overdue"),
        ("Person 0000", "Alpha", "Overdue"),
    ]
    both = seen(viewer, departments=(ward,), statuses=("Overdue",), roles=("LPN",), courses=(crowd.courses[0].id,))
    assert both == [("Person 0004", "Alpha", "Overdue")]
    assert seen(viewer, search="0007", statuses=("Completed",)) == [
        ("Person 0007", "Alpha", "Completed"),
        ("Person 0007", "Beta", "Completed"),
    ]
    assert len(seen(viewer, search="beta")) == 9
    assert seen(viewer, search="100%_nobody") == []
    assert {s for _p, _c, s in seen(viewer, statuses=("Pending", "Completed"))} == {"Pending", "Completed"}
    assert all(s == "Overdue" for _p, _c, s in seen(viewer, due="late"))
    assert {p for p, _c, _s in seen(viewer, due="7")} == {"Person 0001", "Person 0002", "Person 0005", "Person 0006"}
    assert not any(int(p[-4:]) % 4 == 0 for p, _c, _s in seen(viewer, standing="compliant"))


@pytest.mark.parametrize("sort", SORTS)
def test_sort_and_its_reverse(crowd: Crowd, sort: str) -> None:
    """DSH-1: every column sorts both ways, ties by number."""
    viewer, now = crowd.cast.mark.viewer, product_clock.now()
    key = {
        "person": lambda row: row.person,
        "course": lambda row: row.course,
        "status": lambda row: ["Overdue", "In Progress", "Pending"].index(row.status),
        "progress": lambda row: row.progress,
        "due": lambda row: row.due_on,
    }[sort]
    up = [key(row) for row in team_page(viewer, TeamFilters(sort=sort), now).rows]
    down = [key(row) for row in team_page(viewer, TeamFilters(sort=sort, desc=True), now).rows]
    assert up == sorted(up)
    assert down == sorted(down, reverse=True)
    assert len(up) == 18


def test_pages(crowd: Crowd) -> None:
    """DSH-1: 25 a page; a page past the end shows the last one."""
    for n in range(12, 30):
        crowd._add(n)
    viewer, now = crowd.cast.mark.viewer, product_clock.now()
    first, second = (team_page(viewer, TeamFilters(page=n), now) for n in (1, 2))
    assert (len(first.rows), first.total, second.number) == (25, 46, 2)
    assert not {r.id for r in first.rows} & {r.id for r in second.rows}
    assert team_page(viewer, TeamFilters(page=99), now).number == 2


def test_overdue_the_moment_the_day_is_over(crowd: Crowd, clock: Clock) -> None:
    """ASG-2: a due date lasts to midnight where the assignee works, and no job has to run."""
    one = db.session.get_one(TrainingAssignment, team_page(
        crowd.cast.mark.viewer, TeamFilters(statuses=("Pending",)), product_clock.now()
    ).rows[0].id)  # fmt: skip
    clock.set(one.due_at - dt.timedelta(seconds=1))
    assert one.id not in {r.id for r in team_page(crowd.cast.mark.viewer, TeamFilters(due="late"), clock.instant).rows}
    clock.set(one.due_at)
    assert one.id in {r.id for r in team_page(crowd.cast.mark.viewer, TeamFilters(due="late"), clock.instant).rows}


def test_five_and_fifty_cost_the_same(crowd: Crowd, statements: Statements) -> None:
    """DSH-1, SCA-1: counts, which rows, the rows, and the departments beneath: six statements, however many rows."""
    viewer, ward, counts = crowd.cast.mark.viewer, crowd.departments[0].id, []
    for _size in (12, 60):
        statements.clear()
        team_page(viewer, TeamFilters(departments=(ward,), statuses=("Overdue",)), clock_now())
        counts.append(len(statements))
        for n in range(12, 60):
            crowd._add(n) if len(crowd.employees) <= n else None
    assert counts == [6, 6]


def clock_now() -> dt.datetime:
    return product_clock.now()


def test_numbers_are_the_rows_behind_them(crowd: Crowd) -> None:
    """DSH-1, DSH-4: each tile says how many rows its link opens."""
    viewer, now = crowd.cast.mark.viewer, product_clock.now()
    numbers = team_numbers(viewer, now, product_clock.today("America/Chicago"))
    total = lambda **filters: team_page(viewer, TeamFilters(**filters), now).total  # noqa: E731
    assert numbers.people == 13  # Lena too
    assert numbers.compliant == 10
    assert numbers.overdue == total(statuses=("Overdue",)) == 6
    assert numbers.due_soon == total(due="14")
    assert numbers.in_progress == total(statuses=("In Progress",)) == 6
    assert numbers.open == total() == 18
    assert numbers.expiring == total(standing="expiring") == 0
    assert {gap.name: (gap.people, gap.compliant) for gap in numbers.departments} == {
        "Cardiology": (1, 1),
        "Ward A": (6, 3),
        "Ward B": (6, 6),
    }
    assert numbers.departments[0].name == "Ward A"
    assert sum(week.on_time + week.late for week in numbers.weeks) == 6
    assert len(numbers.weeks) == 12


def test_choices_come_from_the_line(crowd: Crowd) -> None:
    """DSH-1: nothing is offered that no one in the line has."""
    choices = _choices(crowd.cast.mark.record.id)
    assert [name for _id, name in choices.departments] == ["Cardiology", "Ward A", "Ward B"]
    assert choices.roles == ("LPN", "RN", "Technician")
    assert (choices.people, choices.direct) == (13, 13)


def test_the_sheet_is_what_is_shown(crowd: Crowd) -> None:
    """ASG-7: the same filters, all pages, formulas made harmless."""
    crowd.employees[0].name = '=HYPERLINK("http://x")'
    db.session.flush()
    viewer, now = crowd.cast.mark.viewer, product_clock.now()
    labels = {"Overdue": "Late!"}
    text = "".join(as_csv(["n"], team_sheet(viewer, TeamFilters(statuses=("Overdue",)), now, labels)))
    rows = list(csv.reader(StringIO(text)))[1:]
    assert [row[7] for row in rows] == ["Late!"] * 6
    assert sorted({row[2] for row in rows})[0] == '\'=HYPERLINK("http://x")'
    assert rows[0][0].startswith("TA-")
