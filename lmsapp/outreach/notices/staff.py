"""The same message to several of the staff: to each once by every channel, whatever tells it a second time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lmsapp.outreach.notices.actions import notice_row, write_letters
from lmsapp.outreach.notices.recipient import recipient_for
from lmsapp.people.accounts.models import User


def tell_each(
    users: Iterable[User],
    template: str,
    key: str,
    values: Mapping[str, Any],
    link: str,
    *,
    about: tuple[str, int] | None = None,
    channels: Iterable[str] = ("email", "in_app"),
) -> None:
    """`key` is what it stands for, the same for all of them."""
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
            for user in users
            for channel in channels
        ]
    )
