"""What others may hear of accounts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from lmsapp.infra.events import Event
from lmsapp.people.accounts.models import User
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class UserInvited:
    """A single-use link was made. `url_path` is the local path that uses it; `purpose` 'invitation' or 'reset'."""

    user: User
    url_path: str
    purpose: str
    link_id: int
    expires_at: dt.datetime


@dataclass(frozen=True, slots=True)
class UsersInvited(Event):
    """Links were made, one or, by a roster, thousands."""

    invitations: tuple[UserInvited, ...]


@dataclass(frozen=True, slots=True)
class EmailChangeAsked(Event):
    """The user wants to sign in with `email`. `owner` has that address already; else `url_path` confirms it."""

    user: User
    email: str
    url_path: str
    link_id: int
    owner: User | None = None


@dataclass(frozen=True, slots=True)
class EmailChanged(Event):
    """The user signs in with another address; `old` is the one before."""

    user: User
    old: str


@dataclass(frozen=True, slots=True)
class AccountChanged(Event):
    """Something an audit trail must name: `action` in words ('give role'), what it was and what it is."""

    user: User
    action: str
    by: Viewer | None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
