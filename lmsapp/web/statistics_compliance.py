"""The Mandatory Training Compliance widget: what it is now, what counts, and its twelve months (DSH-3)."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from lmsapp.insight.statistics.compliance import Compliance, DueMonth, Standing, compliance
from lmsapp.web import dates
from lmsapp.web.statistics_parts import Block, Cell, Picture, Place, Table, of_people, points

Tile = tuple[str, str, str, str, str]


def compliance_block(place: Place) -> Block:
    """Tiles, trend, and in words what counts."""
    found, title = compliance(place.asking), place.word("compliance")
    if not found.now.people and not found.year.due:
        return Block("compliance", title, empty=_no_mandatory(found))
    note = _(
        "What counts: training of courses marked mandatory that is assigned to people who are here, neither cancelled"
        " nor exempted. In time: completed by the end of the due date; each assignment counts in the month it fell due,"
        " the last twelve months together. Looking back, people count from the day they were hired."
    )
    if found.without and not place.course_id:  # who does not take the course is nothing to say of it
        note += " " + ngettext(
            "%(num)s person has no mandatory training assigned and is not counted.",
            "%(num)s people have no mandatory training assigned and are not counted.",
            found.without,
        )
    return Block("compliance", title, [_trend(place, found)], _tiles(place, found.now, found.year), note)


def _no_mandatory(found: Compliance) -> tuple[str, str]:
    if found.without:
        n = of_people(found.without)
        text = _("%(people)s, and no mandatory course is assigned to any of them with these filters.", people=n)
        return _("No mandatory training is assigned"), text
    return _("Nobody is here to count"), _("No one fits these filters, or nobody works here yet.")


def _tiles(place: Place, now: Standing, year: DueMonth) -> list[Tile]:
    of_all = _("%(n)s of %(all)s people", n=dates.counted(now.people - now.behind), all=dates.counted(now.people))
    of_due = _("%(n)s of %(all)s that fell due", n=dates.counted(year.in_time), all=dates.counted(year.due))
    since = year.span.first
    behind = place.rows("people-behind") if now.behind else ""
    tone = "bad" if now.behind else ""
    return [
        (_("People with nothing overdue"), dates.whole_percent(now.share), of_all, place.rows("people-kept"), ""),
        (_("People behind"), dates.counted(now.behind), _("something is overdue"), behind, tone),
        (_("Completed in time"), dates.whole_percent(year.share), of_due, place.rows("due-kept", since=since), ""),
        (
            _("Completed late"),
            dates.counted(year.late),
            _("in twelve months"),
            place.rows("due-late", since=since) if year.late else "",
            "",
        ),
    ]


def _trend(place: Place, found: Compliance) -> Picture:
    title, finding = _("Twelve months"), _finding(found.standings[0], found.now)
    head = [
        _("Month"),
        _("People"),
        _("Behind at its end"),
        _("Nothing overdue"),
        _("Fell due"),
        _("In time"),
        _("Late"),
        _("Still overdue"),
        _("Share in time"),
    ]
    lines = [
        {"label": _("Nothing overdue"), "points": [(k, one.share) for k, one in enumerate(found.standings)]},
        {"label": _("In time"), "points": [(k, one.share) for k, one in enumerate(found.months)]},
    ]
    ticks = [(k, dates.month(one.day)) for k, one in enumerate(found.standings)]
    data = {"lines": lines, "ticks": [ticks[0], ticks[len(ticks) // 2], ticks[-1]], "width": len(ticks) - 1}
    said = _("From %(first)s to %(last)s: %(finding)s", first=ticks[0][1], last=ticks[-1][1], finding=finding)
    pairs = zip(found.standings, found.months, strict=True)
    rows = [_row(place, then, due, latest=then is found.now) for then, due in pairs]
    return Picture("trend", title, finding, "lines", data, Table(title, head, rows), said)


def _finding(first: Standing, now: Standing) -> str:
    share, month = dates.whole_percent(now.share), dates.month(first.day)
    if first.share is None or now.share is None:
        return _("%(share)s of people have nothing overdue now.", share=share)
    if not round(abs(now.share - first.share)):
        return _("%(share)s of people have nothing overdue now, as at the end of %(month)s.", share=share, month=month)
    return _(
        "%(share)s of people have nothing overdue now, %(change)s than at the end of %(month)s.",
        share=share,
        change=points(now.share - first.share),
        month=month,
    )


def _row(place: Place, then: Standing, due: DueMonth, *, latest: bool) -> list[Cell]:
    kept = {"since": due.span.first, "until": due.span.last}
    at = {} if latest else {"until": then.day}
    return [
        Cell(dates.month(then.day)),
        place.cell(then.people, "people" if latest else "people-then", **at),
        place.cell(then.behind, "people-behind" if latest else "people-behind-then", **at),
        Cell(dates.whole_percent(then.share)),
        place.cell(due.due, "due", **kept),
        place.cell(due.in_time, "due-kept", **kept),
        place.cell(due.late, "due-late", **kept),
        place.cell(due.overdue, "due-overdue", **kept),
        Cell(dates.whole_percent(due.share)),
    ]
