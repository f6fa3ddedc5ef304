"""A report in words, in the language of the moment: its heads, its filters, its notes and its totals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel.dates import format_date
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import func, select

from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.insight.reports.reading import day, flag, meant, month, numbers, one_of, texts
from lmsapp.insight.reports.report import Asking, Field, Kind, Report
from lmsapp.people.employees.models import Employee
from lmsapp.people.organisation.queries import department_tree
from lmsapp.people.queries import employee_ids_visible_to

MOST_SAID = 6  # values of a filter that are named; more are counted
MOST_SPLIT = 12


@dataclass(frozen=True, slots=True)
class Totals:
    """How many rows, how many different people, courses (word, number), and rows by value of the split column."""

    rows: int
    counted: Sequence[tuple[str, int]]
    split: Sequence[tuple[str, int]]


def heads_of(report: Report) -> list[str]:
    """The head of each column, with a capital."""
    return [_capital(_(column.word)) for column in report.columns]


def notes_of(report: Report, asking: Asking) -> list[str]:
    """What is counted and what is not. Inside the reading of a past day."""
    return [_(words) % dict(values) if values else _(words) for words, values in report.notes(asking)]


def filters_of(report: Report, asking: Asking) -> list[tuple[str, str]]:
    """Label and words of each parameter that was chosen or has a value of its own, in the order of its form."""
    found = ((_(field.label), SAYS[field.kind](field, asking)) for field in report.fields)
    return [(label, words) for label, words in found if words]


def scope_of(asking: Asking, name: str) -> str:
    """Whose rows it holds. `name`: of whoever asks. Inside the reading of a past day."""
    if not asking.line_only:
        return _("Everybody")
    line = _("The line of %(name)s", name=name)
    if not asking.heads:
        return line
    tree = department_tree()
    named = _listed(sorted(filter(None, (tree.words(one) for one in asking.heads)), key=str.casefold))
    below = _("%(departments)s, with the departments below", departments=named)
    return f"{line}; {below}" if asking.viewer.line_too else below


def totals_of(report: Report, asking: Asking) -> Totals:
    """Two statements. Inside the reading of a past day."""
    row = report.rows(asking).order_by(None).subquery()
    cells = list(row.c)  # by their place: several may have one name
    counted = [(column.counted, cells[place]) for place, column in enumerate(report.columns) if column.counted]
    numbers_ = [func.count(func.distinct(value)) for _word, value in counted]
    whole, *different = db.session.execute(select(func.count(), *numbers_).select_from(row)).one()
    split = next((place for place, column in enumerate(report.columns) if column.split), None)
    by_value: Sequence[tuple[str, int]] = ()
    if split is not None and whole:
        value = cells[split]
        order = (func.count().desc(), value)
        by_value = [
            (str(one or "–"), count)
            for one, count in db.session.execute(
                select(value, func.count()).group_by(value).order_by(*order).limit(MOST_SPLIT)
            )
        ]
    words = [(_(word), count) for (word, _value), count in zip(counted, different, strict=True)]
    return Totals(whole, words, by_value)


def said_day(one: dt.date) -> str:
    """'31 Mar 2026', as on every other page."""
    return format_date(one, "d MMM y" if _locale() == "en" else "medium", locale=_locale())


def _locale() -> str:
    return str(get_locale() or "en")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _listed(words: Sequence[str]) -> str:
    if len(words) > MOST_SAID:
        named = ", ".join(words[:MOST_SAID])
        return _("%(named)s and %(num)s more", named=named, num=len(words) - MOST_SAID)
    return ", ".join(words)


def _month(field: Field, asking: Asking) -> str:
    first = meant(month, field, asking)
    return format_date(first, "LLLL y", locale=_locale()) if first else ""


def _day(field: Field, asking: Asking) -> str:
    one = meant(day, field, asking)
    return said_day(one) if one else ""


def _days(field: Field, asking: Asking) -> str:
    typed = next(iter(asking.terms.get(field.name, ())), "").strip()
    without = field.standard(asking) if field.standard else ""
    return typed if typed.isascii() and typed.isdigit() else without


def _courses(field: Field, asking: Asking) -> str:
    ids = numbers(asking.terms, field.name)
    title = select(Course.title).where(Course.id.in_(ids)).order_by(func.lower(Course.title))
    return _listed(db.session.scalars(title).all()) if ids else ""


def _departments(field: Field, asking: Asking) -> str:
    ids = numbers(asking.terms, field.name)
    if not ids:
        return ""
    tree = department_tree()
    return _listed(sorted(filter(None, (tree.words(one) for one in ids)), key=str.casefold))


def _texts(field: Field, asking: Asking) -> str:
    return _listed(texts(asking.terms, field.name))


def _person(field: Field, asking: Asking) -> str:
    ids = numbers(asking.terms, field.name)[:1]
    visible = Employee.id.in_(employee_ids_visible_to(asking.viewer))
    who = db.session.execute(select(Employee.name, Employee.number).where(Employee.id.in_(ids), visible)).one_or_none()
    return f"{who.name} ({who.number})" if who else ""


def _choice(field: Field, asking: Asking) -> str:
    choices = field.choices(asking) if field.choices else ()
    chosen = one_of(asking.terms, field.name, tuple(value for value, _word in choices) or ("",))
    return next((_(word) for value, word in choices[1:] if value == chosen), "")


def _choices(field: Field, asking: Asking) -> str:
    chosen = set(texts(asking.terms, field.name))
    return _listed([word for value, word in (field.choices(asking) if field.choices else ()) if value in chosen])


def _flag(field: Field, asking: Asking) -> str:
    return _("yes") if flag(asking.terms, field.name) else ""


SAYS: Mapping[Kind, Callable[[Field, Asking], str]] = {
    Kind.MONTH: _month,
    Kind.DAY: _day,
    Kind.DAYS: _days,
    Kind.COURSES: _courses,
    Kind.DEPARTMENTS: _departments,
    Kind.LOCATIONS: _texts,
    Kind.ROLES: _texts,
    Kind.REGIONS: _texts,
    Kind.COHORTS: _texts,
    Kind.PERSON: _person,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.FLAG: _flag,
}


def shown(value: Any) -> str:
    """A cell as people read it: days in the reader's way, numbers without needless decimals, '–' for nothing."""
    if value is None or value == "":
        return "–"
    if isinstance(value, dt.date):
        return said_day(value)
    if isinstance(value, float):
        return f"{value:g}"
    words = str(value)
    return _said_days(words) if words[:4].isdigit() else words


def _said_days(words: str) -> str:
    """Days that stand as text, one or several between '; '."""
    try:
        return "; ".join(said_day(dt.date.fromisoformat(piece)) for piece in words.split("; "))
    except ValueError:
        return words
