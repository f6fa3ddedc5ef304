"""One checklist: go or no-go, blockers first, each with the next step in the row (REP-3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, g, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from lmsapp.evidence.audit.actions import note_reading
from lmsapp.infra import clock
from lmsapp.insight.gonogo.answers import people_on, verdict, verdict_of
from lmsapp.insight.gonogo.lines import STATES as STATE_WORDS
from lmsapp.insight.gonogo.lines import Filters
from lmsapp.insight.gonogo.queries import checklist_for, group_words, may_act, may_keep, things_of
from lmsapp.insight.gonogo.rules import BLOCKING, Standing
from lmsapp.insight.reports.go_no_go import GO_NO_GO, HEAD
from lmsapp.insight.reports.report import Asking
from lmsapp.insight.sheets import as_csv
from lmsapp.web.as_of import Asked
from lmsapp.web.gates import policy_of
from lmsapp.web.gonogo.wing import bp
from lmsapp.web.gonogo.words import STATES, Steps, group_of, standing_label, standing_status, verdict_words
from lmsapp.web.labels import status_word
from lmsapp.web.lists import MOST, csv_response, numbers, options, page_url, query_string, readable
from lmsapp.web.render import answer, get_or_404
from lmsapp.web.report_labels import report_labels

NAMES = {"states": "state", "items": "thing", "standings": "standing", "q": "q", "page": "page"}
Said = Mapping[int, tuple[str, bool]]  # employee id -> what happened, and whether it went well


@bp.get("/<int:checklist_id>")
def checklist(checklist_id: int) -> Response:
    """The page; asked again by itself, the region alone."""
    found = get_or_404(checklist_for(g.viewer, checklist_id))
    return answer("gonogo/_one.html", whole="gonogo/one.html", **context_of(found, read(request.args)))


@bp.get("/<int:checklist_id>.csv")
def checklist_csv(checklist_id: int) -> Response:
    """Every person and thing; that it was taken is on the trail."""
    found = get_or_404(checklist_for(g.viewer, checklist_id))
    terms = {
        "checklist": [str(found.id)],
        **{name: request.args.getlist(name)[:MOST] for name in ("state", "thing", "standing", "q")},
    }
    asking = Asking(g.viewer, terms, clock.now(), labels=report_labels(GO_NO_GO.statuses))
    note_reading("go/no-go", g.viewer, filters={"checklist": found.name, **terms})
    name = Asked().file_name(f"go-no-go-{found.id}")
    return csv_response(as_csv([_(head).capitalize() for head in HEAD], GO_NO_GO.rows(asking)), f"{name}.csv")


def read(args: MultiDict[str, str]) -> Filters:
    """What makes no sense filters nothing."""
    args = readable(args)
    return Filters(
        states=tuple(one for one in STATE_WORDS if one in args.getlist("state")),
        items=numbers(args.getlist("thing")),
        standings=tuple(one.value for one in Standing if one.value in args.getlist("standing")),
        q=args.get("q", "").strip()[:100],
        page=next(iter(numbers([args.get("page", "")])), 1),
    )


def context_of(found: Any, filters: Filters, said: Said | None = None) -> dict[str, Any]:
    """All the region shows."""
    now = clock.now()
    people = people_on(g.viewer, found, filters, now)
    complete = not filters.active and people.total == len(people.people)
    whole = verdict_of(g.viewer, found, people) if complete else verdict(g.viewer, found, now)
    things = things_of(found.id)
    base = url_for("gonogo.checklist", checklist_id=found.id)
    return {
        "checklist": found,
        "filters": filters,
        "people": people,
        "found": whole,
        "why": verdict_words(whole),
        "things": [(one, whole.counts.get(one.id, {})) for one in things],
        "group": group_of(found.who, group_words(found)),
        "facets": _facets(filters, things, whole),
        "chips": _chips(base, filters, things),
        "base": base,
        "here": base + query_string(filters, NAMES, {"page": filters.page}),
        "only": lambda **changes: base + query_string(filters, NAMES, changes),
        "page_url": page_url,
        "states": STATES,
        "happened": said or {},
        "status_of": standing_status,
        "label": standing_label,
        "steps": Steps(),
        "now": now,
        "may_keep": may_keep(g.viewer, found),
        "may_token": policy_of(current_app, "gonogo.tokens").admits(g.viewer),
        "may_act": may_act(g.viewer) and found.archived_at is None,
        "blocking": BLOCKING,
    }


def _facets(filters: Filters, things: Any, whole: Any) -> list[tuple[str, str, list[dict[str, Any]], str]]:
    counts = {"blocked": whole.blocked, "cleared": whole.cleared, "ready": whole.ready}
    states = options(((name, label) for name, (_tone, label) in STATES.items()), filters.states)
    for one in states:
        one["count"] = counts[one["value"]]
    stood: dict[str, int] = {}
    for by_standing in whole.counts.values():
        for name, count in by_standing.items():
            stood[name] = stood.get(name, 0) + count
    standings = options(((one.value, status_word(one)) for one in Standing if one in stood), filters.standings)
    return [
        (_("State"), "state", states, "checkbox"),
        (_("What is asked"), "thing", options(((one.id, one.title) for one in things), filters.items), "checkbox"),
        (_("Status"), "standing", [{**one, "count": stood[one["value"]]} for one in standings], "checkbox"),
    ]


def _chips(base: str, filters: Filters, things: Any) -> list[dict[str, str]]:
    titles = {one.id: one.title for one in things}
    chosen = [
        *(("states", one, str(STATES[one][1])) for one in filters.states),
        *(("items", one, titles.get(one, "?")) for one in filters.items),
        *(("standings", one, status_word(one)) for one in filters.standings),
    ]
    chips = [
        {"label": label, "href": base + query_string(filters, NAMES, {name: _without(getattr(filters, name), value)})}
        for name, value, label in chosen
    ]
    if filters.q:
        chips.append({"label": f"“{filters.q}”", "href": base + query_string(filters, NAMES, {"q": ""})})
    return chips


def _without(values: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    return tuple(one for one in values if one != value)
