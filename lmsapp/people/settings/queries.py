"""What holds at present."""

from __future__ import annotations

from sqlalchemy import select

from lmsapp.infra.db import db, remembered
from lmsapp.people.settings.models import SettingValue
from lmsapp.people.settings.rules import SETTINGS, Value

CHOSEN = select(SettingValue.name, SettingValue.value)


def settings() -> dict[str, Value]:
    """Every setting by name, in one statement."""
    chosen = kept_values()
    return {name: chosen.get(name, setting.default) for name, setting in SETTINGS.items()}


def setting(name: str) -> int:
    """One of them; a switch is 1 or 0. Raises LookupError for a name that is none."""
    default = SETTINGS[name].default
    chosen = db.session.scalar(select(SettingValue.value).where(SettingValue.name == name))
    return int(default if chosen is None else chosen)


def kept_values() -> dict[str, Value]:
    """By name, what somebody set; among them rows that are no settings. Within `one_transaction` read once."""
    return remembered("settings", lambda: {row.name: row.value for row in db.session.execute(CHOSEN)})
