"""Keeping the tallies, and looking whether they say what the assignments say."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import func, select, text

from lmsapp.assignments.tallies.models import AssignmentTallyChange
from lmsapp.infra.db import db
from lmsapp.infra.sweeping import Sweep
from lmsapp.people.employees.models import Employee

A_BATCH = 1000
LOCK = 7_309_154  # one at a time keeps them
# Everybody between two ids whose tally and notes say something else than their assignments.
WRONG = text("""
WITH fact AS (
    SELECT employee_id, course_id, count(*) AS n FROM training_assignment
    WHERE completed_at IS NOT NULL AND employee_id BETWEEN :first AND :last GROUP BY 1, 2
), said AS (
    SELECT employee_id, course_id, sum(n) AS n FROM (
        SELECT t.employee_id, p.course_id, get_byte(t.by_course, p.place)::bigint AS n
        FROM assignment_tally t JOIN assignment_tally_place p ON p.place < length(t.by_course)
        WHERE t.employee_id BETWEEN :first AND :last
        UNION ALL
        SELECT employee_id, course_id, n FROM assignment_tally_change WHERE employee_id BETWEEN :first AND :last
    ) each GROUP BY 1, 2 HAVING sum(n) <> 0
), whole AS (
    SELECT employee_id, sum(n) AS n FROM (
        SELECT employee_id, completed::bigint AS n FROM assignment_tally WHERE employee_id BETWEEN :first AND :last
        UNION ALL
        SELECT employee_id, n FROM assignment_tally_change WHERE employee_id BETWEEN :first AND :last
    ) each GROUP BY 1 HAVING sum(n) <> 0
)
SELECT employee_id FROM fact FULL JOIN said USING (employee_id, course_id)
WHERE least(fact.n, 255) IS DISTINCT FROM said.n
UNION
SELECT employee_id FROM (SELECT employee_id, sum(n) AS n FROM fact GROUP BY 1) f FULL JOIN whole USING (employee_id)
WHERE f.n IS DISTINCT FROM whole.n
""")

# Whoever was assigned something at the instant they went on with it across midnight may have the day before.
ACTIVE_ON = text("""
UPDATE training_assignment t SET active_on = (e.last_active_at AT TIME ZONE 'UTC')::date FROM enrollment e
WHERE e.id = t.enrollment_id AND t.completed_at IS NULL AND t.closed_as IS NULL
AND t.active_on IS DISTINCT FROM (e.last_active_at AT TIME ZONE 'UTC')::date
""")


def keep_tallies() -> int:
    """A batch of those with notes; how many people."""
    return SWEEP.turn()


def check_tallies() -> int:
    """Compare everybody's with their assignments and make anew what differs, which should be nobody's; how many."""
    db.session.execute(ACTIVE_ON)
    return SWEEP.compare(
        "Tallies of completed training", select(Employee.id), lambda ids: wrong_tallies(ids[0], ids[-1])
    )


def wrong_tallies(first: int, last: int) -> list[int]:
    """Whose tally is wrong, of the employees between these ids, both included."""
    return list(db.session.scalars(WRONG, {"first": first, "last": last}))


def _keep(whose: Counter[int]) -> None:
    db.session.execute(select(func.assignment_tally_keep(list(whose))))


SWEEP = Sweep(LOCK, A_BATCH, AssignmentTallyChange.employee_id, _keep)
