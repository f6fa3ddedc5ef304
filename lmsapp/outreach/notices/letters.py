"""Letters about accounts: the invitation, and the link to set a new password (ORG-1, ORG-4)."""

from __future__ import annotations

from typing import Any

from lmsapp.outreach.notices.actions import notice_row, write_letters
from lmsapp.outreach.notices.recipient import recipient_for
from lmsapp.people.accounts.events import UserInvited, UsersInvited

TEMPLATES = {"invitation": "invitation", "reset": "password_reset"}


def write_letters_with_links(event: UsersInvited) -> None:
    """One letter for each link made; asking again makes another link, so another letter."""
    write_letters([_row(invitation) for invitation in event.invitations])


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
