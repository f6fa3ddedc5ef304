"""Job roles, locations, regions and hire cohorts: the words, how many bear them, and what can be done (ORG-3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, abort, g, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext
from wtforms import SelectField
from wtforms.validators import DataRequired, Length

from lmsapp.people.organisation.queries import ValueRow, value_for, value_rows
from lmsapp.people.organisation.rules import look_alikes
from lmsapp.people.organisation.words import (
    add_value,
    bring_back_value,
    merge_value,
    remove_value,
    rename_value,
    retire_value,
)
from lmsapp.web.forms import Form, LineField
from lmsapp.web.hr.organisation_words import LISTS, ListWords, tabs
from lmsapp.web.hr.wing import bp
from lmsapp.web.meanwhile import SharedForm
from lmsapp.web.render import get_or_404, page, to


class WordForm(SharedForm):
    name = LineField(__("Word"), [DataRequired(__("Enter a name.")), Length(max=500)])


class MergeWordForm(Form):
    into = SelectField(__("Into"), coerce=int)


class PlainForm(Form):
    """Nothing but its token."""


@bp.get("/organisation/<list_name>")
def organisation_list(list_name: str) -> Response:
    return _list_page(list_name, WordForm(formdata=None))


@bp.post("/organisation/<list_name>")
def add_word(list_name: str) -> Response:
    form, words = WordForm(), _words(list_name)
    if form.validate():
        with form.rule_errors():
            made = add_value(words.kind, form.name.data or "", g.viewer)
            return to(_address(list_name), said=_("%(name)s was added.", name=made.name))
    return _list_page(list_name, form)


@bp.get("/organisation/<list_name>/<int:value_id>")
def word(list_name: str, value_id: int) -> Response:
    return _word_page(list_name, value_id)


@bp.post("/organisation/<list_name>/<int:value_id>")
def rename_word(list_name: str, value_id: int) -> Response:
    """Everybody who has the word follows."""
    value, form = get_or_404(value_for(g.viewer, _words(list_name).kind, value_id)), WordForm()
    stored, saved = WordForm(formdata=None, obj=value), ("organisation_value", value_id)
    if form.validate() and not form.changed_meanwhile(stored, saved, "word renamed"):
        with form.rule_errors():
            people = rename_value(value, form.name.data or "", g.viewer)
            said = ngettext("Renamed, for %(num)s person.", "Renamed, for %(num)s people.", people)
            return to(_address(list_name, value_id), said=said)
    return _word_page(list_name, value_id, form=form)


@bp.post("/organisation/<list_name>/<int:value_id>/merger")
def merge_words(list_name: str, value_id: int) -> Response:
    """Two spellings become one."""
    words = _words(list_name)
    value, form = get_or_404(value_for(g.viewer, words.kind, value_id)), _merge_form(words, value_id)
    if form.validate():
        with form.rule_errors():
            into = get_or_404(value_for(g.viewer, words.kind, form.into.data))
            people = merge_value(value, into, g.viewer)
            said = ngettext(
                "%(num)s person has %(name)s now.", "%(num)s people have %(name)s now.", people, name=into.name
            )
            return to(_address(list_name, into.id), said=said)
    return _word_page(list_name, value_id, merging=form)


@bp.post("/organisation/<list_name>/<int:value_id>/retirement")
def retire_word(list_name: str, value_id: int) -> Response:
    return _do(list_name, value_id, retire_value, _("It is not offered any more. Whoever has it keeps it."))


@bp.post("/organisation/<list_name>/<int:value_id>/return")
def offer_word_again(list_name: str, value_id: int) -> Response:
    return _do(list_name, value_id, bring_back_value, _("It is offered again."))


@bp.post("/organisation/<list_name>/<int:value_id>/removal")
def remove_word(list_name: str, value_id: int) -> Response:
    return _do(list_name, value_id, remove_value, _("It was removed."), back=_address(list_name))


def _do(list_name: str, value_id: int, change: Callable[..., None], said: str, back: str | None = None) -> Response:
    value, form = get_or_404(value_for(g.viewer, _words(list_name).kind, value_id)), PlainForm()
    if form.validate():
        with form.rule_errors():
            change(value, g.viewer)
            return to(back or _address(list_name, value_id), said=said)
    return _word_page(list_name, value_id, other=form)


def _list_page(list_name: str, form: WordForm) -> Response:
    words = _words(list_name)
    rows = value_rows(g.viewer, words.kind)
    context: dict[str, Any] = {
        "rows": rows,
        "alike": _alike(rows),
        "words": words,
        "list_name": list_name,
        "tabs": tabs(list_name),
        "form": form,
    }
    return page("hr/organisation/words.html", status=422 if form.errors else 200, **context)


def _word_page(list_name: str, value_id: int, **forms: Form) -> Response:
    words = _words(list_name)
    rows = value_rows(g.viewer, words.kind)
    row = get_or_404(next((row for row in rows if row.id == value_id), None))
    failed = any(form.errors for form in forms.values())
    context: dict[str, Any] = {
        "row": row,
        "words": words,
        "list_name": list_name,
        "tabs": tabs(list_name),
        "form": forms.get("form") or WordForm(formdata=None, data={"name": row.name}),
        "merging": forms.get("merging") or _merge_form(words, value_id, empty=True, rows=rows),
        "other": forms.get("other"),
        "alike": next((group for group in _alike(rows) if row in group), ()),
    }
    return page("hr/organisation/word.html", status=422 if failed else 200, **context)


def _merge_form(
    words: ListWords, value_id: int, *, empty: bool = False, rows: list[ValueRow] | None = None
) -> MergeWordForm:
    form = MergeWordForm(formdata=None) if empty else MergeWordForm()
    rows = rows if rows is not None else value_rows(g.viewer, words.kind)
    own = next((row for row in rows if row.id == value_id), None)
    alike = next((group for group in _alike(rows) if own in group), [])
    others = sorted((row for row in rows if row.id != value_id), key=lambda row: row not in alike)
    form.into.choices = [(row.id, f"{row.name} ({row.people})") for row in others]
    return form


def _alike(rows: list[ValueRow]) -> list[list[ValueRow]]:
    """Words that seem to mean the same, most used first."""
    by_name = {row.name: row for row in rows}
    groups = ([by_name[name] for name in group] for group in look_alikes(by_name))
    return [sorted(group, key=lambda row: -row.people) for group in groups]


def _words(list_name: str) -> ListWords:
    return LISTS[list_name] if list_name in LISTS else abort(404)


def _address(list_name: str, value_id: int | None = None) -> str:
    if value_id is None:
        return url_for("hr.organisation_list", list_name=list_name)
    return url_for("hr.word", list_name=list_name, value_id=value_id)
