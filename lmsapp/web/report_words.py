"""Reports in words: kinds of file, states, whose rows, when a schedule has its turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from babel.dates import get_day_names
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __

from lmsapp.insight.reports.reach import Reach
from lmsapp.insight.reports.runs.rules import Form, RunState
from lmsapp.insight.reports.schedules.rules import LAST_DAY, Every, Readers, Timing
from lmsapp.insight.reports.windows import WORDS as WINDOWS
from lmsapp.insight.reports.windows import Window
from lmsapp.web.dates import hour

FORMS: dict[str, str] = {Form.CSV.value: "CSV", Form.XLSX.value: "XLSX", Form.PDF.value: "PDF"}
STATES: dict[str, tuple[str, Any]] = {
    RunState.WAITING.value: ("waiting", __("Waiting")),
    RunState.RUNNING.value: ("In Progress", __("Being made")),
    RunState.READY.value: ("passed", __("Ready")),
    RunState.FAILED.value: ("failed", __("Failed")),
    RunState.CANCELLED.value: ("archived", __("Called off")),
    RunState.SKIPPED.value: ("archived", __("Not sent")),
}
REACHES: dict[str, Any] = {
    Reach.EVERYBODY.value: __("Everybody"),
    Reach.BOTH.value: __("Their line, and the departments they head with those below"),
    Reach.LINE.value: __("Their line"),
    Reach.DEPARTMENTS.value: __("The departments they head, with those below"),
}
READERS: dict[str, Any] = {
    Readers.HEADS.value: __("Department heads: each their departments"),
    Readers.MANAGERS.value: __("Line managers: each their own line"),
    Readers.HR.value: __("HR managers"),
    Readers.AUDITORS.value: __("Auditors"),
    Readers.MODERATORS.value: __("Moderators"),
    Readers.SYSTEM.value: __("System managers"),
}
SHORT_READERS: dict[str, Any] = {
    **READERS,
    Readers.HEADS.value: __("Department heads"),
    Readers.MANAGERS.value: __("Line managers"),
}


def weekdays() -> list[str]:
    """Monday first."""
    names: Mapping[int, str] = get_day_names("wide", locale=str(get_locale() or "en"))
    return [names[day] for day in range(7)]


def when_words(timing: Timing) -> str:
    """'Every Monday at 07:00'."""
    at = hour(timing.hour)
    if timing.every is Every.WEEK:
        said = _("Every %(day)s at %(hour)s", day=weekdays()[timing.weekday], hour=at)
    elif timing.month_day == LAST_DAY:
        said = _("On the last day of each month at %(hour)s", hour=at)
    else:
        said = _("On day %(day)s of each month at %(hour)s", day=timing.month_day, hour=at)
    return said + (_(", or the next working day") if timing.working_days else "")


def days_words(days: str) -> str:
    """What is filled in each time; '' for nothing."""
    window = Window(days)
    return _(WINDOWS[window]) if window is not Window.NONE else ""


def readers_words(readers: Sequence[str], names: Sequence[str]) -> str:
    """'Department heads, Hana Novák and 2 more'."""
    said = [str(SHORT_READERS[one]) for one in readers if one in SHORT_READERS] + list(names[:3])
    more = len(names) - 3
    if more > 0:
        said.append(ngettext("%(num)s more", "%(num)s more", more))
    return ", ".join(said)
