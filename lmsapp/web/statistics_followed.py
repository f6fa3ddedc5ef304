"""What was completed after a reminder, beside what fell due without one: figures, no causes (DSH-3)."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from lmsapp.insight.statistics.reminders import WITHIN, Followed, what_followed
from lmsapp.insight.statistics.rules import share
from lmsapp.web import dates
from lmsapp.web.statistics_parts import Block, Cell, Picture, Place, Table


def reminders_block(place: Place) -> Block:
    """What was completed after a reminder, beside what fell due without one."""
    found, title = what_followed(place.asking), place.word("reminders")
    if not found.reminded and not found.alone:
        text = _("No assigned training fell due since %(day)s.", day=dates.day(found.span.first))
        return Block("reminders", title, empty=(_("Nothing fell due"), text))
    within = found.within[WITHIN[-1]]
    finding = _("No reminder was sent for what fell due since %(day)s.", day=dates.day(found.span.first))
    if found.reminded:
        finding = _(
            "%(n)s of %(all)s reminded trainings were completed within 14 days after their last reminder.",
            n=dates.counted(within),
            all=dates.counted(found.reminded),
        )
    rows, levels = _followed_rows(place, found)
    head = [_("What"), _("Trainings"), _("Of"), _("Share")]
    picture = Picture("followed", title, finding, "levels", {"levels": levels}, Table(title, head, rows), finding)
    note = _(
        "Assigned training that fell due since %(day)s; %(sent)s reminders were sent to learners. These are figures,"
        " not proof of a cause: people who need no reminder differ from those who get one.",
        day=dates.day(found.span.first),
        sent=dates.counted(found.sent),
    )
    return Block("reminders", title, [picture], note=note)


def _followed_rows(place: Place, found: Followed) -> tuple[list[list[Cell]], list[dict[str, Any]]]:
    figures = [
        (
            ngettext("Within %(num)s day after a reminder", "Within %(num)s days after a reminder", days),
            found.within[days],
            f"reminded-{days}",
            found.reminded,
            "reminded",
        )
        for days in WITHIN
    ]
    figures += [
        (_("In time, reminded"), found.kept, "reminded-kept", found.reminded, "reminded"),
        (_("In time, no reminder"), found.alone_kept, "alone-kept", found.alone, "alone"),
    ]
    rows, levels = [], []
    for label, n, what, of, of_what in figures:
        cell, part = place.cell(n, what), share(n, of)
        rows.append([Cell(label), cell, place.cell(of, of_what), Cell(dates.whole_percent(part))])
        levels.append({"label": label, "value": part, "text": dates.whole_percent(part), "href": cell.href})
    return rows, levels
