"""Asking for a payment, settling it, and following the course's price. Locks change in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from lmsapp.courses.catalogue.events import PriceChanged
from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.learning.enrollments.door import lift_lock, set_lock
from lmsapp.learning.enrollments.events import ManyEnrolled
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.payments.models import Payment
from lmsapp.learning.payments.rules import PaymentStatus, check_change, cleaned_word, locks
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

LOCK = "payment"


def ask_payments(event: ManyEnrolled) -> None:
    """New enrollments in a course with a price wait for it.

    The price is read after the enrollments were inserted: they hold the course's row, so nobody changes it between.
    """
    price, currency = db.session.execute(
        select(Course.price, Course.currency).where(Course.id == event.course.id)
    ).one()
    if price is not None:
        for enrollment in event.enrollments:
            _ask(enrollment, price, currency, None)


def follow_price(event: PriceChanged) -> None:
    """A price asks whoever has not begun; another price holds for what is pending; none opens what was pending."""
    course = event.course
    db.session.flush()
    known = {payment.enrollment_id: payment for payment in _payments_of(Enrollment.course_id == course.id)}
    pending = [one for one in known.values() if one.status == PaymentStatus.PENDING]
    for payment in pending:
        if course.price is None:
            _set(payment, PaymentStatus.NOT_REQUIRED, by=event.by, reason="the course has no price any more")
        else:
            _reprice(payment, course.price, course.currency, event.by)
    if course.price is None:
        return
    enrolled = db.session.scalars(
        select(Enrollment)
        .where(
            Enrollment.course_id == course.id,
            Enrollment.withdrawn_at.is_(None),
            Enrollment.started_at.is_(None),
            Enrollment.completed_at.is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for enrollment in enrolled:
        if enrollment.id not in known:
            _ask(enrollment, course.price, course.currency, event.by)
        elif known[enrollment.id].status == PaymentStatus.NOT_REQUIRED:
            known[enrollment.id].amount, known[enrollment.id].currency = course.price, course.currency
            _set(known[enrollment.id], PaymentStatus.PENDING, by=event.by, reason="the course has a price again")


def change_payment(
    payment: Payment, status: str, *, by: Viewer, reason: str = "", reference: str = "", cost_centre: str | None = None
) -> None:
    """Lead a payment to another status; opens or shuts the course at once. Raises NotAllowed, RuleBroken.

    An empty reference keeps the one there is; so does a cost centre of None.
    """
    if not by.may(May.MODERATE):
        raise NotAllowed(N_("Only moderators set payments."))
    payment = _held(payment.enrollment_id)
    after = PaymentStatus(status)
    check_change(PaymentStatus(payment.status), after, reason)
    payment.reference = cleaned_word(reference, "reference") or payment.reference
    if cost_centre is not None:
        payment.cost_centre = cleaned_word(cost_centre, "cost_centre")
    _set(payment, after, by=by, reason=reason)


def change_payments(
    payments: Sequence[Payment], status: str, *, by: Viewer, reason: str, reference: str, cost_centre: str | None
) -> tuple[int, list[tuple[Payment, RuleBroken]]]:
    """Several at once: how many changed, and which could not with the reason. A missing reason stops all of them."""
    changed, refused = 0, []
    for payment in sorted(payments, key=lambda one: one.enrollment_id):
        try:
            change_payment(payment, status, by=by, reason=reason, reference=reference, cost_centre=cost_centre)
            changed += 1
        except RuleBroken as broken:
            if broken.field != "status":
                raise
            refused.append((payment, broken))
    return changed, refused


def name_cost_centre(payment: Payment, cost_centre: str, *, by: Viewer) -> None:
    """The learner says who is charged, while it is pending. Raises RuleBroken once it is settled."""
    payment = _held(payment.enrollment_id)
    if payment.status != PaymentStatus.PENDING:
        raise RuleBroken(N_("The payment is settled. Ask your training team to change the cost centre."))
    before, after = payment.cost_centre, cleaned_word(cost_centre, "cost_centre")
    if before == after:
        return
    payment.cost_centre = after
    _note("cost centre named", payment, by, {"cost_centre": before}, {"cost_centre": after})


def _ask(enrollment: Enrollment, price: Decimal, currency: str, by: Viewer | None) -> None:
    payment = Payment(enrollment_id=enrollment.id, status=PaymentStatus.PENDING.value, amount=price, currency=currency)
    db.session.add(payment)
    set_lock(enrollment, LOCK)
    _note("payment asked", payment, by, None, {"amount": price, "currency": currency})


def _set(payment: Payment, status: PaymentStatus, *, by: Viewer | None, reason: str) -> None:
    before = {"payment": payment.status}
    payment.status, payment.reason, payment.changed_at = status.value, reason.strip(), clock.now()
    payment.changed_by_name = by.name if by else ""
    if locks(status):
        set_lock(payment.enrollment, LOCK)
    else:
        lift_lock(payment.enrollment, LOCK)
    after = {
        "payment": payment.status,
        "amount": payment.amount,
        "currency": payment.currency,
        "cost_centre": payment.cost_centre,
        "reference": payment.reference,
    }
    _note("payment changed", payment, by, before, after, reason.strip())


def _reprice(payment: Payment, price: Decimal, currency: str, by: Viewer | None) -> None:
    before = {"amount": payment.amount, "currency": payment.currency}
    payment.amount, payment.currency = price, currency
    _note("payment changed", payment, by, before, {"amount": price, "currency": currency})


def _note(
    action: str,
    payment: Payment,
    by: Viewer | None,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    reason: str = "",
) -> None:
    record_change(action, ("enrollment", payment.enrollment_id), by=by, before=before, after=after, reason=reason)


def _held(enrollment_id: int) -> Payment:
    """The payment with its enrollment, both held until commit: whoever learns or settles meanwhile waits."""
    return next(iter(_payments_of(Payment.enrollment_id == enrollment_id)))


def _payments_of(condition: Any) -> Iterable[Payment]:
    return db.session.scalars(
        select(Payment)
        .join(Payment.enrollment)
        .options(contains_eager(Payment.enrollment))
        .where(condition)
        .order_by(Payment.enrollment_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
