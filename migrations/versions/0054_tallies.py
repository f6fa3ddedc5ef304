"""Completed assignments are tallied per person, open ones know the day somebody last did something in them; indexes for
a dashboard over millions of rows (DSH-1).

The tables, the trigger and the indexes come while people work: nothing is locked for longer than it takes to make a
trigger, indexes are made concurrently, and tallies are filled a thousand people at a time. Whatever is completed
meanwhile is noted by the trigger. Safe to begin again after an interruption.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0060"

A_BATCH = 1000
# What came and what went; open assignments cost nothing.
NOTE = """
CREATE OR REPLACE FUNCTION assignment_tally_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.completed_at IS NOT NULL THEN
        INSERT INTO assignment_tally_change (employee_id, course_id, n) VALUES (OLD.employee_id, OLD.course_id, -1);
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.completed_at IS NOT NULL THEN
        INSERT INTO assignment_tally_change (employee_id, course_id, n) VALUES (NEW.employee_id, NEW.course_id, 1);
    END IF;
    RETURN NULL;
END $$
"""
WHEN = {
    "INSERT": "NEW.completed_at IS NOT NULL",
    "UPDATE": "(OLD.completed_at IS NULL) <> (NEW.completed_at IS NULL) OR NEW.completed_at IS NOT NULL"
    " AND (OLD.employee_id <> NEW.employee_id OR OLD.course_id <> NEW.course_id)",
    "DELETE": "OLD.completed_at IS NOT NULL",
}
# One statement, so that the notes it takes away are those of the very assignments it counts. One caller at a time.
KEEP = """
CREATE OR REPLACE FUNCTION assignment_tally_keep(whose integer[]) RETURNS void LANGUAGE sql AS $$
    WITH gone AS (DELETE FROM assignment_tally_change WHERE employee_id = ANY (whose)),
    fact AS MATERIALIZED (
        SELECT employee_id, course_id, count(*) AS n FROM training_assignment
        WHERE employee_id = ANY (whose) AND completed_at IS NOT NULL GROUP BY employee_id, course_id
    ),
    fresh AS (
        INSERT INTO assignment_tally_place (course_id, place)
        SELECT course_id, (SELECT count(*) FROM assignment_tally_place) - 1 + row_number() OVER (ORDER BY course_id)
        FROM (SELECT DISTINCT course_id FROM fact) f
        WHERE NOT EXISTS (SELECT FROM assignment_tally_place p WHERE p.course_id = f.course_id)
        RETURNING course_id, place
    ),
    place AS MATERIALIZED (SELECT course_id, place FROM assignment_tally_place UNION ALL SELECT course_id, place FROM fresh)
    INSERT INTO assignment_tally (employee_id, completed, by_course)
    SELECT e.id, coalesce(sum(f.n), 0),
           coalesce(string_agg(set_byte('\\x00'::bytea, 0, least(coalesce(f.n, 0), 255)::integer), ''::bytea ORDER BY p.place), '')
    FROM employee e LEFT JOIN place p ON true
    LEFT JOIN fact f ON f.employee_id = e.id AND f.course_id = p.course_id
    WHERE e.id = ANY (whose) GROUP BY e.id
    ON CONFLICT (employee_id) DO UPDATE SET completed = excluded.completed, by_course = excluded.by_course
$$
"""
# The day, by UTC, of the enrollment's last activity: written once a day and course, so that beats of the player change no
# index, and whoever counts what stands still reads no enrollment but those of that very day.
ACTIVE = """
CREATE OR REPLACE FUNCTION assignment_active_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE training_assignment SET active_on = (NEW.last_active_at AT TIME ZONE 'UTC')::date
    WHERE enrollment_id = NEW.id AND completed_at IS NULL AND closed_as IS NULL;
    RETURN NULL;
END $$
"""
FIRST = """
CREATE OR REPLACE FUNCTION assignment_active_first() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.active_on := (SELECT (last_active_at AT TIME ZONE 'UTC')::date FROM enrollment WHERE id = NEW.enrollment_id);
    RETURN NEW;
END $$
"""
DAY = "({}.last_active_at AT TIME ZONE 'UTC')::date"
NOW_OPEN = "NEW.completed_at IS NULL AND NEW.closed_as IS NULL"
OPENED = (
    f"{NOW_OPEN} AND (OLD.completed_at IS NOT NULL OR OLD.closed_as IS NOT NULL"
    " OR OLD.enrollment_id <> NEW.enrollment_id)"
)
NEW_DAY = f"{DAY.format('OLD')} IS DISTINCT FROM {DAY.format('NEW')}"
# Name, when, on what, in which case, what it calls.
ACTIVITY = [
    f"CREATE OR REPLACE TRIGGER {name} {moment} ON {table} FOR EACH ROW WHEN ({case}) EXECUTE FUNCTION {function}()"
    for name, moment, table, case, function in (
        ("active_on", "AFTER UPDATE OF last_active_at", "enrollment", NEW_DAY, "assignment_active_on"),
        ("active_first", "BEFORE INSERT", "training_assignment", NOW_OPEN, "assignment_active_first"),
        ("active_again", "BEFORE UPDATE", "training_assignment", OPENED, "assignment_active_first"),
    )
]
KNOWN = """
UPDATE training_assignment t SET active_on = (e.last_active_at AT TIME ZONE 'UTC')::date FROM enrollment e
WHERE e.id = t.enrollment_id AND t.employee_id BETWEEN :first AND :last AND t.completed_at IS NULL AND t.closed_as IS NULL
AND t.active_on IS DISTINCT FROM (e.last_active_at AT TIME ZONE 'UTC')::date
"""
OPEN = "completed_at IS NULL AND closed_as IS NULL"
# Name -> what it is made of: see the models for what each serves.
INDEXES = {
    "ix_training_assignment_live": "training_assignment (employee_id, course_id) INCLUDE (id, enrollment_id, due_at,"
    " started_at, closed_as, completed_at, active_on) WHERE completed_at IS NULL",
    "ix_training_assignment_open_due": "training_assignment (due_on, id) INCLUDE (employee_id, course_id, due_at, started_at)"
    f" WHERE {OPEN}",
    "ix_training_assignment_completed_on": "training_assignment (completed_on, employee_id) INCLUDE (due_on)"
    " WHERE completed_on IS NOT NULL",
    "ix_certificate_until": "certificate (valid_until, employee_id) INCLUDE (enrollment_id, course_id, id)"
    " WHERE revoked_at IS NULL AND valid_until IS NOT NULL AND enrollment_id IS NOT NULL",
    "ix_certificate_enrollment": "certificate (enrollment_id, id)",
    "ix_enrollment_paused": "enrollment (id) WHERE paused_until IS NOT NULL",
}
REPLACED = {
    "ix_training_assignment_open": f"training_assignment (due_at, employee_id) WHERE {OPEN}",
    "ix_certificate_enrollment_id": "certificate (enrollment_id)",
}


def upgrade() -> None:
    op.add_column("training_assignment", sa.Column("active_on", sa.Date(), nullable=True), if_not_exists=True)
    op.create_table(
        "assignment_tally",
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("completed", sa.Integer(), nullable=False),
        sa.Column("by_course", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["employee.id"], name=op.f("fk_assignment_tally_employee_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("employee_id", name=op.f("pk_assignment_tally")),
        if_not_exists=True,
    )
    op.create_table(
        "assignment_tally_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_tally_change")),
        if_not_exists=True,
    )
    op.create_index(
        "ix_assignment_tally_change_employee", "assignment_tally_change", ["employee_id"], if_not_exists=True
    )
    op.create_table(
        "assignment_tally_place",
        sa.Column("course_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_assignment_tally_place")),
        sa.UniqueConstraint("place", name=op.f("uq_assignment_tally_place_place")),
        if_not_exists=True,
    )
    for function in (NOTE, KEEP, ACTIVE, FIRST, *ACTIVITY):
        op.execute(function)
    for event, when in WHEN.items():
        op.execute(
            f"CREATE OR REPLACE TRIGGER tally_{event.lower()} AFTER {event} ON training_assignment FOR EACH ROW WHEN ({when}) "
            "EXECUTE FUNCTION assignment_tally_note()"
        )
    with op.get_context().autocommit_block():
        _fill()
        for name, made in INDEXES.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")  # what an interrupted attempt left is not valid
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON {made}")
        for name in REPLACED:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")


def _fill() -> None:
    connection = op.get_bind()
    last = connection.scalar(sa.text("SELECT max(id) FROM employee")) or 0
    for first in range(1, last + 1, A_BATCH):
        whose = {"first": first, "last": first + A_BATCH - 1}
        connection.execute(
            sa.text(
                "SELECT assignment_tally_keep(array(SELECT id FROM employee WHERE id BETWEEN :first AND :last"
                " AND EXISTS (SELECT FROM training_assignment t WHERE t.employee_id = employee.id)))"
            ),
            whose,
        )
        connection.execute(sa.text(KNOWN), whose)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for name, made in REPLACED.items():
            op.execute(f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {made}")
        for name in INDEXES:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
    for trigger in (*(f"tally_{event.lower()}" for event in WHEN), "active_first", "active_again"):
        op.execute(f"DROP TRIGGER IF EXISTS {trigger} ON training_assignment")
    op.execute("DROP TRIGGER IF EXISTS active_on ON enrollment")
    for function in ("keep(integer[])", "note()"):
        op.execute(f"DROP FUNCTION IF EXISTS assignment_tally_{function}")
    op.execute("DROP FUNCTION IF EXISTS assignment_active_on(); DROP FUNCTION IF EXISTS assignment_active_first()")
    op.drop_column("training_assignment", "active_on")
    for table in ("assignment_tally_place", "assignment_tally_change", "assignment_tally"):
        op.drop_table(table)
