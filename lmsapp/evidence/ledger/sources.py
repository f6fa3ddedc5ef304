"""Which rows testify, and which of their columns say who it is about.

A source names columns, so that adding an event, checking it later, packing it for an auditor and erasing a person all
read the same list. Each column of the table stands in one of the three lists: a test of the house asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra.db import Model


@dataclass(frozen=True, slots=True)
class Source:
    """`facts`: columns anybody may read from the ledger; `personal`: those that stand there as a salted commitment.

    `left_out`: columns that are no evidence (the id itself is named anyway). `employee`: the column of whom it is
    about, '' for none; `occurred`: of when it happened. `once`: a column that is empty until the row testifies, '' when
    it does from its first day.
    """

    model: type[Model]
    facts: tuple[str, ...]
    personal: tuple[str, ...]
    occurred: str
    employee: str = "employee_id"
    left_out: tuple[str, ...] = ()
    once: str = ""

    @property
    def kind(self) -> str:
        """As `LedgerEvent.record_kind`: the table's name."""
        return str(self.model.__tablename__)

    @property
    def file(self) -> str:
        """The column that leads to the stored file whose SHA-256 is evidence; '' when there is none."""
        led = (
            column.name
            for column in self.model.__table__.columns
            for key in column.foreign_keys
            if key.target_fullname == "stored_file.id"
        )
        return next(led, "")

    def facts_of(self, row: Any) -> dict[str, Any]:
        return {name: getattr(row, name) for name in self.facts}

    def personal_of(self, row: Any) -> dict[str, Any]:
        return {name: getattr(row, name) for name in self.personal}


COMPLETIONS = Source(
    CompletionRecord,
    facts=(
        "subject_kind", "subject_id", "title", "content_version", "content_sha256", "rule_version", "criteria", "score",
        "attempt", "occurred_at", "local_time", "time_zone", "recorded_at", "actor_id", "how", "approved_by_id",
        "supersedes_id",
    ),
    personal=(
        "employee_id", "employee_number", "employee_name", "job_role", "department", "actor_name", "reason",
        "approved_by_name",
    ),
    occurred="occurred_at",
)  # fmt: skip

Sources = Mapping[str, Source]
