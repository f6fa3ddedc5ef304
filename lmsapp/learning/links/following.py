"""What ends links by itself: what they were for is done, or whom they were sent to is not there any more."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.events import AccessRevoked, CourseCompleted, Exempted
from lmsapp.learning.links.actions import alive, revoke
from lmsapp.learning.links.models import AccessLink
from lmsapp.learning.links.rules import TO_SEE_THE_RESULT, Ended
from lmsapp.people.accounts.events import AccountChanged, EmailChanged
from lmsapp.people.accounts.visits import shorten_sessions
from lmsapp.people.employees.events import EmployeeChanged, EmployeesLeft
from lmsapp.people.employees.models import Employee
from lmsapp.people.settings.events import SettingsChanged

REACHED_BY = frozenset({"mobile", "email"})
ENDING = frozenset({"sign out everywhere", "deactivate account"})


def follow_completion(event: CourseCompleted) -> None:
    """Completed: links not opened open nothing; a session lasts long enough to see the result, and ends."""
    links = alive(AccessLink.enrollment_id == event.enrollment.id, AccessLink.cycle <= event.enrollment.cycle)
    revoke([one for one in links if one.opened_at is None], Ended.COMPLETED, by=None)
    if keys := [one.session_key for one in links if one.session_key is not None]:
        shorten_sessions(keys, clock.now() + TO_SEE_THE_RESULT)


def follow_closing(event: Any) -> None:
    """An assignment was cancelled, exempted or withdrawn: `event.assignment` names its enrollment."""
    revoke(alive(AccessLink.enrollment_id == event.assignment.enrollment_id), Ended.CLOSED, by=None)


def follow_access(event: AccessRevoked | Exempted) -> None:
    """The course is hidden from the learner, or need not be taken any more."""
    revoke(alive(AccessLink.enrollment_id == event.enrollment.id), Ended.CLOSED, by=event.by)


def follow_leavers(event: EmployeesLeft) -> None:
    """They left."""
    ids = [one.id for one in event.employees]
    revoke(alive(AccessLink.employee_id.in_(ids)), Ended.LEFT, by=event.by)


def follow_record(event: EmployeeChanged) -> None:
    """Another number or address: whoever has the old one has the message too."""
    if REACHED_BY & set(event.after):
        revoke(alive(AccessLink.employee_id == event.employee.id), Ended.ADDRESS, by=event.by)


def follow_email(event: EmailChanged) -> None:
    """The same, for the address somebody signs in with."""
    revoke(alive(_of_user(event.user.id)), Ended.ADDRESS, by=None)


def follow_account(event: AccountChanged) -> None:
    """Signed out everywhere, or closed. A new password ends no link: it says nothing about who has the message."""
    if event.action in ENDING:
        revoke(alive(_of_user(event.user.id)), Ended.ACCOUNT, by=event.by)


def follow_settings(event: SettingsChanged) -> None:
    """Switched off: everything is as before, at once."""
    if event.after.get("link_sign_in") is False:
        db.session.flush()
        revoke(alive(), Ended.SWITCHED_OFF, by=event.by, reason=event.reason)


def _of_user(user_id: int) -> Any:
    return AccessLink.employee_id.in_(select(Employee.id).where(Employee.user_id == user_id))
