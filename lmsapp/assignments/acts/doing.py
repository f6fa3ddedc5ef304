"""Doing it, each assignment by itself: one that cannot be says why and leaves the others alone (DSH-2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from lmsapp.assignments.actions import assign_many, change_due_date
from lmsapp.assignments.acts.rules import (
    ASSIGNED,
    DUE_THEN,
    GONE,
    HAS_IT,
    MOVED,
    NOT_OPEN,
    REMINDED,
    REMINDED_TODAY,
    TOLD,
    TOLD_TODAY,
    Act,
    Came,
    Result,
    Terms,
)
from lmsapp.assignments.escalation.by_hand import escalate_all
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.reminding.letters import remind_all
from lmsapp.courses.catalogue.queries import published_course
from lmsapp.infra import clock
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.viewer import Viewer

NAMED = 2  # of whoever is told


def do_act(terms: Terms, found: Sequence[TrainingAssignment], *, by: Viewer) -> dict[int, Came]:
    """What came of each, by id. They are locked, with employee, course and enrollment loaded. Raises RuleBroken where
    the terms leave something out."""
    if terms.act is Act.REMIND:
        return _remind(found, by)
    if terms.act is Act.ESCALATE:
        return _escalate(terms, found, by)
    if terms.due_on is None:
        raise RuleBroken(N_("Choose a date."), field="due_on")
    if terms.act is Act.ASSIGN:
        return _assign(terms, terms.due_on, found, by)
    return {one.id: _extend(one, terms.due_on, terms.reason, by) for one in found}


def _remind(found: Sequence[TrainingAssignment], by: Viewer) -> dict[int, Came]:
    now = clock.now()

    def came(one: bool | RuleBroken) -> Came:
        if isinstance(one, RuleBroken):
            return Came.of(one)
        return Came(Result.DONE, REMINDED, {"time": now}) if one else Came(Result.LEFT, REMINDED_TODAY)

    return {key: came(one) for key, one in remind_all(found, by_name=by.name).items()}


def _extend(one: TrainingAssignment, due_on: dt.date, reason: str, by: Viewer) -> Came:
    """Asked twice, it is moved once."""
    closed = one.completed_at is not None or one.closed_as is not None
    if one.due_on == due_on and one.due_at > clock.now() and not closed:
        return Came(Result.LEFT, DUE_THEN, {"day": due_on})
    try:
        if closed:
            raise RuleBroken(NOT_OPEN)
        change_due_date(one, due_on, by=by, reason=reason)
    except RuleBroken as broken:
        return Came.of(broken)
    return Came(Result.DONE, MOVED, {"day": due_on})


def _assign(terms: Terms, due_on: dt.date, found: Sequence[TrainingAssignment], by: Viewer) -> dict[int, Came]:
    """To the people of these assignments, each once. Raises RuleBroken for a course that is not published and for a
    due date that is over."""
    course = published_course(terms.course_id or 0)
    if course is None:
        raise RuleBroken(N_("Choose a published course."), field="course_id")
    people = list({one.employee_id: one.employee for one in found}.values())
    there = set(assign_many(people, course, due_on, by=by, source="manager", note=terms.note).already)

    def came(one: TrainingAssignment) -> Came:
        if one.employee.status != "active":
            return Came(Result.REFUSED, GONE)
        has_it = one.employee_id in there
        return Came(Result.LEFT if has_it else Result.DONE, HAS_IT if has_it else ASSIGNED, {"title": course.title})

    return {one.id: came(one) for one in found}


def _escalate(terms: Terms, found: Sequence[TrainingAssignment], by: Viewer) -> dict[int, Came]:
    if terms.to_whom is None:
        raise RuleBroken(N_("Choose who is told."), field="to_whom")

    def came(one: tuple[str, ...] | RuleBroken) -> Came:
        if isinstance(one, RuleBroken):
            return Came.of(one)
        return Came(Result.DONE, TOLD, {"name": ", ".join(one[:NAMED])}) if one else Came(Result.LEFT, TOLD_TODAY)

    told = escalate_all(found, terms.to_whom, by=by, reason=terms.reason)
    return {key: came(one) for key, one in told.items()}
