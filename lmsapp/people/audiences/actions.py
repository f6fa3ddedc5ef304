"""Writing and changing audiences. Who belongs follows by `settling`; whoever calls these sees to it (CRS-5)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from lmsapp.infra import clock
from lmsapp.infra.db import db, one_or_none
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.people.audiences.models import Audience
from lmsapp.people.audiences.rules import AudienceRule, clean_name
from lmsapp.people.audiences.settling import lock_rules
from lmsapp.people.changes import Changed
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

KIND = "audience"


def write_audience(name: str, rule: AudienceRule, by: Viewer | None) -> Audience:
    """A new one; nobody belongs to it before it is settled. Raises RuleBroken for a taken name or a rule of nobody."""
    _only_moderators(by)
    rule.check()
    name = _free_name(name)
    audience = Audience(name=name, rule=rule.as_json(), created_by_id=by.user_id if by else None)
    db.session.add(audience)
    db.session.flush()
    emit(Changed("audience created", (KIND, audience.id), by, after={"name": name, **audience.rule}))
    return audience


def rewrite_audience(audience: Audience, name: str, rule: AudienceRule, by: Viewer | None) -> bool:
    """Another name or rule; whether the rule differs, so that it is to be settled. Raises RuleBroken."""
    _only_moderators(by)
    rule.check()
    _lock(audience)
    name = _free_name(name, beside=audience.id)
    before, after = {"name": audience.name, **audience.rule}, {"name": name, **rule.as_json()}
    if before == after:
        return False
    differs = audience.rule != rule.as_json()
    audience.name, audience.rule = name, rule.as_json()
    db.session.flush()
    emit(Changed("audience changed", (KIND, audience.id), by, before, after))
    return differs


def archive_audience(audience: Audience, by: Viewer | None, reason: str = "") -> None:
    """Not used any more: whoever belongs to it leaves it, its history stays."""
    _only_moderators(by)
    _lock(audience)
    audience.archived_at = clock.now()
    db.session.flush()
    emit(Changed("audience archived", (KIND, audience.id), by, {"name": audience.name}, {}, reason))


def follow_audience(audience: Audience, rule: dict[str, Any], by: Viewer | None) -> None:
    """The organisation renamed a word or merged departments; `rule` is as stored."""
    before, audience.rule = audience.rule, rule
    emit(Changed("audience changed", (KIND, audience.id), by, before, rule))


def _lock(audience: Audience) -> None:
    lock_rules()
    db.session.refresh(audience)
    if audience.archived_at is not None:
        raise RuleBroken(N_("This audience is archived."))


def _free_name(name: str, beside: int | None = None) -> str:
    name = clean_name(name)
    if beside is None:
        lock_rules()
    same = select(Audience).where(func.lower(Audience.name) == name.lower(), Audience.archived_at.is_(None))
    there = one_or_none(same)
    if there is not None and there.id != beside:
        raise RuleBroken(N_("There is an audience of that name already."), field="name", link=(KIND, there.id))
    return name


def _only_moderators(by: Viewer | None) -> None:
    if by is not None and not by.may(May.MODERATE):
        raise NotAllowed(N_("Only moderators decide who belongs to an audience."))
