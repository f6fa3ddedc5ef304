"""A learner's reminders of one day in one letter, for those who want that (REM-8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from lmsapp.assignments.escalation.lines import days_late, why_gone
from lmsapp.assignments.escalation.queries import facts_of
from lmsapp.outreach.contact.choosing import choice_link
from lmsapp.outreach.digests.actions import Fate, compose
from lmsapp.outreach.digests.rules import Gone, Line
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.wording import absolute

# In the order of the letter: what ends today can still be saved.
TODAY, LATE, SOON = SECTIONS = ("due today", "overdue", "due soon")


def own_letter(notice: Notice) -> Mapping[str, Any] | None:
    """The values of `digest_learner` at this moment; None when nothing is left to say."""
    sections = compose(notice, fates)
    if not sections:
        return None
    counts = {section.key: section.count for section in sections}
    return {
        "sections": sections,
        "count": sum(counts.values()),
        "late": counts.get(LATE, 0),
        "link": "/learn",
        "choice_link": absolute(choice_link(notice.employee_id or 0)),
    }


def fates(_digest: Notice, rows: Sequence[Any]) -> Mapping[int, Fate]:
    """Of gathered reminders about assignments. One statement, however many."""
    facts = facts_of({row.about_id for row in rows})
    return {row.id: _fate(row, facts.get(row.about_id)) for row in rows}


def _fate(row: Any, fact: Any) -> Fate:
    gone = why_gone(fact, {"due_on": due_in(row.key), **row.reason})
    if gone is not None:
        return Gone(gone)
    late = days_late(fact)
    section = LATE if late > 0 else TODAY if late == 0 else SOON
    where = f"/lessons/{fact.lesson_id}" if fact.lesson_id else ""
    values = {
        "title": fact.title,
        "due_on": fact.due_on,
        "days_left": -late,
        "done_lessons": fact.done_lessons,
        "lesson_count": fact.lesson_count,
        "since": None,
        "link": absolute(f"/learn/courses/{fact.course_id}{where}"),
    }
    return Line(("assignment", fact.id), section, (SECTIONS.index(section), -late, fact.id), values)


def due_in(key: str) -> str | None:
    """The due date that 'reminder/assignment/12/2026-12-22/...' speaks of; None where it speaks of none."""
    try:
        return dt.date.fromisoformat(key.split("/")[3]).isoformat()
    except (IndexError, ValueError):
        return None
