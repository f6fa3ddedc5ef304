"""Waivers that wait for a second person of HR (HRD-4)."""

from __future__ import annotations

from flask import Response, g, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import HiddenField
from wtforms.validators import Length, Optional

from lmsapp.compliance.ledger.waivers import answer_waiver
from lmsapp.compliance.ledger.waiving import request_for, waiting_requests
from lmsapp.web.forms import Form, LineField
from lmsapp.web.hr.wing import bp
from lmsapp.web.render import get_or_404, page, to


class AnswerForm(Form):
    """Yes or no, and why not."""

    answer = HiddenField()
    reason = LineField(__("Reason"), [Optional(), Length(max=500)])


@bp.get("/waivers")
def waivers() -> Response:
    return _page(AnswerForm(formdata=None))


@bp.post("/waivers/<int:waiver_id>/answer")
def answer_one_waiver(waiver_id: int) -> Response:
    found, form = get_or_404(request_for(g.viewer, waiver_id)), AnswerForm()
    if form.validate():
        with form.rule_errors():
            approved = form.answer.data == "approve"
            answer_waiver(found, by=g.viewer, approved=approved, reason=form.reason.data or "")
            return to(url_for("hr.waivers"), said=_("Approved: it is waived.") if approved else _("Not waived."))
    return _page(form, waiver_id)


def _page(form: AnswerForm, waiver_id: int | None = None) -> Response:
    rows = waiting_requests(g.viewer)
    return page("hr/waivers.html", status=422 if form.errors else 200, rows=rows, form=form, answered=waiver_id)
