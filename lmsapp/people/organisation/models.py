"""The words of each kind. Departments stand in `employees.models`, whose rows name them."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class OrganisationValue(Model):
    """A word employees bear. `kind` is one of rules.Kind; not `active`: kept on people, not offered any more.

    `stands_for`: another spelling of that word. Nobody bears it; rosters that still write it mean the other.
    """

    __tablename__ = "organisation_value"
    __table_args__ = (
        CheckConstraint("kind IN ('job_role', 'location', 'region', 'cohort')", name="kind"),
        # Serves finding a word, and the list of one kind.
        UniqueConstraint("kind", "name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    stands_for: Mapped[str | None]
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
