"""Who heads which department, and the report each of them gets on Mondays (REP-4, story 1)."""

from __future__ import annotations

from sqlalchemy import func, select

from lmsapp.demo.days import Days
from lmsapp.demo.moment import moment
from lmsapp.demo.people import heads
from lmsapp.infra.db import db
from lmsapp.insight.reports.completion import COMPLETION
from lmsapp.insight.reports.schedules.actions import What, create_schedule
from lmsapp.insight.reports.schedules.models import ReportSchedule
from lmsapp.insight.reports.schedules.rules import Every, Readers, Timing, Wanted
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.viewer import Viewer

NAME = "Completion of the week, by department"


def is_there() -> bool:
    """Whether they were added before."""
    return bool(db.session.scalar(select(func.count()).select_from(ReportSchedule)))


def add_reports(days: Days, hana: Viewer, people: dict[str, Employee]) -> int:
    """How many departments have a head. The first letters go out on the next Monday."""
    named = heads()
    for department in db.session.scalars(select(Department).where(Department.name.in_(named))):
        department.head_id = people[named[department.name]].id
    with moment(days.at(-1, 10 * 60)):
        wanted = Wanted(NAME, Timing(Every.WEEK, weekday=0, hour=7), [Readers.HEADS, Readers.AUDITORS])
        create_schedule(What(COMPLETION, {}), wanted, by=hana)
    return len(named)
