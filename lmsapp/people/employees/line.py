"""The closed reporting line kept in step with who manages whom."""

from __future__ import annotations

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.employees.models import Employee, ReportingLine
from lmsapp.people.employees.rules import find_circle

# Every manager above every employee, as it should be, set against what is stored: one statement, and only what differs
# is written. `find_circle` has refused circles before, the depth is bounded all the same.
REBUILD = text(
    """
    WITH RECURSIVE line (manager_id, employee_id, depth) AS (
        SELECT manager_id, id, 1 FROM employee WHERE manager_id IS NOT NULL
        UNION ALL
        SELECT above.manager_id, line.employee_id, line.depth + 1
        FROM line JOIN employee above ON above.id = line.manager_id
        WHERE above.manager_id IS NOT NULL AND line.depth < 100
    ), gone AS (
        DELETE FROM reporting_line old WHERE NOT EXISTS (
            SELECT 1 FROM line WHERE line.manager_id = old.manager_id AND line.employee_id = old.employee_id)
    )
    INSERT INTO reporting_line (manager_id, employee_id, depth) SELECT manager_id, employee_id, depth FROM line
    ON CONFLICT (manager_id, employee_id) DO UPDATE SET depth = excluded.depth
    WHERE reporting_line.depth <> excluded.depth
    """
)


def rebuild_reporting_line() -> None:
    """Make the closed line agree with `manager_id` everywhere. Raises RuleBroken naming the people of a circle."""
    db.session.flush()
    pairs = db.session.execute(select(Employee.id, Employee.manager_id).where(Employee.manager_id.is_not(None)))
    circle = find_circle({pair.id: pair.manager_id for pair in pairs})
    if circle:
        names = db.session.scalars(select(Employee.name).where(Employee.id.in_(circle)).order_by(Employee.sort_name))
        raise RuleBroken(
            N_("These people would report to each other in a circle: %(names)s."),
            field="manager_id",
            names=", ".join(names),
        )
    db.session.execute(REBUILD)


def join_line(employee: Employee) -> None:
    """Nobody reports to somebody new, so their own line is all there is to write."""
    if employee.manager_id is None:
        return
    above = select(ReportingLine.manager_id, ReportingLine.depth).where(
        ReportingLine.employee_id == employee.manager_id
    )
    line = [{"manager_id": m, "employee_id": employee.id, "depth": d + 1} for m, d in db.session.execute(above)]
    line.append({"manager_id": employee.manager_id, "employee_id": employee.id, "depth": 1})
    db.session.execute(insert(ReportingLine), line)
