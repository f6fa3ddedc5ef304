"""What happened last to an assignment, in words (DSH-2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from flask import g
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from lmsapp.assignments.acts.rules import Came, Result
from lmsapp.infra import clock
from lmsapp.web.dates import day

STALLED = dt.timedelta(hours=48)


class Last(NamedTuple):
    """`did`: somebody acted today, shown with a tick. `bad`: something was refused."""

    text: str
    did: bool = False
    bad: bool = False


def last_of(one: Came) -> Last:
    """What came of acting on a row."""
    return Last(came_words(one), did=one.result is Result.DONE, bad=one.result is Result.REFUSED)


def came_words(one: Came) -> str:
    """In the reader's language, days and times in their way."""
    return said_words(one.message, one.values)


def said_words(message: str, values: Mapping[str, Any]) -> str:
    """The same of a line that was kept: 'time' is an instant, 'day' a date, also as text."""
    return _(message, **{name: _shown(name, value) for name, value in values.items()}) if values else _(message)


def _shown(name: str, value: Any) -> str:
    if name == "day":
        return day(dt.date.fromisoformat(str(value)))
    if name == "time":
        instant = dt.datetime.fromisoformat(str(value))
        return instant.astimezone(clock.zone(g.viewer.zone)).strftime("%H:%M")
    return str(value)


@lru_cache(maxsize=64)
def row_words(locale: str) -> dict[str, str]:
    """What every row of the table says, looked up once for each language: 25 rows ask for it 300 times."""
    del locale  # the current one, which the cache keeps apart
    return {
        "select": _("Select %(person)s, %(course)s"),
        "progress": _("%(name)s, progress"),
        "actions": _("Actions for %(name)s"),
        "remind": _("Remind"),
        "extend": _("Extend due date"),
        "why": _("Why not complete?"),
        "all": _("All training of %(name)s"),
        "Completed": _("Completed %(when)s"),
        "Closed": _("Closed %(when)s"),
        "Reminded": _("Reminded %(when)s"),
        "Assigned": _("Assigned %(when)s"),
        "Opened": _("Opened %(when)s"),
        "today": _("today %(time)s"),
        "yesterday": _("yesterday"),
    }


def last_happened(row: Any, now: dt.datetime, zone: str) -> Last:
    """From the newest fact of the row; times in the reader's zone."""
    words, today = row_words(str(get_locale())), now.astimezone(clock.zone(zone)).date()

    def said(what: str, instant: dt.datetime) -> Last:
        return Last(words[what] % {"when": _when(instant, today, zone, words)})

    if row.completed_at:
        return said("Completed", row.completed_at)
    if row.closed_at:
        return said("Closed", row.closed_at)
    active, reminded = row.last_active_at, row.reminded_at
    if reminded and (active is None or reminded >= active):
        local = reminded.astimezone(clock.zone(zone))
        if local.date() == today:
            return Last(words["Reminded"] % {"when": local.strftime("%H:%M")}, did=True)
        return said("Reminded", reminded)
    if active is None:
        return said("Assigned", row.assigned_at)
    if now - active > STALLED:
        days = (today - active.astimezone(clock.zone(zone)).date()).days
        return Last(ngettext("Stalled for %(num)s day", "Stalled for %(num)s days", days))
    return said("Opened", active)


def _when(instant: dt.datetime, today: dt.date, zone: str, words: dict[str, str]) -> str:
    local = instant.astimezone(clock.zone(zone))
    if local.date() == today:
        return words["today"] % {"time": local.strftime("%H:%M")}
    return words["yesterday"] if (today - local.date()).days == 1 else day(local.date())
