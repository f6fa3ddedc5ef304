"""What stands in the places of a text: the values of a message as words, in the language that holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import aliased

from lmsapp.infra.db import db
from lmsapp.outreach.texts.kinds import Kind
from lmsapp.outreach.texts.markup import Value
from lmsapp.people.employees.models import Employee

Given = Mapping[str, Any]


def words_of(kind: Kind, values: Given, used: frozenset[str]) -> dict[str, Value]:
    """By placeholder, of those `used`; '' for what has nothing to say."""
    return {name: _word(name, values) for name in kind.placeholders if name in used}


def _word(name: str, values: Given) -> Value:
    if name in SAID:
        return SAID[name](values)
    return worded(values.get(name))


def worded(value: Any) -> Value:
    """A value as a letter says it: days as days, lists one by one, nothing as ''."""
    filters = current_app.jinja_env.filters
    if value is None or value is False or value is True:
        return ""
    if isinstance(value, dt.date):
        return str(filters["day"](value))
    if isinstance(value, list | tuple):
        return tuple(_one(one) for one in value)
    return str(value)


def manager_of(employee_id: int | None) -> str:
    """The name of somebody's line manager; '' without one."""
    if employee_id is None:
        return ""
    manager = aliased(Employee)
    found = select(manager.name).join(Employee, Employee.manager_id == manager.id).where(Employee.id == employee_id)
    return db.session.scalar(found) or ""


def _one(value: Any) -> str:
    if isinstance(value, list | tuple):
        first, *more = (str(worded(one)) for one in value)
        return f"{first} ({', '.join(more)})" if more else first
    return str(worded(value))


def _sentence(macro: str, *names: str) -> Callable[[Given], str]:
    def said(values: Given) -> str:
        given = [values.get(name) for name in names]
        if given[0] is None:
            return ""
        sentences: Any = current_app.jinja_env.get_template("messages/_sentences.txt").module
        return " ".join(str(getattr(sentences, macro)(*given)).split())

    return said


def _days_left(values: Given) -> str:
    left = values.get("days_left")
    return "" if left is None else str(abs(left))


def _progress(values: Given) -> str:
    return str(current_app.jinja_env.filters["percent"](values.get("progress")))


def _first_name(values: Given) -> str:
    return next(iter(str(values.get("name") or "").split()), "")


def _manager(values: Given) -> str:
    return str(values["manager"]) if values.get("manager") else manager_of(values.get("employee_id"))


def _list(values: Given) -> str:
    """The lines of a digest as its shipped text has them."""
    said: Any = current_app.jinja_env.get_template("messages/_digest.txt").module
    return "\n\n".join("\n".join(_section(said, one)) for one in values.get("sections", ()))


def _section(said: Any, section: Any) -> Iterator[str]:
    yield str(said.heading(section.key, section.count)).strip()
    for one in section.lines:
        who = f"{one['employee']}: {one['title']}" if one.get("employee") else one["title"]
        yield f"- {who} – {_when(said, section.key, one)}"
        if one.get("by"):
            yield "  " + _("%(name)s asks you to look at it: %(words)s", name=one["by"], words=one["words"])
        if not one.get("employee"):
            yield f"  {one['link']}"
    if section.more:
        yield f"- {str(said.and_more(section.more, len(section.lines))).strip()}"


def _when(said: Any, key: str, one: Given) -> str:
    when = said.when(key, one["due_on"], one["days_left"], one.get("since"))
    return f"{str(when).strip()}; {str(said.done(one['done_lessons'], one['lesson_count'])).strip()}"


def _standing(values: Given) -> str:
    said: Any = current_app.jinja_env.get_template("messages/_digest.txt").module
    return _when(said, "stalled" if values.get("hours") else "", values)


SAID: dict[str, Callable[[Given], Value]] = {
    "due_words": _sentence("due", "due_on", "days_left"),
    "so_far": _sentence("so_far", "done_lessons", "lesson_count"),
    "days_left": _days_left,
    "progress": _progress,
    "first_name": _first_name,
    "manager": _manager,
    "list": _list,
    "standing": _standing,
}
