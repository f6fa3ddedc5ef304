"""The lines of a dry run, or of what was applied: one kind at a time, found, paged in place, downloaded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.assignments.queries import open_counts_of
from lmsapp.evidence.audit.actions import note_reading
from lmsapp.insight.sheets import guard, lines
from lmsapp.people.roster.lines import Kind
from lmsapp.people.roster.queries import RunFilters, all_lines, lines_of, roster_run, roster_runs
from lmsapp.web.hr.roster_words import KIND_WORDS, SOURCE_WORDS, STATUS_WORDS, column_words, line_words, said
from lmsapp.web.hr.wing import bp
from lmsapp.web.lists import csv_response, options, page_url
from lmsapp.web.render import answer, get_or_404

SHOWN = 50


@bp.get("/roster/runs")
def roster_history() -> ResponseReturnValue:
    """Every file so far; found by its name, or by whom it changed."""
    given = request.args
    filters = RunFilters(
        tuple(one for one in given.getlist("status") if one in STATUS_WORDS),
        tuple(one for one in given.getlist("source") if one in SOURCE_WORDS),
        given.get("q", "").strip()[:100],
    )
    runs = roster_runs(g.viewer, filters, min(max(given.get("page", 1, type=int), 1), 100_000))
    facets = [
        (_("Outcome"), "status", options(((k, str(v)) for k, v in STATUS_WORDS.items()), filters.statuses)),
        (_("Came by"), "source", options(((k, str(v)) for k, v in SOURCE_WORDS.items()), filters.sources)),
    ]
    context: dict[str, Any] = {"runs": runs, "filters": filters, "facets": facets, "page_url": page_url, "told": said}
    return answer("hr/roster/_runs.html", whole="hr/roster/history.html", **context)


@bp.get("/roster/<int:run_id>/lines.csv")
def roster_lines_csv(run_id: int) -> ResponseReturnValue:
    """The plan by line, whole or one kind."""
    run = get_or_404(roster_run(g.viewer, run_id))
    kind = _kind(request.args.get("show", ""))
    note_reading("roster lines", g.viewer, filters={"file": run.file_name, "kind": kind.value if kind else None})
    return csv_response(_sheet(run, kind), f"roster-{run.id}{'-' + kind.value if kind else ''}.csv")


@bp.get("/roster/<int:run_id>/problems.csv")
def roster_problems(run_id: int) -> ResponseReturnValue:
    """Every line that cannot be used, for whoever mends the file."""
    run = get_or_404(roster_run(g.viewer, run_id))
    note_reading("roster problems", g.viewer, filters={"file": run.file_name})
    return csv_response(_problems(run), f"problems-{run.id}.csv")


def lines_context(run: Any) -> dict[str, Any]:
    """What the page of a run shows: the kinds there are with their numbers, and a page of the one asked for."""
    numbers = dict(zip(Kind, (run.counts.get(name, 0) for name in KIND_COUNTS), strict=True))
    if run.facts.get("full"):
        numbers[Kind.MISSING] = 0
    there = [kind for kind in Kind if numbers[kind] and not (kind is Kind.MISSING and run.status == "applied")]
    asked = _kind(request.args.get("show", ""))
    kind = asked if asked in there else next(iter(there), Kind.JOINER)
    q = request.args.get("q", "").strip()[:100]
    found = lines_of(run, kind, q, min(max(request.args.get("page", 1, type=int), 1), 100_000), SHOWN)
    leaving = kind is Kind.LEAVER and run.status != "applied"
    still_open = open_counts_of(g.viewer, [row.employee_id for row in found.rows]) if leaving else {}
    base = url_for("hr.roster_plan", run_id=run.id)
    tabs = [
        {
            "label": KIND_WORDS[one],
            "href": f"{base}?show={one.value}#lines",
            "count": numbers[one],
            "current": one is kind,
        }
        for one in there
    ]
    return {
        "run": run, "kind": kind.value, "found": found,
        "still_open": still_open, "q": q, "tabs": tabs, "base": base, "page_url": page_url,
        "column_words": column_words, "numbers": {one.value: number for one, number in numbers.items()},
    }  # fmt: skip


KIND_COUNTS = ("problems", "joiners", "movers", "leavers", "missing", "unchanged")


def _kind(word: str) -> Kind | None:
    return Kind(word) if word in set(Kind) else None


def _sheet(run: Any, kind: Kind | None) -> Iterator[str]:
    yield "\ufeff" + _row([_("Line"), _("What happens"), _("Employee number"), _("Name"), _("Details")])
    for one in all_lines(run, kind):
        words = str(KIND_WORDS[Kind(one.kind)])
        yield _row([one.line or "", words, one.number, one.name, line_words(one.kind, one.told)])


def _problems(run: Any) -> Iterator[str]:
    yield "\ufeff" + _row([_("Line"), _("Column"), _("Reason")])
    for one in all_lines(run, Kind.PROBLEM):
        yield _row([one.line, one.told["heading"], line_words(one.kind, one.told)])


def _row(cells: list[Any]) -> str:
    return lines([[guard(str(cell)) for cell in cells]])
