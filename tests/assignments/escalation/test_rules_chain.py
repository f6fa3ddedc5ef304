"""Who is told, whatever holes the reporting line has, and when a standstill is looked at (REM-6)."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmsapp.assignments.escalation.rules import (
    CIRCLE,
    LEFT,
    NO_MANAGER,
    NO_PARTNER,
    NO_SECOND,
    NOBODY_UP,
    OWN,
    PARTNER_LEFT,
    Chosen,
    Department,
    House,
    Person,
    Via,
    chosen,
    next_look,
    stalled_steps,
)  # fmt: skip
from lmsapp.assignments.policies.rules import ToWhom

NOW = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
LENA, MARK, DIRECTOR, CHIEF, PARTNER, HEAD, SUCCESSOR = range(1, 8)
MANAGER, SECOND, HR = ToWhom.MANAGER, ToWhom.SECOND_MANAGER, ToWhom.HR_PARTNER


def house(**changes: Person | Department) -> House:
    """Lena reports to Mark, Mark to the director, she to the chief. `p2=Person(...)` and `d10=...` replace."""
    people = {
        LENA: Person(LENA, True, MARK, None, PARTNER, 10),
        MARK: Person(MARK, True, DIRECTOR, None, None, 10),
        DIRECTOR: Person(DIRECTOR, True, CHIEF, None, None, 11),
        CHIEF: Person(CHIEF, True, department_id=11),
        PARTNER: Person(PARTNER, True),
        HEAD: Person(HEAD, True),
        SUCCESSOR: Person(SUCCESSOR, True, DIRECTOR),
    }
    departments = {10: Department(None, 11), 11: Department(None, None)}
    people |= {int(name[1:]): one for name, one in changes.items() if isinstance(one, Person)}
    departments |= {int(name[1:]): one for name, one in changes.items() if isinstance(one, Department)}
    return House(people, departments)


def lena(**changes: int | None) -> Person:
    facts = {"manager_id": MARK, "successor_id": None, "hr_partner_id": PARTNER, "department_id": 10} | changes
    return Person(LENA, True, **facts)


GONE_MARK = Person(MARK, False, DIRECTOR)
ROWS = [
    ("as the line says", MANAGER, house(), Chosen(MARK, Via.MANAGER)),
    ("his manager", SECOND, house(), Chosen(DIRECTOR, Via.MANAGER)),
    ("her partner", HR, house(), Chosen(PARTNER, Via.PARTNER)),
    ("he left: next up", MANAGER, house(p2=GONE_MARK), Chosen(DIRECTOR, Via.NEXT_UP, LEFT)),
    ("and above that one", SECOND, house(p2=GONE_MARK), Chosen(CHIEF, Via.MANAGER, LEFT)),
    ("two left", MANAGER, house(p2=GONE_MARK, p3=Person(DIRECTOR, False, CHIEF)), Chosen(CHIEF, Via.NEXT_UP, LEFT)),
    (
        "he left, who took his place",
        MANAGER,
        house(p2=Person(MARK, False, DIRECTOR, SUCCESSOR)),
        Chosen(SUCCESSOR, Via.SUCCESSOR, LEFT),
    ),
    (
        "the successor left, too, for another",
        MANAGER,
        house(p2=Person(MARK, False, DIRECTOR, HEAD), p6=Person(HEAD, False, None, SUCCESSOR)),
        Chosen(SUCCESSOR, Via.SUCCESSOR, LEFT),
    ),
    (
        "successors in a circle: next up",
        MANAGER,
        house(p2=Person(MARK, False, DIRECTOR, HEAD), p6=Person(HEAD, False, None, MARK)),
        Chosen(DIRECTOR, Via.NEXT_UP, LEFT),
    ),
    (
        "the learner took his place: next up",
        MANAGER,
        house(p2=Person(MARK, False, DIRECTOR, LENA)),
        Chosen(DIRECTOR, Via.NEXT_UP, LEFT),
    ),
    (
        "no manager: the department's head",
        MANAGER,
        house(p1=lena(manager_id=None), d10=Department(HEAD, 11)),
        Chosen(HEAD, Via.HEAD, NO_MANAGER),
    ),
    (
        "or the head of the one above",
        MANAGER,
        house(p1=lena(manager_id=None), d11=Department(HEAD, None)),
        Chosen(HEAD, Via.HEAD, NO_MANAGER),
    ),
    (
        "the learner heads the department: her HR partner",
        MANAGER,
        house(p1=lena(manager_id=None), d10=Department(LENA, None)),
        Chosen(PARTNER, Via.PARTNER, NO_MANAGER),
    ),
    ("nobody at all: HR", MANAGER, house(p1=lena(manager_id=None, hr_partner_id=None)), Chosen(None, Via.HR, NO_MANAGER)),
    (
        "everybody above left: HR",
        MANAGER,
        house(p1=lena(hr_partner_id=None), p2=Person(MARK, False)),
        Chosen(None, Via.HR, NOBODY_UP),
    ),
    (
        "a circle of leavers: HR partner",
        MANAGER,
        house(p2=Person(MARK, False, DIRECTOR), p3=Person(DIRECTOR, False, MARK)),
        Chosen(PARTNER, Via.PARTNER, CIRCLE),
    ),
    (
        "a circle with the learner: never herself",
        MANAGER,
        house(p2=Person(MARK, False, LENA)),
        Chosen(PARTNER, Via.PARTNER, CIRCLE),
    ),
    (
        "nobody above her manager: HR partner",
        SECOND,
        house(p2=Person(MARK, True, None, None, None, 10)),
        Chosen(PARTNER, Via.PARTNER, NO_SECOND),
    ),
    (
        "two who lead each other",
        SECOND,
        house(p2=Person(MARK, True, LENA, None, None, 10), d10=Department(MARK, None)),
        Chosen(PARTNER, Via.PARTNER, NO_SECOND),
    ),
    (
        "the top's own training: HR, at every step",
        SECOND,
        house(p1=lena(manager_id=None, hr_partner_id=None)),
        Chosen(None, Via.HR, NO_MANAGER),
    ),
    ("no partner: HR", HR, house(p1=lena(hr_partner_id=None)), Chosen(None, Via.HR, NO_PARTNER)),
    ("the partner's own training: HR", HR, house(p1=lena(hr_partner_id=LENA)), Chosen(None, Via.HR, OWN)),
    ("the partner left: HR", HR, house(p5=Person(PARTNER, False)), Chosen(None, Via.HR, PARTNER_LEFT)),
    (
        "departments in a circle end",
        MANAGER,
        house(p1=lena(manager_id=None), d10=Department(None, 11), d11=Department(None, 10)),
        Chosen(PARTNER, Via.PARTNER, NO_MANAGER),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("to_whom", "there", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_who_is_told(to_whom: ToWhom, there: House, expected: Chosen) -> None:
    """REM-6: and why it is not the one the step names."""
    assert chosen(LENA, to_whom, there) == expected


ids = st.none() | st.integers(1, 6)
people = st.builds(Person, st.just(0), st.booleans(), ids, ids, ids, st.none() | st.integers(1, 3))


@given(st.lists(people, min_size=6, max_size=6), st.lists(st.tuples(ids, ids), min_size=3, max_size=3))
def test_whatever_the_house_somebody_is_told_and_never_the_learner(
    drawn: list[Person], tree: list[tuple[int | None, int | None]]
) -> None:
    """REM-6: any tangle ends, at somebody who works here or at HR."""
    everybody = {
        n: Person(n, one.works, one.manager_id, one.successor_id, one.hr_partner_id, one.department_id)
        for n, one in enumerate(drawn, 1)
    }
    there = House(everybody, {n: Department(head, up) for n, (head, up) in enumerate(tree, 1)})
    for learner_id in everybody:
        for to_whom in (MANAGER, SECOND, HR):
            told = chosen(learner_id, to_whom, there)
            assert told.reader != learner_id
            assert told.reader is None or everybody[told.reader].works
        first, second = chosen(learner_id, MANAGER, there), chosen(learner_id, SECOND, there)
        assert second.reader is None or second.reader != first.reader, "the second step tells somebody else"


@given(st.sets(st.integers(1, 200), min_size=1, max_size=3), st.integers(0, 400), st.integers(0, 400))
def test_no_standstill_is_looked_at_late(hours: set[int], stood: int, more: int) -> None:
    """REM-6: whoever goes on after a look and stops again is looked at when that standstill is old enough, not later."""
    active = NOW - dt.timedelta(hours=stood)
    look = next_look(hours, active, NOW)
    assert look > NOW
    again = NOW + dt.timedelta(hours=more)  # goes on, then stands still
    if again >= look:
        return
    assert look <= again + dt.timedelta(hours=min(hours)), "looked at before it is reached"
    assert not stalled_steps(hours, again, again)


def test_steps_of_a_standstill() -> None:
    """REM-6: 48 hours are reached at 48 hours; the next look is at the next step."""
    active = NOW - dt.timedelta(hours=48)
    assert stalled_steps({48, 96}, active, NOW) == (48,)
    assert stalled_steps({48}, active + dt.timedelta(seconds=1), NOW) == ()
    assert next_look({48, 96}, active, NOW) == active + dt.timedelta(hours=96)
    assert next_look({48}, active, NOW) == NOW + dt.timedelta(hours=48)
    assert next_look({48}, NOW, NOW) == NOW + dt.timedelta(hours=48)
