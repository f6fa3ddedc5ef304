"""CRS-5: who belongs to an audience, on PostgreSQL; the rule and its SQL say the same of generated people."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from sqlalchemy import select

from lmsapp.infra import clock as infra_clock
from lmsapp.infra.db import db
from lmsapp.people.audiences.queries import belongs
from lmsapp.people.audiences.rules import AudienceRule
from lmsapp.people.audiences.settling import candidates
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.forwhom.queries import department_parents
from lmsapp.people.forwhom.rules import ForWhom
from tests.clock import Clock

ZONES = ("Pacific/Kiritimati", "UTC", "America/Chicago")
WORDS = ("", "a", "b", "c")


def people(chance: random.Random, many: int) -> tuple[list[int], list[int]]:
    """Ids of departments, three deep, and of employees with whatever words and dates."""
    departments: list[int] = []
    for number in range(6):
        above = chance.choice([None, *departments])
        one = Department(name=f"D{number}", parent_id=above)
        db.session.add(one)
        db.session.flush()
        departments.append(one.id)
    rows = [
        Employee(
            number=f"P{n}",
            name=f"P{n}",
            sort_name=f"p{n}",
            job_role=chance.choice(WORDS),
            location=chance.choice(WORDS),
            region=chance.choice(WORDS),
            cohort=chance.choice(WORDS),
            department_id=chance.choice([None, *departments]),
            hire_date=chance.choice([None, dt.date(2026, 11, 2) - dt.timedelta(days=chance.randrange(-3, 12))]),
            status=chance.choice(["active", "active", "left"]),
            time_zone=chance.choice(ZONES),
        )
        for n in range(many)
    ]
    db.session.add_all(rows)
    db.session.flush()
    return departments, [one.id for one in rows]


def some(chance: random.Random, values: list[int] | tuple[str, ...]) -> tuple[object, ...]:
    return tuple(chance.sample(list(values), chance.choice([0, 0, 1, 2])))


def a_rule(chance: random.Random, departments: list[int], ids: list[int]) -> AudienceRule:
    day = dt.date(2026, 11, 2) - dt.timedelta(days=chance.randrange(0, 9))
    return AudienceRule(
        everybody=chance.random() < 0.15,
        who=ForWhom(
            job_roles=some(chance, WORDS),  # type: ignore[arg-type]
            departments=some(chance, departments),  # type: ignore[arg-type]
            locations=some(chance, WORDS),  # type: ignore[arg-type]
            only_departments=some(chance, departments),  # type: ignore[arg-type]
            regions=some(chance, WORDS),  # type: ignore[arg-type]
            cohorts=some(chance, WORDS),  # type: ignore[arg-type]
        ),
        hired_from=chance.choice([None, None, day]),
        hired_until=chance.choice([None, None, None, day]),
        hired_within_days=chance.choice([None, None, 0, 3, 7]),
        include=some(chance, ids),  # type: ignore[arg-type]
        exclude=some(chance, ids),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("at", [dt.time(0, 30), dt.time(12)])
def test_the_rule_and_its_sql_agree(clock: Clock, at: dt.time) -> None:
    """CRS-5: rules over sixty people, also where the date differs by time zone; negated as well."""
    clock.set(dt.datetime.combine(dt.date(2026, 11, 2), at, tzinfo=dt.UTC))
    chance = random.Random(at.hour)
    departments, ids = people(chance, 60)
    parents, records = department_parents(), candidates(ids)
    everybody = {one.employee_id for one in records}
    found = set()
    for _ in range(60):
        rule = a_rule(chance, departments, ids)
        pure = {one.employee_id for one in records if rule.takes(one)}
        taken = belongs(rule, parents, infra_clock.now())
        mine = select(Employee.id).where(Employee.id.in_(ids))
        assert set(db.session.scalars(mine.where(taken))) == pure, rule
        assert set(db.session.scalars(mine.where(~taken))) == everybody - pure, rule
        found.add(len(pure))
    assert len(found) > 8, "rules of every size were tried"
