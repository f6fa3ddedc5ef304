"""What is chosen at present, from memory while its version holds."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import select

from lmsapp.infra.db import db
from lmsapp.people.labels.models import StatusLabel
from lmsapp.people.labels.rules import Labels, Scope, Word
from lmsapp.people.settings.models import SettingValue

VERSION = "status_words_version"  # a row among the settings, so that loading a viewer reads it along with the others
STANDARD = Labels()


def labels_of(version: str) -> Labels:
    """What was chosen in that version; '' is the one in which nothing ever was."""
    return _kept(str(db.engine.engine.url), version) if version else STANDARD


def labels_now() -> Labels:
    """Where no viewer has read the version: letters, PDFs, jobs. One statement, two when the version is new."""
    return labels_of(db.session.scalar(select(SettingValue.value).where(SettingValue.name == VERSION)) or "")


@lru_cache(maxsize=16)
def _kept(_database: str, _version: str) -> Labels:
    return read_labels()


def read_labels() -> Labels:
    """From the rows."""
    chosen: dict[Scope, dict[Word, str]] = {}
    for row in db.session.execute(
        select(
            StatusLabel.scope_kind, StatusLabel.scope_id, StatusLabel.language, StatusLabel.status, StatusLabel.label
        )
    ):
        chosen.setdefault(Scope(row[0], row[1]), {})[row[2], row[3]] = row[4]
    return Labels(chosen)
