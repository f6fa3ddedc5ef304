"""Payments of paid courses: list, setting one or many, the sheet for accounting (CRS-9)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext
from wtforms import SelectField, StringField
from wtforms.validators import Length, Optional

from lmsapp.evidence.audit.actions import note_reading
from lmsapp.infra.words import RuleBroken
from lmsapp.insight.sheets import as_csv
from lmsapp.learning.payments.actions import change_payments
from lmsapp.learning.payments.queries import HEAD, PAGE, list_payments, payment_sheet, payments_for, sums
from lmsapp.learning.payments.rules import LONGEST, PaymentStatus
from lmsapp.people.roles import May
from lmsapp.web import dates
from lmsapp.web.forms import Form
from lmsapp.web.gates import needs
from lmsapp.web.lists import csv_response, numbers, page_url
from lmsapp.web.payment_words import PAYMENT_STATUSES, money
from lmsapp.web.render import answer, page, to
from lmsapp.web.studio import payments_asked as asked
from lmsapp.web.studio.wing import bp
from lmsapp.web.studio.words import choices

SETTABLE = (PaymentStatus.PAID, PaymentStatus.WAIVED, PaymentStatus.REFUNDED, PaymentStatus.PENDING)
SHORT = Length(max=LONGEST, message=__("At most %(max)d characters."))


class PaymentForm(Form):
    """What becomes of the chosen payments."""

    status = SelectField(__("Becomes"), choices=choices({one.value: PAYMENT_STATUSES[one] for one in SETTABLE}))
    reference = StringField(
        __("Reference"), [Optional(), SHORT], description=__("Invoice or booking; empty keeps what is there.")
    )
    cost_centre = StringField(__("Cost centre"), [Optional(), SHORT], description=__("Empty keeps what is there."))
    reason = StringField(
        __("Reason"),
        [Optional(), Length(max=500)],
        description=__("Needed to waive, to refund, and to take a payment back."),
    )


@bp.get("/payments")
@needs(May.MODERATE)
def payments() -> ResponseReturnValue:
    """Everybody's, the latest change first."""
    return answer("studio/payments/_list.html", whole="studio/payments/index.html", **context())


@bp.get("/payments/changes/new")
@needs(May.MODERATE)
def new_payment_changes() -> ResponseReturnValue:
    """What the chosen payments become."""
    return _change_page(PaymentForm(formdata=None), request.args.getlist("pick"))


@bp.post("/payments/changes")
@needs(May.MODERATE)
def create_payment_changes() -> ResponseReturnValue:
    """All that can; the others are named with the reason."""
    form, picked = PaymentForm(), request.form.getlist("pick")
    chosen = payments_for(g.viewer, numbers(picked))
    if chosen and form.validate():
        with form.rule_errors():
            changed, refused = change_payments(
                chosen,
                form.status.data,
                by=g.viewer,
                reason=form.reason.data or "",
                reference=form.reference.data or "",
                cost_centre=form.cost_centre.data or None,
            )
            said = [ngettext("%(num)s payment changed.", "%(num)s payments changed.", changed)]
            said += sorted({refusal(broken) for _payment, broken in refused})
            return to(url_for("studio.payments"), said=" ".join(said))
    return _change_page(form, picked)


@bp.get("/payments.csv")
@needs(May.MODERATE)
def payments_csv() -> ResponseReturnValue:
    """What the filters show, by cost centre."""
    filters = asked.read(request.args, g.viewer.zone)
    labels = {one.value: str(PAYMENT_STATUSES[one]) for one in PaymentStatus}
    note_reading("payments", g.viewer, filters={name: request.args.getlist(name)[:50] for name in asked.NAMES})
    heads = [_(head).capitalize() for head in HEAD]
    return csv_response(as_csv(heads, payment_sheet(g.viewer, filters, labels)), f"payments-{dates.today()}.csv")


def refusal(broken: RuleBroken) -> str:
    """Why one could not, with the statuses in words."""
    return _(broken.message, **{name: _(str(value)) for name, value in broken.values.items()})


def context() -> dict[str, Any]:
    """For the list and its fragment."""
    filters = asked.read(request.args, g.viewer.zone)
    rows, total = list_payments(g.viewer, filters)
    return {
        "rows": rows,
        "totals": sums(g.viewer, filters) if total else (),
        "filters": filters,
        "facets": asked.facets(g.viewer, filters),
        "paging": {"number": filters.page, "size": PAGE, "total": total},
        "page_url": page_url,
        "labels": PAYMENT_STATUSES,
        "money": money,
        "export": url_for("studio.payments_csv") + asked.query(request.args),
    }


def _change_page(form: Any, picked: list[str]) -> Response:
    chosen = payments_for(g.viewer, numbers(picked))
    if not chosen:
        return to(url_for("studio.payments"), said=_("Tick at least one payment first."))
    rows, _total = list_payments(g.viewer, asked.only([one.enrollment_id for one in chosen], g.viewer.zone))
    return page(
        "studio/payments/change.html",
        status=422 if form.errors else 200,
        form=form,
        rows=rows,
        labels=PAYMENT_STATUSES,
        money=money,
    )
