"""The lists of the organisation in words, and their addresses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __

from lmsapp.people.organisation.rules import Kind


@dataclass(frozen=True, slots=True)
class ListWords:
    """How one list of words is called, and the name its filter has in the list of employees."""

    kind: Kind
    title: Any
    one: Any
    filter: str


LISTS: dict[str, ListWords] = {
    "job-roles": ListWords(Kind.JOB_ROLE, __("Job roles"), __("Job role"), "role"),
    "locations": ListWords(Kind.LOCATION, __("Locations"), __("Location"), "location"),
    "regions": ListWords(Kind.REGION, __("Regions"), __("Region"), "region"),
    "cohorts": ListWords(Kind.COHORT, __("Hire cohorts"), __("Hire cohort"), "cohort"),
}


def tabs(current: str) -> list[dict[str, Any]]:
    """'departments', a name of LISTS, or 'holidays'."""
    found = [{"label": _("Departments"), "href": url_for("hr.organisation"), "current": current == "departments"}]
    for name, words in LISTS.items():
        href = url_for("hr.organisation_list", list_name=name)
        found.append({"label": words.title, "href": href, "current": name == current})
    found.append({"label": _("Holidays"), "href": url_for("hr.holidays"), "current": current == "holidays"})
    return found
