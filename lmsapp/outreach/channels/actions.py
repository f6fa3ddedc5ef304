"""Setting channels up, switching them, and noting how a test went. What is secret goes in sealed and never out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, exists, select, update

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.secrets import seal, unseal
from lmsapp.infra.words import N_, NotAllowed, RuleBroken, cleaned_words
from lmsapp.outreach.channels.models import Channel, ChannelTrouble
from lmsapp.outreach.channels.rules import Kind, checked
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.changes import Changed
from lmsapp.people.employees.models import Department
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

LONGEST_NAME = 80
KEY_FORGOTTEN = N_("The channel was changed before its answer came; nobody knows whether this message arrived.")
# Of the settings, what the trail keeps: where to, how, and by what promises; never a password, nor the fields, since
# people write those into them.
TOLD = ("url", "host", "service", "method", "form", "auth", "user", "key_header", "honours_keys", "inside", "country")


def add_channel(
    kind: Kind, name: str, config: Mapping[str, Any], secret: str, department_id: int | None, by: Viewer
) -> Channel:
    """A new one, switched off. Raises RuleBroken with the field that is wrong, NotAllowed."""
    _check(by)
    channel = Channel(kind=kind.value, enabled=False, config={}, secret="", name="")
    _set(channel, name, config, secret, department_id)
    db.session.add(channel)
    db.session.flush()
    emit(Changed("channel added", _subject(channel), by, {}, _told(channel) | _secret_told(secret)))
    return channel


def edit_channel(
    channel: Channel, name: str, config: Mapping[str, Any], secret: str, department_id: int | None, by: Viewer
) -> None:
    """Other settings; `secret` '' keeps the one there is. Its trouble is forgotten: the next message tries at once."""
    _check(by)
    before, where = _told(channel), channel.config.get("url")
    _set(channel, name, config, secret, department_id)
    if channel.config.get("url") != where:
        _forget_keys(channel)
    after = _told(channel) | _secret_told(secret)
    if after != before:
        emit(Changed("channel changed", _subject(channel), by, before, after))
    _all_well(channel)


def switch_channel(channel: Channel, on: bool, by: Viewer) -> None:
    """On or off. What is queued for it meanwhile is not sent and says so, or goes by another that serves the person."""
    _check(by)
    if channel.enabled == on:
        return
    channel.enabled = on
    _all_well(channel)
    emit(Changed("switched on" if on else "switched off", _subject(channel), by, {"on": not on}, {"on": on}))


def remove_channel(channel: Channel, by: Viewer) -> None:
    """One that nothing was ever sent by. Raises RuleBroken: others are switched off, so that records name them."""
    _check(by)
    if db.session.scalar(select(exists().where(Notice.channel_id == channel.id))):
        raise RuleBroken(N_("Messages were sent by this channel, and their records name it. Switch it off instead."))
    _all_well(channel)
    emit(Changed("channel removed", _subject(channel), by, _told(channel), {}))
    db.session.delete(channel)


def note_test(channel: Channel | None, error: str | None, by: Viewer) -> None:
    """How a test went; None: well. `channel` None: of e-mail."""
    _check(by)
    if channel is not None:
        channel.tested_at, channel.error = clock.now(), error or ""
    if error is None:
        _all_well(channel)
    subject = ("channel", 0) if channel is None else _subject(channel)
    emit(Changed("channel tested", subject, by, {}, {"result": error or "sent"}))


def _set(channel: Channel, name: str, config: Mapping[str, Any], secret: str, department_id: int | None) -> None:
    kind, secret = Kind(channel.kind), secret.strip()
    channel.name = _free_name(channel, name)
    if department_id is not None and db.session.get(Department, department_id) is None:
        raise RuleBroken(N_("Choose a department of the list."), field="department_id")
    channel.department_id = department_id
    if kind == Kind.SMS:
        _check_same_host(channel, str(config.get("url", "")), secret)
        channel.config = checked(kind, config, secret, bool(channel.secret))
    else:  # the address itself is the secret, and is looked at again under the other settings
        channel.config = checked(kind, config, secret or unseal(channel.secret), bool(channel.secret))
    if secret:
        channel.secret = seal(secret)


def _free_name(channel: Channel, name: str) -> str:
    name = " ".join(cleaned_words(name, LONGEST_NAME, "name").split())
    if not name:
        raise RuleBroken(N_("Give it a name by which staff know it."), field="name")
    with db.session.no_autoflush:
        taken = select(Channel.id).where(Channel.name == name, Channel.id != (channel.id or 0))
        if db.session.scalar(taken) is not None:
            raise RuleBroken(N_("Another channel has this name."), field="name")
    return name


def _check_same_host(channel: Channel, url: str, secret: str) -> None:
    """A stored password goes to nobody it was not entered for."""
    known = _host(str(channel.config.get("url", "")))
    if channel.secret and not secret and _host(url) != known:
        raise RuleBroken(N_("The address is another machine's. Enter the password or token for it."), field="secret")


def _host(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return "", ""
    return parts.scheme, parts.netloc.lower()


def _forget_keys(channel: Channel) -> None:
    """Whoever answers at another address knows no keys: what may have been taken there is left to a person."""
    lost = update(Notice).where(
        Notice.channel_id == channel.id, Notice.status == "queued", Notice.message_id.is_not(None)
    )
    db.session.execute(lost.values(status="unknown", error=KEY_FORGOTTEN))


def _all_well(channel: Channel | None) -> None:
    """Its trouble is forgotten, and what waits for it is tried at once."""
    way = "email" if channel is None else f"channel/{channel.id}"
    gone = db.session.scalar(delete(ChannelTrouble).where(ChannelTrouble.way == way).returning(ChannelTrouble.way))
    if gone is None:
        return
    its = Notice.channel == "email" if channel is None else Notice.channel_id == channel.id
    waiting = (its, Notice.status == "queued", Notice.error.is_not(None), Notice.next_try_at > clock.now())
    db.session.execute(update(Notice).where(*waiting).values(next_try_at=clock.now()))


def _subject(channel: Channel) -> tuple[str, int]:
    return ("channel", channel.id)


def _told(channel: Channel) -> dict[str, Any]:
    named = {"name": channel.name, "channel": channel.kind, "department_id": channel.department_id}
    return named | {name: channel.config[name] for name in TOLD if channel.config.get(name) not in (None, "", False)}


def _secret_told(secret: str) -> dict[str, str]:
    return {"secret": "entered"} if secret.strip() else {}


def _check(by: Viewer) -> None:
    if not by.may(May.CONFIGURE):
        raise NotAllowed(N_("Only system managers set channels up."))
