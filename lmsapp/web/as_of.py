"""'As of' in the address of a report: the day that was asked, what it means, and what is said beside it (EVD-5).

`asked()` reads it; inside `reading()` every query finds the rows as they were at the end of that day, and `now` is its
last instant. What pages show of it is `past_context()`, drawn by `past/_bar.html` and `past/_foot.html`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date
from flask import g, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from lmsapp.infra import clock, site
from lmsapp.infra.past.days import AsOf
from lmsapp.insight.past.queries import count_recorded_later, first_recorded_at, known_since

NAME = "as_of"


@dataclass(frozen=True, slots=True)
class Asked(AsOf):
    """`problem`: why the day that was asked cannot be shown; then it is as of now."""

    problem: str = ""

    def file_name(self, name: str) -> str:
        """'completion-as-of-2026-03-31', or with today's date."""
        return f"{name}-as-of-{self.day}" if self.day else f"{name}-{clock.today(site.time_zone())}"

    def first_line(self) -> str:
        """What a file says above its head; '' for the present."""
        return day_words(self.day) if self.day else ""


def asked() -> Asked:
    """As the address says it; looked up once a request."""
    typed = request.args.get(NAME, "").strip()
    known: tuple[str, Asked] | None = g.get("as_of")
    if known is None or known[0] != typed:
        known = g.as_of = (typed, _asked(typed))
    return known[1]


def _asked(typed: str) -> Asked:
    """A day that makes no sense, is not over or lies before everything is no day."""
    if not typed:
        return Asked()
    try:
        day = dt.date.fromisoformat(typed)
    except ValueError:
        return Asked(problem=_("“%(typed)s” is no day. Choose one from the calendar.", typed=typed[:20]))
    if day >= clock.today(site.time_zone()):
        words = _("%(day)s is not over yet where the organisation is. What you see is as of now.", day=whole_day(day))
        return Asked(problem=words)
    first = first_recorded_at()
    if first is None or clock.end_of_day(day, site.time_zone()) <= first:
        return Asked(problem=_before_all(day, first))
    return Asked(day)


def whole_day(day: dt.date) -> str:
    """'31 March 2026', as documents say it."""
    return format_date(
        day, "d MMMM y" if str(get_locale() or "en") == "en" else "long", locale=str(get_locale() or "en")
    )


def past_context(seen: Asked, *, later: str = "", line_only: bool = False) -> dict[str, Any]:
    """`past`: what the bar and the footnote show. `later`: the endpoint of the list of what was recorded later."""
    today = clock.today(site.time_zone())
    past: dict[str, Any] = {
        "day": seen.day,
        "problem": seen.problem,
        "words": seen.first_line(),
        "typed": request.args.get(NAME, ""),
        "latest": (today - dt.timedelta(days=1)).isoformat(),
        "kept": [(name, value) for name, value in _pairs() if value],
        "action": request.path,
        "choices": [(label, _address(day), day == seen.day) for label, day in quick_choices(today)],
        "today": _address(None),
    }
    if seen.day and seen.end and later:
        past["later"] = count_recorded_later(g.viewer, seen.end, line_only=line_only)
        past["later_url"] = url_for(later, as_of=seen.day.isoformat())
    if seen.end and (since := known_since()) and seen.end <= since:
        past["known_since"] = whole_day(since.astimezone(clock.zone(site.time_zone())).date())
    return {"past": past}


def quick_choices(today: dt.date) -> Sequence[tuple[str, dt.date]]:
    """The last days of the month, the quarter and the year before this one."""
    month = today.replace(day=1)
    quarter = month.replace(month=(today.month - 1) // 3 * 3 + 1)
    day = dt.timedelta(days=1)
    return (
        (_("End of last month"), month - day),
        (_("End of last quarter"), quarter - day),
        (_("End of last year"), dt.date(today.year, 1, 1) - day),
    )


def day_words(day: dt.date) -> str:
    """'As it was on 31 March 2026, end of day (America/Chicago)'."""
    return _("As it was on %(day)s, end of day (%(zone)s)", day=whole_day(day), zone=site.time_zone())


def _before_all(day: dt.date, first: dt.datetime | None) -> str:
    if first is None:
        return _("Nothing was recorded by %(day)s.", day=whole_day(day))
    began = whole_day(first.astimezone(clock.zone(site.time_zone())).date())
    return _(
        "Nothing was recorded by %(day)s: the first record is of %(first)s. What you see is as of now.",
        day=whole_day(day),
        first=began,
    )


def _pairs() -> list[tuple[str, str]]:
    """The rest of the address; the page of a list belongs to the day it was counted on."""
    return [(name, value) for name, value in request.args.items(multi=True) if name not in (NAME, "page")]


def _address(day: dt.date | None) -> str:
    pairs = _pairs() + ([(NAME, day.isoformat())] if day else [])
    return request.path + ("?" + urlencode(pairs) if pairs else "")
