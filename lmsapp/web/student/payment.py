"""What one's own course costs, and who is charged for it (CRS-9)."""

from __future__ import annotations

from typing import Any

from flask import g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.infra.words import RuleBroken
from lmsapp.learning.payments.actions import name_cost_centre
from lmsapp.learning.payments.queries import own_payment
from lmsapp.learning.payments.rules import PaymentStatus
from lmsapp.web.forms import say
from lmsapp.web.payment_words import PAYMENT_STATUSES, money
from lmsapp.web.render import get_or_404, to
from lmsapp.web.student.wing import bp


@bp.post("/courses/<int:course_id>/cost-centre")
def save_cost_centre(course_id: int) -> ResponseReturnValue:
    """The learner says who is charged, while the payment is pending."""
    payment = get_or_404(own_payment(g.viewer, course_id))
    here = url_for("student.course", course_id=course_id)
    try:
        name_cost_centre(payment, request.form.get("cost_centre", ""), by=g.viewer)
    except RuleBroken as broken:
        return to(here, said=say(broken))
    return to(here, said=_("Saved. Your training team sees it."))


def payment_beside(enrollment: Any) -> dict[str, Any]:
    """For the page of a course: the payment it waits for."""
    waits = any(lock["kind"] == "payment" for lock in enrollment.locks)
    payment = own_payment(g.viewer, enrollment.course_id) if waits else None
    return {"payment": payment_card(payment) if payment else None}


def payment_card(payment: Any) -> dict[str, Any]:
    """What it costs, how it stands, and whether the cost centre can still be named."""
    return {
        "price": money(payment.amount, payment.currency),
        "status": payment.status,
        "label": str(PAYMENT_STATUSES[payment.status]),
        "cost_centre": payment.cost_centre,
        "open": payment.status == PaymentStatus.PENDING,
    }
