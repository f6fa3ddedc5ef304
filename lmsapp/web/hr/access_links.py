"""Revoking somebody's single-use links: a phone was lost, a number was wrong (REM-5)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext
from wtforms.validators import DataRequired, Length

from lmsapp.learning.links.actions import revoke_links
from lmsapp.people.employees.chain import employee_to_change
from lmsapp.people.employees.queries import employee_for
from lmsapp.web.forms import Form, LineField
from lmsapp.web.hr.employee import profile_context
from lmsapp.web.hr.wing import bp
from lmsapp.web.render import get_or_404, page, to


class RevokeForm(Form):
    reason = LineField(__("Reason"), [DataRequired(__("Say why; the audit trail keeps it.")), Length(max=500)])


@bp.post("/employees/<int:employee_id>/links/revocation")
def revoke_employee_links(employee_id: int) -> Response:
    """All of them at once, and the sessions they began."""
    employee, form = get_or_404(employee_to_change(g.viewer, employee_id)), RevokeForm()
    if form.validate():
        with form.rule_errors():
            count = revoke_links(employee, by=g.viewer, reason=form.reason.data or "")
            said = (
                ngettext("%(num)s link revoked.", "%(num)s links revoked.", count) if count else _("No link was open.")
            )
            return to(url_for("hr.employee_profile", employee_id=employee_id, _anchor="links"), said=said)
    context: dict[str, Any] = profile_context(get_or_404(employee_for(g.viewer, employee_id)))
    return page("hr/employee/profile.html", status=422, **{**context, "form": form})
