"""The link in a letter by which its reader says how they want to be written to, without signing in (REM-8).

It names the person and proves that we wrote it; it opens one page with one choice and nothing else, so it does not run
out: letters are kept for years. Looking changes nothing, since mail scanners open every address.
"""

from __future__ import annotations

import base64
import hmac

from sqlalchemy import select

from lmsapp.infra.db import db
from lmsapp.infra.site import key_for
from lmsapp.outreach.contact.models import ContactPreference
from lmsapp.people.accounts.models import User
from lmsapp.people.employees.models import Employee
from lmsapp.people.queries import load_viewer
from lmsapp.people.viewer import Viewer

PURPOSE = "one letter a day"
SIGNED_BYTES = 18


def choice_link(employee_id: int) -> str:
    """A path of this site."""
    return f"/one-letter-a-day/{choice_token(employee_id)}"


def choice_token(employee_id: int) -> str:
    """'12-' and 24 characters of base64url. The same each time."""
    made = hmac.digest(key_for(PURPOSE), str(employee_id).encode(), "sha256")[:SIGNED_BYTES]
    return f"{employee_id}-{base64.urlsafe_b64encode(made).decode()}"


def chooser_by(token: str) -> tuple[Employee, Viewer] | None:
    """Whose choice it is, who still works here and has an account; None for a link that nobody made."""
    number = token.partition("-")[0]
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        return None
    if not hmac.compare_digest(choice_token(int(number)).encode(), token.encode("utf-8", "replace")):
        return None
    row = db.session.execute(
        select(Employee, User)
        .join(User, User.id == Employee.user_id)
        .where(Employee.id == int(number), Employee.status == "active", User.active)
    ).one_or_none()
    if row is None:
        return None
    viewer = load_viewer(row[1].id, row[1].session_epoch, row[0].time_zone)
    return (row[0], viewer) if viewer is not None else None


def wants_digest(employee_id: int) -> bool:
    """Whether that person has reminders in one letter a day."""
    said = select(ContactPreference.digest).where(ContactPreference.employee_id == employee_id)
    return bool(db.session.scalar(said))
