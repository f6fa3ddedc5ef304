"""The blocks that follow time: completions, certificates issued and ending (DSH-3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from lmsapp.insight.statistics.over_time import certified, completions
from lmsapp.insight.statistics.rules import Span
from lmsapp.web import dates
from lmsapp.web.statistics_parts import (
    Block,
    Cell,
    Choice,
    Picture,
    Place,
    Table,
)


def completions_block(place: Place) -> Block:
    """Week by week or month by month."""
    found, per = completions(place.asking), place.asking.filters.per
    title = place.word("completions")
    done, late = sum(one.on_time + one.late for one in found), sum(one.late for one in found)
    choice = Choice(
        _("Show by"),
        [
            (word, place.page("completions", per=value), place.part("completions", per=value), value == per)
            for value, word in (("week", _("Week")), ("month", _("Month")))
        ],
    )
    span = Span(found[0].span.first, found[-1].span.last)
    if not done:
        text = _("Nothing assigned was completed since %(day)s.", day=dates.day(span.first))
        return Block("completions", title, choices=[choice], empty=(_("No completions"), text))
    finding = (
        _(
            "%(done)s since %(day)s, %(late)s of them late.",
            done=dates.counted(done),
            late=dates.counted(late),
            day=dates.day(span.first),
        )
        if late
        else _("%(done)s since %(day)s, all on time.", done=dates.counted(done), day=dates.day(span.first))
    )
    word = dates.daymonth if per == "week" else dates.month
    rows = [
        [
            Cell(word(one.span.first)),
            place.cell(one.on_time, "done-kept", since=one.span.first, until=one.span.last),
            place.cell(one.late, "done-late", since=one.span.first, until=one.span.last),
        ]
        for one in found
    ]
    head = [_("Week of") if per == "week" else _("Month"), _("On time"), _("Late")]
    data = {
        "points": [{"label": word(one.span.first), "values": (one.on_time, one.late)} for one in found],
        "series": (_("On time"), _("Late")),
    }
    picture = Picture("completed", title, finding, "bars", data, Table(title, head, rows), finding)
    note = _("Completions of assigned training; on time is by the end of the due date.")
    return Block("completions", title, [picture], note=note, choices=[choice])


def certificates_block(place: Place) -> Block:
    """Issued in the last twelve months, ending in the next twelve."""
    found, title = certified(place.asking), place.word("certificates")
    issued, ending = (sum(n for _span, n in one) for one in (found.issued, found.ending))
    if not (issued or ending or found.lapsed):
        text = _("None was issued in twelve months, and none ends in the next twelve.")
        return Block("certificates", title, empty=(_("No certificates"), text))
    said = ngettext(
        "%(n)s certificate was issued in twelve months.", "%(n)s certificates were issued in twelve months.", issued,
        n=dates.counted(issued),
    )  # fmt: skip
    most = max(found.ending, key=lambda one: one[1])
    ends = _("None ends in the next twelve months.")
    if ending:
        ends = _(
            "%(n)s certifications end by %(day)s unless they are renewed; most of them, %(most)s, in %(month)s.",
            n=dates.counted(ending),
            day=dates.day(found.ending[-1][0].last),
            most=dates.counted(most[1]),
            month=dates.month(most[0].first),
        )
    tiles = []
    if found.lapsed:
        link = place.rows("ending", until=place.asking.today - dt.timedelta(days=1))
        tiles = [(_("Ended already"), dates.counted(found.lapsed), _("and not renewed"), link, "bad")]
    pictures = [
        _months(place, "issued", _("Issued"), said, found.issued, "issued", 0),
        _months(place, "ending", _("Ending"), ends, found.ending, "ending", 1),
    ]
    note = _(
        "Of people who are here. Certificates that were revoked or replaced are left out; what ends is the period in"
        " force."
    )
    return Block("certificates", title, pictures, tiles, note)


def _months(
    place: Place, key: str, title: str, finding: str, found: Sequence[tuple[Span, int]], what: str, at: int
) -> Picture:
    rows = [
        [Cell(dates.month(span.first)), place.cell(n, what, since=span.first, until=span.last)] for span, n in found
    ]
    data = {"points": [{"label": dates.month(span.first), "values": (n,)} for span, n in found], "series": (title,)}
    return Picture(key, title, finding, "bars", data, Table(title, [_("Month"), title], rows), finding, place=at)
