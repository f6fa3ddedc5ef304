"""What a status is called where it is shown: the one function every page, sheet and PDF asks (CRS-7).

The nearest scope decides: the course or compliance type, then the organisation, then the standard word in the reader's
language. What is asked, filtered or compared stays the standard status.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from flask import g
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _
from jinja2 import pass_context
from jinja2.runtime import Context

from lmsapp.people.labels.queries import labels_now, labels_of
from lmsapp.people.labels.rules import STATUSES, Labels, Scope
from lmsapp.web.sessions import LANGUAGES


def present_labels() -> Labels:
    """What is chosen now: by the version read with the viewer; without one (a PDF, a letter) it is looked up."""
    viewer = g.get("viewer")
    return labels_of(viewer.words_version) if viewer is not None else labels_now()


def status_word(
    status: object, course: int | None = None, compliance_type: int | None = None, standard: str | None = None
) -> str:
    """The word for a status, in the reader's language. `standard`: what to say where nothing is chosen."""
    word = str(getattr(status, "value", status))
    labels = present_labels()
    if labels.chosen:
        nearest = Scope("course", course) if course else Scope("compliance_type", compliance_type or 0)
        if chosen := labels.label(word, str(get_locale()), nearest):
            return chosen
    return _(word) if standard is None else standard


@pass_context
def status_filter(
    _context: Context,
    status: object,
    course: int | None = None,
    compliance_type: int | None = None,
    standard: str | None = None,
) -> str:
    """`status_word` in pages. It asks for the context so that Jinja never works out `'Completed'|status_word` once and
    for all, when a page is compiled, in whatever language and words the first reader had."""
    return status_word(status, course, compliance_type, standard)


@dataclass(frozen=True, slots=True)
class SheetWords:
    """For a sheet that SQL writes: the word of each status, and per course only the words that differ there."""

    general: dict[str, str]
    by_course: dict[int, dict[str, str]]


def sheet_words(statuses: Iterable[object]) -> SheetWords:
    """In the reader's language."""
    names = [str(getattr(status, "value", status)) for status in statuses]
    general = {name: status_word(name) for name in names}
    by_course = {
        course: {name: word for name in names if (word := status_word(name, course)) != general[name]}
        for course in present_labels().ids("course")
    }
    return SheetWords(general, {course: words for course, words in by_course.items() if words})


def word_finder(statuses: Iterable[object]) -> Callable[[str, int], str]:
    """(status, course id) -> word, in the reader's language, looked up once for a whole document."""
    words = sheet_words(statuses)
    return lambda status, course: words.by_course.get(course, {}).get(status) or words.general.get(status, status)


def standard_words() -> Mapping[tuple[str, str], str]:
    """(language, status) -> the word where nothing is chosen, in every language."""
    found: dict[tuple[str, str], str] = {}
    for language in LANGUAGES:
        with force_locale(language):
            found |= {(language, status): str(_(status)) for status in STATUSES}
    return found
