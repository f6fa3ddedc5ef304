"""Settings: typed, bounded, on the trail (EVD-3)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.people.settings.actions import change_settings
from lmsapp.people.settings.queries import setting, settings
from lmsapp.people.settings.rules import SETTINGS
from tests.cast import make_cast


def test_a_setting_holds_at_once_and_stands_on_the_trail() -> None:
    """EVD-3: who, before, after, why; what did not change leaves no line."""
    cast = make_cast()
    assert setting("leaver_guard_percent") == SETTINGS["leaver_guard_percent"].default
    change_settings({"leaver_guard_percent": 25, "session_hours": 12}, cast.sam.viewer, "Seasonal crews")
    change_settings({"leaver_guard_percent": 25}, cast.sam.viewer)
    assert (setting("leaver_guard_percent"), settings()["session_hours"]) == (25, 12)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "settings changed")).one()
    assert (entry.before, entry.after) == ({"leaver_guard_percent": 10}, {"leaver_guard_percent": 25})
    assert (entry.actor_name, entry.reason) == ("Sam Whitaker", "Seasonal crews")


def test_a_setting_stays_within_its_bounds() -> None:
    """SEC-6: words for what it may be; nothing is changed, and only system managers decide."""
    cast = make_cast()
    for wanted in (101, -1, "ten", True, None):
        with pytest.raises(RuleBroken, match="from 0 to 100"):
            change_settings({"leaver_guard_percent": wanted, "session_hours": 5}, cast.sam.viewer)
    with pytest.raises(LookupError):
        change_settings({"no_such": 1}, cast.sam.viewer)
    with pytest.raises(NotAllowed):
        change_settings({"session_hours": 5}, cast.hana.viewer)
    assert settings() == {name: one.default for name, one in SETTINGS.items()}
