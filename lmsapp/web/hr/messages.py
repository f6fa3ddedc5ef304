"""What somebody was told, and their agreement to text messages as HR notes it (REM-7, REM-8)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import HiddenField
from wtforms.validators import Length

from lmsapp.outreach.contact.actions import give_sms_consent, withdraw_sms_consent
from lmsapp.outreach.contact.queries import Preference, preference_of
from lmsapp.people.employees.chain import employee_to_change
from lmsapp.people.employees.facts import checked_reason
from lmsapp.people.employees.queries import EmployeeView, employee_for
from lmsapp.web.forms import Form, LineField
from lmsapp.web.hr.employee import head, profile_context
from lmsapp.web.hr.wing import bp
from lmsapp.web.messages import list_context, one_context, sheet_response
from lmsapp.web.render import get_or_404, page, to


class TextsForm(Form):
    """`agreed` is '1' or '0'; `number` the one that was shown."""

    number = HiddenField(validators=[Length(max=60)])
    agreed = HiddenField(validators=[Length(max=1)])
    reason = LineField(__("How you know"), [Length(max=500)])


@bp.get("/employees/<int:employee_id>/messages")
def employee_messages(employee_id: int) -> Response:
    """Newest first."""
    person = get_or_404(employee_for(g.viewer, employee_id))
    return page("hr/employee/messages.html", **list_context(person.id, "hr"), **head(person, "messages"))


@bp.get("/employees/<int:employee_id>/messages.csv")
def employee_messages_csv(employee_id: int) -> Response:
    person = get_or_404(employee_for(g.viewer, employee_id))
    return sheet_response(person.id, person.number)


@bp.get("/employees/<int:employee_id>/messages/<int:notice_id>")
def employee_message(employee_id: int, notice_id: int) -> Response:
    """What it said, word for word."""
    person = get_or_404(employee_for(g.viewer, employee_id))
    back = {
        "href": url_for("hr.employee_messages", employee_id=person.id),
        "label": _("Messages to %(name)s", name=person.name),
    }
    return page("told/one.html", back=back, **one_context(person.id, notice_id))


@bp.get("/employees/<int:employee_id>/text-messages")
def employee_texts(employee_id: int) -> Response:
    """What they agreed to, and the form to note what they said on paper."""
    return _texts_page(get_or_404(employee_for(g.viewer, employee_id)))


@bp.post("/employees/<int:employee_id>/text-messages")
def save_employee_texts(employee_id: int) -> Response:
    """With how HR knows: a form that was signed, a STOP that came as an answer."""
    employee, form = get_or_404(employee_to_change(g.viewer, employee_id)), TextsForm()
    if form.validate():
        with form.rule_errors():
            reason = checked_reason(form.reason.data or "")
            if form.agreed.data == "1":
                words = _("Agreed on paper, as noted by %(name)s.", name=g.viewer.name)
                give_sms_consent(employee, g.viewer, number=form.number.data or "", words=words, reason=reason)
                said = _("Text messages may go to %(name)s.", name=employee.name)
            else:
                withdraw_sms_consent(employee, g.viewer, reason=reason)
                said = _("No more text messages go to %(name)s.", name=employee.name)
            return to(url_for("hr.employee_texts", employee_id=employee_id), said=said)
    return _texts_page(get_or_404(employee_for(g.viewer, employee_id)), form)


def _texts_page(person: EmployeeView, form: TextsForm | None = None) -> Response:
    said: Preference = preference_of(g.viewer, person.id)
    shown: dict[str, Any] = {"said": said, "agrees": bool(said.consent) and not said.lapsed}
    form = form or TextsForm(formdata=None, number=person.mobile or "", agreed="")
    form.number.data, status = person.mobile or "", 422 if form.errors else 200
    return page("hr/employee/texts.html", status=status, **{**profile_context(person), **shown, "form": form})
