"""EVD-2: nothing that is evidence is left out of the ledger by forgetting it."""

from __future__ import annotations

import sqlalchemy as sa

from lmsapp.evidence.ledger.checking.columns import column_of
from lmsapp.infra.db import db
from lmsapp.infra.rights import APPEND_ONLY
from lmsapp.insight.testified import LEFT_OUT, SEALED, SOURCES


def test_every_column_of_a_source_is_in_exactly_one_list() -> None:
    """EVD-2: a column that is in no list could be changed unseen; one in two lists is not thought through."""
    for source in SOURCES.values():
        listed = [*source.facts, *source.personal, *source.left_out]
        columns = {column.name for column in source.model.__table__.columns} - {"id"}
        assert sorted(listed) == sorted(columns), source.kind
        assert source.occurred in columns, source.kind
        assert not source.employee or source.employee in source.personal, f"{source.kind}: whom it is about is personal"
        assert not source.once or source.once in columns, source.kind


def test_every_column_of_a_source_has_a_form() -> None:
    """EVD-2: a type nobody has thought about would stop the verification."""
    for source in SOURCES.values():
        table = source.model.__table__
        assert isinstance(table.c.id.type, sa.Integer), source.kind
        for name in (*source.facts, *source.personal):
            column_of(table.columns[name])


def test_every_table_of_evidence_is_on_record_or_says_why_not() -> None:
    """EVD-2: append-only tables testify row by row, are sealed, or stand in LEFT_OUT with a reason."""
    covered = set(SOURCES) | {one.table for one in SEALED}
    assert set(APPEND_ONLY) - covered == set(LEFT_OUT) & set(APPEND_ONLY)
    assert not covered & set(LEFT_OUT)
    assert all(LEFT_OUT.values())


def test_sealed_columns_exist() -> None:
    """EVD-3: what is sealed is sealed whole."""
    for one in SEALED:
        columns = {column.name for column in db.metadata.tables[one.table].columns}
        assert set(one.columns) <= columns, one.table
