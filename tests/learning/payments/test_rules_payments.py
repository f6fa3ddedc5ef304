"""Which payment may become what. Pure (CRS-9)."""

from __future__ import annotations

import itertools

import pytest

from lmsapp.infra.words import RuleBroken
from lmsapp.learning.payments.rules import NEEDS_REASON, PaymentStatus, check_change, cleaned_word, locks

S = PaymentStatus
MAY = {
    (S.PENDING, S.PAID),
    (S.PENDING, S.WAIVED),
    (S.PAID, S.REFUNDED),
    (S.PAID, S.PENDING),
    (S.WAIVED, S.PENDING),
    (S.WAIVED, S.PAID),
    (S.REFUNDED, S.PENDING),
    (S.REFUNDED, S.PAID),
    (S.REFUNDED, S.WAIVED),
}


@pytest.mark.parametrize(("before", "after"), list(itertools.product(S, S)))
def test_only_these_changes_are_allowed(before: PaymentStatus, after: PaymentStatus) -> None:
    """CRS-9: the whole table of changes, and which of them ask for a reason."""
    if (before, after) not in MAY:
        with pytest.raises(RuleBroken, match="cannot become"):
            check_change(before, after, "why")
        return
    check_change(before, after, "why")
    if after in NEEDS_REASON:
        with pytest.raises(RuleBroken) as told:
            check_change(before, after, "  ")
        assert told.value.field == "reason"
    else:
        check_change(before, after, "")


def test_shut_until_paid_or_waived() -> None:
    """CRS-9: content stays locked until paid or waived, and is locked again once the money went back."""
    assert {one for one in S if locks(one)} == {S.PENDING, S.REFUNDED}


def test_a_cost_centre_is_a_short_line() -> None:
    """CRS-9: what is typed as cost centre or reference."""
    assert cleaned_word("  CC  4100 ", "cost_centre") == "CC 4100"
    for wrong in ("x" * 61, "a\x00b"):
        with pytest.raises(RuleBroken):
            cleaned_word(wrong, "cost_centre")
