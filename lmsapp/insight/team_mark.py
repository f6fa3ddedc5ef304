"""Whether anything of a manager's line has changed since a page last looked: asked every half minute, so cheap (DSH-5).

First the server's own counters of what was written to the tables the page is made of: nothing written anywhere, nothing
to look at. Only when they moved is the line looked at, by its people and not by their assignments: triggers mark a
person with each change of theirs (`assignments.states`), and a mark counts the same before and after the sweep has
taken it away. The counters may come ten seconds late and count what was rolled back, which costs a look and never shows
anything wrong. The hour is part of it, as words like 'stalled for 3 days' change without anybody writing.
"""

from __future__ import annotations

import datetime as dt
import hashlib

from sqlalchemy import extract, func, select, text

from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.infra.db import db
from lmsapp.people.viewer import Viewer

TABLES = ("training_assignment", "enrollment", "certificate", "notice", "employee", "reporting_line", "department")
WRITTEN = text(
    "SELECT sum(pg_stat_get_tuples_inserted(c.oid) + pg_stat_get_tuples_updated(c.oid)"
    " + pg_stat_get_tuples_deleted(c.oid)) FROM unnest(cast(:tables AS text[])) AS t (name)"
    " JOIN pg_class c ON c.oid = to_regclass(t.name)"
)
# Who is in the line; marks, taken away and still there; the last instant at which the letters of somebody became others
# because time passed.
LINE = text("""
SELECT count(*), sum(r.depth), sum(hashint8(r.employee_id)::bigint),
       coalesce(sum(l.changes), 0) + (SELECT count(*) FROM assignment_states_mark m
           JOIN reporting_line r ON r.employee_id = m.employee_id WHERE r.manager_id = :manager),
       max(CASE WHEN l.until <= :now THEN l.until ELSE l.since END)
FROM reporting_line r LEFT JOIN assignment_states l ON l.employee_id = r.employee_id WHERE r.manager_id = :manager
""")

# The last message to somebody of the line. Of a small one it is asked person by person; of a large one the newest of
# the house are looked through, where one of theirs is soon found. None among so many: then it counts as none, which
# costs one look more when it gets so old.
FEW = 1000
NEWEST = 5000
OF_FEW = text("""
SELECT max((SELECT max(n.id) FROM notice n WHERE n.employee_id = r.employee_id))
FROM reporting_line r WHERE r.manager_id = :manager
""")
OF_MANY = text(f"""
SELECT n.id FROM (SELECT id, employee_id FROM notice ORDER BY id DESC LIMIT {NEWEST}) n
WHERE EXISTS (SELECT FROM reporting_line r WHERE r.manager_id = :manager AND r.employee_id = n.employee_id)
ORDER BY n.id DESC LIMIT 1
""")  # noqa: S608 - a number of ours


def team_mark(viewer: Viewer, now: dt.datetime, known: str = "") -> str:
    """'written-line': the same as `known` in its second part when nothing of the line changed. Two statements while
    nobody writes anything, else four."""
    written = _written(now)
    before, _dash, line = known.partition("-")
    return known if line and before == written else f"{written}-{line_mark(viewer, now)}"


def same_line(one: str, other: str) -> bool:
    """Whether two marks say the same of the line."""
    return one.partition("-")[2] == other.partition("-")[2]


def line_mark(viewer: Viewer, now: dt.datetime) -> str:
    """A word that changes with whatever the dashboard shows of the line."""
    found = tuple(db.session.execute(LINE, {"manager": viewer.employee_id, "now": now}).one())
    told = db.session.scalar(OF_FEW if found[0] < FEW else OF_MANY, {"manager": viewer.employee_id})
    hour = now.replace(minute=0, second=0, microsecond=0)
    return hashlib.sha256(repr((hour, *found, told)).encode()).hexdigest()[:16]


def _written(now: dt.datetime) -> str:
    """How often anything was written to those tables, and up to which instant due dates have passed."""
    late = select(func.max(TrainingAssignment.due_at)).where(is_open(), TrainingAssignment.due_at <= now)
    count = db.session.scalar(WRITTEN, {"tables": list(TABLES)}) or 0
    passed = db.session.scalar(select(extract("epoch", late.scalar_subquery())))
    return f"{int(count):x}.{int(passed or 0):x}.{int(now.timestamp()) // 3600:x}"
