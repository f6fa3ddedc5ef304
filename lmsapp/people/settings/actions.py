"""Deciding otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.dialects.postgresql import insert

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, NotAllowed
from lmsapp.people.roles import May
from lmsapp.people.settings.events import SettingsChanged
from lmsapp.people.settings.models import SettingValue
from lmsapp.people.settings.queries import settings
from lmsapp.people.settings.rules import checked
from lmsapp.people.viewer import Viewer


def change_settings(wanted: Mapping[str, object], by: Viewer | None, reason: str = "") -> None:
    """Set what differs, all or nothing. Raises RuleBroken, NotAllowed; LookupError for a name that is no setting."""
    if by is not None and not by.may(May.CONFIGURE):
        raise NotAllowed(N_("Only system managers change settings."))
    present = settings()
    after = {name: value for name in wanted if (value := checked(name, wanted[name])) != present[name]}
    if not after:
        return
    rows = [{"name": name, "value": value, "changed_at": clock.now()} for name, value in after.items()]
    statement = insert(SettingValue)
    fresh = {"value": statement.excluded.value, "changed_at": statement.excluded.changed_at}
    db.session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=fresh), rows)
    emit(SettingsChanged({name: present[name] for name in after}, after, by, reason.strip()))
