"""What a list behind a number is of, in words: the group, course and time of the number, and the filters (DSH-4)."""

from __future__ import annotations

from flask_babel import gettext as _

from lmsapp.insight.options import courses
from lmsapp.insight.statistics.row_kinds import RowsAsked
from lmsapp.web import dates
from lmsapp.web.programme_words import PROGRAMMES
from lmsapp.web.statistics_filters import Facet, chips, facets
from lmsapp.web.statistics_groups import WITHOUT
from lmsapp.web.statistics_parts import Place, in_days


def rows_said(place: Place, of: RowsAsked) -> list[str]:
    """One for each condition; none for a number of everything."""
    shown = facets(place) if place.asking.filters.active or of.by == "department" else []
    said = [_group(of, shown), _course(place, of), _time(of), _days(of)]
    said += [chip["label"] for chip in chips(place, shown)]
    return list(dict.fromkeys(filter(None, said)))


def _group(of: RowsAsked, shown: list[Facet]) -> str:
    if not of.by:
        return ""
    if of.by == "kind":
        return next((str(word) for kind, word in PROGRAMMES.items() if kind == of.group), "")
    if not of.group:
        return str(WITHOUT[of.by])
    if of.by != "department":
        return of.group
    options = next((options for _label, name, options, _kind in shown if name == "department"), [])
    return next((str(one["label"]) for one in options if str(one["value"]) == of.group), "")


def _course(place: Place, of: RowsAsked) -> str:
    return dict(courses()).get(of.course, "") if of.course and not place.course_id else ""


def _time(of: RowsAsked) -> str:
    if of.since and of.until:
        return _("%(first)s to %(last)s", first=dates.day(of.since), last=dates.day(of.until))
    if of.since:
        return _("Since %(day)s", day=dates.day(of.since))
    return _("By %(day)s", day=dates.day(of.until)) if of.until else ""


def _days(of: RowsAsked) -> str:
    if of.low is None and of.high is None:
        return ""
    if of.high is None:
        return _("%(days)s or more after enrollment", days=in_days(of.low or 0))
    return _("%(low)s to %(high)s after enrollment", low=of.low or 0, high=in_days(of.high))
