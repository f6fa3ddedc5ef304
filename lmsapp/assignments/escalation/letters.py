"""What is said at once, by Slack or text message, about one person's training (REM-6). Gathered notices: `lines`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lmsapp.assignments.escalation.lines import line_values, reader_of, why_gone
from lmsapp.assignments.escalation.queries import facts_of
from lmsapp.outreach.notices.models import Notice


def why_unwanted(assignment_id: int) -> str | None:
    """Asked again just before one is handed over; None when it is wanted."""
    return why_gone(facts_of([assignment_id]).get(assignment_id), {})


def words(notice: Notice) -> Mapping[str, Any] | None:
    """The values of `escalation` and `stalled` at this moment; None when it is not true any more."""
    fact = facts_of([notice.about_id or 0]).get(notice.about_id or 0)
    if why_gone(fact, notice.reason) is not None:
        return None
    values = line_values(fact, reader_of(notice, [fact]))
    return {**values, "hours": notice.reason.get("hours", 0), "link": values["link"] or "/"}
