"""The forms of the roster's steps."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import Optional

from lmsapp.people.roster.columns import WORDS, Column, Matching
from lmsapp.people.roster.values import DateOrder
from lmsapp.web.forms import Form


class UploadForm(Form):
    file = FileField(__("Roster file"), [FileRequired(__("Choose a file."))])
    after = HiddenField()


class ApplyForm(Form):
    seen = HiddenField()
    leavers = IntegerField(__("The number"), [Optional()])


class _MatchingForm(Form):
    full = BooleanField(__("This file lists everybody: whoever is missing has left"))
    dates = SelectField(
        __("Dates such as 03/04/2026"),
        choices=[
            SelectChoice(DateOrder.AUTO.value, __("find out from the column")),
            SelectChoice(DateOrder.MONTH_FIRST.value, __("month first (4 March is 03/04)")),
            SelectChoice(DateOrder.DAY_FIRST.value, __("day first (3 April is 03/04)")),
        ],
    )


def matching_form(run: Any, matching: Matching, **more: Any) -> Any:
    """A choice of heading for every column the product knows, as it was matched so far."""
    headings = [SelectChoice("", _("not in the file"))]
    headings += [SelectChoice(str(i), _heading(run.header, i)) for i in range(len(run.header))]
    fields = {
        c.value: SelectField(_(WORDS[c]), choices=headings, description=_sample(run.samples, matching, c))
        for c in Column
    }
    form_class = type("MatchingForm", (_MatchingForm,), fields)
    data = {column.value: str(matching.columns.get(column, "")) for column in Column}
    return form_class(data=data | {"full": matching.full, "dates": matching.dates.value}, **more)


def chosen(form: Any) -> Matching:
    """What the form says."""
    columns = {column: int(form[column.value].data) for column in Column if form[column.value].data}
    return Matching(columns, bool(form.full.data), DateOrder(form.dates.data))


def _heading(header: list[str], place: int) -> str:
    """What stands above a column; one that stands there twice, with its place."""
    heading = header[place]
    if heading and header.count(heading) == 1:
        return heading
    return f"{heading} ({_('column %(n)s', n=place + 1)})" if heading else _("column %(n)s", n=place + 1)


def _sample(samples: list[list[str]], matching: Matching, column: Column) -> str:
    place = matching.columns.get(column)
    if place is None or place >= len(samples):
        return ""
    return _("as in %(values)s", values=", ".join(samples[place])) if samples[place] else ""
