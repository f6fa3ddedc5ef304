"""The form of any report, drawn from the parameters it reads, and the parameters read back (REP-1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import g
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from lmsapp.infra.words import RuleBroken
from lmsapp.insight.options import courses, team_choices
from lmsapp.insight.reports.reading import day
from lmsapp.insight.reports.report import Asking, Field, Kind, Report
from lmsapp.insight.reports.runs.rules import kept_terms
from lmsapp.insight.reports.windows import SINCE, UNTIL
from lmsapp.people.employees.chain import person_named
from lmsapp.people.employees.queries import employee_for, employee_options
from lmsapp.web.as_of import whole_day
from lmsapp.web.forms import say
from lmsapp.web.lists import options, readable

NAMED = "_named"  # after the name of a person's field: what was typed, instead of an id
SINGLE = {Kind.CHOICE, Kind.FLAG}


@dataclass(frozen=True, slots=True)
class Typed:
    """What an address asks for. `problem`: what is wrong with it, as a title and a sentence; None: nothing."""

    terms: dict[str, list[str]]
    problem: tuple[str, str] | None = None


def read_terms(report: Report, args: MultiDict[str, str]) -> Typed:
    """The parameters of the report; somebody typed by name or number becomes their id."""
    typed = readable(args).to_dict(flat=False)
    terms = kept_terms([field.name for field in report.fields], typed)
    problem = turned_round(day(terms, SINCE), day(terms, UNTIL))
    for field in report.fields:
        words = next(iter(typed.get(field.name + NAMED, ())), "").strip()
        if field.kind is Kind.PERSON and words:
            terms.pop(field.name, None)
            try:
                found = person_named(g.viewer, words[:100], field.name)
            except RuleBroken as broken:
                problem = _("Nobody is chosen"), say(broken)
            else:
                if found is not None:
                    terms[field.name] = [str(found.id)]
    return Typed(terms, problem)


def turned_round(since: dt.date | None, until: dt.date | None) -> tuple[str, str] | None:
    """What to say where the first day comes after the last, so that nothing can lie between."""
    if since is None or until is None or since <= until:
        return None
    said = _("%(first)s comes after %(last)s, so no day lies between. Change one of them.",
             first=whole_day(since), last=whole_day(until))  # fmt: skip
    return _("The first day is after the last"), said


def drawn(report: Report, asking: Asking) -> list[dict[str, Any]]:
    """For `reports/_filters.html`, one for each thing to choose: `kind` is 'facet', 'dates', or that of the field."""
    fields = {field.name: field for field in report.fields}
    paired = SINCE in fields and UNTIL in fields
    made = []
    for field in report.fields:
        if paired and field.name == UNTIL:
            continue
        if paired and field.name == SINCE:
            first, last = (next(iter(asking.terms.get(name, ())), "") for name in (SINCE, UNTIL))
            made.append({"kind": "dates", "label": _("From and to"), "since": first, "until": last})
            continue
        made.append(_drawn(field, asking))
    return made


def active(terms: Mapping[str, Sequence[str]]) -> int:
    """How many parameters are set; from and to are one."""
    return len({SINCE if name == UNTIL else name for name, values in terms.items() if values})


def _drawn(field: Field, asking: Asking) -> dict[str, Any]:
    values = list(asking.terms.get(field.name, ()))
    if not values and field.standard is not None:
        values = [field.standard(asking)]
    made: dict[str, Any] = {"kind": field.kind.value, "name": field.name, "label": _(field.label), "help": field.help}
    made |= {"value": next(iter(values), ""), "needed": field.needed, "chosen": bool(values)}
    if field.kind is Kind.PERSON:
        return made | {"name": field.name + NAMED, "value": _person(made["value"])}
    if field.kind is Kind.FLAG:
        ticks = options([("1", _(field.label))], values)
        return made | {"kind": "facet", "input": "checkbox", "options": ticks}
    pairs = _choices(field, asking)
    if field.kind in (Kind.MONTH, Kind.DAY, Kind.DAYS):
        return made
    if field.kind is Kind.CHOICE:  # the first is what is meant where nothing is chosen
        pairs = [("", pairs[0][1]), *pairs[1:]] if pairs else ()
        chosen = [value for value in values if value in dict(pairs)] or [""]
        return made | {"kind": "facet", "input": "radio", "options": options(pairs, chosen)}
    return made | {"kind": "facet", "input": "checkbox", "options": options(pairs, values)}


def _choices(field: Field, asking: Asking) -> Sequence[tuple[str, str]]:
    if field.choices is not None:
        return [(value, _(word)) for value, word in field.choices(asking)]
    if field.kind is Kind.COURSES:
        return [(str(value), label) for value, label in courses()]
    if field.kind is Kind.PERSON:
        return [(one, _person(one)) for one in asking.terms.get(field.name, ())]
    return _of_people(field.kind, line_only=asking.line_only)


def _of_people(kind: Kind, *, line_only: bool) -> Sequence[tuple[str, str]]:
    """What the people of the reader's line, or all of them, have."""
    if line_only:
        line = team_choices(g.viewer)
        found = {
            Kind.DEPARTMENTS: [(str(value), label) for value, label in line.departments],
            Kind.ROLES: [(one, one) for one in line.roles],
            Kind.LOCATIONS: [(one, one) for one in line.locations],
            Kind.REGIONS: [(one, one) for one in line.regions],
            Kind.COHORTS: [(one, one) for one in line.cohorts],
        }
        return found.get(kind, [])
    every = employee_options(g.viewer)
    lists = {
        Kind.DEPARTMENTS: every.departments,
        Kind.ROLES: every.job_roles,
        Kind.LOCATIONS: every.locations,
        Kind.REGIONS: every.regions,
        Kind.COHORTS: every.cohorts,
    }
    return [(one.value, one.label) for one in lists.get(kind, ())]


def _person(value: str) -> str:
    """'Mark Okafor (E-100)'; '' for nobody the reader may see."""
    found = employee_for(g.viewer, int(value)) if value.isdigit() and len(value) < 10 else None
    return f"{found.name} ({found.number})" if found else ""
