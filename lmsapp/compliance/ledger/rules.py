"""What follows from a decision and the calendar (HRD-4, CRS-6). Pure: `today` is an argument.

A renewal date is the last day that still counts: 'Renew by 25 Nov' is Expired from 26 Nov on. Before it there are two
steps. In the notice window of the type it is Expiring; in the last calendar month of that window (11 months after
completion of something that lasts 12) it is Renewal Required. A window shorter than a month is all Renewal Required.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from lmsapp.people.calendar.rules import add_months


class ComplianceStatus(StrEnum):
    """HRD-4, in the order HR reads them: what needs somebody first."""

    EXPIRED = "Expired"
    RENEWAL_REQUIRED = "Renewal Required"
    EXPIRING = "Expiring"
    REQUIRED = "Required"
    COMPLETE = "Complete"
    WAIVED = "Waived"


NEEDS_SOMEBODY = (
    ComplianceStatus.EXPIRED,
    ComplianceStatus.RENEWAL_REQUIRED,
    ComplianceStatus.EXPIRING,
    ComplianceStatus.REQUIRED,
)


def renewal_on(completed_on: dt.date, months: int | None) -> dt.date | None:
    """The last day on which what was completed still counts; None when the type asks for no renewal."""
    return None if months is None else add_months(completed_on, months)


def status(
    decision: str,
    renewal: dt.date | None,
    notice_days: int,
    today: dt.date,
) -> ComplianceStatus:
    """The status on `today` of a decision ('required', 'complete', 'waived') that holds until `renewal`.

    A waiver with an end lapses on the day after it: then the thing is Required again.
    """
    if decision == "waived":
        over = renewal is not None and today > renewal
        return ComplianceStatus.REQUIRED if over else ComplianceStatus.WAIVED
    if decision != "complete":
        return ComplianceStatus.REQUIRED
    if renewal is None:
        return ComplianceStatus.COMPLETE
    if today > renewal:
        return ComplianceStatus.EXPIRED
    notice_from = renewal - dt.timedelta(days=notice_days)
    if today < notice_from:
        return ComplianceStatus.COMPLETE
    return ComplianceStatus.RENEWAL_REQUIRED if today >= add_months(renewal, -1) else ComplianceStatus.EXPIRING
