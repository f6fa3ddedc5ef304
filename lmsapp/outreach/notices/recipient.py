"""To whom: what a letter needs to know of a person."""

from __future__ import annotations

from dataclasses import dataclass

from lmsapp.people.accounts.models import User
from lmsapp.people.employees.models import Employee


@dataclass(frozen=True, slots=True)
class Recipient:
    """`address` None: has no e-mail. `language` is a code ('en'), `zone` an IANA name."""

    name: str
    address: str | None
    user_id: int | None = None
    employee_id: int | None = None
    language: str = "en"
    zone: str = "UTC"


def recipient_of(employee: Employee) -> Recipient:
    """The employee as a recipient."""
    return Recipient(
        name=employee.name,
        address=employee.email,
        user_id=employee.user_id,
        employee_id=employee.id,
        language=employee.language,
        zone=employee.time_zone,
    )


def recipient_for(user: User, *, employee_id: int | None = None, zone: str = "UTC") -> Recipient:
    """A user as a recipient, for letters about the account."""
    return Recipient(user.name, user.email, user.id, employee_id, user.language, zone)
