"""What others may hear of employees."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lmsapp.infra.events import Event
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class EmployeesHired(Event):
    """New employees, one or, by a roster, thousands; with user and role where there is an e-mail (ORG-4)."""

    employees: tuple[Employee, ...]
    by: Viewer | None = None


@dataclass(frozen=True, slots=True)
class EmployeeChanged(Event):
    """The record changed: `before` and `after` hold the fields that differ. A return after leaving is one too.

    Beside `department_id`, `manager_id` and `hr_partner_id` stand their words: 'department', 'manager', 'hr_partner'.
    """

    employee: Employee
    by: Viewer | None = None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class EmployeesLeft(Event):
    """Left, one or, by a roster, hundreds: access has ended, the records stay."""

    employees: tuple[Employee, ...]
    by: Viewer | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OwnMobileChanged(Event):
    """An employee changed their own number; `old` is the one before. `EmployeeChanged` is told as well."""

    employee: Employee
    old: str | None


@dataclass(frozen=True, slots=True)
class EmployeesExported(Event):
    """Somebody took a list of people with them: `people` of them, found by what was `asked`."""

    by: Viewer
    people: int
    asked: dict[str, Any] = field(default_factory=dict)
