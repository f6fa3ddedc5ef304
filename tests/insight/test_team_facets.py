"""DSH-1: the number beside each choice is the number of rows it leaves; every figure above the table opens its rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.insight.filters import DUE_WINDOWS, SCOPES, STANDINGS, TeamFilters, conditions
from lmsapp.insight.numbers import team_numbers
from lmsapp.insight.options import _choices
from lmsapp.insight.team import team_page
from lmsapp.insight.team_facets import facet_counts
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer
from lmsapp.web.team.facets import SHOWN_STATUSES
from tests.cast import ZONE
from tests.clock import Clock
from tests.conftest import Statements
from tests.insight.crowd import Crowd
from tests.insight.line import line


@pytest.fixture
def crowd(clock: Clock) -> Crowd:
    return line()


def rows(viewer: Viewer, filters: TeamFilters) -> int:
    """By the conditions of the page alone: its total comes from the counts."""
    counted = select(func.count()).select_from(TrainingAssignment)
    counted = counted.join(Employee, Employee.id == TrainingAssignment.employee_id)
    return db.session.scalar(counted.where(*conditions(viewer, filters, product_clock.now()))) or 0


def test_a_choice_leaves_as_many_as_it_says(crowd: Crowd) -> None:
    """DSH-1: for every choice of every facet, beside several other filters; chosen ones count as if alone."""
    viewer, now = crowd.cast.mark.viewer, product_clock.now()
    ward, alpha = crowd.departments[0].id, crowd.courses[0].id
    choices = _choices(viewer.employee_id or 0)
    several: dict[str, list[Any]] = {
        "departments": [key for key, _name in choices.departments],
        "roles": list(choices.roles),
        "locations": list(choices.locations),
        "regions": list(choices.regions),
        "cohorts": list(choices.cohorts),
        "courses": [key for key, _title in choices.courses],
        "statuses": [str(status) for status in SHOWN_STATUSES],
    }
    assert choices.regions == ("North", "South")
    assert choices.cohorts == ("2025", "2026")
    single = {"due": ("due", DUE_WINDOWS), "standing": ("standing", STANDINGS), "scopes": ("scope", SCOPES)}
    told = set()
    for filters in (
        TeamFilters(),
        TeamFilters(scope="direct", departments=(ward,), statuses=("Overdue", "Completed")),
        TeamFilters(standing="expiring", roles=("RN", "LPN")),
        TeamFilters(standing="stalled", search="person", courses=(alpha,)),
        TeamFilters(standing="compliant", due="14", regions=("North", "South"), search="alpha"),
    ):
        counts = facet_counts(viewer, filters, now)
        assert counts.total == rows(viewer, filters) == team_page(viewer, filters, now).total
        for facet, values in several.items():
            for value in values:
                left = rows(viewer, replace(filters, **{facet: (value,)}))
                assert getattr(counts, facet).get(value, 0) == left, (filters, facet, value)
                told.add((facet, bool(left)))
        for facet, (name, words) in single.items():
            for word in words:
                left = rows(viewer, replace(filters, **{name: word}))
                assert getattr(counts, facet)[word] == left, (filters, facet, word)
                told.add((facet, bool(left)))
    assert told >= {(facet, True) for facet in (*several, *single)}, "a facet that never counts proves nothing"


@pytest.mark.parametrize("scope", SCOPES)
def test_figures_open_their_rows(crowd: Crowd, scope: str) -> None:
    """DSH-1, DSH-4: for the whole line and for direct reports only; a department's bar is of its own people, though others
    stand below it."""
    upper, lower = crowd.departments[:2]
    lower.parent_id = upper.id
    db.session.flush()
    viewer, now = crowd.cast.mark.viewer, product_clock.now()
    numbers = team_numbers(viewer, now, product_clock.today(ZONE), scope)
    total = lambda **filters: rows(viewer, TeamFilters(scope=scope, **filters))  # noqa: E731
    assert numbers.overdue == total(statuses=("Overdue",)) > 0
    assert numbers.due_soon == total(due="14") > 0
    assert numbers.in_progress == total(statuses=("In Progress",)) > 0
    assert numbers.stalled == total(standing="stalled") > 0
    assert numbers.expiring == total(standing="expiring") == 1
    assert numbers.open == total()
    shown = {row.person for row in team_page(viewer, TeamFilters(scope=scope, standing="compliant"), now).rows}
    late = {row.person for row in team_page(viewer, TeamFilters(scope=scope, due="late"), now).rows}
    assert not shown & late
    assert numbers.people - numbers.compliant == len(late)
    assert numbers.people == (13 if scope == "line" else 9)
    for gap in numbers.departments:
        alone = TeamFilters(scope=scope, departments=(gap.id or 0,), alone=True, statuses=("Overdue",))
        behind = {row.person for row in team_page(viewer, alone, now).rows}
        assert gap.people - gap.compliant == len(behind), gap


def test_others_count_for_nobody_else(crowd: Crowd, statements: Statements) -> None:
    """SEC-4, SCA-1: another manager's counts hold nobody of this line; as many statements for more people."""
    now = product_clock.now()
    assert facet_counts(crowd.cast.otto.viewer, TeamFilters(), now).total == 0
    viewer, filters, sent = crowd.cast.mark.viewer, TeamFilters(departments=(crowd.departments[0].id,)), []
    for more in (0, 30):
        for n in range(12, 12 + more):
            crowd._add(n)
        statements.clear()
        facet_counts(viewer, filters, now)
        sent.append(len(statements))
    assert sent[0] == sent[1] <= 3
