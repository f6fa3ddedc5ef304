"""`./lms bench --scale large`: 10,000 people by 200 obligations, 2,000,000 training assignments (DSH-1, SCA-1).

First the same house at a tenth of the size, then the large one, each in a database of its own. Whole answers of the
product's own web server, one reader at a time and four at once, every body checked; CPU of web and PostgreSQL beside
the clock, because the machine may be busy with other things. What the pages must say comes from `bench.large_asked`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask

from bench import report
from bench.house import House, house
from bench.large_asked import Asked, asked_of
from bench.large_sheet import Sheet, sheet
from bench.meter import memory_mb
from bench.operations import today_words
from bench.run import Level, _level
from lmsapp.assignments.states.actions import keep_states, wrong_states
from lmsapp.assignments.tallies.actions import wrong_tallies
from lmsapp.infra.db import db, unit_of_work
from lmsapp.insight.figures.actions import keep_enrolled, keep_figures
from lmsapp.jobs import in_batches
from lmsapp.learning.choosing.counting import count_suggestions

ROOT = Path(__file__).resolve().parent.parent
MARK = "<!-- measured at scale -->"
FILL = Path(__file__).with_name("large.sql")
TALLIED = "SELECT assignment_tally_keep(array(SELECT id FROM employee WHERE id BETWEEN %s AND %s))"
READERS = (1, 4)


@dataclass(frozen=True, slots=True)
class Scale:
    """`answers` per operation and number of readers."""

    name: str
    people: int
    courses: int
    answers: int

    @property
    def rows(self) -> int:
        return self.people * self.courses


SMALL, TENTH, WHOLE = Scale("small", 60, 20, 3), Scale("tenth", 1_000, 200, 40), Scale("whole", 10_000, 200, 40)


@dataclass(frozen=True, slots=True)
class Measured:
    """One operation at one size: a level for each number of readers."""

    name: str
    aim: float | None
    levels: Sequence[Level]
    wrong: Sequence[str]
    tells: bool = True  # whether its growth says something of the data

    @property
    def short(self) -> bool:
        return bool(self.wrong) or (self.aim is not None and self.levels[0].p95 > self.aim)


def measure(data: Path, *, small: bool, keep: bool, only: str) -> int:
    """Print the tables; 1 where an aim is missed or an answer was not as it must be."""
    scales = (replace(SMALL, name="tenth", people=30), SMALL) if small else (TENTH, WHOLE)
    found: dict[str, list[Measured]] = {}
    long: Sheet | None = None
    for scale in scales:
        with house(data, for_tests=small) as here:
            took = here.fill(f"large_{scale.name}_{scale.people}", lambda app, s=scale: load(app, s), again=True)
            print(f"{scale.rows:,} assignments of {scale.people:,} people in {took:.0f} s.", flush=True)
            with here.app.app_context():
                _swept()
                db.session.remove()
                db.engine.dispose()
            found[scale.name] = _measured(here, scale, only)
            if scale is scales[-1] and only in "completion CSV":
                long = _sheet(here, scale)
    tenth, whole = found[scales[0].name], found[scales[-1].name]
    text = told(tenth, whole, scales, long)
    print(text.replace("**", ""))
    if keep and not small:
        report.write(ROOT / "docs" / "performance.md", text, MARK)
    wrong = [f"{one.name}: {said}" for one in (*tenth, *whole) for said in one.wrong]
    print("\n".join(wrong), flush=True)
    short = any(one.short for one in whole) or (long is not None and not long.held)
    return 1 if wrong or (short and not small) else 0


def load(app: Flask, scale: Scale) -> None:
    """Fill an empty, migrated database, and tally it."""
    with psycopg.connect(str(app.config["SQLALCHEMY_DATABASE_URI"])) as connection:
        asked = "CREATE TEMP TABLE asked AS SELECT %s::int AS people, %s::int AS courses"
        connection.execute(asked, (scale.people, scale.courses))
        connection.execute(FILL.read_text())
        for first in range(1, scale.people + 2, 1000):
            connection.execute(TALLIED, (first, first + 999))
    with psycopg.connect(str(app.config["SQLALCHEMY_DATABASE_URI"]), autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")
    with app.app_context():
        with unit_of_work():
            count_suggestions()
        _swept()
        wrong = wrong_tallies(1, scale.people + 1) + wrong_states(1, scale.people + 1)
        db.session.remove()
    if wrong:
        raise RuntimeError(f"tallies or states of {wrong[:5]} are wrong")


def _swept() -> None:
    """As the worker does all the time."""
    in_batches(keep_states, keep_enrolled, keep_figures)


def _measured(here: House, scale: Scale, only: str) -> list[Measured]:
    with psycopg.connect(here.dsn, autocommit=True) as database, here.serving():
        operations = asked_of(here.app, database, scale.people)
        return [operation(here, one, scale) for one in operations if only in one.name]


def operation(here: House, asked: Asked, scale: Scale) -> Measured:
    requests = [one.as_json() for one in asked.requests]
    levels: list[Level] = []
    wrong: list[str] = [] if requests else ["nothing to ask for in the data"]
    for readers in (READERS[0], *READERS) if requests else ():
        most = min(4, scale.answers) if not levels else scale.answers  # the first ones warm up
        answered, level = _level(here, requests, readers, 60.0, False, most)
        wrong += answered["wrong"]
        levels.append(level)
    levels = levels[1:]
    if levels:
        one = levels[0]
        print(
            f"  {asked.name}: p50 {one.median:.0f}, p95 {one.p95:.0f} ms; CPU {one.web:.0f} + {one.postgres:.0f} ms"
            + "".join(f"\n    {said}" for said in wrong[:3]),
            flush=True,
        )
    return Measured(asked.name, asked.aim, levels, wrong[:3])


def _sheet(here: House, scale: Scale) -> Sheet:
    with here.serving():
        return sheet(here, scale.people, memory_mb)


def told(tenth: Sequence[Measured], whole: Sequence[Measured], scales: Sequence[Scale], long: Sheet | None) -> str:
    small, large = scales[0].rows, scales[-1].rows
    bound = 10 * math.log(large) / math.log(small) if large > small else 1.0
    return "\n\n".join(
        [
            f"Measured {today_words()} on {report.machine()}.",
            f"At {large:,} assignments, milliseconds; CPU of one reader's answer:",
            report.as_markdown(_table(whole)),
            *([long.words()] if long else []),
            f"Growth from {small:,} to {large:,} rows; slower than rows x log rows is a ratio below {bound:.1f}:",
            report.as_markdown(_growth(tenth, whole, bound)),
        ]
    )


def _table(found: Sequence[Measured]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [
        ("operation", "p50", "p95", "aim", "", "CPU web", "CPU PostgreSQL", "p50 of four", "p95 of four")
    ]
    for one in found:
        if not one.levels:
            rows.append((one.name, *[""] * 3, "**wrong**", *[""] * 4))
            continue
        alone, four = one.levels[0], one.levels[-1]
        held = "**wrong**" if one.wrong else report.verdict(alone.p95, one.aim)
        figures = (alone.web, alone.postgres, four.median, four.p95)
        aim = "" if one.aim is None else f"{one.aim:.0f}"
        rows.append((one.name, f"{alone.median:.0f}", f"{alone.p95:.0f}", aim, held, *(f"{f:.0f}" for f in figures)))
    return rows


def _growth(tenth: Sequence[Measured], whole: Sequence[Measured], bound: float) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("operation", "CPU, a tenth", "CPU, whole", "ratio", "p50 ratio", "")]
    before = {one.name: one for one in tenth}
    for one in whole:
        earlier = before.get(one.name)
        if earlier is None or not earlier.levels or not one.levels:
            continue
        small, large = earlier.levels[0], one.levels[0]
        ratio = large.cpu / max(small.cpu, 0.1)
        row: tuple[Any, ...] = (small.cpu, large.cpu, ratio, large.median / max(small.median, 0.1))
        rows.append((one.name, *(f"{figure:.1f}" for figure in row), report.verdict(ratio, bound)))
    return rows
