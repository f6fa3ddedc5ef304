"""What was done to many, through the viewer: one's own, and of it only people who are on one's line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select

from lmsapp.assignments.acts.models import AssignmentAct, AssignmentActLine
from lmsapp.assignments.acts.rules import Result
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db, one_or_none
from lmsapp.people.employees.models import Employee
from lmsapp.people.queries import line_of
from lmsapp.people.viewer import Viewer

PAGE = 50
LATEST = 5
Line = AssignmentActLine


@dataclass(frozen=True, slots=True)
class LinesPage:
    """One page of lines, from 1: id, employee_id, person, number, course, due_on, result, message, values."""

    rows: Sequence[Any]
    number: int
    size: int
    total: int


def act_for(viewer: Viewer, act_id: int) -> AssignmentAct | None:
    """One's own."""
    mine = (AssignmentAct.id == act_id, AssignmentAct.asked_by_id == viewer.user_id)
    return one_or_none(select(AssignmentAct).where(*mine))


def latest_acts(viewer: Viewer, but: int) -> Sequence[Any]:
    """The others, the latest first: id, asked, state, lines, asked_at."""
    act = AssignmentAct
    columns = select(act.id, act.asked, act.state, act.lines, act.asked_at)
    mine = columns.where(act.asked_by_id == viewer.user_id, act.id != but)
    return db.session.execute(mine.order_by(act.id.desc()).limit(LATEST)).all()


def results_of(act_id: int) -> dict[str, int]:
    """How many lines by result."""
    counted = select(Line.result, func.count()).where(Line.act_id == act_id).group_by(Line.result)
    return {row[0]: row[1] for row in db.session.execute(counted)}


def lines_page(viewer: Viewer, act_id: int, *, result: str = "", number: int = 1) -> LinesPage:
    """Refused ones first, then what was left, done, and what waits. Two statements."""
    wanted = [Line.act_id == act_id, TrainingAssignment.employee_id.in_(line_of(viewer))]
    if result:
        wanted.append(Line.result == result)
    joined = select(Line.id).join(TrainingAssignment, TrainingAssignment.id == Line.assignment_id).where(*wanted)
    total = db.session.scalar(select(func.count()).select_from(joined.subquery())) or 0
    number = max(1, min(number, -(-total // PAGE)))
    order = case({Result.REFUSED: 0, Result.LEFT: 1, Result.DONE: 2}, value=Line.result, else_=3)
    rows = db.session.execute(
        joined.join(Employee, Employee.id == TrainingAssignment.employee_id)
        .join(Course, Course.id == TrainingAssignment.course_id)
        .with_only_columns(
            Line.id,
            Employee.id.label("employee_id"),
            Employee.name.label("person"),
            Employee.number,
            Course.title.label("course"),
            TrainingAssignment.due_on,
            Line.result,
            Line.message,
            Line.values,
        )
        .order_by(order, Line.id)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    ).all()
    return LinesPage(rows, number, PAGE, total)
