"""Holidays: the days due dates in working days pass over (ORG-6, CRS-5)."""

from __future__ import annotations

import datetime as dt

from flask import Response, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext
from wtforms import DateField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from lmsapp.people.calendar.actions import add_holidays, remove_holiday
from lmsapp.people.calendar.queries import list_holidays
from lmsapp.people.calendar.rules import LONGEST_NAME, read_holidays
from lmsapp.web import dates
from lmsapp.web.forms import Form, LineField
from lmsapp.web.hr.organisation_words import tabs
from lmsapp.web.hr.wing import bp
from lmsapp.web.render import page, to


class HolidayForm(Form):
    day = DateField(__("Day"), [InputRequired(__("Choose a day."))])
    name = LineField(__("Name"), [DataRequired(__("Enter a name.")), Length(max=LONGEST_NAME)])


class LinesForm(Form):
    lines = TextAreaField(
        __("Days, one a line"),
        [DataRequired(__("Paste at least one line such as 2027-01-01 New Year."))],
        description=__("The date first, then the name: 2027-01-01 New Year. A day that is there gets the new name."),
    )


@bp.get("/organisation/holidays")
def holidays() -> Response:
    """The next ones first, what is over below."""
    return _page(HolidayForm(formdata=None), LinesForm(formdata=None))


@bp.post("/organisation/holidays")
def add_holiday() -> Response:
    form = HolidayForm()
    if form.validate() and form.day.data:
        with form.rule_errors():
            named = read_holidays(f"{form.day.data.isoformat()} {form.name.data}")
            add_holidays(named, g.viewer)
            return to(url_for("hr.holidays"), said=_("%(name)s was added.", name=form.name.data))
    return _page(form, LinesForm(formdata=None))


@bp.post("/organisation/holidays/lines")
def add_holiday_lines() -> Response:
    form = LinesForm()
    if form.validate():
        with form.rule_errors():
            added = add_holidays(read_holidays(form.lines.data or ""), g.viewer)
            said = ngettext("%(num)s day was added or renamed.", "%(num)s days were added or renamed.", added)
            return to(url_for("hr.holidays"), said=said)
    return _page(HolidayForm(formdata=None), form)


@bp.post("/organisation/holidays/removal")
def remove_holiday_() -> Response:
    try:
        gone = remove_holiday(dt.date.fromisoformat(request.form.get("day", "")), g.viewer)
    except ValueError:
        gone = False
    said = _("The day was removed.") if gone else _("That day is no holiday.")
    return to(url_for("hr.holidays"), said=said)


def _page(form: HolidayForm, lines: LinesForm) -> Response:
    days, today = list_holidays(), dates.today()
    return page(
        "hr/organisation/holidays.html",
        status=422 if form.errors or lines.errors else 200,
        form=form,
        lines=lines,
        coming=[one for one in days if one[0] >= today],
        past=[one for one in reversed(days) if one[0] < today],
        tabs=tabs("holidays"),
    )
