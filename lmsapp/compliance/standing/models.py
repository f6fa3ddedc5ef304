"""The kept texts, and whose is not to be trusted any more."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra.db import Model


class ComplianceStanding(Model):
    """One person. `states`: a letter per compliance type in the order of their ids, archived ones too; see
    `ledger.expressions.LETTERS`. Holds from `day` on, before `until`, unless touched. `worst`: place of the letter that
    needs somebody most; `next_on`: the earliest renewal date."""

    __tablename__ = "compliance_standing"
    # Serves the sweep for those whose text ended at midnight.
    __table_args__ = (Index("ix_compliance_standing_until", "until"),)

    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[dt.date]
    until: Mapped[dt.date]
    states: Mapped[str]
    worst: Mapped[int]
    next_on: Mapped[dt.date | None]


class ComplianceTouched(Model):
    """Something about this person changed since their text was made. Only added by triggers and taken away by the
    sweep: no two changes ever wait for each other because of it."""

    __tablename__ = "compliance_touched"
    __table_args__ = (Index("ix_compliance_touched_employee", "employee_id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    employee_id: Mapped[int]
