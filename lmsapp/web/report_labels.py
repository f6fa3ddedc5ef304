"""What statuses in reports are called: the organisation's words, and those that are no status of a course (CRS-7)."""

from __future__ import annotations

from flask_babel import gettext as _

from lmsapp.insight.overdue import NOBODY
from lmsapp.insight.reports.catalogue import STATUSES
from lmsapp.web.gonogo.words import STATES
from lmsapp.web.labels import sheet_words
from lmsapp.web.notice_words import NOTICE_STATUSES


def report_labels(family: str) -> tuple[dict[str, str], dict[int, dict[str, str]]]:
    """The words of a family of statuses that `Report.statuses` names, as `Asking.labels` takes them."""
    words = sheet_words(STATUSES[family])
    return words.general | _own(family), words.by_course


def _own(family: str) -> dict[str, str]:
    """What no status of a course says."""
    if family == "go-no-go":
        return {name: str(label) for name, (_tone, label) in STATES.items()}
    if family == "overdue":
        return {name: str(label) for name, (_look, label) in NOTICE_STATUSES.items()} | {NOBODY: _(NOBODY)}
    return {}
