"""The courses of a path: search and add, order by buttons, keyboard or drag, and after what each opens (CRS-4)."""

from __future__ import annotations

from typing import Any

from flask import g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import IntegerField, RadioField, StringField
from wtforms.validators import Length, NumberRange, Optional

from lmsapp.courses.paths import actions
from lmsapp.courses.paths.queries import course_to_add, courses_to_add, gates_of, item_for, items_of, path_for
from lmsapp.courses.paths.rules import Ordering, Role
from lmsapp.infra.words import RuleBroken
from lmsapp.web.forms import Form, say
from lmsapp.web.meanwhile import SharedForm
from lmsapp.web.render import answer, fragment, get_or_404, page, to, wants_fragment
from lmsapp.web.studio.forms import TicksField
from lmsapp.web.studio.paths import ROLES, outline_context, path_context
from lmsapp.web.studio.wing import bp
from lmsapp.web.studio.words import choices

STEPS = {"up": -1, "down": 1}


class ItemForm(SharedForm):
    """What a course of a path counts as, and after which others it opens."""

    role = RadioField(
        __("What it counts as"),
        choices=choices(
            {
                Role.REQUIRED: __("Required: it must be completed"),
                Role.ELECTIVE: __("Elective: as many of these as the settings of the path ask for"),
                Role.OPTIONAL: __("Optional: it never counts"),
            }
        ),
        default=Role.REQUIRED.value,
    )
    section = StringField(
        __("Heading above it"), [Optional(), Length(max=100)], description=__("For example: Prove it. Empty: none.")
    )
    needs = TicksField(__("Opens after"), coerce=int, description=__("Nothing ticked: it is open from the start."))
    needed = IntegerField(
        __("How many of the ticked ones"), [Optional(), NumberRange(1, 60)], description=__("Empty: all of them.")
    )


@bp.get("/paths/<int:path_id>")
def path(path_id: int) -> ResponseReturnValue:
    """The courses in order, and what is missing before it can be published."""
    found = get_or_404(path_for(g.viewer, path_id))
    return page("studio/path/outline.html", **outline_context(found, found=search(path_id), q=asked_words()))


@bp.get("/paths/<int:path_id>/courses")
def path_courses(path_id: int) -> ResponseReturnValue:
    """Courses to add, while words are typed."""
    found = get_or_404(path_for(g.viewer, path_id))
    context = outline_context(found, found=search(path_id), q=asked_words())
    return answer("studio/path/_found.html", whole="studio/path/outline.html", **context)


@bp.post("/paths/<int:path_id>/items")
def add_path_item(path_id: int) -> ResponseReturnValue:
    """A course at the end."""
    found = get_or_404(path_for(g.viewer, path_id))
    course = get_or_404(course_to_add(g.viewer, request.form.get("course_id", 0, int)))
    form = Form()
    with form.rule_errors():
        actions.add_item(found, course, by=g.viewer)
    return shown(path_id, form.broken, _("“%(title)s” was added.", title=course.title))


@bp.get("/paths/items/<int:item_id>")
def path_item(item_id: int) -> ResponseReturnValue:
    """What the course counts as, and its gates."""
    item = get_or_404(item_for(g.viewer, item_id))
    return item_page(item, stored_form(item))


@bp.post("/paths/items/<int:item_id>")
def save_path_item(item_id: int) -> ResponseReturnValue:
    """Change them, in the draft."""
    item = get_or_404(item_for(g.viewer, item_id))
    form, saved, title = item_form(item), ("path", item.path_id), title_of(item)
    if form.validate() and not form.changed_meanwhile(stored_form(item), saved, "course of path changed", course=title):
        with form.rule_errors():
            actions.edit_item(
                item,
                by=g.viewer,
                role=form.role.data,
                section=form.section.data or "",
                needs=form.needs.data or (),
                needed=form.needed.data,
            )
            return to(url_for("studio.path", path_id=item.path_id), said=_("Saved."))
    return item_page(item, form, status=422)


@bp.post("/paths/items/<int:item_id>/place")
def move_path_item(item_id: int) -> ResponseReturnValue:
    """One place up or down (`step`), or to `index`."""
    item = get_or_404(item_for(g.viewer, item_id))
    if request.form.get("index", "").isdecimal():
        actions.move_item(item, by=g.viewer, index=min(int(request.form["index"][:4]), 1000))
    else:
        actions.move_item(item, by=g.viewer, step=STEPS.get(request.form.get("step", ""), 0))
    return shown(item.path_id, None, _("The course was moved."))


@bp.post("/paths/items/<int:item_id>/removal")
def remove_path_item(item_id: int) -> ResponseReturnValue:
    """Take it out of the draft."""
    item = get_or_404(item_for(g.viewer, item_id))
    path_id = item.path_id
    actions.remove_item(item, by=g.viewer)
    return shown(path_id, None, _("The course was taken out. What learners did in it stays."))


def shown(path_id: int, broken: RuleBroken | None, said: str) -> ResponseReturnValue:
    """The outline with what was done, or with the reason why not."""
    found = get_or_404(path_for(g.viewer, path_id))
    if broken is None and not wants_fragment():
        return to(url_for("studio.path", path_id=path_id), said=said)
    context = outline_context(found, found=search(path_id), q=asked_words())
    if broken is None:
        return fragment("studio/path/_outline.html", toast=said, **context)
    context["refused"] = say(broken)
    if wants_fragment():
        return fragment("studio/path/_outline.html", status=422, **context)
    return page("studio/path/outline.html", status=422, **context)


def search(path_id: int) -> list[Any]:
    """What can be added, by the words in the address."""
    return courses_to_add(g.viewer, path_id, asked_words())


def asked_words() -> str:
    """What is looked for."""
    return request.values.get("q", "")[:100]


def item_form(item: Any, **values: Any) -> ItemForm:
    """The form, with the other courses of the path to tick."""
    form = ItemForm(formdata=None, data=values) if values else ItemForm()
    form.needs.choices = [(row.id, row.title) for row in items_of(item.path_id) if row.id != item.id]
    return form


def stored_form(item: Any) -> ItemForm:
    """The form as the course stands in its path."""
    values = {"role": item.role, "section": item.section, "needs": gates_of(item.id), "needed": item.needed}
    return item_form(item, **values)


def title_of(item: Any) -> str:
    """What the course is called."""
    return next(str(row.title) for row in items_of(item.path_id) if row.id == item.id)


def item_page(item: Any, form: ItemForm, *, status: int = 200) -> ResponseReturnValue:
    """The page of one course of a path."""
    found = get_or_404(path_for(g.viewer, item.path_id))
    context = path_context(found, "path") | {"roles": ROLES, "gated": found.ordering == Ordering.GATED}
    return page("studio/path/item.html", status=status, form=form, item=item, title=title_of(item), **context)
