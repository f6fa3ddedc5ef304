"""What holds at present."""

from __future__ import annotations

from sqlalchemy import select

from lmsapp.infra.db import db
from lmsapp.people.settings.models import SettingValue
from lmsapp.people.settings.rules import SETTINGS, Value


def settings() -> dict[str, Value]:
    """Every setting by name, in one statement."""
    chosen = {row.name: row.value for row in db.session.execute(select(SettingValue.name, SettingValue.value))}
    return {name: chosen.get(name, setting.default) for name, setting in SETTINGS.items()}


def setting(name: str) -> int:
    """One of them; a switch is 1 or 0. Raises LookupError for a name that is none."""
    default = SETTINGS[name].default
    chosen = db.session.scalar(select(SettingValue.value).where(SettingValue.name == name))
    return int(default if chosen is None else chosen)
