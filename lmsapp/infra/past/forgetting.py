"""Making somebody unknown in the past too, where no duty keeps what is personal (EVD-6)."""

from __future__ import annotations

from sqlalchemy import text

from lmsapp.infra.db import db

FORGET = text("SELECT past.forget(:person)")


def forget_person(employee_id: int) -> None:
    """Former rows of the employee take number, names, e-mail and mobile of the present one, which was cleared before.

    Placements stay: whose they were is known no more. Called in the transaction of the erasure.
    """
    db.session.flush()
    db.session.execute(FORGET, {"person": employee_id})
