"""Payments in words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from babel.numbers import format_currency
from flask_babel import get_locale
from flask_babel import lazy_gettext as __

from lmsapp.learning.payments.rules import PaymentStatus

PAYMENT_STATUSES: dict[str, Any] = {
    PaymentStatus.PENDING: __("Pending"),
    PaymentStatus.PAID: __("Paid"),
    PaymentStatus.WAIVED: __("Waived"),
    PaymentStatus.REFUNDED: __("Refunded"),
    PaymentStatus.NOT_REQUIRED: __("Not required"),
}


def money(amount: Decimal, currency: str) -> str:
    """'$40.00', as the reader's language writes it."""
    return str(format_currency(amount, currency, locale=str(get_locale() or "en")))
