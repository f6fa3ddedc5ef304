"""The component sheet: every part in every state, for whoever builds a page. A new part goes here first."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from pathlib import Path

from flask import Response, current_app
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from lmsapp.web.help.wing import bp
from lmsapp.web.render import page


class SpecimenForm(FlaskForm):
    """One field of every kind, so that their looks can be compared."""

    course = SelectField("Training", choices=[SelectChoice("fire", "Fire Safety and Evacuation: Tower B")])
    code = StringField("Reference")
    due_on = DateField("New due date", description="It lasts to the end of that day where the employee works.")
    person = StringField("Manager")
    reason = TextAreaField("Reason")
    paper = FileField("Paper", description="PDF, up to 25 MB.")
    tell = RadioField(
        "Tell them",
        choices=[SelectChoice("now", "Now"), SelectChoice("digest", "In their daily digest")],
        default="now",
    )
    stars = RadioField("Stars", choices=[SelectChoice("1", "1 star"), SelectChoice("5", "5 stars")], default="5")
    copy = BooleanField("Copy me", default=True)
    password = PasswordField("Your password")
    places = SelectMultipleField(
        "Places",
        choices=[SelectChoice("b", "Tower B, Chicago"), SelectChoice("l", "Lakeside Clinic")],
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )


@bp.get("/components")
def sheet() -> Response:
    """Every part in every state."""
    typed = MultiDict({"due_on": "2026-11-12", "tell": "now", "copy": "y", "course": "fire"})
    wrong = SpecimenForm(formdata=typed, prefix="wrong", meta={"csrf": False})
    wrong.due_on.data, wrong.tell.data, wrong.copy.data = dt.date(2026, 11, 12), "now", True
    wrong.due_on.errors = [_("Choose a due date from tomorrow on")]
    wrong.reason.errors = [_("Give a reason; the employee will read it")]
    return page(
        "components_sheet.html",
        blank=SpecimenForm(formdata=None, meta={"csrf": False}),
        wrong=wrong,
        icon_names=icon_names(Path(current_app.static_folder or "") / "icons.svg"),
        weeks=_weeks(),
        late_on=dt.date(2026, 11, 19),
        due_on=dt.date(2026, 11, 27),
    )


@lru_cache(maxsize=4)
def icon_names(sprite: Path) -> tuple[str, ...]:
    """The names of all icons, in the order of the file."""
    return tuple(re.findall(r'<symbol id="([^"]+)"', sprite.read_text(encoding="utf-8")))


def _weeks() -> list[dict[str, object]]:
    pairs = ((22, 2), (25, 3), (18, 2), (24, 1), (29, 2), (21, 3), (26, 2), (20, 3), (23, 3), (19, 4), (24, 6), (23, 7))
    first = dt.date(2026, 8, 31)
    days = (first + dt.timedelta(weeks=number) for number in range(len(pairs)))
    return [{"label": f"{day.day} {day:%b}", "values": pair} for day, pair in zip(days, pairs, strict=True)]
