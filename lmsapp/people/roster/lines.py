"""A plan as it is kept and shown: one plain record a line, so that paging and filtering never plan again. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from lmsapp.people.roster.people import Person, Problem
from lmsapp.people.roster.plan import Leaver, Mover, Plan


class Kind(StrEnum):
    """In the order the page shows them. `SAME` is kept with the run, not by line."""

    PROBLEM = "problem"
    JOINER = "joiner"
    MOVER = "mover"
    LEAVER = "leaver"
    MISSING = "missing"
    SAME = "same"


SHOWN_OF_JOINERS = ("email", "mobile", "department", "job_role", "location", "hire_date", "cohort")


def kept_lines(plan: Plan) -> Iterator[dict[str, Any]]:
    """Columns of RosterLine without the run: kind, line, number, name, employee_id, told."""
    for problem in plan.problems:
        yield _row(Kind.PROBLEM, problem.line, "", "", None, _problem(problem))
    for person in plan.joiners:
        yield _row(Kind.JOINER, person.line, person.number, person.name, None, _joiner(person))
    for mover in plan.movers:
        yield _row(Kind.MOVER, mover.person.line, mover.person.number, mover.person.name, mover.known.id, _mover(mover))
    for leaver in plan.leavers:
        yield _leaver(Kind.LEAVER, leaver)
    if not plan.full:
        for leaver in plan.missing:
            yield _leaver(Kind.MISSING, leaver)


def kept_same(plan: Plan) -> list[list[Any]]:
    """[line, number, name, employee id] of everybody who stays as they are."""
    return [[one.line, one.known.number, one.known.name, one.known.id] for one in plan.same]


def kept_facts(plan: Plan) -> dict[str, Any]:
    """What the dry run says as a whole."""
    return {
        "full": plan.full,
        "active_before": plan.active_before,
        "percent": plan.percent,
        "ignored": plan.ignored,
        "headless": plan.headless,
        "without_email": sum(not person.values.get("email") for person in plan.joiners),
        "doubts": [{"message": d.message, "number": d.number, "total": d.total} for d in plan.doubts],
    }


def _row(kind: Kind, line: int | None, number: str, name: str, employee_id: int | None, told: Any) -> dict[str, Any]:
    return {
        "kind": kind.value, "line": line, "number": number, "name": name, "employee_id": employee_id, "told": told,
    }  # fmt: skip


def _problem(problem: Problem) -> dict[str, Any]:
    values = {name: _plain(value) for name, value in problem.values.items()}
    return {"heading": problem.heading, "message": problem.message, "values": values}


def _joiner(person: Person) -> dict[str, Any]:
    told = {name: _plain(person.values.get(name)) for name in SHOWN_OF_JOINERS if person.values.get(name)}
    return told | ({"manager_number": person.manager_number} if person.manager_number else {})


def _mover(mover: Mover) -> dict[str, Any]:
    return {"changes": [[name, _plain(before), _plain(after)] for name, (before, after) in mover.changes.items()]}


def _leaver(kind: Kind, leaver: Leaver) -> dict[str, Any]:
    known = leaver.known
    told = {name: known.values.get(name) for name in ("job_role", "department") if known.values.get(name)}
    return _row(kind, leaver.line, known.number, known.name, known.id, told)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value
