"""The figures of groups from what is kept of each person; the facts say the same in `segments.COUNTED`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, case, cast, func, select

from lmsapp.infra.db import db
from lmsapp.insight.figures.cells import MONTHS, histogram, longer, people_with
from lmsapp.insight.figures.models import KindFigures
from lmsapp.insight.figures.reading import Text, of_kinds, others, people_of, places, places_by_kind, texts, theirs
from lmsapp.insight.statistics.asking import GROUPINGS, Asking
from lmsapp.insight.statistics.tallies import Tally

Groups = dict[Any, Tally]
OF_MANDATORY = ("compliant", "in_time")
COLUMNS = {
    "in_time": (KindFigures.due, KindFigures.in_time),
    "completed": (KindFigures.asked, KindFigures.completed),
    "score": (KindFigures.scored, KindFigures.score),
    "followed": (KindFigures.reminded, KindFigures.followed),
}


def kept_groups(asking: Asking, figure: str, by: str) -> tuple[Groups, Sequence[int]] | None:
    """By group, or of everybody under None where `by` is ''; and whom they leave out. None: nobody's figures hold."""
    if figure == "days":
        return _days(asking, by)
    person = people_of(asking, key=GROUPINGS.get(by))
    n, part = _counts(figure)
    key = (KindFigures.employee_id, KindFigures.made_at, *([KindFigures.kind] if by == "kind" else []))
    each = (
        select(*key, n.label("n"), part.label("part"))
        .where(*of_kinds(asking, mandatory=figure in OF_MANDATORY))
        .group_by(*key)
        .subquery()
    )
    group = each.c.kind if by == "kind" else person.c.key
    rows = db.session.execute(
        select(group, func.count(), func.sum(each.c.n), func.sum(each.c.part), others(person))
        .select_from(person)
        .join(each, theirs(person, each.c))
        .where(person.c.kept, each.c.n > 0)
        .group_by(group)
    ).all()
    found = {row[0]: Tally(people=row[1], n=int(row[2]), part=int(row[3])) for row in rows}
    return (found, rows[0][4]) if rows else None


def _counts(figure: str) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """`n` and `part` of a person, over kinds of courses."""
    if figure in COLUMNS:
        n, part = COLUMNS[figure]
        return func.sum(n), func.sum(part)
    assigned, behind = func.bool_or(KindFigures.assigned), func.bit_or(KindFigures.behind)
    kept = assigned & (behind.op("&")(1 << (MONTHS - 1)) == 0)
    return cast(assigned, Integer), case((kept, 1), else_=0)


def _days(asking: Asking, by: str) -> tuple[Groups, Sequence[int]] | None:
    kept = texts(asking, "days", GROUPINGS.get(by))
    if kept is None:
        return None
    groups, rest = kept
    width = next(iter(groups.values())).width
    if by == "kind":
        of_each = places_by_kind(asking, width)
        return {kind: _took(groups[None], wanted) for kind, wanted in of_each.items()}, rest
    wanted = places(asking, width)
    return {key: _took(text, wanted) for key, text in groups.items()}, rest


def _took(text: Text, wanted: Mapping[int, int]) -> Tally:
    days = histogram(text.raw, text.width, list(wanted))
    for (_course_id, day), n in longer(text.long, wanted).items():
        days[day] += n
    return Tally(people=people_with(text.raw, text.width, list(wanted)), n=days.total(), days=days)
