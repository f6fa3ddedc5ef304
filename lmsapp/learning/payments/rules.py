"""Which status a payment may change to, and what that does to the course. Pure (CRS-9)."""

from __future__ import annotations

from enum import StrEnum

from lmsapp.infra.words import N_, RuleBroken

LONGEST = 60  # characters of a cost centre or a reference


class PaymentStatus(StrEnum):
    """Whether the price of an enrollment is settled."""

    NOT_REQUIRED = "not required"
    PENDING = "pending"
    PAID = "paid"
    WAIVED = "waived"
    REFUNDED = "refunded"


S = PaymentStatus
# Where staff may lead it. A mistake is taken back to pending; what is not required becomes so with the course's price.
ALLOWED: dict[PaymentStatus, frozenset[PaymentStatus]] = {
    S.NOT_REQUIRED: frozenset(),
    S.PENDING: frozenset({S.PAID, S.WAIVED}),
    S.PAID: frozenset({S.REFUNDED, S.PENDING}),
    S.WAIVED: frozenset({S.PENDING, S.PAID}),
    S.REFUNDED: frozenset({S.PENDING, S.PAID, S.WAIVED}),
}
NEEDS_REASON = frozenset({S.WAIVED, S.REFUNDED, S.PENDING})


def locks(status: PaymentStatus) -> bool:
    """Whether the content is shut: until it is paid or waived, and again once the money went back."""
    return status in (S.PENDING, S.REFUNDED)


def check_change(before: PaymentStatus, after: PaymentStatus, reason: str) -> None:
    """Raises RuleBroken (field: status or reason) where staff may not lead it there, or must say why."""
    if after not in ALLOWED[before]:
        raise RuleBroken(
            N_("A payment that is %(before)s cannot become %(after)s."),
            field="status",
            before=before.value,
            after=after.value,
        )
    if after in NEEDS_REASON and not reason.strip():
        raise RuleBroken(N_("Say why; the audit trail keeps it."), field="reason")


def cleaned_word(word: str, field: str) -> str:
    """A cost centre or reference in one line. Raises RuleBroken."""
    said = " ".join(word.split())
    if len(said) > LONGEST or not said.isprintable():
        raise RuleBroken(N_("At most %(most)s characters that can be seen."), field=field, most=LONGEST)
    return said
