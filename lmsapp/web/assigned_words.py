"""Words of training assignments for staff: where they came from, when they are due (ASG-1, ASG-5)."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext

from lmsapp.assignments.rules import AssignmentStatus

SHOWN_STATUSES = (
    AssignmentStatus.OVERDUE,
    AssignmentStatus.IN_PROGRESS,
    AssignmentStatus.PENDING,
    AssignmentStatus.COMPLETED,
    AssignmentStatus.EXEMPT,
    AssignmentStatus.CANCELLED,
)
SOURCES: dict[str, Any] = {
    "staff": __("By staff"),
    "manager": __("By the manager"),
    "onboarding": __("Onboarding"),
    "audience": __("Audience rule"),
    "import": __("Import"),
    "renewal": __("Renewal"),
    "new version": __("New version"),
    "path": __("Learning path"),
    "api": __("Another system"),
    "demo": __("Demo"),
}


def due_label(days: str) -> str:
    """The words of a window ahead."""
    return _("Due in %(n)s days", n=days)


def late_label(days: str) -> str:
    """The words of 'late by'."""
    return ngettext("%(num)s day late or more", "%(num)s days late or more", int(days))
