"""Which words hold, and which held before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from time import monotonic
from typing import Any

from flask import current_app
from sqlalchemy import select

from lmsapp.infra.db import db
from lmsapp.outreach.texts.models import MessageText
from lmsapp.outreach.texts.rules import Words
from lmsapp.people.settings.queries import kept_values

VERSION = "message_texts_version"  # a row among the settings: another one with every change
FRESH_S = 2.0  # so long a process that writes many letters does not ask again
Place = tuple[str, str, str, str]  # template, moment, channel, language
COLUMNS = (
    MessageText.id, MessageText.template, MessageText.moment, MessageText.channel, MessageText.language,
    MessageText.subject, MessageText.body, MessageText.changed_at, MessageText.changed_by_name,
    MessageText.replaced_at, MessageText.replaced_by_name,
)  # fmt: skip


def words_for(template: str, moment: str, channel: str, language: str) -> Words | None:
    """The organisation's own words for a message, or None where those it ships with hold.

    Those for its moment before those for any; in the product what the e-mail says, unless it has words of its own.
    From memory: a batch of letters asks the database once in `FRESH_S`.
    """
    held = _held()
    if not held:
        return None
    for one in (channel, "email") if channel == "in_app" else (channel,):
        for when in dict.fromkeys((moment, "")):
            if found := held.get((template, when, one, language)):
                return found
    return None


def texts_in_force() -> Sequence[Any]:
    """Every text that takes the place of shipped words; a few dozen at most. Columns as the model's."""
    return db.session.execute(
        select(*COLUMNS).where(MessageText.replaced_at.is_(None)).order_by(MessageText.template, MessageText.id)
    ).all()


def text_in_force(place: Place) -> Any:
    """The row of one place, or None."""
    template, moment, channel, language = place
    return db.session.execute(
        select(*COLUMNS).where(
            MessageText.template == template, MessageText.moment == moment, MessageText.channel == channel,
            MessageText.language == language, MessageText.replaced_at.is_(None),
        )
    ).one_or_none()  # fmt: skip


def history_of(template: str, limit: int = 100) -> Sequence[Any]:
    """What a kind of message has said, newest first, the present words included."""
    asked = select(*COLUMNS).where(MessageText.template == template)
    return db.session.execute(asked.order_by(MessageText.changed_at.desc(), MessageText.id.desc()).limit(limit)).all()


def forget_version() -> None:
    """This process asks for the version again."""
    current_app.extensions.pop(VERSION, None)


def _held() -> Mapping[Place, Words]:
    return _kept(str(db.engine.engine.url), _version())


def _version() -> str:
    """Asked again after two seconds; at once in tests, which undo what they wrote."""
    known: tuple[float, str] | None = current_app.extensions.get(VERSION)
    if known is not None and monotonic() - known[0] < FRESH_S and not current_app.testing:
        return known[1]
    version = str(kept_values().get(VERSION) or "")
    current_app.extensions[VERSION] = (monotonic(), version)
    return version


@lru_cache(maxsize=8)
def _kept(_database: str, version: str) -> Mapping[Place, Words]:
    if not version:
        return {}
    return {
        (row.template, row.moment, row.channel, row.language): Words(row.subject, row.body) for row in texts_in_force()
    }
