"""Dates, figures and times as design.md words them, in the reader's language and zone."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from flask import g
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from lmsapp.infra import clock
from lmsapp.infra.numerals import numeral

NARROW_SPACE = "\u202f"


def day(value: dt.date | dt.datetime | None) -> str:
    """'Fri 4 Dec'; another year than this one: '4 Dec 2027'."""
    if value is None:
        return ""
    local = _local(value)
    this_year = clock.now().year
    return _day(local.date() if isinstance(local, dt.datetime) else local, this_year, str(get_locale() or "en"))


def moment(value: dt.datetime | None) -> str:
    """'Fri 4 Dec, 14:02' in the reader's zone."""
    if value is None:
        return ""
    local = value.astimezone(clock.zone(zone_name()))
    return f"{day(value)}, {format_time(local, 'HH:mm', locale=str(get_locale() or 'en'))}"


def time_of_day(value: dt.datetime) -> str:
    """'14:02' in the reader's zone."""
    return format_time(value.astimezone(clock.zone(zone_name())), "HH:mm", locale=str(get_locale() or "en"))


def hour(value: int) -> str:
    """'20:00': an hour of the day, 0 to 23."""
    return format_time(dt.time(value), "HH:mm", locale=str(get_locale() or "en"))


def month(value: dt.date) -> str:
    """'Dec 2026', for matrix cells."""
    return format_date(value, "MMM y", locale=str(get_locale() or "en"))


def weekday(value: dt.date) -> str:
    """'Mon', above a column of days."""
    return format_date(value, "EEE", locale=str(get_locale() or "en")).replace(".", "")


def daymonth(value: dt.date) -> str:
    """'31 Aug', for charts."""
    return format_date(value, "d MMM", locale=str(get_locale() or "en")).replace(".", "")


def percent(value: float | int | None) -> str:
    """'80 %' with a narrow no-break space; no decimals unless they say something."""
    if value is None:
        return ""
    return numeral(value, 1) + NARROW_SPACE + "%"


def whole_percent(value: float | None) -> str:
    """'87 %'; 100 only when it is all, 0 only when it is none."""
    if value is None:
        return "–"
    shown = round(value)
    if 0 < value < 100:
        shown = min(max(shown, 1), 99)
    return percent(shown)


def minutes(value: int) -> str:
    """'20 min', '1 h 15 min'."""
    hours, rest = divmod(int(value), 60)
    if not hours:
        return _("%(n)s min", n=rest)
    return _("%(h)s h", h=hours) if not rest else _("%(h)s h %(n)s min", h=hours, n=rest)


def due_words(due_on: dt.date, today: dt.date) -> str:
    """Relative only within a week ahead; lateness always in days."""
    days = (due_on - today).days
    if days < 0:
        return ngettext("%(num)s day late", "%(num)s days late", -days)
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    return ngettext("in %(num)s day", "in %(num)s days", days) if days <= 7 else ""


def zone_name() -> str:
    """The reader's zone."""
    viewer = g.get("viewer")
    return viewer.zone if viewer else "UTC"


def today() -> dt.date:
    """The date where the reader is."""
    return clock.today(zone_name())


def _local(value: dt.date | dt.datetime) -> dt.date | dt.datetime:
    return value.astimezone(clock.zone(zone_name())) if isinstance(value, dt.datetime) else value


@lru_cache(maxsize=4096)
def _day(value: dt.date, this_year: int, locale: str) -> str:
    pattern = "EEE d MMM" if value.year == this_year else "d MMM y"
    return format_date(value, pattern, locale=locale).replace(".", "")


@lru_cache(maxsize=4096)
def _counted(value: int, locale: str) -> str:
    return format_decimal(value, locale=locale)


def tr(text: str, /, **values: object) -> str:
    """A text held in data, in the reader's language. Unlike `_()` it is escaped where it is printed."""
    return _(str(text), **values)


def counted(value: int) -> str:
    """'1,234', as the reader writes it."""
    return str(value) if 0 <= value < 1000 else _counted(value, str(get_locale() or "en"))


def figure(value: Decimal) -> str:
    """'2.5', '10': a number without zeros that say nothing."""
    return numeral(value, 6)


FILTERS = {
    "tr": tr,
    "counted": counted,
    "figure": figure,
    "day": day,
    "daymonth": daymonth,
    "weekday": weekday,
    "due_words": due_words,
    "moment": moment,
    "month": month,
    "percent": percent,
    "whole_percent": whole_percent,
    "minutes": minutes,
    "iso_day": lambda value: day(dt.date.fromisoformat(value)),
}
