"""Keeping the letters, and looking whether they say what the assignments say."""

# ruff: noqa: S608 - statements of ours, without a value in them

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Collection, Mapping

from sqlalchemy import delete, func, or_, select, text

from lmsapp.assignments.states.models import AssignmentStates, AssignmentStatesMark
from lmsapp.assignments.states.working_out import HOLDS, NEVER, moments, worked_out
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.people.employees.models import Employee

log = logging.getLogger(__name__)
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
    """A batch of those who were marked, whose letters ended, or who have none yet; how many people. The marks are
    taken away first and the facts read afterwards, in a later statement: a change that commits in between leaves a
    mark of its own, which is seen together with it."""
    if not db.session.scalar(select(func.pg_try_advisory_xact_lock(LOCK))):
        return 0
    now = clock.now()
    marked = _marked()
    whose = set(marked)
    if len(whose) < A_BATCH:
        whose |= _without(now, A_BATCH - len(whose))
    _keep(now, whose, marked)
    return len(whose)


def check_states() -> int:
    """Compare everybody's with their assignments and make anew what differs, which should be nobody's; how many."""
    last = db.session.scalar(select(func.max(Employee.id))) or 0
    db.session.scalar(select(func.pg_advisory_xact_lock(LOCK)))
    wrong = [one for first in range(1, last + 1, A_BATCH) for one in wrong_states(first, first + A_BATCH - 1)]
    if wrong:
        log.error("Letters of training differed from the assignments and were made anew: %s", wrong[:100])
    _keep(clock.now(), wrong, {})
    return len(wrong)


def wrong_states(first: int, last: int) -> list[int]:
    """Whose letters hold and are wrong, of the employees between these ids, both included."""
    return list(db.session.scalars(WRONG, {**moments(clock.now()), "first": first, "last": last}))


def _marked() -> Counter[int]:
    whose = select(AssignmentStatesMark.employee_id).distinct().limit(A_BATCH)
    gone = delete(AssignmentStatesMark).where(AssignmentStatesMark.employee_id.in_(whose))
    return Counter(db.session.scalars(gone.returning(AssignmentStatesMark.employee_id)))


def _without(now: dt.datetime, limit: int) -> set[int]:
    """Who has no letters, or some that ended, or such as a clock made that was ahead of this one."""
    kept = AssignmentStates
    missing = (
        select(Employee.id)
        .outerjoin(kept, kept.employee_id == Employee.id)
        .where(or_(kept.employee_id.is_(None), kept.until <= now, kept.since > now))
        .limit(limit)
    )
    return set(db.session.scalars(missing))


def _keep(now: dt.datetime, whose: Collection[int], marks: Mapping[int, int]) -> None:
    if whose:
        ids = sorted(whose)
        db.session.execute(KEEP, {**moments(now), "whose": ids, "marks": [marks.get(one, 0) for one in ids]})
