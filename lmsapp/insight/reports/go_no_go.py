"""A go/no-go checklist in the family of reports: every person and thing, blockers first (REP-3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, case, false, func, literal, null, select, true

from lmsapp.infra.words import N_
from lmsapp.insight.gonogo.facts import members
from lmsapp.insight.gonogo.foremost import first_people
from lmsapp.insight.gonogo.lines import STATES, Filters, chosen, first, lines
from lmsapp.insight.gonogo.models import GoNoGo, GoNoGoItem
from lmsapp.insight.gonogo.queries import READERS, checklist_for, checklist_names
from lmsapp.insight.gonogo.rules import Standing, Thing
from lmsapp.insight.reports.reading import numbers, texts
from lmsapp.insight.reports.report import Asking, Column, Field, Kind, Report
from lmsapp.insight.sheets import in_words
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

HEAD = (
    N_("state"), N_("name"), N_("employee number"), N_("department"), N_("manager"), N_("asked"), N_("status"),
    N_("due date"), N_("completed on"), N_("valid until"), N_("reason"), N_("cleared by"), N_("cleared until"),
    N_("why cleared"),
)  # fmt: skip
SHARES = (7, 12, 8, 11, 11, 16, 10, 8, 8, 8, 10, 9, 8, 12)

COUNTED = {"employee number": N_("people")}
OPTIONAL = {"reason", "cleared by", "cleared until", "why cleared"}


def _rows(asking: Asking) -> Select[*tuple[Any, ...]]:
    filters = _filters(asking)
    checklist = _checklist(asking)
    if checklist is None:  # no such one, or nobody's business
        return select(*(null().label(head) for head in HEAD)).where(false())
    line = lines(checklist, asking.viewer, asking.now, filters.items, asking.ids)
    words, by_course = asking.labels
    course_id = case((line.c.kind == Thing.COURSE.value, line.c.subject_id), else_=0)
    return (
        select(
            in_words(line.c.state, course_id, words, {}),
            line.c.name,
            line.c.number,
            line.c.department,
            line.c.manager,
            line.c.title,
            in_words(line.c.standing, course_id, words, by_course),
            line.c.due_on,
            line.c.completed_on,
            line.c.valid_until,
            func.nullif(line.c.reason, ""),
            line.c.cleared_by,
            line.c.cleared_until,
            line.c.cleared_reason,
        )
        .where(*chosen(line, filters))
        .order_by(first(line), line.c.sort_name, line.c.employee_id, line.c.position, line.c.item_id)
    )


def _first(asking: Asking, most: int) -> Sequence[int]:
    """Here the ids are those of people."""
    checklist = _checklist(asking)
    return first_people(checklist, asking.viewer, asking.now, _filters(asking), most) if checklist else ()


def _ids(asking: Asking) -> Select[int]:
    """A person has a row for each thing that is asked."""
    filters, checklist = _filters(asking), _checklist(asking)
    if checklist is None:
        return select(literal(0)).where(false())
    if filters.states or filters.standings or filters.q:
        line = lines(checklist, asking.viewer, asking.now, filters.items)
        return select(line.c.employee_id).where(*chosen(line, filters))
    asked = (GoNoGoItem.checklist_id == checklist.id, GoNoGoItem.id.in_(filters.items) if filters.items else true())
    member = members(checklist, asking.viewer, asking.now)
    return select(member.c.id).join(GoNoGoItem, and_(*asked))


def _filters(asking: Asking) -> Filters:
    return Filters(
        states=tuple(one for one in texts(asking.terms, "state") if one in STATES),
        items=numbers(asking.terms, "thing"),
        standings=tuple(one.value for one in Standing if one.value in texts(asking.terms, "standing")),
        q=next(iter(texts(asking.terms, "q")), "").strip()[:100],
    )


def _checklist(asking: Asking) -> GoNoGo | None:
    wanted = next(iter(numbers(asking.terms, "checklist")), 0)
    return checklist_for(asking.viewer, wanted)


def _may(viewer: Viewer, line_only: bool) -> bool:
    return viewer.may(May.LEAD) if line_only else viewer.may(*READERS)


def _why_empty(asking: Asking) -> str:
    if not asking.terms.get("checklist"):
        return N_("Choose a checklist.")
    if _checklist(asking) is None:
        return N_("There is no such checklist, or it is not yours to read.")
    return N_("Nobody fits these filters.") if _filters(asking).active else N_("Nobody is on this list.")


def _checklists(asking: Asking) -> Sequence[tuple[str, str]]:
    return [("", N_("Choose a checklist.")), *((str(id_), name) for id_, name in checklist_names(asking.viewer))]


def _states(_asking: Asking) -> Sequence[tuple[str, str]]:
    return (("blocked", N_("Blocked")), ("cleared", N_("Cleared")), ("ready", N_("Ready")))


def _standings(_asking: Asking) -> Sequence[tuple[str, str]]:
    return [(one.value, one.value) for one in Standing]


GO_NO_GO = Report(
    key="go-no-go",
    title=N_("Go/no-go checklist"),
    about=N_("For a group and a set of courses: who is ready for a day, who is not, and why."),
    columns=[
        Column(word, share, counted=COUNTED.get(word, ""), split=word == "state", optional=word in OPTIONAL)
        for word, share in zip(HEAD, SHARES, strict=True)
    ],
    rows=_rows,
    ids=_ids,
    first=_first,
    fields=(
        Field("checklist", Kind.CHOICE, N_("Checklist"), choices=_checklists, needed=True),
        Field("state", Kind.CHOICES, N_("State"), choices=_states),
        Field("standing", Kind.CHOICES, N_("Status"), choices=_standings),
    ),
    may=_may,
    why_empty=_why_empty,
    statuses="go-no-go",
    help_page="go-no-go",
    past=False,
)
