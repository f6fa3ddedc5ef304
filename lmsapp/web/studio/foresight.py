"""What will be sent in the next 30 days: a calendar, a day, a person (REM-8)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from flask import abort, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.assignments.foresight.queries import PAGE, Foresight, coming_to, foresee, told_on
from lmsapp.assignments.foresight.rules import DAYS
from lmsapp.assignments.foresight.shapes import Wanted
from lmsapp.assignments.rules import display_number
from lmsapp.courses.catalogue.queries import published_courses
from lmsapp.insight.coming import Whose, others, others_on, others_to
from lmsapp.outreach.texts.kinds import CHANNELS
from lmsapp.people.employees.queries import employee_for, employee_options
from lmsapp.people.roles import May
from lmsapp.web import coming_words
from lmsapp.web.dates import today
from lmsapp.web.gates import needs
from lmsapp.web.lists import numbers, page_url
from lmsapp.web.render import answer, get_or_404, page
from lmsapp.web.studio.wing import bp

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the calendar. `parts`: what is sent, as (words, how many), most first; outside the range none."""

    day: dt.date
    inside: bool
    total: int = 0
    parts: tuple[tuple[str, int], ...] = ()
    href: str = ""


@bp.get("/messages-to-come")
@needs(May.MODERATE)
def messages_to_come() -> ResponseReturnValue:
    """The next 30 days: how many, of what sort, by which channel."""
    wanted, first = _wanted(), today()
    found = foresee(g.viewer, wanted, first)
    more = _others(wanted, first, found.last)
    cells = [_cell(first + n * DAY, found, more) for n in range(DAYS)]
    return answer(
        "studio/foresight/_calendar.html",
        whole="studio/foresight/index.html",
        weeks=_weeks(cells),
        cells=[cell for cell in cells if cell.total],
        total=sum(cell.total for cell in cells),
        sorts=[(sort, count, _policy_page(sort.policy_id)) for sort, count in _sorts(found)],
        more=sum(more.values(), Counter()),
        resting=found.resting,
        facets=_facets(wanted),
        active=sum(map(bool, (wanted.course_id, wanted.department_id, wanted.channel))),
        today=first,
        words=coming_words,
    )


@bp.get("/messages-to-come/day")
@needs(May.MODERATE)
def messages_on_day() -> ResponseReturnValue:
    """Who hears of what on one of those days, why, and by which channel."""
    wanted, first, day = _wanted(), today(), _day()
    number = min(max(request.args.get("page", 1, type=int), 1), 100_000)
    rows, total = told_on(g.viewer, wanted, day, first, number)
    whose = Whose(wanted.department_id, wanted.course_id)
    more = others_on(g.viewer, day, first, whose) if number == 1 else ()
    return page(
        "studio/foresight/day.html",
        day=day,
        rows=rows,
        paging={"number": number, "size": PAGE, "total": total},
        page_url=page_url,
        others=[one for one in more if _goes_by(wanted.channel, one.kind)],
        before=_there(day - DAY) if day > first else None,
        after=_there(day + DAY) if day < first + (DAYS - 1) * DAY else None,
        back=url_for("studio.messages_to_come", **_kept()),
        display_number=display_number,
        words=coming_words,
    )


@bp.get("/messages-to-come/people/<int:employee_id>")
@needs(May.MODERATE)
def messages_to_person(employee_id: int) -> ResponseReturnValue:
    """What is told about one person's training, by day."""
    person = get_or_404(employee_for(g.viewer, employee_id))
    return page(
        "studio/foresight/person.html",
        person=person,
        rows=coming_to(g.viewer, employee_id, today()),
        others=others_to(g.viewer, employee_id, today(), today() + (DAYS - 1) * DAY),
        display_number=display_number,
        words=coming_words,
    )


def _wanted() -> Wanted:
    asked = request.args
    channel = asked.get("channel", "")
    return Wanted(
        course_id=next(iter(numbers(asked.getlist("course"))), None),
        department_id=next(iter(numbers(asked.getlist("department"))), None),
        channel=channel if channel in CHANNELS else "",
    )


def _kept() -> dict[str, Any]:
    return {name: request.args[name] for name in ("course", "department", "channel") if request.args.get(name)}


def _there(day: dt.date) -> str:
    return url_for("studio.messages_on_day", on=day.isoformat(), **_kept())


def _day() -> dt.date:
    try:
        day = dt.date.fromisoformat(request.args.get("on", today().isoformat()))
    except ValueError:
        abort(404)
    return day if 0 <= (day - today()).days < DAYS else abort(404)


def _others(wanted: Wanted, first: dt.date, last: dt.date) -> dict[dt.date, Counter[str]]:
    found = others(g.viewer, first, last, Whose(wanted.department_id, wanted.course_id))
    return {
        day: Counter({kind: count for kind, count in kinds.items() if _goes_by(wanted.channel, kind)})
        for day, kinds in found.items()
    }


def _goes_by(channel: str, kind: str) -> bool:
    return channel in ("", *coming_words.OTHER_WAYS[kind])


def _cell(day: dt.date, found: Foresight, more: dict[dt.date, Counter[str]]) -> Cell:
    parts: Counter[str] = Counter()
    for sort, count in found.days.get(day, Counter()).items():
        parts[_("Reminders") if sort.to_whom == "learner" else _("To managers and HR")] += count
    for kind, count in more.get(day, Counter()).items():
        parts[str(coming_words.OTHERS[kind])] += count
    return Cell(day, True, sum(parts.values()), tuple(parts.most_common()), _there(day))


def _weeks(cells: list[Cell]) -> list[list[Cell]]:
    """From Monday to Sunday, filled up with days outside."""
    first, last = cells[0].day, cells[-1].day
    before = [Cell(first - n * DAY, False) for n in range(first.weekday(), 0, -1)]
    after = [Cell(last + n * DAY, False) for n in range(1, 7 - last.weekday())]
    days = [*before, *cells, *after]
    return [days[at : at + 7] for at in range(0, len(days), 7)]


def _policy_page(policy_id: int | None) -> str:
    """Where the policy is looked after; '' for the one that ships, which has no page."""
    if policy_id is None:
        return ""
    return url_for("studio.reminder_policy", reminder_policy_id=policy_id)


def _sorts(found: Foresight) -> list[tuple[Any, int]]:
    whole: Counter[Any] = Counter()
    for day in found.days.values():
        whole.update(day)
    return whole.most_common()


def _facets(wanted: Wanted) -> list[dict[str, Any]]:
    courses = [(str(key), title) for key, title in published_courses()]
    departments = [(one.value, one.label) for one in employee_options(g.viewer).departments]
    channels = [(one, coming_words.channel_word(one)) for one in CHANNELS]
    return [
        facet(_("Course"), "course", courses, str(wanted.course_id or "")),
        facet(_("Department"), "department", departments, str(wanted.department_id or "")),
        facet(_("Channel"), "channel", channels, wanted.channel),
    ]


def facet(label: str, name: str, pairs: list[tuple[str, Any]], chosen: str) -> dict[str, Any]:
    """One facet; the first choice sets no filter."""
    options = [
        {"value": value, "label": text, "checked": value == chosen != ""} for value, text in [("", _("All")), *pairs]
    ]
    return {"label": label, "name": name, "options": options}
