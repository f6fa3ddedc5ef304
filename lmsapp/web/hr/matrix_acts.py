"""From the matrix, for one type and many people: assign the training that supports it, or remind (HRD-7, ASG-5).

First a page that says who it would be, then it is done for whom it can be; the others are named with the reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from flask import Response, abort, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from werkzeug.datastructures import MultiDict
from wtforms import DateField, HiddenField
from wtforms.validators import Optional

from lmsapp.assignments.actions import assign_many
from lmsapp.assignments.reminding.letters import remind_now
from lmsapp.compliance.ledger.queries import type_by_id
from lmsapp.courses.catalogue.queries import published_course
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.insight.matrix.board import Asked
from lmsapp.insight.matrix.chosen import Chosen, chosen_people, employees_by_id, open_assignments
from lmsapp.insight.matrix.listing import AT_ONCE
from lmsapp.web import matrix_asked
from lmsapp.web.dates import today
from lmsapp.web.forms import Form, say
from lmsapp.web.hr.employee import ids
from lmsapp.web.hr.wing import bp
from lmsapp.web.matrix import asked_now
from lmsapp.web.render import get_or_404, page

SHOWN, NAMED = 200, 12
USUAL_DAYS = 30
ACTS: dict[str, Any] = {"assign": __("Assign the training"), "remind": __("Remind")}
TOO_MANY = N_("At most %(most)s people at once. Narrow the filters.")


class MatrixActsForm(Form):
    """`everybody`: '1' for all the filters in `back` find; `seen`: how many had something to do when looked at."""

    what = HiddenField()
    type = HiddenField()
    everybody = HiddenField()
    back = HiddenField()
    seen = HiddenField()
    due_on = DateField(__("Due date"), [Optional()])


@bp.get("/matrix/changes/new")
def new_matrix_changes() -> Response:
    """Who it would be, and the question."""
    form = MatrixActsForm(formdata=None)
    for field in (form.what, form.type, form.back):
        field.data = request.args.get(field.name, "")
    form.everybody.data = "1" if request.args.get("everybody") else ""
    form.due_on.data = today() + dt.timedelta(days=USUAL_DAYS)
    return _question(form, ids(request.args.getlist("pick")))


@bp.post("/matrix/changes")
def create_matrix_changes() -> Response:
    """Done, and what came of each."""
    form, picks = MatrixActsForm(), ids(request.form.getlist("pick"))
    if form.validate():
        with form.rule_errors():
            type_, found = _found(form, picks)
            _check(form, found)
            what = _remind(type_, found) if _what(form) == "remind" else _assign(form, type_, found)
            return _result(form, type_, found, *what)
    return _question(form, picks)


def _assign(form: MatrixActsForm, type_: Any, found: Chosen) -> tuple[list[str], list[tuple[str, str]]]:
    """(names of whom it was done for, (name, why not))."""
    course = published_course(type_.course_id) if type_.course_id else None
    if course is None:
        raise RuleBroken(N_("No published course supports this type. Choose one at the compliance type first."))
    if form.due_on.data is None:
        raise RuleBroken(N_("Choose a due date."), field="due_on")
    names = {row.id: row.name for row in found.to_do}
    people = employees_by_id(sorted(names))
    result = assign_many(people, course, form.due_on.data, by=g.viewer)
    there = _("has it assigned already, or completed it and it is valid in learning")
    got = set(names) - set(result.already)
    return [names[one] for one in names if one in got], [(names[one], there) for one in result.already]


def _remind(type_: Any, found: Chosen) -> tuple[list[str], list[tuple[str, str]]]:
    names = {row.id: row.name for row in found.to_do}
    done, refused = [], []
    there = open_assignments(type_.id, sorted(names))
    for one in there:
        try:
            sent = remind_now(one, by_name=g.viewer.name)
        except RuleBroken as broken:
            refused.append((one.employee.name, say(broken)))
        else:
            done += [one.employee.name] if sent else []
            refused += [] if sent else [(one.employee.name, _("was reminded today already"))]
    having = {one.employee_id for one in there}
    return done, refused + [
        (name, _("has no open assignment of it")) for key, name in names.items() if key not in having
    ]


def _check(form: MatrixActsForm, found: Chosen) -> None:
    if found.too_many:
        raise RuleBroken(TOO_MANY, most=AT_ONCE)
    if not found.to_do:
        raise RuleBroken(N_("Nobody of them has anything to do for this type."))
    if form.everybody.data and form.seen.data != str(len(found.to_do)):
        raise RuleBroken(N_("%(n)s people are found now. Look at the list, then press again."), n=len(found.to_do))


def _found(form: MatrixActsForm, picks: Sequence[int]) -> tuple[Any, Chosen]:
    type_id = form.type.data or ""
    type_ = get_or_404(type_by_id(int(type_id)) if type_id.isdecimal() and len(type_id) < 10 else None)
    asked: Asked = asked_now(_filters(form), line=False)
    column = next(one for one in asked.columns.all if one.id == type_.id)
    return type_, chosen_people(asked, column.place, None if form.everybody.data else picks)


def _question(form: MatrixActsForm, picks: Sequence[int]) -> Response:
    what = _what(form)
    type_, found = _found(form, picks)
    form.seen.data = str(len(found.to_do))
    form.due_on.flags.optional = False
    return page(
        "matrix/change.html",
        status=422 if form.errors else 200,
        form=form,
        what=what,
        act=ACTS[what],
        type=type_,
        course=published_course(type_.course_id) if type_.course_id else None,
        found=found,
        named=NAMED,
        picks=[] if form.everybody.data else picks,
        too_many=say(RuleBroken(TOO_MANY, most=AT_ONCE)) if found.too_many else "",
        back_url=_back(form),
    )


def _result(
    form: MatrixActsForm, type_: Any, found: Chosen, done: list[str], refused: list[tuple[str, str]]
) -> Response:
    return page(
        "matrix/changed.html",
        act=ACTS[_what(form)],
        type=type_,
        done=done,
        refused=refused,
        others=found.others,
        shown=SHOWN,
        back_url=_back(form),
    )


def _what(form: MatrixActsForm) -> str:
    return str(form.what.data) if form.what.data in ACTS else abort(404)


def _filters(form: MatrixActsForm) -> Any:
    return matrix_asked.read(MultiDict(parse_qsl((form.back.data or "").removeprefix("?"))))


def _back(form: MatrixActsForm) -> str:
    filters = _filters(form)
    return url_for("hr.matrix") + (matrix_asked.query(filters, page=filters.page) or "?view=0")
