"""Which channel serves whom, and how each is doing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, literal, select
from sqlalchemy.orm import aliased

from lmsapp.infra.db import db
from lmsapp.infra.words import N_, NotAllowed
from lmsapp.outreach.channels.models import Channel, ChannelTrouble
from lmsapp.outreach.channels.rules import BY_MAIL, DOWN_AFTER, Way
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

GENERAL = 1000  # further up than any department


def way_for(kind: str, employee_id: int | None) -> Way | None:
    """The channel that is switched on for the person's department, else for the nearest above it, else the general one.

    One statement. None: nothing of that kind is set up or on.
    """
    if kind == "email":
        return BY_MAIL
    own = select(Employee.department_id.label("id"), literal(0, Integer).label("up"))
    line = own.where(Employee.id == employee_id).cte("line", recursive=True)
    above = aliased(Department)
    line = line.union_all(select(above.parent_id, line.c.up + 1).join(above, above.id == line.c.id))
    nearest = (
        select(Channel, line.c.up)
        .outerjoin(line, line.c.id == Channel.department_id)
        .where(Channel.kind == kind, Channel.enabled)
        .where(Channel.department_id.is_(None) | line.c.up.is_not(None))
        .order_by(line.c.up.nulls_last(), Channel.id)
        .limit(1)
    )
    found = db.session.scalars(nearest).first()
    return _way(found) if found is not None else None


def way_by_id(channel_id: int) -> Way | None:
    """The channel of that id, while it is switched on: a message is sent again only by the one that knows its key."""
    found = db.session.scalar(select(Channel).where(Channel.id == channel_id, Channel.enabled))
    return _way(found) if found is not None else None


def honours_keys(channel_id: int | None) -> bool:
    """Whether the channel knows second copies; on or off."""
    found = db.session.get(Channel, channel_id) if channel_id is not None else None
    return found is not None and _way(found).honours_keys


def _way(channel: Channel) -> Way:
    return Way(channel.id, channel.kind, dict(channel.config), channel.secret)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A way that fails. `down`: so often in a row that its messages wait until `wait_until`."""

    failures: int
    failing_since: dt.datetime
    wait_until: dt.datetime
    error: str

    @property
    def down(self) -> bool:
        return self.failures >= DOWN_AFTER


def troubles() -> dict[str, Trouble]:
    """By way ('email', 'channel/3'): what fails at present."""
    rows = db.session.scalars(select(ChannelTrouble).where(ChannelTrouble.failures > 0))
    return {row.way: Trouble(row.failures, row.failing_since, row.wait_until, row.error) for row in rows}


def channels(viewer: Viewer) -> Sequence[Any]:
    """All of them by kind and name: id, kind, name, enabled, config, has_secret, department_id, department, tested_at,
    error. Raises NotAllowed: system managers only."""
    _check(viewer)
    return db.session.execute(_columns().order_by(Channel.kind, Channel.name)).all()


def channel_row(viewer: Viewer, channel_id: int) -> Any:
    """One of them, or None. Raises NotAllowed as `channels`."""
    _check(viewer)
    return db.session.execute(_columns().where(Channel.id == channel_id)).one_or_none()


def channel_of(viewer: Viewer, channel_id: int) -> Channel | None:
    """The object, to change. Raises NotAllowed as `channels`."""
    _check(viewer)
    return db.session.get(Channel, channel_id)


def way_to_test(viewer: Viewer, channel_id: int) -> Way | None:
    """The channel as it stands, on or off."""
    found = channel_of(viewer, channel_id)
    return _way(found) if found is not None else None


def _columns() -> Any:
    secret = (Channel.secret != "").label("has_secret")
    return select(
        Channel.id, Channel.kind, Channel.name, Channel.enabled, Channel.config, secret, Channel.department_id,
        Department.name.label("department"), Channel.tested_at, Channel.error,
    ).outerjoin(Department, Department.id == Channel.department_id)  # fmt: skip


def _check(viewer: Viewer) -> None:
    if not viewer.may(May.CONFIGURE):
        raise NotAllowed(N_("Only system managers see how messages leave the house."))
