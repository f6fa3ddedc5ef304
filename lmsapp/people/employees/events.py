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
class EmployeesLeft(Event):
    """Left, one or, by a roster, hundreds: access has ended, the records stay."""

    employees: tuple[Employee, ...]
    by: Viewer | None = None


@dataclass(frozen=True, slots=True)
class EmployeeLeft(Event):
    """The same, told once for each, after `EmployeesLeft`: for what cannot be done for many at once."""

    employee: Employee
    by: Viewer | None = None
