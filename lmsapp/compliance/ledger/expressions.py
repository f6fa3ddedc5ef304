"""`rules.status` as SQL, over `Employee`, `ComplianceType` and an outer join of the present decision and duty."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, Date, case, cast, func

from lmsapp.compliance.ledger.models import ComplianceType, EmployeeCompliance
from lmsapp.compliance.ledger.rules import ComplianceStatus as Status
from lmsapp.people.employees.models import Employee


def local_day(now: dt.datetime) -> ColumnElement[dt.date]:
    """The date where the employee is."""
    return cast(func.timezone(Employee.time_zone, now), Date)


def status_at(now: dt.datetime) -> ColumnElement[str]:
    """The status of the present decision; Required where there is none."""
    there, renewal = local_day(now), EmployeeCompliance.renewal_on
    month_before = cast(renewal - func.make_interval(0, 1), Date)
    return case(
        (EmployeeCompliance.decision.is_(None), Status.REQUIRED.value),
        (
            EmployeeCompliance.decision == "waived",
            case((there > renewal, Status.REQUIRED.value), else_=Status.WAIVED.value),
        ),
        (EmployeeCompliance.decision != "complete", Status.REQUIRED.value),
        (renewal.is_(None), Status.COMPLETE.value),
        (there > renewal, Status.EXPIRED.value),
        (there < renewal - ComplianceType.notice_days, Status.COMPLETE.value),
        (there >= month_before, Status.RENEWAL_REQUIRED.value),
        else_=Status.EXPIRING.value,
    )
