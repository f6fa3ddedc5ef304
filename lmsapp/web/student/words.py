"""Small words several pages of this wing share."""

from __future__ import annotations

import datetime as dt

from babel.dates import format_time
from flask_babel import get_locale
from flask_babel import gettext as _

from lmsapp.infra import clock
from lmsapp.web.dates import zone_name


def local_time(at: dt.datetime) -> str:
    """'09:41' where the reader is."""
    return format_time(at.astimezone(clock.zone(zone_name())), "HH:mm", locale=str(get_locale() or "en"))


def saved_words(at: dt.datetime | None) -> str:
    """'Saved at 09:41', or nothing when nothing is saved."""
    return _("Saved at %(time)s", time=local_time(at)) if at else ""


def seconds_words(seconds: int) -> str:
    """'45 s' under a minute, else '4 min', '1 min 30 s'."""
    minutes, rest = divmod(max(0, seconds), 60)
    if not minutes:
        return _("%(n)s s", n=rest)
    return _("%(n)s min", n=minutes) if not rest else _("%(m)s min %(n)s s", m=minutes, n=rest)
