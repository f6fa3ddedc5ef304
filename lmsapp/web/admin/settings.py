"""What the organisation decides about itself: every setting on one page (OPS, SEC-1, ORG-5)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext
from wtforms import BooleanField, Field, IntegerField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from lmsapp.people.roles import May
from lmsapp.people.settings.actions import change_settings
from lmsapp.people.settings.queries import settings
from lmsapp.people.settings.rules import GROUPS, Setting, Value, on_page
from lmsapp.web.admin.wing import bp
from lmsapp.web.gates import needs
from lmsapp.web.meanwhile import SharedForm
from lmsapp.web.render import page, to


class SettingsForm(SharedForm):
    """One field a setting, made from `people.settings.rules`, and why."""

    reason = StringField(__("Reason"), [DataRequired(__("Say why; the audit trail keeps it.")), Length(max=500)])


def _form_class() -> type[SettingsForm]:
    return type("AllSettingsForm", (SettingsForm,), {one.name: _field(one) for one in on_page("")})


def _field(one: Setting) -> Field:
    if one.is_switch:
        return BooleanField(_(one.label))
    asked = _("Give a number from %(least)s to %(most)s.", least=one.least, most=one.most)
    return IntegerField(_(one.label), [InputRequired(asked), NumberRange(one.least, one.most, asked)])


@bp.get("/settings")
@needs(May.CONFIGURE)
def organisation_settings() -> ResponseReturnValue:
    """Each with what it means, what holds now, its default and its bounds."""
    return _page(_form_class()(formdata=None, data=settings()))


@bp.post("/settings")
@needs(May.CONFIGURE)
def save_settings() -> ResponseReturnValue:
    """All or nothing; what changed is said."""
    form, before = _form_class()(request.form), settings()
    stored = _form_class()(formdata=None, data=before)
    if form.validate() and not form.changed_meanwhile(stored, ("settings", 0), "settings changed"):
        with form.rule_errors():
            change_settings({one.name: form[one.name].data for one in on_page("")}, g.viewer, form.reason.data or "")
            return to(url_for("admin.organisation_settings"), said=_said(before, settings()))
    return _page(form)


def _page(form: Any) -> Response:
    present = settings()
    groups: list[tuple[str, list[Any]]] = []
    for one in on_page(""):
        if one.name in GROUPS:
            groups.append((_(GROUPS[one.name]), []))
        width = "" if one.is_switch else "w-date"
        groups[-1][1].append((form[one.name], _label(one, present[one.name]), _hint(one), width))
    return page("admin/settings.html", status=422 if form.errors else 200, form=form, groups=groups)


def _label(one: Setting, value: Value) -> str:
    label = f"{_(one.label)} ({_(one.unit)})" if one.unit else _(one.label)
    return label if value == one.default else _("%(label)s · changed", label=label)


def _hint(one: Setting) -> str:
    hint, default = _(one.hint), _shown(one, one.default)
    if one.is_switch:
        return _("%(hint)s Default: %(default)s.", hint=hint, default=default)
    between = _("From %(least)s to %(most)s; default: %(default)s.", least=one.least, most=one.most, default=default)
    return f"{hint} {between}"


def _shown(one: Setting, value: Value) -> str:
    if one.is_switch:
        return _("yes") if value else _("no")
    return f"{value} {_(one.unit)}" if one.unit else str(value)


def _said(before: dict[str, Value], after: dict[str, Value]) -> str:
    changed = [one for one in on_page("") if before[one.name] != after[one.name]]
    if not changed:
        return _("Nothing was changed.")
    if len(changed) > 3:
        return ngettext("%(num)s setting was changed.", "%(num)s settings were changed.", len(changed))
    return "; ".join(
        f"{_(one.label)}: {_shown(one, before[one.name])} → {_shown(one, after[one.name])}" for one in changed
    )
