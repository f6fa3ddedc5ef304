"""Lists of documents: each with its title, its status, and where it is opened in the wing that shows it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from flask import g, url_for
from flask_babel import gettext as _

from lmsapp.compliance.documents.reading import DocumentRow
from lmsapp.compliance.documents.rules import standing
from lmsapp.infra import clock
from lmsapp.infra.looking import can_show

ICONS = {"certificate": "award", "quiz_report": "file", "signature": "signature"}


@dataclass(frozen=True, slots=True)
class Shown:
    """`view`: where it is looked at, else where it is downloaded; None while the scanner stands in the way."""

    row: DocumentRow
    title: str
    status: str
    icon: str
    view: str | None
    file: str | None
    scan: str


def shown(wing: str, rows: Sequence[DocumentRow], zone: str) -> list[Shown]:
    """As the lists of the wing show them."""
    today = clock.today(zone)
    return [_one(wing, row, today) for row in rows]


def title_of(row: DocumentRow) -> str:
    """A certificate and a quiz report of one course bear its title; the kind tells them apart."""
    if row.source == "certificate":
        return _("%(title)s, certificate", title=row.title)
    return _("%(title)s, quiz report", title=row.title) if row.source == "quiz_report" else row.title


def _one(wing: str, row: DocumentRow, today: dt.date) -> Shown:
    word = standing(row.expires_on, today)
    icon = ICONS.get(row.source, "idcard" if row.expires_on else "file")
    mine = row.filed_by_id is not None and row.filed_by_id == g.viewer.user_id
    held = row.scan == "infected" or (row.scan in ("waiting", "failed") and not mine and wing != "hr")
    file = url_for(f"{wing}.document", document_id=row.id)
    view = url_for(f"{wing}.document_view", document_id=row.id) if can_show(row.media_type) else file
    return Shown(row, title_of(row), word, icon, None if held else view, None if held else file, row.scan or "")
