"""What there is to choose from on the statistics page, and what was chosen, one by one."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import pgettext

from lmsapp.insight.options import courses
from lmsapp.insight.statistics.options import choices_of
from lmsapp.web.lists import options
from lmsapp.web.programme_words import PROGRAMMES
from lmsapp.web.statistics_asked import NAMES
from lmsapp.web.statistics_parts import Place

Facet = tuple[str, str, list[dict[str, Any]], str]


def facets(place: Place) -> list[Facet]:
    """Label, parameter, options and kind of tick; what has nothing to choose from is left out."""
    asked, there = place.asking.filters, choices_of(g.viewer, line_only=place.asking.line_only)
    kinds = [(str(kind), str(word)) for kind, word in PROGRAMMES.items()]
    found: list[Facet] = [
        (_("Department"), "department", options(there.departments, asked.departments), "checkbox"),
        (pgettext("of a job", "Role"), "role", options(_same(there.roles), asked.roles), "checkbox"),
        (_("Location"), "location", options(_same(there.locations), asked.locations), "checkbox"),
        (_("Region"), "region", options(_same(there.regions), asked.regions), "checkbox"),
        (_("Hire cohort"), "cohort", options(_same(there.cohorts), asked.cohorts), "checkbox"),
    ]
    if place.course_id is None:
        found += [
            (_("Programme kind"), "kind", options(kinds, asked.kinds), "checkbox"),
            (_("Course"), "course", options(courses(), asked.courses), "checkbox"),
        ]
    return [facet for facet in found if facet[2]]


def chips(place: Place, shown: list[Facet]) -> list[dict[str, str]]:
    """One for each choice; its address is the page without it."""
    words = {name: {str(one["value"]): one["label"] for one in options_} for _label, name, options_, _kind in shown}
    found = []
    for attribute in ("departments", "roles", "locations", "regions", "cohorts", "kinds", "courses"):
        chosen, name = getattr(place.asking.filters, attribute), NAMES[attribute]
        for value in chosen:
            rest: Any = tuple(one for one in chosen if one != value)
            label = words.get(name, {}).get(str(value), str(value))
            found.append({"label": label, "href": place.page("", **{attribute: rest})})
    return found


def _same(words: Any) -> list[tuple[str, str]]:
    return [(word, word) for word in words]
