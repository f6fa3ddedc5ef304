"""Letters about accounts and rosters: links, what changed (ORG-1, ORG-4, ORG-8), files that need a person (ORG-5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lmsapp.infra import clock
from lmsapp.outreach.notices.actions import notice_row, write_letters, write_notice
from lmsapp.outreach.notices.recipient import Recipient, recipient_for
from lmsapp.outreach.notices.staff import tell_each
from lmsapp.people.accounts.events import EmailChangeAsked, EmailChanged, UserInvited, UsersInvited
from lmsapp.people.accounts.models import User
from lmsapp.people.accounts.queries import holders_of, user_with
from lmsapp.people.employees.events import OwnMobileChanged
from lmsapp.people.roles import Role
from lmsapp.people.roster.events import RosterMissing, RosterWaits

TEMPLATES = {"invitation": "invitation", "reset": "password_reset"}


def write_letters_with_links(event: UsersInvited) -> None:
    """One letter for each link made; asking again makes another link, so another letter."""
    write_letters([_row(invitation) for invitation in event.invitations])


def write_to_new_address(event: EmailChangeAsked) -> None:
    """The link to confirm it; who has the address already is told instead, and not by whom."""
    if event.owner is None:
        to, template, link = replace(recipient_for(event.user), address=event.email), "email_confirm", event.url_path
    else:
        to, template, link = recipient_for(event.owner), "email_in_use", "/account"
    _write(event.owner or event.user, to, template, f"email/link/{event.link_id}/email", link, email=event.email)


def tell_old_address(event: EmailChanged) -> None:
    """Whoever reads the old mailbox learns that it signs nobody in any more."""
    to = replace(recipient_for(event.user), address=event.old)
    key = f"email-changed/{event.user.id}/{clock.now().isoformat()}/email"
    _write(event.user, to, "email_changed", key, "/account", email=event.user.email, old=event.old)


def tell_of_new_mobile(event: OwnMobileChanged) -> None:
    """To the address the employee signs in with; without the number, since letters are read over shoulders."""
    user = user_with(event.employee.user_id)
    if user is not None:
        to = recipient_for(user, employee_id=event.employee.id, zone=event.employee.time_zone)
        _write(user, to, "mobile_changed", f"mobile/{user.id}/{clock.now().isoformat()}/email", "/account")


def _write(user: User, to: Recipient, template: str, key: str, link: str, **values: Any) -> None:
    about = ("user", user.id)
    write_notice(key=key, channel="email", template=template, to=to, values=values, link=link, about=about)


def tell_hr_roster_waits(event: RosterWaits) -> None:
    """Everybody who keeps HR's records hears, by letter and in the product, that a file was not applied and why."""
    run = event.run
    values = {"file": run.file_name, "why": run.error or "", "values": run.error_values}
    _tell_hr(f"roster/{run.id}/waits", "roster_waits", values, f"/hr/roster/{run.id}", ("roster_run", run.id))


def tell_hr_roster_missing(event: RosterMissing) -> None:
    """Once a day, however often it is noticed."""
    values = {"day": event.day, "hour": event.hour}
    _tell_hr(f"roster/missing/{event.day}", "roster_missing", values, "/hr/roster", None)


def _tell_hr(key: str, template: str, values: dict[str, Any], link: str, about: tuple[str, int] | None) -> None:
    tell_each(holders_of(Role.HR_MANAGER), template, key, values, link, about=about)


def _row(invitation: UserInvited) -> dict[str, Any]:
    user = invitation.user
    return notice_row(
        key=f"{invitation.purpose}/link/{invitation.link_id}/email",
        channel="email",
        template=TEMPLATES[invitation.purpose],
        to=recipient_for(user),
        values={"email": user.email, "expires_at": invitation.expires_at},
        link=invitation.url_path,
        about=("user", user.id),
    )
