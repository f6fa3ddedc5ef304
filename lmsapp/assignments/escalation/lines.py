"""What a manager's digest says of each person: still true, for whom, and under which heading (REM-6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from lmsapp.assignments import rules
from lmsapp.assignments.escalation.queries import Told, facts_of, told_for
from lmsapp.assignments.policies.rules import ToWhom
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_
from lmsapp.outreach.digests.actions import Fate, Moved, compose
from lmsapp.outreach.digests.readers import led_by_reader, reader_keeps_records
from lmsapp.outreach.digests.rules import Gone, Line
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.wording import absolute

COMPLETED = N_("The training was completed meanwhile.")
CLOSED = N_("The training was cancelled or exempted meanwhile.")
PAUSED = N_("The training is paused.")
DUE_MOVED = N_("The due date was moved meanwhile.")
WENT_ON = N_("The learner has gone on meanwhile.")
TAKEN_BACK = N_("The completion was taken back meanwhile.")
NO_ASSIGNMENT = N_("There is no such assignment any more.")
ANOTHER_READER = N_("somebody else is told of this learner's training by now")
COMPLETION = "completion_told"
# In the order of the letter.
NEW, STILL, SOON, STALLED, DONE = SECTIONS = ("newly overdue", "still overdue", "due soon", "stalled", "completed")


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose training they may look at, and what they were told before."""

    leads: frozenset[int]
    keeps_records: bool
    told: frozenset[tuple[int, str]]  # assignment, due date


def team_letter(notice: Notice) -> Mapping[str, Any] | None:
    """The values of `digest_manager` at this moment; None when nothing is left to say."""
    sections = compose(notice, fates)
    if not sections:
        return None
    counts = {section.key: section.count for section in sections}
    people = {line["employee_id"] for section in sections for line in section.lines}
    return {
        "sections": sections,
        "count": sum(counts.values()),
        "late": counts.get(NEW, 0) + counts.get(STILL, 0),
        "needed": set(counts) != {DONE},
        "more": sum(section.more for section in sections),
        "link": _start(notice, led_by_reader(notice, people), bool(counts.get(NEW) or counts.get(STILL))),
    }


def fates(digest: Notice, rows: Sequence[Any]) -> Mapping[int, Fate]:
    """Of gathered 'escalation', 'stalled' and 'completion_told' notices. Nine statements at most, however many."""
    facts = facts_of({row.about_id for row in rows})
    asked = {row.id: _asked(row, facts) for row in rows}
    told = told_for(one for one in asked.values() if one is not None)
    reader = reader_of(digest, list(facts.values()), _told_before(digest, facts))
    return {row.id: _fate(row, facts.get(row.about_id), told.get(asked[row.id]), reader) for row in rows}


def reader_of(notice: Notice, facts: Sequence[Any], told: frozenset[tuple[int, str]] = frozenset()) -> Reader:
    """Whoever the notice is for, with whose of these learners' pages they may open."""
    return Reader(led_by_reader(notice, {fact.employee_id for fact in facts}), reader_keeps_records(notice), told)


def _asked(row: Any, facts: Mapping[int, Any]) -> Any:
    fact = facts.get(row.about_id)
    if fact is None or row.template == COMPLETION:
        return None
    return fact.employee_id, ToWhom(row.reason["to_whom"])


def why_gone(fact: Any, reason: Mapping[str, Any]) -> str | None:
    """Why a notice about that assignment is not true any more, or None. `reason` as the notice keeps it."""
    if fact is None:
        return NO_ASSIGNMENT
    if fact.completed_at is not None:
        return COMPLETED
    if fact.closed_as is not None:
        return CLOSED
    if fact.paused_until is not None:
        return PAUSED
    if "since" in reason:
        return None if last_step(fact) == dt.datetime.fromisoformat(reason["since"]) else WENT_ON
    return None if reason.get("due_on") in (None, str(fact.due_on)) else DUE_MOVED


def days_late(fact: Any) -> int:
    """Where the learner is; negative before the due date."""
    return (clock.today(fact.zone) - fact.due_on).days


def last_step(fact: Any) -> dt.datetime | None:
    """When the learner last did something there."""
    return fact.last_active_at or fact.started_at


def _fate(row: Any, fact: Any, told: Told | None, reader: Reader) -> Fate:
    if row.template == COMPLETION:
        return _of_completion(fact, reader)
    gone = why_gone(fact, row.reason)
    if gone is not None:
        return Gone(gone)
    readers = told.readers if told is not None else ()
    if readers and not any((one.employee_id, one.user_id) == (row.employee_id, row.user_id) for one in readers):
        return Moved(readers[0], told.because if told and told.because else ANOTHER_READER)
    late = days_late(fact)
    section = _section(row, late, (fact.id, str(fact.due_on)) in reader.told)
    since = last_step(fact)
    worst = -(clock.now() - since).days if section == STALLED and since else -late
    asked = {"by": row.reason.get("by", ""), "words": row.reason.get("words", "")}  # of those told by hand
    order = (SECTIONS.index(section), worst, fact.id, 0 if asked["by"] else 1)
    return Line(("assignment", fact.id), section, order, line_values(fact, reader) | asked)


def _of_completion(fact: Any, reader: Reader) -> Fate:
    if fact is None or fact.completed_at is None:
        return Gone(TAKEN_BACK if fact is not None else NO_ASSIGNMENT)
    on = fact.completed_at.astimezone(clock.zone(fact.zone)).date()
    return Line((DONE, fact.id), DONE, (SECTIONS.index(DONE), fact.id), line_values(fact, reader) | {"since": on})


def _section(row: Any, late: int, told_before: bool) -> str:
    if row.template == "stalled" and late <= 0:
        return STALLED
    if late <= 0:
        return SOON
    return STILL if told_before else NEW


def line_values(fact: Any, reader: Reader) -> dict[str, Any]:
    since = last_step(fact)
    return {
        "employee_id": fact.employee_id,
        "employee": fact.name,
        "title": fact.title,
        "number": rules.display_number(fact.id),
        "due_on": fact.due_on,
        "days_left": -days_late(fact),
        "done_lessons": fact.done_lessons,
        "lesson_count": fact.lesson_count,
        "lesson": fact.lesson or "",
        "since": since.astimezone(clock.zone(fact.zone)).date() if since else None,
        "link": absolute(_page_of(fact, reader)),
    }


def _page_of(fact: Any, reader: Reader) -> str | None:
    """Where this reader sees this person's training; None where they may not look."""
    if fact.employee_id in reader.leads:
        return f"/team/enrollments/{fact.enrollment_id}"
    return f"/hr/employees/{fact.employee_id}/training" if reader.keeps_records else None


def _start(notice: Notice, leads: Collection[int], late: bool) -> str:
    """One page for all of it: the team dashboard, of what is late only where something is."""
    if leads:
        return "/team?due=late" if late else "/team"
    return "/hr/reports/completion" if reader_keeps_records(notice) else "/"


def _told_before(digest: Notice, facts: Mapping[int, Any]) -> frozenset[tuple[int, str]]:
    """Of which of them, and for which due date, the reader has read already."""
    before = select(Notice.about_id, Notice.reason).where(
        Notice.about_kind == "assignment",
        Notice.about_id.in_(list(facts)),
        Notice.template == "escalation",
        Notice.employee_id == digest.employee_id if digest.employee_id else Notice.user_id == digest.user_id,
        Notice.status.in_(("carried", "sent")),
        Notice.carried_by_id.is_distinct_from(digest.id),
    )
    return frozenset((row.about_id, row.reason.get("due_on", "")) for row in db.session.execute(before))
