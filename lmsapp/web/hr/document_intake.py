"""Files of many people at once: whose each is follows from its name, and nothing is filed before somebody looked."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage

from lmsapp.compliance.documents.actions import add_standard_types, type_named
from lmsapp.compliance.documents.intake.actions import file_intake, set_aside, take_in
from lmsapp.compliance.documents.intake.queries import IntakeRow, intake_for, intake_of
from lmsapp.compliance.documents.reading import type_names, types_with_expiry
from lmsapp.compliance.documents.rules import MOST_FILES
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.employees.chain import person_named
from lmsapp.web.forms import Form, say
from lmsapp.web.hr.employee import ids
from lmsapp.web.hr.wing import bp
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.uploading import each, is_one, one_result, refusal, sent


@bp.get("/documents/intake")
def document_intake() -> Response:
    return _page()


@bp.post("/documents/intake")
def create_intake() -> Response:
    """Each file by itself; it waits below until it is filed."""
    form, results = Form(), []
    if form.validate():
        with form.rule_errors():
            if not type_names_there():
                add_standard_types()
            results = each(sent(MOST_FILES), _taken)
    if is_one():
        return refusal(form) if form.errors else one_result(results)
    if form.errors or not any(result.done for result in results):
        return _page(422, form=form, results=results)
    if all(result.done for result in results):
        return to(url_for("hr.document_intake"))
    return _page(results=results)


@bp.post("/documents/intake/filings")
def file_from_intake() -> Response:
    """Those that are ticked, each by itself: one that lacks something stays, with the reason beside it."""
    form, wrong, filed = Form(), {}, 0
    picked = ids(request.form.getlist("pick"))
    if form.validate() and not picked:
        form.form_errors.append(_("Tick at least one row first."))
    for intake_id in [] if form.errors else picked:
        one = Form(formdata=None)
        with one.rule_errors():
            _file(intake_id)
            filed += 1
        if one.broken:
            wrong[intake_id] = say(one.broken)
    if form.errors or (wrong and not filed):
        return _page(422, form=form, wrong=wrong, typed=request.form)
    said = ngettext("%(num)s document filed.", "%(num)s documents filed.", filed)
    if wrong:
        return _page(wrong=wrong, typed=request.form, said_here=said)
    return to(url_for("hr.document_intake"), said=said)


@bp.post("/documents/intake/<int:intake_id>/removal")
def remove_from_intake(intake_id: int) -> Response:
    row = get_or_404(intake_for(g.viewer, intake_id))
    if Form().validate():
        set_aside(row, g.viewer)
    return to(url_for("hr.document_intake"), said=_("Removed. It was in nobody's file."))


def type_names_there() -> bool:
    """Whether the kinds every organisation begins with have come into being."""
    try:
        type_named("Other")
    except RuleBroken:
        return False
    return True


def _taken(file: FileStorage) -> str:
    row = take_in(file.stream, file.filename or "", g.viewer)
    return _("Taken in; see below whose it is.") if row.employee_id else _("Taken in; say below whose it is.")


def _file(intake_id: int) -> None:
    row = intake_for(g.viewer, intake_id)
    if row is None:
        raise RuleBroken(N_("This file was filed or removed already."))
    typed = request.form.get(f"person-{intake_id}", "")
    shown = next((one for one in intake_of(g.viewer) if one.id == intake_id), None)
    if shown is not None and shown.employee_id and typed == label_of(shown):
        employee_id: int | None = shown.employee_id
    else:
        person = person_named(g.viewer, typed, "person")
        employee_id = person.id if person else None
    if employee_id is None:
        raise RuleBroken(N_("Say whose it is: a name or an employee number."))
    type_ = type_named(request.form.get(f"type-{intake_id}", ""))
    title = request.form.get(f"title-{intake_id}", "")
    file_intake(row, employee_id, type_, g.viewer, title=title, expires_on=_day(f"expires-{intake_id}"))


def _day(name: str) -> dt.date | None:
    typed = request.form.get(name, "")
    try:
        return dt.date.fromisoformat(typed) if typed else None
    except ValueError:
        raise RuleBroken(N_("Write the last valid day as a date.")) from None


def label_of(row: IntakeRow) -> str:
    """As `person_named` takes it."""
    return f"{row.employee} ({row.number})" if row.employee else ""


def _page(status: int = 200, **more: Any) -> Response:
    typed = more.pop("typed", {})
    wrong = more.get("wrong", {})
    rows = [
        {
            "row": row,
            "title": typed.get(f"title-{row.id}", row.title),
            "person": typed.get(f"person-{row.id}", label_of(row)),
            "type": typed.get(f"type-{row.id}", row.type or ""),
            "expires": typed.get(f"expires-{row.id}", ""),
            "wrong": wrong.get(row.id, ""),
            "picked": bool(row.employee_id and row.type_id) if not typed else str(row.id) in typed.getlist("pick"),
        }
        for row in intake_of(g.viewer)
    ]
    shown: dict[str, Any] = {"form": None, "results": [], "said_here": ""} | more
    return page(
        "hr/documents/intake.html",
        status=status,
        rows=rows,
        types=type_names(),
        ending=sorted(types_with_expiry()),
        **shown,
    )
