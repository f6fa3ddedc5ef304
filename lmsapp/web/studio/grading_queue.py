"""The grading queue: hand-ins and attempts with open answers, one list; and on to the next one (QIZ-5)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __

from lmsapp.infra import clock
from lmsapp.learning.grading.next_one import claim_next
from lmsapp.learning.grading.queue import PAGE, Kind, QueueFilters, Show, count_waiting, places_to_grade, queue
from lmsapp.people.roles import May
from lmsapp.web.dates import today
from lmsapp.web.gates import needs
from lmsapp.web.lists import numbers, page_url, readable
from lmsapp.web.render import answer, to
from lmsapp.web.studio.wing import bp
from lmsapp.web.work_words import DECIDED

GRADERS = (May.GRADE, May.AUTHOR, May.MODERATE)
SHOWN: dict[Show, Any] = {
    Show.WAITING: __("Waiting to be graded"),
    Show.MINE: __("I am on it"),
    Show.DECIDED: __("Decided"),
}
KINDS: dict[Kind, Any] = {Kind.WORK: __("Work from assignments"), Kind.ANSWERS: __("Open answers of quizzes")}
WAITING_DAYS: dict[str, Any] = {"1": __("More than a day"), "3": __("More than 3 days"), "7": __("More than a week")}


@bp.get("/grading")
@needs(*GRADERS)
def grading() -> ResponseReturnValue:
    """What waits, oldest first; only what is this grader's."""
    filters = filters_asked()
    rows, total = queue(g.viewer, filters, clock.now())
    chosen = (filters.kind, filters.course_id, filters.lesson_id, filters.waiting_days)
    return answer(
        "studio/grading/_list.html",
        whole="studio/grading/index.html",
        rows=rows,
        paging={"number": filters.page, "size": PAGE, "total": total},
        page_url=page_url,
        q=filters.search,
        show=filters.show.value,
        facets=facets_of(filters),
        active=(filters.show is not Show.WAITING) + sum(map(bool, chosen)),
        decided=DECIDED,
        today=today(),
        waiting=count_waiting(g.viewer),
    )


@bp.post("/grading/next")
@needs(*GRADERS)
def next_to_grade() -> ResponseReturnValue:
    """On to the oldest that nobody is on, and say so."""
    work, answers = (numbers([request.form.get(name, "")]) for name in ("but", "but_answers"))
    return next_one(None, but=work[0] if work else None, but_answers=answers[0] if answers else None)


def onward(said: str) -> Response:
    """After a decision: to the next one if that was asked, else to the list."""
    if request.form.get("go") == "next":
        return next_one(said)
    return to(url_for("studio.grading"), said=said)


def next_one(said: str | None, **but: int | None) -> Response:
    """To the next one's page; where there is none, to the list, which says so."""
    found = claim_next(by=g.viewer, **but)
    if found is None:
        return to(url_for("studio.grading"), said=said or _("Nothing else waits for you. Well done."))
    if found.kind is Kind.WORK:
        return to(url_for("studio.hand_in", hand_in_id=found.id), said=said)
    return to(url_for("studio.answers", attempt_id=found.id), said=said)


def filters_asked() -> QueueFilters:
    """From the address; what makes no sense is left out."""
    args = readable(request.args)
    course, lesson, days, number = (numbers([args.get(name, "")]) for name in ("course", "lesson", "since", "page"))
    show, kind = args.get("show", ""), args.get("kind", "")
    return QueueFilters(
        show=Show(show) if show in set(Show) else Show.WAITING,
        kind=Kind(kind) if kind in set(Kind) else None,
        course_id=course[0] if course else None,
        lesson_id=lesson[0] if lesson else None,
        waiting_days=days[0] if days and str(days[0]) in WAITING_DAYS else None,
        search=args.get("q", "")[:200],
        page=max(1, number[0]) if number else 1,
    )


def facets_of(filters: QueueFilters) -> list[dict[str, Any]]:
    """What can be chosen; lessons only once a course is."""
    places = places_to_grade(g.viewer)
    courses = list({row.course_id: row.course for row in places}.items())
    lessons = [(row.lesson_id, row.lesson) for row in places if row.course_id == filters.course_id]
    chosen = {
        "show": "" if filters.show is Show.WAITING else filters.show.value,
        "kind": filters.kind.value if filters.kind else "",
        "course": filters.course_id or "",
        "lesson": filters.lesson_id or "",
        "since": str(filters.waiting_days or ""),
    }
    said: list[tuple[str, str, list[tuple[Any, Any]]]] = [
        (_("Show"), "show", [("" if one is Show.WAITING else one.value, label) for one, label in SHOWN.items()]),
        (_("What"), "kind", [("", _("Everything")), *((kind.value, label) for kind, label in KINDS.items())]),
        (_("Course"), "course", [("", _("Every course")), *courses]),
        *([(_("Lesson"), "lesson", [("", _("Every lesson")), *lessons])] if lessons else []),
        (_("Waiting for"), "since", [("", _("Any time")), *WAITING_DAYS.items()]),
    ]
    return [
        {
            "label": label,
            "name": name,
            "options": [{"value": value, "label": text, "checked": value == chosen[name]} for value, text in pairs],
        }
        for label, name, pairs in said
    ]
