"""The filters of the team dashboard as choices with counts (DSH-1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import pgettext

from lmsapp.assignments.rules import AssignmentStatus
from lmsapp.insight.filters import DUE_WINDOWS, SCOPES, STANDINGS, TeamFilters
from lmsapp.insight.options import Choices
from lmsapp.insight.team_facets import TeamCounts
from lmsapp.web.labels import status_word
from lmsapp.web.team.asked import due_label, scope_label, standing_label

SHOWN_STATUSES = (
    AssignmentStatus.OVERDUE,
    AssignmentStatus.IN_PROGRESS,
    AssignmentStatus.PENDING,
    AssignmentStatus.COMPLETED,
    AssignmentStatus.EXEMPT,
    AssignmentStatus.CANCELLED,
)
SEVERAL, ONE = "checkbox", "radio"
Facet = tuple[str, str, list[dict[str, Any]], str]


def facets(filters: TeamFilters, choices: Choices, counts: TeamCounts) -> list[Facet]:
    """(label, parameter, options, kind of tick) for each facet that has something to choose from. An option that would
    leave nothing stays: it says so by its count."""
    words = choices

    def same(values: Iterable[str], chosen: Iterable[str]) -> list[tuple[str, str]]:
        """What is chosen stays to be seen and taken away, even where nobody of the line has it any more."""
        return [(value, value) for value in dict.fromkeys((*values, *chosen))]

    several = (
        (_("Department"), "department", words.departments, counts.departments, filters.departments),
        (pgettext("of a job", "Role"), "role", same(words.roles, filters.roles), counts.roles, filters.roles),
        (_("Location"), "location", same(words.locations, filters.locations), counts.locations, filters.locations),
        (_("Region"), "region", same(words.regions, filters.regions), counts.regions, filters.regions),
        (_("Hire cohort"), "cohort", same(words.cohorts, filters.cohorts), counts.cohorts, filters.cohorts),
        (_("Status"), "status", [(one.value, status_word(one)) for one in SHOWN_STATUSES], counts.statuses,
         filters.statuses),
        (_("Course"), "course", words.courses, counts.courses, filters.courses),
    )  # fmt: skip
    found = [
        (label, name, _options(pairs, count, chosen), SEVERAL) for label, name, pairs, count, chosen in several if pairs
    ]
    return [*found, *_singles(filters, choices, counts)]


def _singles(filters: TeamFilters, choices: Choices, counts: TeamCounts) -> list[Facet]:
    """Those of which one holds; 'any' is no filter and has no count."""

    def every(chosen: str) -> dict[str, Any]:
        return {"value": "", "label": _("Any"), "checked": not chosen}

    due = _options(((one, due_label(one)) for one in DUE_WINDOWS), counts.due, (filters.due,))
    standing = _options(((one, standing_label(one)) for one in STANDINGS), counts.standing, (filters.standing,))
    reach = _options(((one, scope_label(one)) for one in SCOPES), counts.scopes, (filters.scope,))
    reach[0]["value"] = ""  # the whole line is as by default, so it is no filter
    found: list[Facet] = [
        (_("Due"), "due", [every(filters.due), *due], ONE),
        (_("Also"), "people", [every(filters.standing), *standing], ONE),
    ]
    return [(_("Reach"), "reach", reach, ONE), *found] if choices.direct < choices.people else found


def _options(
    pairs: Iterable[tuple[Any, str]], counts: Mapping[Any, int], chosen: Collection[Any]
) -> list[dict[str, Any]]:
    return [
        {"value": value, "label": label, "count": counts.get(value, 0), "checked": value in chosen}
        for value, label in pairs
    ]
