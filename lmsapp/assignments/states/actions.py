"""Keeping the letters, and looking whether they say what the assignments say."""

# ruff: noqa: S608 - statements of ours, without a value in them

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import or_, select, text

from lmsapp.assignments.states.models import AssignmentStates, AssignmentStatesMark
from lmsapp.assignments.states.working_out import HOLDS, NEVER, moments, worked_out
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.sweeping import Sweep
from lmsapp.people.employees.models import Employee

A_BATCH = 1000
LOCK = 7_309_155  # one at a time keeps them
KEEP = text(f"""
INSERT INTO assignment_states (employee_id, since, until, letters, courses, changes)
SELECT e.id, coalesce(f.since, :midnight), coalesce(f.until, '{NEVER}'), coalesce(f.letters, ''),
       coalesce(f.courses, ''::bytea), w.n
FROM unnest(cast(:whose AS integer[]), cast(:marks AS integer[])) AS w (id, n) JOIN employee e ON e.id = w.id
LEFT JOIN ({worked_out("cast(:whose AS integer[])")}) f ON f.employee_id = e.id
ON CONFLICT (employee_id) DO UPDATE SET since = excluded.since, until = excluded.until, letters = excluded.letters,
    courses = excluded.courses, changes = assignment_states.changes + excluded.changes
""")
# Everybody between two ids whose letters say something else than their assignments.
AMONG = "ARRAY(SELECT id FROM employee WHERE id BETWEEN :first AND :last)"
WRONG = text(f"""
SELECT l.employee_id FROM assignment_states l LEFT JOIN ({worked_out(AMONG)}) f ON f.employee_id = l.employee_id
WHERE l.employee_id BETWEEN :first AND :last AND {HOLDS}
AND (l.letters <> coalesce(f.letters, '') OR l.courses <> coalesce(f.courses, ''::bytea))
""")


def keep_states() -> int:
    """A batch of those who were marked, whose letters ended, or who have none yet; how many people."""
    return SWEEP.turn()


def check_states() -> int:
    """Compare everybody's with their assignments and make anew what differs, which should be nobody's; how many."""
    return SWEEP.compare(
        "Letters of training", select(AssignmentStates.employee_id), lambda ids: wrong_states(ids[0], ids[-1])
    )


def wrong_states(first: int, last: int) -> list[int]:
    """Whose letters hold and are wrong, of the employees between these ids, both included."""
    return list(db.session.scalars(WRONG, {**moments(clock.now()), "first": first, "last": last}))


def _without(most: int) -> Iterable[int]:
    """Who has no letters, or some that ended, or such as a clock made that was ahead of this one."""
    kept, now = AssignmentStates, clock.now()
    missing = (
        select(Employee.id)
        .outerjoin(kept, kept.employee_id == Employee.id)
        .where(or_(kept.employee_id.is_(None), kept.until <= now, kept.since > now))
        .limit(most)
    )
    return db.session.scalars(missing)


def _keep(marks: Counter[int]) -> None:
    whose = sorted(marks)
    db.session.execute(KEEP, {**moments(clock.now()), "whose": whose, "marks": [marks[one] for one in whose]})


SWEEP = Sweep(LOCK, A_BATCH, AssignmentStatesMark.employee_id, _keep, _without)
