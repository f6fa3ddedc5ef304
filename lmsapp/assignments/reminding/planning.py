"""When an assignment is to be looked at next: whoever sets `next_reminder_on` asks here.

An assignment keeps the last day through which its steps were looked at. What lies after that day is still to come;
what lay before somebody changed the date or the policy is past and is not told any more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.policies.queries import policies_for
from lmsapp.assignments.policies.rules import DAY, NONE, Moment, Policy, Turn, next_day, reached, turns
from lmsapp.infra import clock
from lmsapp.people.calendar.queries import holidays

RENEWAL = "renewal"  # the source of an assignment that renews a certification


@dataclass(slots=True)
class Plan:
    """Answers for the courses it was made for. Of thousands of assignments most share policy and due date, so that
    answers are kept."""

    policies: Mapping[int, Policy]
    days_off: frozenset[dt.date] = NONE
    _turns: dict[tuple[Policy, dt.date, bool], tuple[Turn, ...]] = field(default_factory=dict)
    _looks: dict[object, tuple[tuple[Turn, ...], dt.date | None]] = field(default_factory=dict)

    def turns(self, course_id: int, due_on: dt.date, source: str) -> tuple[Turn, ...]:
        """Every step of such an assignment on its day."""
        policy, renewal = self.policies[course_id], source == RENEWAL
        known = self._turns.get((policy, due_on, renewal))
        if known is None:
            known = turns(policy, due_on, renewal=renewal, holidays=self.days_off)
            self._turns[policy, due_on, renewal] = known
        return known

    def look(
        self, course_id: int, due_on: dt.date, source: str, through: dt.date, today: dt.date
    ) -> tuple[tuple[Turn, ...], dt.date | None]:
        """What is to be told today, and when to look again; `through`: the last day looked at before."""
        asked = (course_id, due_on, source == RENEWAL, through, today)
        known = self._looks.get(asked)
        if known is None:
            there = self.turns(course_id, due_on, source)
            in_time = tuple(one for one in there if _in_time(one, due_on, today))
            known = self._looks[asked] = (reached(in_time, through, today), next_day(there, max(through, today)))
        return known

    def first_day(self, course_id: int, due_on: dt.date, source: str, assigned_on: dt.date) -> dt.date | None:
        """When a new assignment is looked at first: a step of the very day it is assigned on is told."""
        return next_day(self.turns(course_id, due_on, source), assigned_on - DAY)


def _in_time(turn: Turn, due_on: dt.date, today: dt.date) -> bool:
    """Nobody is reminded before what is over."""
    return today <= due_on or turn.step.moment not in (Moment.BEFORE_DUE, Moment.BEFORE_EXPIRY)


def plan_for(course_ids: Collection[int]) -> Plan:
    """For assignments of these courses. Four statements, however many."""
    found = policies_for(course_ids)
    return Plan(found, holidays() if any(one.working_days for one in found.values()) else NONE)


def plan_anew(one: TrainingAssignment, zone: str) -> None:
    """After another due date, or opened again: what lies before today is past, what comes from today on is told.

    A step of the date that holds now has a key of its own, so that nothing is told twice.
    """
    one.reminded_through = clock.today(zone) - DAY
    all_turns = plan_for([one.course_id]).turns(one.course_id, one.due_on, one.source)
    one.next_reminder_on = next_day(all_turns, one.reminded_through)


def looked_through(reminded_through: dt.date | None, assigned_at: dt.datetime, zone: str) -> dt.date:
    """The last day looked at; of one never looked at the day before it was assigned."""
    if reminded_through is not None:
        return reminded_through
    return assigned_at.astimezone(clock.zone(zone)).date() - DAY
