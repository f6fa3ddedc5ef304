"""A letter for each assignment that is not quietly completed, one short text per person, for a dashboard over millions
of rows (DSH-1).

Made while people work: tables, triggers and indexes made concurrently; nothing is filled here. The sweep makes the
letters, a thousand people at a time, and until it has come a dashboard works them out. Safe to begin again after an
interruption.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0062"

# Of many rows at once: what was assigned, what a certificate came for.
MANY = """
CREATE OR REPLACE FUNCTION assignment_states_mark_many() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO assignment_states_mark (employee_id, stale) SELECT DISTINCT employee_id, true FROM changed;
    RETURN NULL;
END $$
"""
# Of one row, because most changes of these tables say nothing new and are passed over by the condition alone.
ONE = """
CREATE OR REPLACE FUNCTION assignment_states_mark_one() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO assignment_states_mark (employee_id, stale) VALUES (NEW.employee_id, true);
    IF OLD.employee_id <> NEW.employee_id THEN
        INSERT INTO assignment_states_mark (employee_id, stale) VALUES (OLD.employee_id, true);
    END IF;
    RETURN NULL;
END $$
"""
# What a dashboard shows beside: how far somebody is, who they are.
NEWS = """
CREATE OR REPLACE FUNCTION assignment_states_mark_news() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO assignment_states_mark (employee_id, stale) VALUES ({}, false);
    RETURN NULL;
END $$
"""


def _other(*columns: str) -> str:
    """One of them is another one."""
    was, now = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return f"ROW({was}) IS DISTINCT FROM ROW({now})"


ASSIGNED = _other(
    "employee_id", "course_id", "enrollment_id", "due_at", "started_at", "completed_at", "closed_as", "active_on"
)
CERTIFIED = f"NEW.enrollment_id IS NOT NULL AND {_other('employee_id', 'enrollment_id', 'valid_until', 'revoked_at')}"
# The last activity moves with every beat of the player. Its day is told by the assignment (`active_on`); within a day it
# says something new only where it is set back, or told so late that something may be taken for standing still.
DAY = "({}.last_active_at AT TIME ZONE 'UTC')::date"
STILL = (
    f"(OLD.paused_until IS NULL) <> (NEW.paused_until IS NULL) OR ({DAY.format('OLD')} = {DAY.format('NEW')}"
    " AND (NEW.last_active_at < OLD.last_active_at"
    " OR NEW.last_active_at > OLD.last_active_at AND NEW.last_active_at < now() - interval '23 hours'))"
)
WHO = _other("name", "status", "department_id", "job_role", "location", "region", "cohort")
# Name, when, on what, in which case, what it calls.
EACH = (
    ("states_update", "UPDATE", "training_assignment", ASSIGNED, "one"),
    ("states_update", "UPDATE", "certificate", CERTIFIED, "one"),
    ("states_still", "UPDATE OF paused_until, last_active_at", "enrollment", STILL, "one"),
    ("states_progress", "UPDATE OF progress", "enrollment", "OLD.progress <> NEW.progress", "progress"),
    ("states_who", "UPDATE", "employee", WHO, "who"),
)
WHOLE = [
    (f"states_{event.lower()}", event, table, rows)
    for table in ("training_assignment", "certificate")
    for event, rows in (("INSERT", "NEW"), ("DELETE", "OLD"))
]
# Name -> what it is made of: see the models for what each serves. An index that is made wider comes under a name of its
# own and takes the old one afterwards, so that nobody is without.
INDEXES = {
    "ix_enrollment_part_way": "enrollment (id) INCLUDE (progress) WHERE progress BETWEEN 1 AND 99",
    "ix_certificate_ends": "certificate (employee_id, valid_until) INCLUDE (enrollment_id) WHERE revoked_at IS NULL"
    " AND valid_until IS NOT NULL AND enrollment_id IS NOT NULL",
    "ix_training_assignment_wider": "training_assignment (enrollment_id)"
    " INCLUDE (id, employee_id, course_id, due_on, due_at, completed_at)",
}
WIDER, NARROW = "ix_training_assignment_wider", "ix_training_assignment_enrollment"


def upgrade() -> None:
    op.create_table(
        "assignment_states",
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("letters", sa.Text(), nullable=False),
        sa.Column("courses", sa.LargeBinary(), nullable=False),
        sa.Column("changes", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["employee.id"], name=op.f("fk_assignment_states_employee_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("employee_id", name=op.f("pk_assignment_states")),
        if_not_exists=True,
    )
    op.create_index("ix_assignment_states_until", "assignment_states", ["until"], if_not_exists=True)
    op.create_table(
        "assignment_states_mark",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_states_mark")),
        if_not_exists=True,
    )
    op.create_index(
        "ix_assignment_states_mark_employee", "assignment_states_mark", ["employee_id", "stale"], if_not_exists=True
    )
    op.execute(MANY)
    op.execute(ONE)
    for name, whose in (("progress", "NEW.employee_id"), ("who", "NEW.id")):
        op.execute(NEWS.replace("mark_news", f"mark_{name}").format(whose))
    for name, event, table, rows in WHOLE:
        op.execute(
            f"CREATE OR REPLACE TRIGGER {name} AFTER {event} ON {table} REFERENCING {rows} TABLE AS changed "
            "FOR EACH STATEMENT EXECUTE FUNCTION assignment_states_mark_many()"
        )
    for name, event, table, case, what in EACH:
        op.execute(
            f"CREATE OR REPLACE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW WHEN ({case}) "
            f"EXECUTE FUNCTION assignment_states_mark_{what}()"
        )
    with op.get_context().autocommit_block():
        for name, made in INDEXES.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")  # what an interrupted attempt left is not valid
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON {made}")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NARROW}")
        op.execute(f"ALTER INDEX {WIDER} RENAME TO {NARROW}")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for name in (*INDEXES, NARROW):
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        op.execute(f"CREATE INDEX CONCURRENTLY {NARROW} ON training_assignment (enrollment_id)")
    for name, _event, table, *_rest in (*WHOLE, *EACH):
        op.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
    for name in ("many", "one", "progress", "who"):
        op.execute(f"DROP FUNCTION IF EXISTS assignment_states_mark_{name}()")
    op.drop_table("assignment_states_mark")
    op.drop_table("assignment_states")
