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
    """The record changed: `before` and `after` hold the fields that differ. A return after leaving is one too."""

    employee: Employee
    by: Viewer | None = None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EmployeeLeft(Event):
    """Left: access has ended, the record stays."""

    employee: Employee
    by: Viewer | None = None


@dataclass(frozen=True, slots=True)
class OwnMobileChanged(Event):
    """An employee changed their own number; `old` is the one before. `EmployeeChanged` is told as well."""

    employee: Employee
    old: str | None
