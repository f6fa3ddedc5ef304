"""Keeping the letters, and looking whether they say what the assignments say."""

# ruff: noqa: S608 - statements of ours, without a value in them

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from sqlalchemy import delete, or_, select, text

from lmsapp.assignments.states.models import AssignmentStates, AssignmentStatesAhead, AssignmentStatesMark
from lmsapp.assignments.states.working_out import NEVER, holds, moments, worked_out
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.sweeping import Sweep
from lmsapp.people.employees.models import Employee

A_BATCH = 1000
LOCK = 7_309_155  # one at a time keeps them
AHEAD = dt.timedelta(hours=6)  # how long before their letters end those for afterwards are made
MANY = 50  # of fewer whose letters end at one instant, working them out costs a reading nothing
COLUMNS = "employee_id, since, until, letters, courses"
SET = "since = excluded.since, until = excluded.until, letters = excluded.letters, courses = excluded.courses"
MADE = f"""
SELECT e.id, coalesce(f.since, :midnight), coalesce(f.until, '{NEVER}'), coalesce(f.letters, ''),
       coalesce(f.courses, ''::bytea)
FROM employee e LEFT JOIN ({worked_out("cast(:whose AS integer[])")}) f ON f.employee_id = e.id
WHERE e.id = ANY (cast(:whose AS integer[]))
"""
KEEP = text(f"""
INSERT INTO assignment_states ({COLUMNS}, changes)
SELECT m.*, w.n
FROM ({MADE}) m JOIN unnest(cast(:whose AS integer[]), cast(:marks AS integer[])) AS w (id, n) USING (id)
ON CONFLICT (employee_id) DO UPDATE SET {SET}, changes = assignment_states.changes + excluded.changes
""")
KEEP_AHEAD = text(f"""
INSERT INTO assignment_states_ahead ({COLUMNS}) {MADE} ON CONFLICT (employee_id) DO UPDATE SET {SET}
""")
# Whose letters end at the instant, soon, at which those of most do, and of whom none are made for then.
ENDING = text("""
WITH soon AS MATERIALIZED (
    SELECT l.employee_id, l.until FROM assignment_states l
    WHERE l.until > :now AND l.until <= :soon AND NOT EXISTS (
        SELECT FROM assignment_states_ahead a
        WHERE a.employee_id = l.employee_id AND a.since <= l.until AND a.until > l.until)
), most AS (SELECT until FROM soon GROUP BY until HAVING count(*) >= :many ORDER BY count(*) DESC, until LIMIT 1)
SELECT employee_id, until FROM soon JOIN most USING (until) LIMIT :batch
""")
# Everybody between two ids whose letters say something else than their assignments.
AMONG = "ARRAY(SELECT id FROM employee WHERE id BETWEEN :first AND :last)"
WRONG = text(f"""
SELECT l.employee_id FROM assignment_states l LEFT JOIN ({worked_out(AMONG)}) f ON f.employee_id = l.employee_id
WHERE l.employee_id BETWEEN :first AND :last AND {holds("l")}
AND (l.letters <> coalesce(f.letters, '') OR l.courses <> coalesce(f.courses, ''::bytea))
""")


def keep_states() -> int:
    """A batch of those who were marked, whose letters ended, or who have none yet; how many people."""
    return SWEEP.turn()


def keep_states_ahead() -> int:
    """For a batch of those whose letters end at one instant, as at a midnight at which many have something due, the
    letters from then on; how many people. So that whoever looks right after it waits for nobody's.

    Letters follow from facts and instant alone, so that these can be made before. What changes meanwhile leaves a mark,
    which speaks of both; and the turn that takes it away throws these away."""
    if not SWEEP.is_ours():
        return 0
    now = clock.now()
    found = db.session.execute(ENDING, {"now": now, "soon": now + AHEAD, "many": MANY, "batch": A_BATCH}).all()
    if found:
        db.session.execute(KEEP_AHEAD, {**moments(found[0].until), "whose": sorted(one.employee_id for one in found)})
    return len(found)


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
    db.session.execute(delete(AssignmentStatesAhead).where(AssignmentStatesAhead.employee_id.in_(whose)))
    db.session.execute(KEEP, {**moments(clock.now()), "whose": whose, "marks": [marks[one] for one in whose]})


SWEEP = Sweep(LOCK, A_BATCH, AssignmentStatesMark.employee_id, _keep, _without)
