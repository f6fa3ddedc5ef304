"""Heads of columns in files, as `status_words` has statuses and actions: marked for gettext's extractor (UX-3)."""

from __future__ import annotations

from typing import Final

from lmsapp.infra.words import N_

# insight/completion.py, HEAD: the columns of the report as a file
COLUMNS: Final = (
    N_("employee number"),
    N_("name"),
    N_("department"),
    N_("job role"),
    N_("location"),
    N_("course"),
    N_("status"),
    N_("progress"),
    N_("assigned on"),
    N_("due date"),
    N_("completed on"),
    N_("score"),
    N_("certificate number"),
    N_("record number"),
    N_("marked"),
    N_("lessons done"),
    N_("enrolled on"),
    N_("last active on"),
    N_("paused until"),
    N_("number"),
    N_("learning path"),
    N_("assigned by"),
    N_("reminders sent"),
    N_("note"),
    N_("reason for closing"),
    N_("source"),
)

# compliance/policies/queries.py, CSV_HEAD: the columns of a round as a file
SIGNATURE_COLUMNS: Final = (
    N_("state"),
    N_("signed at"),
    N_("meaning"),
    N_("signature"),
    N_("text SHA-256"),
)

# learning/payments/queries.py, HEAD; and what the trail keeps of payments, reviews and prices
PAYMENT_COLUMNS: Final = (
    N_("cost centre"),
    N_("payment"),
    N_("amount"),
    N_("currency"),
    N_("reference"),
    N_("enrolled on"),
    N_("since"),
    N_("set by"),
    N_("reason"),
    N_("price"),
    N_("topics"),
    N_("stars"),
    N_("hidden reason"),
    N_("not required"),
    N_("pending"),
    N_("paid"),
    N_("waived"),
    N_("refunded"),
)
