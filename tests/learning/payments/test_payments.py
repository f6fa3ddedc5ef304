"""Paid courses: who is asked, what is shut, and what staff set (CRS-9)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from lmsapp.courses.catalogue.actions import edit_course
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.insight.sheets import as_csv
from lmsapp.learning.enrollments.actions import enroll_many, open_lesson
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.payments.actions import change_payment, change_payments, name_cost_centre
from lmsapp.learning.payments.models import Payment
from lmsapp.learning.payments.queries import (
    HEAD,
    PaymentFilters,
    list_payments,
    own_payment,
    payment_sheet,
    sums,
    usual_cost_centre,
)
from tests.cast import Cast, Person, make_cast
from tests.conftest import Statements
from tests.learning.quizzes.ward import Ward

PRICE = Decimal("40.00")


@pytest.fixture
def people() -> Cast:
    return make_cast()


def payment(enrollment: Enrollment) -> Payment | None:
    return db.session.get(Payment, enrollment.id, populate_existing=True)


def test_a_price_asks_whoever_has_not_begun(people: Cast) -> None:
    """CRS-9: enrolled later: pending and shut. Enrolled and not begun when it becomes paid: the same. Begun: goes on.
    Another price holds for what is pending; without one it opens; with one again it is asked again."""
    ward = Ward()
    begun, waiting = ward.enroll(people.lena), ward.enroll(people.mark)
    open_lesson(begun, ward.text)
    edit_course(ward.course, by=None, price=PRICE, currency="EUR")
    later = ward.enroll(people.otto)
    assert payment(begun) is None
    assert begun.locks == []
    for enrollment in (waiting, later):
        asked = payment(enrollment)
        assert asked is not None
        assert (asked.status, asked.amount, asked.currency) == ("pending", PRICE, "EUR")
        assert enrollment.locks == [{"kind": "payment"}]
        with pytest.raises(NotAllowed, match="paid"):
            open_lesson(enrollment, ward.text)
    change_payment(payment(later), "paid", by=people.milo.viewer)  # type: ignore[arg-type]
    edit_course(ward.course, by=None, price=Decimal("55"))
    assert [payment(one).amount for one in (waiting, later)] == [Decimal("55.00"), PRICE]  # type: ignore[union-attr]
    edit_course(ward.course, by=None, price=None)
    assert [payment(one).status for one in (waiting, later)] == ["not required", "paid"]  # type: ignore[union-attr]
    assert waiting.locks == later.locks == []
    edit_course(ward.course, by=None, price=PRICE)
    assert [payment(one).status for one in (waiting, later)] == ["pending", "paid"]  # type: ignore[union-attr]
    assert waiting.locks == [{"kind": "payment"}]
    for wrong in (Decimal(0), Decimal("-1"), Decimal("100000"), Decimal("1.005")):
        with pytest.raises(RuleBroken):
            edit_course(ward.course, by=None, price=wrong)
    with pytest.raises(RuleBroken):
        edit_course(ward.course, by=None, currency="XXX")


def test_paid_or_waived_opens_and_refunded_shuts(people: Cast) -> None:
    """CRS-9: in the transaction that sets it; a reason where one is asked; others may not; the trail has all of it."""
    ward, milo = Ward(), people.milo.viewer
    edit_course(ward.course, by=None, price=PRICE)
    enrollment = ward.enroll(people.lena)
    row = payment(enrollment)
    assert row is not None
    for nobody in (people.lena, people.mark, people.hana, people.carla, people.otto):
        with pytest.raises(NotAllowed):
            change_payment(row, "paid", by=nobody.viewer)
    with pytest.raises(RuleBroken, match="Say why"):
        change_payment(row, "waived", by=milo)
    name_cost_centre(row, " CC  12 ", by=people.lena.viewer)
    change_payment(row, "paid", by=milo, reference="INV 7")
    assert enrollment.locks == []
    assert (row.status, row.cost_centre, row.reference, row.changed_by_name) == (
        "paid",
        "CC 12",
        "INV 7",
        "Milo Brandt",
    )
    with pytest.raises(RuleBroken, match="settled"):
        name_cost_centre(row, "CC 13", by=people.lena.viewer)
    change_payment(row, "refunded", by=milo, reason="Ill")
    assert enrollment.locks == [{"kind": "payment"}]
    change_payment(row, "waived", by=milo, reason="Good will")
    assert enrollment.locks == []
    assert row.reference == "INV 7"
    assert usual_cost_centre(people.lena.viewer) == "CC 12"
    told = db.session.query(AuditEntry.action).filter_by(subject_kind="enrollment", subject_id=enrollment.id)
    assert [one.action for one in told.order_by(AuditEntry.id)] == [
        "enrolled", "payment asked", "cost centre named", "payment changed", "payment changed", "payment changed",
    ]  # fmt: skip


def test_many_are_set_listed_and_charged(people: Cast, statements: Statements) -> None:
    """CRS-9: several at once, those that cannot are named; list, sums and CSV by cost centre and period; a list of many
    costs what one of few costs; nobody but moderators sees any of it."""
    ward, milo = Ward(), people.milo.viewer
    edit_course(ward.course, by=None, price=PRICE)
    rows = [payment(ward.enroll(person)) for person in (people.lena, people.mark, people.otto)]
    lena, mark, otto = rows
    assert lena
    assert mark
    assert otto
    change_payment(otto, "waived", by=milo, reason="Jury")
    changed, refused = change_payments(
        [lena, mark, otto], "refunded", by=milo, reason="No", reference="", cost_centre=None
    )
    assert (changed, len(refused)) == (0, 3)
    changed, refused = change_payments(
        [lena, mark, otto], "paid", by=milo, reason="", reference="R", cost_centre="=1+1"
    )
    assert (changed, refused) == (3, [])

    found, total = list_payments(milo, PaymentFilters(cost_centres=("=1+1",), statuses=("paid",)))
    assert (len(found), total) == (3, 3)
    assert [(one.cost_centre, one.payments, one.paid) for one in sums(milo, PaymentFilters())] == [
        ("=1+1", 3, PRICE * 3)
    ]
    yesterday = otto.changed_at.date() - dt.timedelta(days=1)
    assert list_payments(milo, PaymentFilters(until=yesterday)) == ([], 0)
    assert list_payments(milo, PaymentFilters(since=yesterday, search="lena"))[1] == 1
    sheet = "".join(as_csv(HEAD, payment_sheet(milo, PaymentFilters(), {"paid": "Bezahlt"})))
    assert sheet.count("Bezahlt") == 3
    assert "'=1+1" in sheet
    assert list_payments(people.hana.viewer, PaymentFilters()) == ([], 0)
    assert own_payment(people.lena.viewer, ward.course.id) is lena
    assert own_payment(people.milo.viewer, ward.course.id) is None

    def cost(filters: PaymentFilters) -> int:
        statements.clear()
        list_payments(milo, filters)
        return len(statements)

    assert cost(PaymentFilters(search="lena")) == cost(PaymentFilters())


def test_many_enrolled_cost_one_price(people: Cast, statements: Statements) -> None:
    """CRS-9: enrolling many into a paid course looks at its price once."""
    ward = Ward()
    edit_course(ward.course, by=None, price=PRICE)
    who: list[Person] = [people.lena, people.mark, people.otto]
    db.session.flush()
    statements.clear()
    made = enroll_many([one.record.id for one in who], ward.course, source="staff", by=None)
    db.session.flush()
    assert len(made) == 3
    assert sum("course.price" in one and one.startswith("SELECT") for one in statements) == 1
    assert sum("INSERT INTO payment" in one for one in statements) == 1
