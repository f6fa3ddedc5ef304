"""Putting a message into one's own words, and going back. Earlier words are never lost (REM-2, REM-7)."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.outreach.texts.kinds import CHANNELS, KINDS, LANGUAGES
from lmsapp.outreach.texts.models import MessageText
from lmsapp.outreach.texts.queries import VERSION, Place, forget_version
from lmsapp.outreach.texts.rules import Words, checked
from lmsapp.people.changes import Changed
from lmsapp.people.roles import May
from lmsapp.people.settings.models import SettingValue
from lmsapp.people.viewer import Viewer

MEANWHILE = N_("Somebody has changed this text meanwhile. Read what holds now, and save again what should hold.")


def save_text(
    place: Place, words: Words, *, by: Viewer, seen: int, subject_field: str = "subject", field: str = "body"
) -> MessageText | None:
    """The words hold from now on. `seen`: id of the text that held when they were written, 0 for the shipped one.

    None when they hold already. Raises RuleBroken, NotAllowed.
    """
    _check_place(place, by)
    words = checked(KINDS[place[0]], place[2], words, subject_field=subject_field, field=field)
    held = _held(place)
    if held is not None and (held.subject, held.body) == (words.subject, words.body):
        return None
    _check_seen(held, seen)
    _replace(held, by)
    template, moment, channel, language = place
    statement = insert(MessageText).values(
        template=template, moment=moment, channel=channel, language=language, subject=words.subject, body=words.body,
        changed_at=clock.now(), changed_by_name=by.name,
    )  # fmt: skip
    made = db.session.scalars(statement.on_conflict_do_nothing().returning(MessageText)).one_or_none()
    if made is None:  # two saved the first text of a place in the same moment
        raise RuleBroken(MEANWHILE)
    _tell("text changed", made, by, held, made)
    return made


def go_back_to_shipped(place: Place, *, by: Viewer, seen: int) -> None:
    """The words the product ships with hold again. Raises RuleBroken, NotAllowed."""
    _check_place(place, by)
    held = _held(place)
    if held is None:
        raise RuleBroken(N_("These are the words it ships with already."))
    _check_seen(held, seen)
    _replace(held, by)
    _tell("shipped text taken back", held, by, held, None)


def bring_back(text_id: int, *, by: Viewer) -> MessageText:
    """An earlier text holds again, as a new one. Raises RuleBroken, NotAllowed; LookupError for an id that is none."""
    earlier = db.session.get(MessageText, text_id)
    if earlier is None:
        raise LookupError(text_id)
    place = (earlier.template, earlier.moment, earlier.channel, earlier.language)
    held = _held(place)
    made = save_text(place, Words(earlier.subject, earlier.body), by=by, seen=held.id if held else 0)
    if made is None:
        raise RuleBroken(N_("These words hold already."))
    return made


def _check_place(place: Place, by: Viewer) -> None:
    template, moment, channel, language = place
    if not by.may(May.MODERATE):
        raise NotAllowed(N_("Only moderators change message texts."))
    kind = KINDS.get(template)
    if kind is None or (moment and moment not in kind.moments) or channel not in CHANNELS or language not in LANGUAGES:
        raise RuleBroken(N_("There is no such message."))


def _held(place: Place) -> MessageText | None:
    template, moment, channel, language = place
    return db.session.scalars(
        select(MessageText)
        .where(
            MessageText.template == template, MessageText.moment == moment, MessageText.channel == channel,
            MessageText.language == language, MessageText.replaced_at.is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()  # fmt: skip


def _check_seen(held: MessageText | None, seen: int) -> None:
    if (held.id if held else 0) != seen:
        raise RuleBroken(MEANWHILE)


def _replace(held: MessageText | None, by: Viewer) -> None:
    if held is not None:
        held.replaced_at, held.replaced_by_name = clock.now(), by.name
        db.session.flush()


def _tell(action: str, subject: MessageText, by: Viewer, before: MessageText | None, after: MessageText | None) -> None:
    fresh = {"value": uuid.uuid4().hex, "changed_at": clock.now()}
    statement = insert(SettingValue).values(name=VERSION, **fresh)
    db.session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=fresh))
    forget_version()
    where = {"message": subject.template, "channel": subject.channel, "language": subject.language}
    where |= {"moment": subject.moment} if subject.moment else {}
    emit(Changed(action, ("message_text", subject.id), by, where | _words(before), where | _words(after)))


def _words(one: MessageText | None) -> dict[str, str]:
    return {"subject": one.subject, "text": one.body} if one is not None else {"text": N_("as shipped")}
