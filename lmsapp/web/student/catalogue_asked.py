"""The catalogue's address as filters, and filters as what can be ticked (CRS-8). Addresses hold standard words only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from werkzeug.datastructures import MultiDict

from lmsapp.learning.choosing.rules import FACETS, LENGTHS, NONE, SORTS, Filters
from lmsapp.learning.enrollments.rules import EnrollmentStatus
from lmsapp.web.labels import status_word
from lmsapp.web.programme_words import PROGRAMMES
from lmsapp.web.studio.words import COURSE_LANGUAGES

MOST_VALUES, MOST_TEXT = 30, 100
LABELS: dict[str, Any] = {
    "kind": __("Programme"),
    "topic": __("Topic"),
    "language": __("Language"),
    "length": __("Length"),
    "must": __("Mandatory"),
    "valid": __("Certificate"),
    "status": __("My status"),
}
WORDS: dict[str, dict[str, Any]] = {
    "kind": {str(key): label for key, label in PROGRAMMES.items()},
    "language": dict(COURSE_LANGUAGES),
    "length": {
        "15": __("Up to 15 min"),
        "30": __("16 to 30 min"),
        "60": __("31 to 60 min"),
        "more": __("Over an hour"),
    },
    "must": {"yes": __("Mandatory"), "no": __("By choice")},
    "valid": {"yes": __("Expires and is renewed"), "no": __("Counts for good")},
}
SORT_WORDS: dict[str, Any] = {
    "relevance": __("Best match"),
    "newest": __("Newest"),
    "rated": __("Best rated"),
    "taken": __("Most taken"),
    "title": __("Title"),
}
STATUSES = (NONE, *(one.value for one in EnrollmentStatus if one is not EnrollmentStatus.WITHDRAWN))
assert set(LABELS) == set(FACETS)
assert set(WORDS["length"]) == set(LENGTHS)


def query(args: MultiDict[str, str]) -> str:
    """What is looked for."""
    return args.get("q", "").strip()[:MOST_TEXT]


def filters(args: MultiDict[str, str]) -> Filters:
    """Values that nothing can have are left out; topics are whatever authors wrote."""
    known: dict[str, Any] = {**WORDS, "status": STATUSES}
    read = {
        facet: tuple(
            one[:MOST_TEXT]
            for one in dict.fromkeys(args.getlist(facet)[:MOST_VALUES])
            if one and (facet not in known or one in known[facet])
        )
        for facet in FACETS
    }
    return Filters(**read)


def sort(args: MultiDict[str, str]) -> str:
    """Best match where nothing else is asked; without words that is what most people take."""
    asked = args.get("sort", "")
    return asked if asked in SORTS else "relevance"


def page(args: MultiDict[str, str]) -> int:
    """1-based; nonsense is the first."""
    return min(max(1, args.get("page", 1, int)), 10_000)


def word(facet: str, value: str) -> str:
    """What a value of a facet is called."""
    if facet == "status":
        return _("Not enrolled") if value == NONE else status_word(value)
    return str(WORDS.get(facet, {}).get(value, value))


def facets(asked: Filters, counts: Mapping[str, Counter[str]]) -> list[dict[str, Any]]:
    """Each with its values that would show something, or are ticked, and how many courses."""
    found = []
    for facet, label in LABELS.items():
        chosen, counted = getattr(asked, facet), counts[facet]
        options = [
            {"value": value, "label": word(facet, value), "count": counted[value], "checked": value in chosen}
            for value in _values(facet, counted, chosen)
        ]
        if len(options) > 1 or chosen:
            found.append({"name": facet, "label": str(label), "options": options})
    return found


def _values(facet: str, counted: Counter[str], chosen: tuple[str, ...]) -> list[str]:
    """In the order of the house; topics by name. Ticked ones stay, also where they would show nothing."""
    there = {value for value, number in counted.items() if number} | set(chosen)
    if facet == "topic":
        return sorted(there, key=str.casefold)
    order = list(STATUSES if facet == "status" else WORDS[facet])
    return sorted(there, key=lambda value: order.index(value) if value in order else len(order))


def chips(asked: Filters, q: str, sorted_by: str) -> list[dict[str, str]]:
    """One for each value that is set; its address is the page without it."""
    pairs = [(facet, value) for facet in FACETS for value in getattr(asked, facet)]
    return [
        {"label": word(*pair), "href": address(q, sorted_by, [other for other in pairs if other != pair])}
        for pair in pairs
    ]


def address(q: str, sorted_by: str, pairs: list[tuple[str, str]]) -> str:
    """The catalogue with these filters."""
    said = ([("q", q)] if q else []) + pairs + ([("sort", sorted_by)] if sorted_by != "relevance" else [])
    return url_for("student.catalogue") + ("?" + urlencode(said) if said else "")


def sorts(chosen: str, q: str) -> list[dict[str, Any]]:
    """As the facet macro takes them."""
    del q
    return [
        {"value": "" if key == "relevance" else key, "label": str(label), "checked": key == chosen}
        for key, label in SORT_WORDS.items()
    ]
