"""What is asked of the large house: the team dashboard in every way, the student's home, the figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import psycopg
from flask import Flask

from bench.operations import ROW
from bench.requests import Request
from bench.visitors import Visitor, visitor

DASHBOARD_MS, HOME_MS, STATISTICS_MS, REPORT_MS = 300.0, 60.0, 500.0, 300.0
MANY = 100  # courses
PART = {"HX-Request": "true", "HX-Target": "people"}
STATUS = """CASE WHEN t.completed_at IS NOT NULL THEN 'Completed' WHEN t.closed_as = 'exempt' THEN 'Exempt'
    WHEN t.closed_as IS NOT NULL THEN 'Cancelled' WHEN t.due_at <= now() THEN 'Overdue'
    WHEN t.started_at IS NOT NULL THEN 'In Progress' ELSE 'Pending' END"""
# What each parameter of the address means, by its name; {} is the value.
MEANS = {
    "department": "e.department_id = {}",
    "role": "e.job_role = {}",
    "location": "e.location = {}",
    "region": "e.region = {}",
    "cohort": "e.cohort = {}",
    "course": "t.course_id = {}",
    "status": f"{STATUS} = {{}}",
}
# Of an enrollment: who is exempt is not asked to complete it.
ASKED = """(n.completed_at IS NOT NULL OR NOT EXISTS (
    SELECT FROM training_assignment x WHERE x.enrollment_id = n.id AND x.closed_as = 'exempt'))"""
VISITORS = """
    SELECT e.user_id FROM employee e JOIN training_assignment t ON t.employee_id = e.id
    WHERE t.completed_at IS NULL AND t.closed_as IS NULL AND t.due_at <= now() AND e.manager_id IS NOT NULL
    GROUP BY 1 ORDER BY hashint4(e.user_id) LIMIT 200
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """An operation; `aim`: p95 in ms of one reader."""

    name: str
    aim: float | None
    requests: Sequence[Request]


@dataclass(frozen=True, slots=True)
class _Asking:
    app: Flask
    database: psycopg.Connection[Any]
    manager: Visitor

    def values(self, name: str, most: int = 12) -> list[Any]:
        """Of a parameter, as they are found among the people or courses."""
        column = MEANS[name].rpartition(" = ")[0]
        source = "training_assignment t JOIN employee e ON e.id = t.employee_id" if "t." in column else "employee e"
        where = "true" if "t." in column else "e.manager_id IS NOT NULL"
        rows = self.database.execute(f"SELECT DISTINCT {column} FROM {source} WHERE {where}")
        return sorted(row[0] for row in rows)[:most]

    def total(self, query: dict[str, Any]) -> int | None:
        """How many assignments the page has to find; None where it is not worked out here."""
        if any(name not in (*MEANS, "sort", "desc", "page") for name in query):
            return None
        conditions = [MEANS[name].format("%s") for name in query if name in MEANS]
        if "status" not in query:
            conditions.append("t.completed_at IS NULL AND t.closed_as IS NULL")
        values = [value for name, value in query.items() if name in MEANS]
        row = self.database.execute(
            "SELECT count(*) FROM training_assignment t JOIN employee e ON e.id = t.employee_id WHERE e.manager_id "
            "IS NOT NULL AND " + " AND ".join(conditions), values,
        ).fetchone()  # fmt: skip
        return row[0] if row else 0

    def request(self, query: dict[str, Any], *, whole: bool = False) -> Request:
        address = "/team" + (f"?{urlencode(query)}" if query else "")
        request = Request(address, self.manager.cookie, headers={} if whole else dict(PART))
        n = self.total(query)
        if n is not None:
            request.count = {ROW: max(0, min(25, n - 25 * (query.get("page", 1) - 1)))}
            request.expect = [f'data-total="{n}"']
        return request

    def dashboard(self, name: str, queries: Iterable[dict[str, Any]], *, whole: bool = False) -> Asked:
        return Asked(f"team, {name}", DASHBOARD_MS, [self.request(query, whole=whole) for query in queries])


def asked_of(app: Flask, database: psycopg.Connection[Any], people: int) -> list[Asked]:
    """Every operation, checked as far as SQL says what must be found."""
    asking = _Asking(app, database, visitor(app, 1))
    return [
        asking.dashboard("first page, whole", [{}], whole=True),
        asking.dashboard("first page, part", [{}]),
        *_single(asking),
        *_pairs(asking),
        asking.dashboard("search for a name", [{"q": name} for name in ("okafor", "schmidt ada", "E-000042")]),
        asking.dashboard("search for a course", [{"q": title} for title in ("fire safety 0", "ethics 01", "safety")]),
        *(
            asking.dashboard(
                f"by {sort}{' down' if down else ''}", [{"sort": sort, "desc": "1"} if down else {"sort": sort}]
            )
            for sort in ("person", "course", "status", "progress", "due")
            for down in (False, True)
        ),
        asking.dashboard("page 50", [{"page": 50}, {"page": 50, "sort": "person"}]),
        *_elsewhere(asking, people),
        *_completion(asking, people),
    ]


def _single(asking: _Asking) -> list[Asked]:
    found = [asking.dashboard(name, [{name: one} for one in asking.values(name)]) for name in MEANS if name != "status"]
    statuses = [asking.dashboard(f"status {one}", [{"status": one}]) for one in asking.values("status")]
    due = [asking.dashboard(f"due {window}", [{"due": window}]) for window in ("late", "7", "14", "30")]
    also = [asking.dashboard(f"people {one}", [{"people": one}]) for one in ("compliant", "expiring", "stalled")]
    return [*found, *statuses, *due, *also, asking.dashboard("direct reports", [{"reach": "direct"}])]


def _pairs(asking: _Asking) -> list[Asked]:
    pairs = (
        ("department", "status"), ("role", "course"), ("location", "cohort"), ("region", "status"), ("course", "status"),
    )  # fmt: skip
    found = []
    for one, other in pairs:
        both = zip(asking.values(one) * 3, asking.values(other) * 4, strict=False)
        found.append(asking.dashboard(f"{one} and {other}", [{one: a, other: b} for a, b in list(both)[:12]]))
    done = {"status": "Completed"}
    found.append(asking.dashboard("Completed by person", [{**done, "sort": "person"}]))
    found.append(asking.dashboard("Completed, due in 30 days", [{**done, "due": "30"}]))
    found.append(asking.dashboard("Completed, page 50", [{**done, "page": 50}]))
    found.append(
        asking.dashboard(
            "region, nothing overdue", [{"region": one, "people": "compliant"} for one in asking.values("region")]
        )
    )
    return found


def _elsewhere(asking: _Asking, people: int) -> list[Asked]:
    manager, hr = asking.manager, visitor(asking.app, people + 2)
    homes = [Request("/learn", visitor(asking.app, row[0]).cookie) for row in asking.database.execute(VISITORS)]
    numbers = Request("/team/numbers", manager.cookie, headers={"HX-Request": "true"})
    mark = Request("/team/mark", manager.cookie)
    found = [
        Asked("team, numbers", DASHBOARD_MS, [numbers]),
        Asked("team, whether anything changed", None, [mark]),
        Asked("student home", HOME_MS, homes),
    ]
    known = {rule.rule for rule in asking.app.url_map.iter_rules()}
    for address, who in (("/team/statistics", manager), ("/hr/statistics", hr)):
        if address in known:
            found.append(Asked(f"statistics, {address}", STATISTICS_MS, [Request(address, who.cookie)]))
    return found


def _completion(asking: _Asking, people: int) -> list[Asked]:
    """The completion report by department, of all enrollments and of some; what it says of how many."""
    hr = visitor(asking.app, people + 2)
    courses = [row[0] for row in asking.database.execute("SELECT id FROM course ORDER BY id")]
    month = asking.database.execute("SELECT current_date - 30").fetchall()

    def one(who: Visitor, wing: str, query: dict[str, Any], where: str, *values: Any) -> Request:
        row = asking.database.execute(
            f"SELECT count(*) FROM enrollment n JOIN employee e ON e.id = n.employee_id WHERE {where} AND {ASKED}",
            values,
        ).fetchone()
        address = f"/{wing}/reports/completion" + (f"?{urlencode(query, doseq=True)}" if query else "")
        return Request(address, who.cookie, expect=[f" of {row[0] if row else 0:,}"])

    in_department, day = "e.department_id = %s", "(n.{}_at AT TIME ZONE e.time_zone)::date >= %s"
    due = """EXISTS (SELECT FROM training_assignment x WHERE x.enrollment_id = n.id AND x.closed_as IS NULL
        AND x.due_on BETWEEN %s AND %s)"""
    asked = {
        "HR": [one(hr, "hr", {}, "true")],
        "line of everybody": [one(asking.manager, "team", {}, "e.manager_id IS NOT NULL")],
        "one course": [one(hr, "hr", {"course": course}, "n.course_id = %s", course) for course in courses[:12]],
        "a hundred courses": [one(hr, "hr", {"course": courses[:MANY]}, "n.course_id = ANY (%s)", courses[:MANY])],
        "one department": [
            one(hr, "hr", {"department": ward}, in_department, ward) for ward in asking.values("department")
        ],
        "completed in 30 days": [one(hr, "hr", {"since": since}, day.format("completed"), since) for (since,) in month],
    }
    found = [Asked(f"completion by department, {name}", REPORT_MS, requests) for name, requests in asked.items()]
    for (since,) in month:
        due_then = {"since": since, "until": since + dt.timedelta(days=30), "dates": "due"}
        lately = {"since": since + dt.timedelta(days=23), "dates": "assigned"}
        last = [one(hr, "hr", due_then, due, since, due_then["until"])]
        week = [one(hr, "hr", lately, day.format("enrolled"), lately["since"])]
        # Nobody has asked for a figure here: each assignment of those days is looked at.
        found += [Asked("completion by department, due in the last 30 days", None, last)]
        found += [Asked("completion by department, assigned in 7 days", None, week)]
    return found
