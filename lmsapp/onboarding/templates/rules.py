"""What a task of a template may be, and when it falls due. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum

from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.calendar.rules import add_working_days

MOST_TASKS = 60
FURTHEST_DAYS = 260  # working days: a year
LONGEST_TITLE = 200


class Who(StrEnum):
    """Who does a task. The partner is the HR business partner named in the record, else HR."""

    EMPLOYEE = "employee"
    MANAGER = "manager"
    HR = "hr"
    PARTNER = "partner"


class Kind(StrEnum):
    """What doing a task means."""

    TODO = "todo"
    UPLOAD = "upload"
    SIGNATURE = "signature"
    TRAINING = "training"


class CountedFrom(StrEnum):
    """Where its working days begin."""

    HIRE = "hire"
    START = "start"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFacts:
    """A task as it is written. `days`: working days after the hire date or the start, negative before."""

    title: str
    instructions: str = ""
    who: Who = Who.EMPLOYEE
    kind: Kind = Kind.TODO
    document_type_id: int | None = None
    signing_text_id: int | None = None
    days: int = 0
    counted_from: CountedFrom = CountedFrom.HIRE
    required: bool = True


def checked_task(task: TaskFacts) -> TaskFacts:
    """The task without what its kind does not use. Raises RuleBroken, naming the field."""
    title = " ".join(task.title.split())
    if not title or len(title) > LONGEST_TITLE:
        raise RuleBroken(N_("Give the task a title of at most 200 characters."), field="title")
    if not -FURTHEST_DAYS <= task.days <= FURTHEST_DAYS:
        raise RuleBroken(N_("A task is due within a year: at most 260 working days away."), field="days")
    if task.kind == Kind.UPLOAD and task.document_type_id is None:
        raise RuleBroken(N_("Choose what kind of document is asked for."), field="document_type_id")
    if task.kind == Kind.SIGNATURE and task.signing_text_id is None:
        raise RuleBroken(N_("Choose the text to be signed."), field="signing_text_id")
    # Nobody signs or learns in another's place.
    who = Who.EMPLOYEE if task.kind in (Kind.SIGNATURE, Kind.TRAINING) else task.who
    return TaskFacts(
        title=title,
        instructions=task.instructions.strip(),
        who=who,
        kind=task.kind,
        document_type_id=task.document_type_id if task.kind == Kind.UPLOAD else None,
        signing_text_id=task.signing_text_id if task.kind == Kind.SIGNATURE else None,
        days=task.days,
        counted_from=task.counted_from,
        required=task.required,
    )


def due_date(
    days: int, counted_from: str, *, hired: dt.date | None, started: dt.date, holidays: Container[dt.date]
) -> dt.date:
    """The day a task is due: counted in working days from the hire date (the start where there is none) or the start.

    What would be over before the start is counted from the start instead, one day at the least: nobody begins late.
    """
    base = hired if counted_from == CountedFrom.HIRE and hired is not None else started
    due = add_working_days(base, days, holidays)
    return due if due >= started else add_working_days(started, max(days, 1), holidays)
