"""Single-use links in reminders: what they mean, who gets them, and which are open (REM-5)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from lmsapp.learning.links.queries import count_meant, count_open, open_links, who_switched
from lmsapp.people.audiences.queries import audiences_for
from lmsapp.people.roles import May
from lmsapp.people.settings.actions import change_settings
from lmsapp.people.settings.queries import settings
from lmsapp.people.settings.rules import SETTINGS
from lmsapp.web.admin.wing import bp
from lmsapp.web.gates import needs
from lmsapp.web.link_words import shown
from lmsapp.web.meanwhile import SharedForm
from lmsapp.web.render import page, to

HOURS = SETTINGS["link_hours"]
ASKED = __("Give a number from %(least)s to %(most)s.", least=HOURS.least, most=HOURS.most)


class LinksForm(SharedForm):
    """`link_audience` 0: everybody who has not chosen a password."""

    link_sign_in = BooleanField(__("Put single-use links into reminders"))
    link_audience = SelectField(__("For whom"), coerce=int)
    link_hours = IntegerField(
        __("A link works for (hours)"), [InputRequired(ASKED), NumberRange(HOURS.least, HOURS.most, ASKED)]
    )
    reason = StringField(__("Reason"), [DataRequired(__("Say why; the audit trail keeps it.")), Length(max=500)])


@bp.get("/links")
@needs(May.CONFIGURE)
def links() -> ResponseReturnValue:
    """What holds now."""
    return _page(_form(LinksForm(formdata=None, data=settings())))


@bp.post("/links")
@needs(May.CONFIGURE)
def save_links() -> ResponseReturnValue:
    """All or nothing. Switching off revokes every link that is out."""
    form, stored = _form(LinksForm()), _form(LinksForm(formdata=None, data=settings()))
    if form.validate() and not form.changed_meanwhile(stored, ("settings", 0), "settings changed"):
        wanted = {name: form[name].data for name in ("link_sign_in", "link_audience", "link_hours")}
        with form.rule_errors():
            change_settings(wanted, g.viewer, form.reason.data or "")
            on = _("Saved. Reminders carry single-use links from now on, for those you chose.")
            off = _("Saved. Reminders carry ordinary addresses, and every link that was out opens nothing any more.")
            return to(url_for("admin.links"), said=on if form.link_sign_in.data else off)
    return _page(form)


def _form(form: LinksForm) -> LinksForm:
    form.link_audience.choices = [
        (0, _("Everybody who has not chosen a password")),
        *((row.id, _("Audience: %(name)s", name=row.name)) for row in audiences_for(g.viewer)),
    ]
    return form


def _page(form: LinksForm) -> Response:
    present = settings()
    context: dict[str, Any] = {
        "form": form,
        "on": present["link_sign_in"],
        "hours": present["link_hours"],
        "people": count_meant(int(present["link_audience"])),
        "switched": who_switched(),
        "rows": [shown(row) for row in open_links(g.viewer)],
        "total": count_open(g.viewer),
    }
    return page("admin/links.html", status=422 if form.errors else 200, **context)
