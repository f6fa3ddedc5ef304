"""What one enrollment costs, and whether that is settled."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.infra import clock
from lmsapp.infra.db import Model
from lmsapp.learning.enrollments.models import Enrollment


class Payment(Model):
    """`status` as `rules.PaymentStatus`, 'not required' where the course lost its price. `amount` is that of the day
    it was asked. `reference`: an invoice or booking, as staff write it. `changed_at`: since when the status holds.
    """

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("status IN ('not required', 'pending', 'paid', 'waived', 'refunded')", name="status"),
        # Serves the list by period and the CSV for accounting.
        Index("ix_payment_changed", "changed_at"),
    )

    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"), primary_key=True)
    status: Mapped[str] = mapped_column(default="pending")
    amount: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    currency: Mapped[str]
    cost_centre: Mapped[str] = mapped_column(default="")
    reference: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    changed_by_name: Mapped[str] = mapped_column(default="")

    enrollment: Mapped[Enrollment] = relationship(lazy="raise_on_sql")
