"""A manager's line in columns: who they are, the letters of their assignments, what they have completed (DSH-1).

One statement, the same for every question: what is asked for is counted in Python (`team_counting`). Of 2,000,000
assignments 200,000 have a letter; the others are bytes of the tallies, read only where they are asked for.
"""

# ruff: noqa: S608 - statements of ours, without a value in them

from __future__ import annotations

import datetime as dt
import sys
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from lmsapp.assignments.states.working_out import holds, moments, worked_out
from lmsapp.infra.db import IN_BINARY, db

FACETS = {
    "departments": "department_id",
    "roles": "job_role",
    "locations": "location",
    "regions": "region",
    "cohorts": "cohort",
}
FIRST = "ARRAY(SELECT id FROM person WHERE letters IS NULL)"
# Built once, because building it anew would cost as much as it takes. Arrays and long texts instead of 10,000 rows.
LINE = text(f"""
WITH person AS MATERIALIZED (
    SELECT e.id, r.depth, e.status = 'active' AS active, e.department_id, e.job_role, e.location, e.region, e.cohort,
           coalesce(l.letters, a.letters) AS letters, coalesce(l.courses, a.courses) AS courses
    FROM reporting_line r JOIN employee e ON e.id = r.employee_id
    LEFT JOIN assignment_states l ON l.employee_id = e.id AND {holds("l")}
    LEFT JOIN assignment_states_ahead a ON a.employee_id = e.id AND l.employee_id IS NULL AND {holds("a")}
    WHERE r.manager_id = :manager
)
SELECT array_agg(p.id) AS ids, array_agg(p.depth) AS depths, array_agg(p.active) AS active,
       {", ".join(f"array_agg(p.{column}) AS {name}" for name, column in FACETS.items())},
       string_agg(coalesce(p.letters, f.letters, ''), ',') AS letters,
       string_agg(coalesce(p.courses, f.courses, ''::bytea), ''::bytea) AS courses,
       array_agg(coalesce(t.completed, 0)) AS completed,
       string_agg(substring(coalesce(t.by_course, ''::bytea) || n.zeros FROM 1 FOR n.width), ''::bytea)
           FILTER (WHERE cast(:bytes AS boolean)) AS raw,
       (SELECT array_agg(course_id ORDER BY place) FROM assignment_tally_place) AS places,
       (SELECT array_agg(ARRAY[employee_id, course_id, n]) FROM (
           SELECT c.employee_id, c.course_id, sum(c.n)::integer AS n FROM assignment_tally_change c
           WHERE c.employee_id IN (SELECT id FROM person) GROUP BY 1, 2
       ) note) AS notes
FROM person p LEFT JOIN ({worked_out(FIRST)}) f ON f.employee_id = p.id
LEFT JOIN assignment_tally t ON t.employee_id = p.id,
(SELECT count(*)::integer AS width, decode(repeat('00', count(*)::integer), 'hex') AS zeros
 FROM assignment_tally_place) n
""").execution_options(**IN_BINARY)


@dataclass(frozen=True, slots=True)
class Line:
    """Each list has a value per person, in the same order. `letters`: see `assignments.states.rules.LETTERS`;
    `courses`: of all letters of everybody, one after the other. `completed`: by the tallies; `raw`: their bytes, one
    per person and course in the order of `places`, where asked for. `notes`: (employee, course, how many more)."""

    ids: Sequence[int]
    depths: Sequence[int]
    active: Sequence[bool]
    facets: Mapping[str, Sequence[Any]]
    letters: Sequence[bytes]
    courses: Sequence[int]
    completed: Sequence[int]
    raw: bytes
    places: Sequence[int]
    notes: Sequence[tuple[int, int, int]]


def line_at(manager_id: int | None, now: dt.datetime, *, with_bytes: bool) -> Line:
    """Everybody below that manager, as it is at `now`."""
    row = db.session.execute(LINE, {**moments(now), "manager": manager_id, "bytes": with_bytes}).one()
    courses = array("i", bytes(row.courses or b""))
    if sys.byteorder == "little":
        courses.byteswap()
    return Line(
        ids=row.ids or (),
        depths=row.depths or (),
        active=row.active or (),
        facets={name: getattr(row, name) or () for name in FACETS},
        letters=row.letters.encode().split(b",") if row.ids else (),
        courses=courses,
        completed=row.completed or (),
        raw=bytes(row.raw or b""),
        places=row.places or (),
        notes=row.notes or (),
    )
