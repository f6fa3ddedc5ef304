"""All learners of a lesson with a package: what was reported, as a list, as sheets, and by question (SCO-5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from slugify import slugify

from lmsapp.evidence.audit.actions import note_reading
from lmsapp.infra import clock
from lmsapp.insight.scorm.listing import (
    REPORTED,
    SHEET_PIECE,
    SORTS,
    STATES,
    Line,
    ReportedFilters,
    package_lesson_for,
    reported_lines,
    reported_page,
)
from lmsapp.insight.scorm.questions import Question, questions_of
from lmsapp.insight.sheets import BOM, guard, lines, rows_as_csv, rows_as_xlsx
from lmsapp.people.roles import May
from lmsapp.web import dates, scorm_words
from lmsapp.web.gates import needs
from lmsapp.web.lists import csv_response, options, page_url, readable
from lmsapp.web.render import answer, get_or_404, page
from lmsapp.web.reported import Slice
from lmsapp.web.studio.wing import bp

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NAMES = {"search": "q", "reported": "reported", "states": "state", "sort": "sort", "desc": "desc", "page": "page"}
REPORTED_WORDS: dict[str, Any] = {
    "not started": __("not started"),
    "unknown": __("said nothing"),
    "incomplete": __("incomplete"),
    "browsed": __("only browsed"),
    "completed": __("completed"),
    "passed": __("passed"),
    "failed": __("failed"),
}
STATE_WORDS: dict[str, Any] = {"open": __("open"), "done": __("done"), "by hand": __("done by hand")}
BADGES = {"open": "In Progress", "done": "Completed", "by hand": "Completed"}


@bp.get("/lessons/<int:package_lesson_id>/reported")
@needs(May.AUTHOR, May.MODERATE)
def package_learners(package_lesson_id: int) -> ResponseReturnValue:
    """Filters, sorting and pages answer in place."""
    lesson, filters = _asked(package_lesson_id)
    base = url_for("studio.package_learners", package_lesson_id=lesson.id)
    found = reported_page(lesson, filters)
    return answer(
        "studio/reported/_list.html",
        whole="studio/reported/index.html",
        lesson=lesson,
        base=base,
        found=found,
        filters=filters,
        rows=[shown(lesson.id, one) for one in found.lines],
        facets=[
            (_("Reported"), "reported", _counted(REPORTED_WORDS, filters.reported, found.counts)),
            (_("The lesson is"), "state", _counted(STATE_WORDS, filters.states, found.states)),
        ],
        sheets={
            kind: url_for(f"studio.package_learners_{kind}", package_lesson_id=lesson.id) + query(filters)
            for kind in ("csv", "xlsx")
        },
        sort={
            "key": filters.sort,
            "desc": filters.desc,
            "url": lambda key, desc: base + query(filters, sort=key, desc=desc),
        },
        page_url=page_url,
    )


@bp.get("/lessons/<int:package_lesson_id>/reported.csv")
@needs(May.AUTHOR, May.MODERATE)
def package_learners_csv(package_lesson_id: int) -> ResponseReturnValue:
    """Exactly what the list shows, all pages of it."""
    lesson, filters = _noted(package_lesson_id, "reported by content")
    return csv_response(_pieces(sheet_head(), map(sheet_row, reported_lines(lesson, filters))), _name(lesson, "csv"))


@bp.get("/lessons/<int:package_lesson_id>/reported.xlsx")
@needs(May.AUTHOR, May.MODERATE)
def package_learners_xlsx(package_lesson_id: int) -> ResponseReturnValue:
    """The same as a workbook."""
    lesson, filters = _noted(package_lesson_id, "reported by content")
    return _workbook(rows_as_xlsx(sheet_head(), map(sheet_row, reported_lines(lesson, filters))), lesson)


@bp.get("/lessons/<int:package_lesson_id>/questions")
@needs(May.AUTHOR, May.MODERATE)
def package_questions(package_lesson_id: int) -> ResponseReturnValue:
    """How often each question was answered right."""
    lesson = get_or_404(package_lesson_for(g.viewer, package_lesson_id))
    questions, learners = questions_of(lesson)
    return page(
        "studio/reported/questions.html",
        lesson=lesson,
        questions=Slice.of(questions, request.args.get("page", 1, type=int)),
        learners=learners,
        said=scorm_words,
        page_url=page_url,
    )


@bp.get("/lessons/<int:package_lesson_id>/questions.csv")
@needs(May.AUTHOR, May.MODERATE)
def package_questions_csv(package_lesson_id: int) -> ResponseReturnValue:
    """A line for every answer there is."""
    lesson, _filters = _noted(package_lesson_id, "questions of content")
    return csv_response(iter([rows_as_csv(question_head(), question_rows(lesson))]), _name(lesson, "csv", "questions"))


@bp.get("/lessons/<int:package_lesson_id>/questions.xlsx")
@needs(May.AUTHOR, May.MODERATE)
def package_questions_xlsx(package_lesson_id: int) -> ResponseReturnValue:
    """The same as a workbook."""
    lesson, _filters = _noted(package_lesson_id, "questions of content")
    return _workbook(rows_as_xlsx(question_head(), question_rows(lesson)), lesson, "questions")


def shown(lesson_id: int, one: Line) -> dict[str, Any]:
    """A learner as the list shows them."""
    row = one.row
    return {
        "row": row,
        "href": url_for("studio.reported", enrollment_id=row.id, lesson=lesson_id),
        "reported": _reported(row),
        "state": STATE_WORDS[row.state],
        "badge": BADGES[row.state],
        "open": open_because(one),
        "time": scorm_words.length(row.seconds) if row.seconds else "",
    }


def _reported(row: Any) -> str:
    if row.attempt_id is None:
        return str(REPORTED_WORDS["not started"])
    parts = [scorm_words.COMPLETIONS[row.completion], scorm_words.SUCCESSES[row.success]]
    return ", ".join(str(part) for part in parts if str(part))


def open_because(one: Line, most: int = 1) -> str:
    """The criterion that is open and why, of several parts the first ones; nothing where the lesson is done."""
    if one.row.state != "open":
        return ""
    if one.outcome is None:
        return _("It was not opened yet.")
    return " · ".join(scorm_words.open_parts(one.outcome, one.terms, most))


def sheet_head() -> list[str]:
    """Of the sheet of learners."""
    return [
        _("Employee number"), _("Name"), _("Department"), _("Job role"), _("The lesson is"), _("Done on"),
        _("Reported"), _("Success"), _("Score in percent"), _("Attempt"), _("Seconds spent"), _("Last heard of"),
        _("Still open because"), _("Set done by"),
    ]  # fmt: skip


def sheet_row(one: Line) -> list[Any]:
    """A learner as a line of the sheet; days are those where they are."""
    row = one.row
    return [
        row.number, row.name, row.department, row.job_role, str(STATE_WORDS[row.state]), _day(row.done_at, row),
        str(scorm_words.COMPLETIONS[row.completion]) if row.attempt_id else str(REPORTED_WORDS["not started"]),
        str(scorm_words.SUCCESSES[row.success]) if row.attempt_id else "",
        None if row.score is None else float(row.score), float(row.attempt) if row.attempt_id else None,
        float(row.seconds) if row.attempt_id else None, _day(row.last_at, row), open_because(one, 10), row.hand,
    ]  # fmt: skip


def _day(at: Any, row: Any) -> Any:
    return at.astimezone(clock.zone(row.time_zone)).date() if at else None


def question_head() -> list[str]:
    """Of the sheet of questions."""
    return [
        _("Part"), _("Question"), _("Kind"), _("Answered by"), _("Right"), _("Wrong"), _("Share right"),
        _("Seconds on average"), _("Answer"), _("Given by"), _("Of these right"),
    ]  # fmt: skip


def question_rows(lesson: Any) -> list[list[Any]]:
    """A line for each answer of each question; a question without any has one line."""
    found: list[list[Any]] = []
    for one in questions_of(lesson)[0]:
        front = _question_front(one)
        given = [
            [scorm_words.answer_words(made.answer, one.kind), float(made.count), float(made.right)]
            for made in one.answers
        ]
        found += [front + line for line in given or [[None] * 3]]
    return found


def _question_front(one: Question) -> list[Any]:
    share = None if one.share is None else round(one.share, 4)
    pace = None if one.pace is None else round(one.pace, 1)
    kind = str(scorm_words.KINDS.get(one.kind, one.kind))
    return [one.item, one.label, kind, float(one.asked), float(one.right), float(one.wrong), share, pace]


def _asked(lesson_id: int) -> tuple[Any, ReportedFilters]:
    """404 for a lesson that is not the viewer's to look after; what is not understood of the address is left out."""
    lesson = get_or_404(package_lesson_for(g.viewer, lesson_id))
    args = readable(request.args)
    return lesson, ReportedFilters(
        search=args.get("q", "").strip()[:100],
        reported=tuple(one for one in REPORTED if one in args.getlist("reported")),
        states=tuple(one for one in STATES if one in args.getlist("state")),
        sort=args["sort"] if args.get("sort") in SORTS else "name",
        desc=args.get("desc") == "1",
        page=min(max(args.get("page", 1, type=int), 1), 100_000),
    )


def query(filters: ReportedFilters, **changes: Any) -> str:
    """The query string after `changes`, with '?'; back on page 1."""
    filters = replace(filters, **{"page": 1, **changes})
    pairs: list[tuple[str, str]] = []
    for one in fields(filters):
        value = getattr(filters, one.name)
        if value != one.default:
            several = value if isinstance(value, tuple) else ("1" if value is True else value,)
            pairs += [(NAMES[one.name], str(each)) for each in several]
    return "?" + urlencode(pairs) if pairs else ""


def _counted(words: dict[str, Any], chosen: tuple[str, ...], counts: Any) -> list[dict[str, Any]]:
    found = options([(value, str(word)) for value, word in words.items()], chosen)
    return [{**one, "count": counts.get(one["value"], 0)} for one in found]


def _noted(lesson_id: int, what: str) -> tuple[Any, ReportedFilters]:
    lesson, filters = _asked(lesson_id)
    note_reading(what, g.viewer, filters={"lesson": [lesson.title], **request.args.to_dict(flat=False)})
    return lesson, filters


def _pieces(head: list[str], rows: Iterable[list[Any]]) -> Iterator[str]:
    yield BOM + lines([[guard(cell) for cell in head]])
    left = iter(rows)
    while some := list(islice(left, SHEET_PIECE)):
        yield lines([guard(str("" if cell is None else cell)) for cell in row] for row in some)


def _workbook(data: bytes, lesson: Any, what: str = "reported") -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{_name(lesson, "xlsx", what)}"'}
    return Response(data, content_type=EXCEL, headers=headers)


def _name(lesson: Any, kind: str, what: str = "reported") -> str:
    return f"{what}-{slugify(lesson.title, max_length=50) or lesson.id}-{dates.today()}.{kind}"
