"""EVD-5: every report asked as of a past day is the one that was shown that day, cell for cell.

Random lives of some months, each from a seed. At the end of every day every report is kept as it was shown; afterwards
each is asked again as of each of those days. ROUNDS: lives.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from sqlalchemy import Row

from bench.proofs import Outcome
from bench.proofs._life import Life
from bench.proofs._place import application
from lmsapp.assignments.rules import AssignmentStatus
from lmsapp.compliance.documents.queries import documents_of
from lmsapp.compliance.ledger.queries import ledger_of
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.infra.past.reading import as_of
from lmsapp.insight.assignments.facets import facet_counts
from lmsapp.insight.assignments.filters import ALL, AssignmentFilters
from lmsapp.insight.assignments.listing import SheetWords, assignment_rows, assignment_sheet
from lmsapp.insight.completion import ReportFilters, ReportStatus, completion_lines, completion_sheet
from lmsapp.insight.completion_summary import summary
from lmsapp.insight.compliance_report import ComplianceFilters, compliance_counts, compliance_sheet
from lmsapp.insight.expiring import ExpiringFilters, expiring_sheet, list_expiring
from lmsapp.insight.person import training_of
from lmsapp.jobs import in_batches
from lmsapp.learning.transcripts.queries import lines_of
from lmsapp.learning.validity.renewals import tell_of_turns
from lmsapp.people.employees.queries import employee_for
from tests.clock import Clock
from tests.undoing import rolled_back

ROUNDS = 12
DAYS, A_DAY = 75, 5
ZONE = "America/Chicago"
EACH = 4  # of the people every fourth is looked at each day, another each day
FIRST = dt.date(2027, 1, 4)
Report = tuple[str, object]
SAID = {str(word): str(word) for word in (*ReportStatus, *AssignmentStatus)}
WORDS = SheetWords(SAID, {}, {"staff": "Staff"}, "The system")


@dataclass
class Found:
    """What came of one life."""

    days: int = 0
    reports: int = 0
    cells: int = 0
    deeds: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def prove(rounds: int) -> Outcome:
    begun, whole = time.monotonic(), Found()
    with application() as app:
        for seed in range(rounds):
            with rolled_back(app), Clock().running() as clock:
                one = live(clock, seed, days=DAYS, a_day=A_DAY)
            whole.days, whole.reports, whole.cells = (
                whole.days + one.days,
                whole.reports + one.reports,
                whole.cells + one.cells,
            )
            whole.wrong += one.wrong
            whole.deeds = {key: whole.deeds.get(key, 0) + one.deeds.get(key, 0) for key in {*whole.deeds, *one.deeds}}
    for words in whole.wrong[:20]:
        print(words, file=sys.stderr, flush=True)
    print(", ".join(f"{name} {times}" for name, times in sorted(whole.deeds.items())), flush=True)
    figures: dict[str, object] = {
        "lives": rounds, "deeds": sum(whole.deeds.values()), "days": whole.days, "reports": whole.reports,
        "cells": whole.cells, "seconds": round(time.monotonic() - begun), "wrong": len(whole.wrong),
    }  # fmt: skip
    return Outcome(figures, not whole.wrong and whole.cells > 0)


def live(clock: Clock, seed: int, *, days: int, a_day: int, step: int = 1) -> Found:
    """One life: a picture at the end of each `step`th day, and all of them asked for afterwards."""
    found, shown = Found(), {}
    clock.set(dt.datetime.combine(FIRST, dt.time(14), tzinfo=dt.UTC))
    life = Life(clock, seed)
    for number in range(days):
        day = FIRST + dt.timedelta(days=number)
        end = product_clock.end_of_day(day, ZONE)
        for hour in sorted(life.chance.randrange(0, 23 * 60) for _each in range(a_day)):
            clock.set(max(clock.instant, end - dt.timedelta(days=1) + dt.timedelta(minutes=hour)))
            life.act()
        in_batches(tell_of_turns)
        db.session.commit()
        if number % step == 0:
            clock.set(end - dt.timedelta(microseconds=1))
            shown[day] = dict(reports(life, clock.instant))
    clock.move(days=40)
    found.deeds = life.done
    for day, before in shown.items():
        end = product_clock.end_of_day(day, ZONE)
        with as_of(end):
            asked = dict(reports(life, end - dt.timedelta(microseconds=1)))
        _compare(found, seed, day, before, asked)
    return found


def reports(life: Life, now: dt.datetime) -> Iterator[Report]:
    """Every report, as plain values."""
    hr, mod = life.hana, life.milo
    whole, all_of = ReportFilters(left=True), AssignmentFilters(statuses=(ALL,))
    yield "completion by department", plain(summary(hr, ReportFilters(), now, line_only=False))
    yield "completion lines", rows(completion_lines(hr, whole, now, line_only=False))
    yield "completion sheet", rows(completion_sheet(hr, whole, now, SAID, {}, line_only=False))
    yield "completion of Mark's line", rows(completion_lines(life.mark, whole, now, line_only=True))
    yield "assignments of Mark's line", plain(assignment_rows(life.mark, all_of, now, 1, line=True))
    yield "assignments", rows(assignment_sheet(mod, all_of, now, WORDS, line=False))
    yield "open assignments", plain(assignment_rows(mod, AssignmentFilters(), now, 1, line=False))
    counts = facet_counts(mod, AssignmentFilters(), now, line=False)
    yield (
        "assignment counts",
        repr((dict(sorted(counts.statuses.items())), counts.courses, counts.departments, counts.total)),
    )
    yield "expiring", rows(expiring_sheet(mod, ExpiringFilters(window="all"), now, SAID))
    yield "expiring page", plain(list_expiring(mod, ExpiringFilters(), now))
    yield "compliance", plain(compliance_counts(hr, ComplianceFilters(), now))
    yield "compliance sheet", plain(list(compliance_sheet(hr, ComplianceFilters(), now, {})))
    for id_ in life.ids[now.toordinal() % EACH :: EACH]:
        person = employee_for(hr, id_)
        yield f"person {id_}", repr(person)
        yield f"training of {id_}", plain(sorted(training_of(hr, id_, now)))
        yield f"transcript of {id_}", plain(lines_of(id_))
        if person is not None:
            today = now.astimezone(product_clock.zone(person.time_zone)).date()
            yield f"ledger of {id_}", plain(ledger_of(hr, id_, today))
            yield f"documents of {id_}", plain(documents_of(hr, id_))


def rows(statement: Any) -> list[tuple[str, ...]]:
    return plain(db.session.execute(statement).all())


def plain(found: Any) -> Any:
    """Cells as text, so that what is kept is a picture and no object that changes later."""
    if is_dataclass(found) and not isinstance(found, type):
        return [plain(getattr(found, one.name)) for one in fields(found)]
    if isinstance(found, list | tuple | Row):
        return [plain(one) for one in found]
    return repr(found)


def cells_of(picture: Any) -> int:
    return sum(map(cells_of, picture)) if isinstance(picture, list) else 1


def _compare(found: Found, seed: int, day: dt.date, before: dict[str, object], asked: dict[str, object]) -> None:
    found.days += 1
    for name in {*before, *asked}:
        then, now = before.get(name), asked.get(name)
        if name not in before and now in ("None", []):
            continue  # of somebody who came later: nothing
        found.reports += 1
        found.cells += cells_of(then)
        if then != now:
            found.wrong.append(
                f"life {seed}, {day}, {name}:\n  was {_differing(then, now)}\n  asked {_differing(now, then)}"
            )


def _differing(one: Any, other: Any) -> Any:
    if isinstance(one, list) and isinstance(other, list):
        return [row for row in one if row not in other][:4]
    return one
