"""Any figure by group, so that gaps stand out (DSH-4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext, pgettext

from lmsapp.insight.statistics.rules import SMALL_GROUP
from lmsapp.insight.statistics.segments import Group, segments
from lmsapp.web import dates
from lmsapp.web.programme_words import PROGRAMMES
from lmsapp.web.statistics_parts import Block, Cell, Choice, Picture, Place, Table, in_days, points

DRAWN = 12
GAP = 10  # points below the whole from which a bar is marked
FIGURES: dict[str, Any] = {
    "compliant": __("Nothing mandatory overdue"),
    "in_time": __("Mandatory training in time"),
    "completed": __("Courses completed"),
    "score": __("Average score"),
    "days": __("Days to complete"),
    "followed": __("Completed after a reminder"),
}
# Of what a group's figure is, what of it counts: keys of the rows behind them.
BEHIND = {
    "compliant": ("people", "people-kept"),
    "in_time": ("due", "due-kept"),
    "completed": ("asked", "completed"),
    "score": ("scored", ""),
    "days": ("took", ""),
    "followed": ("reminded", "reminded-14"),
}
WITHOUT: dict[str, Any] = {
    "department": __("No department"),
    "role": __("No job role"),
    "location": __("No location"),
    "region": __("No region"),
    "cohort": __("No hire cohort"),
}


def by_words() -> dict[str, str]:
    """How people and courses can be told apart."""
    return {
        "department": _("Department"),
        "role": pgettext("of a job", "Role"),
        "location": _("Location"),
        "region": _("Region"),
        "cohort": _("Hire cohort"),
        "kind": _("Programme kind"),
    }


def segments_block(place: Place) -> Block:
    """One figure, by one way of telling groups apart; both chosen in the block."""
    asked = place.asking.filters
    whole, groups = segments(place.asking)
    title, choices = place.word("segments"), _choices(place)
    if not groups:
        text = _("With these filters there is nothing to compare. Choose another figure, or take a filter away.")
        return Block("segments", title, choices=choices, empty=(_("Nothing to compare"), text))
    names = [_name(asked.by, group) for group in groups]
    rows = [_row(place, name, group, whole) for name, group in zip(names, groups, strict=True)]
    rows.append(_row(place, _("Everybody"), whole, whole, grouped=False))
    head = [
        by_words()[asked.by],
        _("People"),
        _of_word(asked.figure),
        *_part_word(asked.figure),
        str(FIGURES[asked.figure]),
        _("Against everybody"),
    ]
    picture = Picture(
        "segments",
        str(FIGURES[asked.figure]),
        _finding(asked.figure, names, groups, whole),
        "levels",
        {"levels": _levels(place, names, groups, whole)},
        Table(title, head, rows),
        note=_notes(groups),
    )
    return Block("segments", title, [picture], choices=choices)


def _choices(place: Place) -> list[Choice]:
    asked = place.asking.filters

    def items(name: str, words: dict[str, Any], now: str) -> list[tuple[str, str, str, bool]]:
        return [
            (str(word), place.page("segments", **{name: key}), place.part("segments", **{name: key}), key == now)
            for key, word in words.items()
        ]

    return [
        Choice(_("Figure"), items("figure", FIGURES, asked.figure)),
        Choice(_("By"), items("by", by_words(), asked.by)),
    ]


def _row(place: Place, name: str, group: Group, whole: Group, *, grouped: bool = True) -> list[Cell]:
    asked = place.asking.filters
    of, part = BEHIND[asked.figure]
    within = {"by": asked.by, "group": group.key} if grouped else {}
    parts = [place.cell(group.part, part, **within)] if part else []
    against = _against(asked.figure, group, whole) if grouped else ""
    return [
        Cell(name),
        Cell(dates.counted(group.people)),
        place.cell(group.n, of, **within),
        *parts,
        Cell(_value(asked.figure, group.value)),
        Cell(against),
    ]


def _levels(place: Place, names: Sequence[str], groups: Sequence[Group], whole: Group) -> list[dict[str, Any]]:
    asked = place.asking.filters
    most = max((group.value or 0) for group in groups) or 1
    levels = []
    for name, group in list(zip(names, groups, strict=True))[:DRAWN]:
        low = not group.small and group.value is not None and whole.value is not None
        far = (
            abs(group.value - whole.value) >= GAP
            if low and group.value is not None and whole.value is not None
            else False
        )
        worse = far and _worse(asked.figure, group, whole)
        value = group.value or 0
        of = BEHIND[asked.figure][0]
        levels.append(
            {
                "label": name,
                "value": 100 * value / most if asked.figure == "days" else value,
                "text": _value(asked.figure, group.value),
                "href": place.rows(of, by=asked.by, group=group.key),
                "low": worse,
                "note": _("small group") if group.small else _against(asked.figure, group, whole),
            }
        )
    return levels


def _worse(figure: str, group: Group, whole: Group) -> bool:
    if group.value is None or whole.value is None:
        return False
    return group.value > whole.value if figure == "days" else group.value < whole.value


def _against(figure: str, group: Group, whole: Group) -> str:
    if group.value is None or whole.value is None:
        return ""
    if figure != "days":
        return points(group.value - whole.value)
    n = round(abs(group.value - whole.value))
    if not n:
        return _("about the same")
    if group.value > whole.value:
        return ngettext("%(num)s day longer", "%(num)s days longer", n)
    return ngettext("%(num)s day less", "%(num)s days less", n)


def _finding(figure: str, names: Sequence[str], groups: Sequence[Group], whole: Group) -> str:
    ranked = [(name, group) for name, group in zip(names, groups, strict=True) if not group.small]
    if not ranked:
        return _("Every group here is small: fewer than %(n)s people each, so none is ranked.", n=SMALL_GROUP)
    name, worst = ranked[0]
    if len(ranked) == 1 or not _worse(figure, worst, whole) or not round(abs((worst.value or 0) - (whole.value or 0))):
        return _("No group stands out; everybody together: %(value)s.", value=_value(figure, whole.value))
    return _(
        "%(name)s stands out with %(value)s: %(against)s than everybody together (%(whole)s).",
        name=name,
        value=_value(figure, worst.value),
        against=_against(figure, worst, whole),
        whole=_value(figure, whole.value),
    )


def _notes(groups: Sequence[Group]) -> str:
    said = []
    if len(groups) > DRAWN:
        said.append(_("The first %(n)s of %(all)s groups; the table has all of them.", n=DRAWN, all=len(groups)))
    if any(group.small for group in groups):
        said.append(_("Groups of fewer than %(n)s people come last and are not ranked.", n=SMALL_GROUP))
    return " ".join(said)


def _name(by: str, group: Group) -> str:
    if by == "kind":
        return str(PROGRAMMES[group.key])
    return group.name or str(WITHOUT[by])


def _value(figure: str, value: float | None) -> str:
    if value is None:
        return "–"
    return in_days(round(value)) if figure == "days" else dates.whole_percent(value)


def _of_word(figure: str) -> str:
    return {
        "compliant": _("Counted"),
        "in_time": _("Fell due"),
        "completed": _("Enrollments"),
        "score": _("Scores"),
        "days": _("Completions"),
        "followed": _("Reminded"),
    }[figure]


def _part_word(figure: str) -> list[str]:
    words = {
        "compliant": _("Nothing overdue"),
        "in_time": _("In time"),
        "completed": _("Completed"),
        "followed": _("Completed within 14 days"),
    }
    return [words[figure]] if figure in words else []
