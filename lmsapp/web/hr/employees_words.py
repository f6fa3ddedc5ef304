"""What can be done to many employees, and the head of their sheet, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as __


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to do to many. `column` of the record, '' when it is none; `kind` of field: how the value is given."""

    label: Any
    column: str
    kind: str  # 'department', 'word', 'person', 'leave', 'invite'


CHANGES: dict[str, Change] = {
    "department": Change(__("Department"), "department_id", "department"),
    "job_role": Change(__("Job role"), "job_role", "word"),
    "location": Change(__("Location"), "location", "word"),
    "region": Change(__("Region"), "region", "word"),
    "cohort": Change(__("Hire cohort"), "cohort", "word"),
    "manager": Change(__("Manager"), "manager_id", "person"),
    "hr_partner": Change(__("HR business partner"), "hr_partner_id", "person"),
    "invitation": Change(__("Send the invitation again"), "", "invite"),
    "left": Change(__("Mark as left"), "", "leave"),
}


def sheet_head() -> list[str]:
    """The columns of `employee_sheet`, as a roster names them."""
    return [
        _("Employee number"),
        _("Full name"),
        _("E-mail"),
        _("Mobile"),
        _("Department"),
        _("Job role"),
        _("Location"),
        _("Region"),
        _("Hire date"),
        _("Hire cohort"),
        _("Status"),
        _("Last day"),
        _("Manager's employee number"),
        _("HR partner's employee number"),
        _("Time zone"),
        _("Language"),
    ]
