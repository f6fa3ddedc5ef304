"""The rows of a checklist: each person and thing with its standing, and whether the person passes (REP-3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, literal, or_, select

from lmsapp.insight.gonogo.expressions import is_ready, standing_of
from lmsapp.insight.gonogo.facts import facts, members
from lmsapp.insight.gonogo.models import GoNoGo, GoNoGoClearance
from lmsapp.insight.gonogo.rules import Thing
from lmsapp.people.employees.rules import fold
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

READY, CLEARED, BLOCKED = "ready", "cleared", "blocked"
STATES = (BLOCKED, CLEARED, READY)  # what needs somebody first


@dataclass(frozen=True, slots=True)
class Filters:
    """Empty filters nothing. `items`: of the things the checklist asks, those that count for this look."""

    states: tuple[str, ...] = ()
    items: tuple[int, ...] = ()
    standings: tuple[str, ...] = ()
    q: str = ""
    page: int = 1

    @property
    def active(self) -> int:
        """How many filters are set."""
        return sum(map(bool, (self.states, self.items, self.standings, self.q)))


def lines(
    checklist: GoNoGo, viewer: Viewer, now: dt.datetime, items: Sequence[int] = (), people: Sequence[int] | None = None
) -> Any:
    """One row a person and thing, as a subquery. `people`: of these only.

    Columns: employee_id, number, name, sort_name, email, job_role, department, manager, item_id, position, kind,
    subject_id, title, standing, ready (this thing), all_ready (each thing of that person), state ('blocked', 'cleared',
    'ready': of the person), valid_until, due_on, completed_on, progress, enrollment_id, assignment_id, reason,
    clearance_id, cleared_by, cleared_until, cleared_reason (whatever was given, even where it lets nobody pass).
    """
    member = members(checklist, viewer, now, people)
    held = facts(checklist, member, people)
    told = (
        select(
            member.c.id.label("employee_id"), member.c.number, member.c.name, member.c.sort_name, member.c.email,
            member.c.job_role, member.c.department, member.c.manager, member.c.day,
            held.c.item_id, held.c.position, held.c.kind, held.c.subject_id, held.c.title,
            standing_of(held.c, member.c.day, member.c.today).label("standing"),
            held.c.valid_until, held.c.due_on, held.c.completed_on, held.c.progress, held.c.enrollment_id,
            held.c.assignment_id, _reason(viewer, held).label("reason"),
        )
        .join(held, held.c.employee_id == member.c.id)
        .where(held.c.item_id.in_(items) if items else literal(True))
        .subquery("told")
    )  # fmt: skip
    ready = is_ready(told.c.standing, strict=checklist.strict)
    judged = select(
        told, ready.label("ready"), func.bool_and(ready).over(partition_by=told.c.employee_id).label("all_ready")
    ).subquery("judged")
    given = GoNoGoClearance
    passes = and_(given.id.is_not(None), given.until >= judged.c.day) if checklist.clearing else false()
    state = case((judged.c.all_ready, READY), (passes, CLEARED), else_=BLOCKED)
    holds = and_(
        given.checklist_id == checklist.id, given.employee_id == judged.c.employee_id, given.ended_at.is_(None)
    )
    return (
        select(
            judged, state.label("state"), given.id.label("clearance_id"), given.by_name.label("cleared_by"),
            given.until.label("cleared_until"), given.reason.label("cleared_reason"),
        )
        .outerjoin(given, holds)
        .subquery("line")
    )  # fmt: skip


def _reason(viewer: Viewer, held: Any) -> ColumnElement[str]:
    """Why something need not be held; why HR waived something is for those who read HR's records."""
    if viewer.may(May.KEEP_RECORDS, May.AUDIT):
        return held.c.reason
    return case((held.c.kind == Thing.COMPLIANCE.value, ""), else_=held.c.reason)


def chosen(line: Any, filters: Filters) -> list[ColumnElement[bool]]:
    """What the filters ask of the rows; a person's whole state decides, and who has any of the standings."""
    wanted: list[ColumnElement[bool]] = []
    if filters.states:
        wanted.append(line.c.state.in_(filters.states))
    if filters.standings:
        has = select(line.c.employee_id).where(line.c.standing.in_(filters.standings))
        wanted.append(line.c.employee_id.in_(has))
    if filters.q:
        wanted.append(called(line.c, filters.q))
    return wanted


def called(who: Any, typed: str) -> ColumnElement[bool]:
    """Whether a search means somebody; `who` has `sort_name` and `number`."""
    words = fold(typed.replace(",", " ")).split()
    named = and_(*(who.sort_name.contains(word, autoescape=True) for word in words)) if words else false()
    return or_(named, func.lower(who.number) == typed.lower())


def first(line: Any) -> ColumnElement[int]:
    """Orders blockers before those cleared, and these before who is ready."""
    return case({state: place for place, state in enumerate(STATES)}, value=line.c.state)


def ordered(line: Any) -> Select[*tuple[Any, ...]]:
    """All rows, blockers first, by name, things in the order of the checklist."""
    return select(line).order_by(first(line), line.c.sort_name, line.c.employee_id, line.c.position, line.c.item_id)
