"""Letters about accounts and rosters: links to sign in (ORG-1, ORG-4), and files that need a person (ORG-5)."""

from __future__ import annotations

from typing import Any

from lmsapp.outreach.notices.actions import notice_row, write_letters
from lmsapp.outreach.notices.recipient import recipient_for
from lmsapp.people.accounts.events import UserInvited, UsersInvited
from lmsapp.people.accounts.queries import holders_of
from lmsapp.people.roles import Role
from lmsapp.people.roster.events import RosterMissing, RosterWaits

TEMPLATES = {"invitation": "invitation", "reset": "password_reset"}


def write_letters_with_links(event: UsersInvited) -> None:
    """One letter for each link made; asking again makes another link, so another letter."""
    write_letters([_row(invitation) for invitation in event.invitations])


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
    write_letters(
        [
            notice_row(
                key=f"{key}/{user.id}/{channel}",
                channel=channel,
                template=template,
                to=recipient_for(user),
                values=values,
                link=link,
                about=about,
            )
            for user in holders_of(Role.HR_MANAGER)
            for channel in ("email", "in_app")
        ]
    )


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
