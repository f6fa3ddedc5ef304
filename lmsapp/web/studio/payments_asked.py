"""The address of the payments page as filters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from lmsapp.learning.payments.queries import NO_COST_CENTRE, PaymentFilters, choices
from lmsapp.learning.payments.rules import PaymentStatus
from lmsapp.people.viewer import Viewer
from lmsapp.web.lists import numbers, options, readable
from lmsapp.web.payment_words import PAYMENT_STATUSES

NAMES = ("q", "status", "course", "cost_centre", "since", "until")
MOST_CENTRES = 100


def read(args: MultiDict[str, str], zone: str) -> PaymentFilters:
    """What makes no sense is left out."""
    given = readable(args)
    known = {one.value for one in PaymentStatus}
    return PaymentFilters(
        statuses=tuple(one for one in dict.fromkeys(given.getlist("status")) if one in known),
        courses=numbers(given.getlist("course")),
        cost_centres=tuple(one[:60] for one in given.getlist("cost_centre")[:MOST_CENTRES] if one),
        since=_date(given.get("since", "")),
        until=_date(given.get("until", "")),
        search=given.get("q", "")[:100],
        zone=zone,
        page=min(max(1, given.get("page", 1, int)), 100_000),
    )


def only(enrollment_ids: Sequence[int], zone: str) -> PaymentFilters:
    """Those payments and no others."""
    return PaymentFilters(enrollments=tuple(enrollment_ids), zone=zone)


def facets(viewer: Viewer, filters: PaymentFilters) -> list[dict[str, Any]]:
    """What there is to choose from."""
    titles, centres = choices(viewer)
    named = [(one or NO_COST_CENTRE, one or _("None named")) for one in centres]
    statuses = [(one.value, str(PAYMENT_STATUSES[one])) for one in PaymentStatus]
    return [
        {"label": _("Payment"), "name": "status", "options": options(statuses, filters.statuses)},
        {"label": _("Course"), "name": "course", "options": options(titles, filters.courses)},
        {"label": _("Cost centre"), "name": "cost_centre", "options": options(named, filters.cost_centres)},
    ]


def query(args: MultiDict[str, str]) -> str:
    """The filters of the present address, for the download."""
    pairs = [(name, value) for name in NAMES for value in args.getlist(name) if value]
    return "?" + urlencode(pairs) if pairs else ""


def _date(value: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        return None
