"""The counts of the team's filters are what the page finds with each choice (DSH-1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.states.actions import keep_states
from lmsapp.assignments.tallies.actions import keep_tallies
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.insight import team_order
from lmsapp.insight.filters import DUE_WINDOWS, SCOPES, SORTS, STANDINGS, TeamFilters, conditions
from lmsapp.insight.team import team_page
from lmsapp.insight.team_facets import TeamCounts, facet_counts
from lmsapp.insight.team_order import sort_key
from lmsapp.learning.certificates.models import Certificate
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer
from tests.clock import Clock
from tests.conftest import Statements
from tests.insight.team_scene import STATUSES, Scene


def left(viewer: Viewer, filters: TeamFilters) -> int:
    """By the conditions of the page alone, row by row."""
    count = (
        select(func.count())
        .select_from(TrainingAssignment)
        .join(Employee, Employee.id == TrainingAssignment.employee_id)
        .join(Course, Course.id == TrainingAssignment.course_id)
        .where(*conditions(viewer, filters, product_clock.now()))
    )
    return db.session.scalar(count) or 0


def choices(scene: Scene, filters: TeamFilters) -> Iterator[tuple[str, Any, TeamFilters]]:
    """Facet, value, and the filters with that choice instead of what is chosen there."""
    several: dict[str, Any] = {
        "departments": [one.id for one in scene.departments],
        "roles": ("RN", "LPN"),
        "locations": ("North", "South"),
        "regions": ("East", "West"),
        "cohorts": ("2024", "2025", "2026"),
        "courses": [one.id for one in scene.courses],
        "statuses": STATUSES,
    }
    for facet, values in several.items():
        for value in values:
            yield facet, value, replace(filters, **{facet: (value,)})
    for facet, field, single in (
        ("due", "due", DUE_WINDOWS),
        ("standing", "standing", STANDINGS),
        ("scopes", "scope", SCOPES),
    ):
        for value in single:
            yield facet, value, replace(filters, **{field: value})


def wrong(scene: Scene, filters: TeamFilters, counts: TeamCounts) -> list[str]:
    viewer = scene.cast.mark.viewer
    found = [("total", "", counts.total, left(viewer, filters))]
    for facet, value, chosen in choices(scene, filters):
        found.append((facet, value, getattr(counts, facet).get(value, 0), left(viewer, chosen)))
    return [f"{facet} {value}: {said} instead of {n} with {filters}" for facet, value, said, n in found if said != n]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_each_choice_leaves_what_it_says(clock: Clock, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """DSH-1: any filters over any data: every count of every facet, the total, and pages found both ways, in order."""
    scene = Scene(Random(seed))
    viewer, now = scene.cast.mark.viewer, product_clock.now()
    if seed != 2:  # else all that is completed is still in the notes, and nobody has letters
        keep_tallies()
        keep_states()
    for number in range(6):
        if seed == 3:  # what was kept is over, or marked
            clock.move(hours=20)
            scene.assigned_again(scene.assignments[number])
            now = product_clock.now()
        filters = TeamFilters() if not number else scene.filters()
        counts = facet_counts(viewer, filters, now)
        assert wrong(scene, filters, counts) == []
        for few in (0, 5000):
            monkeypatch.setattr(team_order, "FEW", few)
            assert_in_order(viewer, replace(filters, page=2 if counts.total > 25 else 1), counts)


def assert_in_order(viewer: Viewer, filters: TeamFilters, counts: TeamCounts) -> None:
    """The page has what stands at its place in the list of all, sorted by the one statement that says it plainly."""
    now = product_clock.now()
    key = sort_key(filters, now)
    ordered = (
        select(TrainingAssignment.id, key)
        .join(Employee, Employee.id == TrainingAssignment.employee_id)
        .join(Course, Course.id == TrainingAssignment.course_id)
        .where(*conditions(viewer, filters, now))
        .order_by(key.desc() if filters.desc else key, TrainingAssignment.id)
    )
    expected = db.session.execute(ordered).all()
    page = team_page(viewer, filters, now, counts)
    ids, at = [row.id for row in page.rows], 25 * (page.number - 1)
    keys = dict(map(tuple, expected))
    assert [keys[one] for one in ids] == [one[1] for one in expected[at : at + 25]], filters
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("sort", SORTS)
def test_whose_certificate_ends_in_any_order(clock: Clock, sort: str) -> None:
    """DSH-1: certificates that a newer one took the place of, revoked ones and several assignments of one enrollment
    among them; each page in each order."""
    scene = Scene(Random(11), people=90)
    viewer, now = scene.cast.mark.viewer, product_clock.now()
    ending = TeamFilters(standing="expiring", sort=sort)
    counts = facet_counts(viewer, ending, now)
    assert counts.total > 25
    renewed = select(Certificate.enrollment_id).group_by(Certificate.enrollment_id).having(func.count() > 1)
    assert db.session.scalar(select(func.count()).select_from(renewed.subquery()))
    for desc in (False, True):
        for page in (1, 2):
            assert_in_order(viewer, replace(ending, desc=desc, page=page), counts)


def test_as_many_statements_for_few_and_for_many(clock: Clock, statements: Statements) -> None:
    """DSH-1, SCA-1: counts and a page cost the same statements for any number of people; nobody's line is empty."""
    sent = []
    scene = Scene(Random(7), people=3)
    viewer, nobody = scene.cast.mark.viewer, scene.cast.otto.viewer
    for more in (0, 27):
        for number in range(3, 3 + more):
            scene._person(number)
        db.session.flush()
        statements.clear()
        now = product_clock.now()
        team_page(viewer, TeamFilters(), now, facet_counts(viewer, TeamFilters(), now))
        sent.append(len(statements))
        assert facet_counts(nobody, TeamFilters(), now).total == 0
    assert sent[0] == sent[1] <= 4
