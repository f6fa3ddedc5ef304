"""Learning paths in words, for every wing that shows them (CRS-4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from babel.lists import format_list
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from lmsapp.courses.paths.rules import Locked, Role
from lmsapp.learning.paths.queries import ItemState, PathView, paths_of_person
from lmsapp.learning.paths.rules import PathState
from lmsapp.people.viewer import Viewer
from lmsapp.web.dates import day, minutes, percent

LOOKS = {"done": "done", "begun": "half", "open": "circle", "locked": "lock", "lost": "minus"}  # names of icons


def quoted(titles: Sequence[str]) -> str:
    """‘A’, ‘B’, and ‘C’, as the reader's language joins them."""
    return format_list([f"‘{one}’" for one in titles], locale=str(get_locale() or "en")) if titles else ""


def opens_after(titles: Sequence[str], why: Locked) -> str:
    """For authors: after what a course opens."""
    if not why.all_of:
        return ngettext(
            "Opens after %(num)s of %(titles)s", "Opens after %(num)s of %(titles)s", why.count, titles=quoted(titles)
        )
    return _("Opens after %(titles)s", titles=quoted(titles))


def opens_when(one: ItemState) -> str:
    """For the learner: 'opens when ‘X’ and ‘Y’ are completed'."""
    if one.locked is None:
        return ""
    titles = [title for _id, title in one.waits_for]
    if not one.locked.all_of:
        return ngettext(
            "opens when %(num)s more of %(titles)s is completed",
            "opens when %(num)s more of %(titles)s are completed",
            one.locked.count,
            titles=quoted(titles),
        )
    return ngettext(
        "opens when %(titles)s is completed", "opens when %(titles)s are completed", len(titles), titles=quoted(titles)
    )


def progress_words(view: PathView) -> str:
    """'2 of 4 courses done'."""
    return ngettext("%(done)s of %(num)s course done", "%(done)s of %(num)s courses done", view.need, done=view.have)


def standing_words(view: PathView) -> str:
    """Where somebody is: what they have open or begun, else what they wait for."""
    where = view.next
    if view.completed_at is not None:
        return _("Completed %(day)s", day=day(view.completed_at))
    if where is None:
        return _("Nothing is open: see its courses")
    words = _("In ‘%(title)s’") if where.look == "begun" else _("Next: ‘%(title)s’")
    return words % {"title": where.item.title}


def role_words(role: Role) -> str:
    """What a course that is not required counts as."""
    return {Role.ELECTIVE: _("Elective"), Role.OPTIONAL: _("Optional")}.get(role, "")


def item_rows(view: PathView) -> list[dict[str, Any]]:
    """The courses of a path for one person, as `paths/_items.html` takes them; a heading where a section begins."""
    rows, section = [], ""
    for one in view.items:
        rows.append(
            {
                "course_id": one.item.course_id,
                "title": one.item.title,
                "heading": one.item.section if one.item.section != section else "",
                "look": one.look,
                "icon": LOOKS[one.look],
                "word": look_words(one),
                "notes": item_notes(one),
                "role": role_words(one.item.role),
            }
        )
        section = one.item.section
    return rows


def look_words(one: ItemState) -> str:
    """The state of a course on a path in a word."""
    if one.expired and one.look in ("open", "begun"):
        return _("Expired")
    words = {
        "done": _("Completed"),
        "begun": _("In Progress"),
        "open": _("Open"),
        "locked": _("Locked"),
        "lost": _("Not available"),
    }
    return words[one.look]


def item_notes(one: ItemState) -> list[str]:
    """What to know of it: since when, until when, or what is missing."""
    if one.look == "locked":
        return [opens_when(one)]
    if one.look == "lost" or one.fact is None:
        return [_("Ask your training team for access.")]
    if one.expired:
        return [_("It was valid to %(day)s. Renew it.", day=day(one.fact.valid_until))]
    if one.look == "done":
        until = one.fact.valid_until
        valid = _("valid to %(day)s", day=day(until)) if until else _("no expiry")
        return [day(one.fact.completed_at), valid]
    return [percent(one.fact.progress) if one.look == "begun" else "", minutes(one.minutes)]


def path_facts(view: PathView) -> list[tuple[str, str | None]]:
    """Due date, completion and validity of the path as a whole."""
    facts: list[tuple[str, str | None]] = [
        (_("On the path since"), day(view.enrolled_at)),
        (_("Due"), day(view.due_on) if view.due_on else _("no date")),
    ]
    if view.completed_at is not None:
        until = day(view.valid_until) if view.valid_until else _("no expiry")
        facts += [(_("Completed"), day(view.completed_at)), (_("Valid to"), until)]
    return facts


def elective_words(view: PathView) -> str:
    """How many electives are asked for, where there are any."""
    there = [one for one in view.items if one.item.role is Role.ELECTIVE]
    if not there:
        return ""
    return ngettext(
        "%(num)s of the elective courses is asked for.",
        "%(num)s of the elective courses are asked for.",
        min(view.electives, len(there)),
    )


def person_paths(viewer: Viewer, employee_id: int) -> list[dict[str, Any]]:
    """Somebody's paths for their managers and HR, as `paths/_person.html` takes them."""
    return [
        {
            "view": one,
            "where": standing_words(one) if one.state is not PathState.WITHDRAWN else "",
            "count": progress_words(one),
            "due": _("Due %(day)s", day=day(one.due_on)) if one.due_on and one.completed_at is None else "",
            "valid": _("Valid to %(day)s", day=day(one.valid_until)) if one.valid_until else "",
            "items": item_rows(one),
        }
        for one in paths_of_person(viewer, employee_id)
    ]
