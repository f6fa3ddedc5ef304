"""Calling a status otherwise."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, NotAllowed
from lmsapp.people.labels.events import StatusWordsChanged
from lmsapp.people.labels.models import StatusLabel
from lmsapp.people.labels.queries import VERSION, read_labels
from lmsapp.people.labels.rules import ORGANISATION, Labels, Scope, Words, check_apart, cleaned, scopes_to_check
from lmsapp.people.roles import May
from lmsapp.people.settings.models import SettingValue
from lmsapp.people.viewer import Viewer


def set_labels(scope: Scope, wanted: Words, *, standard: Words, by: Viewer | None, reason: str = "") -> bool:
    """Let `wanted` be all the words of that scope; whether anything changed. Raises RuleBroken, NotAllowed.

    Who may touch a course or a compliance type is known to whoever found it; the organisation's words are checked here.
    `standard`: the standard word of every status in every language.
    """
    if scope == ORGANISATION and by is not None and not by.may(May.CONFIGURE):
        raise NotAllowed(N_("Only system managers change settings."))
    _next_version()  # holds the row: whoever else changes words waits here, and then sees what was chosen
    chosen = dict(read_labels().chosen)
    before, after = chosen.get(scope, {}), cleaned(wanted)
    chosen[scope] = after
    labels = Labels(chosen)
    for one in scopes_to_check(scope, labels):
        check_apart(one, labels, standard)
    if before == after:
        return False
    db.session.execute(
        delete(StatusLabel).where(StatusLabel.scope_kind == scope.kind, StatusLabel.scope_id == scope.id)
    )
    rows = [
        {"scope_kind": scope.kind, "scope_id": scope.id, "language": language, "status": status, "label": label}
        for (language, status), label in after.items()
    ]
    if rows:
        db.session.execute(insert(StatusLabel), rows)
    differing = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    subject = ("settings", 0) if scope == ORGANISATION else (scope.kind, scope.id)
    emit(StatusWordsChanged(subject, _told(before, differing), _told(after, differing), by, reason.strip()))
    return True


def _told(words: Words, keys: list[tuple[str, str]]) -> dict[str, str]:
    return {f"{status} ({language})": words.get((language, status), "") for language, status in sorted(keys)}


def _next_version() -> None:
    """A name nobody had before, so that what is in memory under another is never taken for it."""
    statement = insert(SettingValue).values(name=VERSION, value=uuid4().hex, changed_at=clock.now())
    fresh = {"value": statement.excluded.value, "changed_at": statement.excluded.changed_at}
    db.session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=fresh))
