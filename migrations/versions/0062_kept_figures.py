"""Figures of the statistics kept per person, and how many colleagues took what, so that no page waits while millions
of rows are counted (DSH-3, CRS-8).

Tables and triggers come while people work: each table is locked by itself, for no longer than it takes to make a
trigger. Figures are filled by the sweep afterwards; until it has been there, they are counted from the facts as before.
Safe to begin again after an interruption.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0064"

AT = sa.DateTime(timezone=True)
# Once a statement for what comes and goes, and once a row for what changes: only changes of what is counted call it.
FUNCTIONS = {
    "figures_touch": """
BEGIN
    INSERT INTO figures_touched (employee_id) SELECT DISTINCT employee_id FROM changed WHERE employee_id IS NOT NULL;
    RETURN NULL;
END""",
    "figures_touch_row": """
BEGIN
    INSERT INTO figures_touched (employee_id)
    SELECT DISTINCT id FROM unnest(ARRAY[OLD.employee_id, NEW.employee_id]) id WHERE id IS NOT NULL;
    RETURN NULL;
END""",
    "figures_touch_new": """
BEGIN
    INSERT INTO figures_touched (employee_id) VALUES (NEW.employee_id);
    RETURN NULL;
END""",
    "figures_touch_old": """
BEGIN
    INSERT INTO figures_touched (employee_id) VALUES (OLD.employee_id);
    RETURN NULL;
END""",
    "figures_touch_course": """
BEGIN
    INSERT INTO figures_touched (employee_id) SELECT employee_id FROM enrollment WHERE course_id = NEW.id;
    RETURN NULL;
END""",
}
# What the figures are counted from.
COUNTED = {
    "training_assignment": (
        "employee_id",
        "course_id",
        "due_on",
        "due_at",
        "closed_as",
        "completed_at",
        "completed_on",
    ),
    "enrollment": (
        "employee_id",
        "course_id",
        "enrolled_at",
        "completed_at",
        "completed_by_hand",
        "withdrawn_at",
        "exempted_at",
        "best_score",
        "cycle",
    ),
    "certificate": ("employee_id", "course_id", "issued_on", "revoked_at", "replaced_at"),
    "certification_period": ("employee_id", "course_id", "enrollment_id", "valid_until", "is_current"),
    "completion_record": ("employee_id",),
}
REMINDER = (
    "({0}.template = 'training_reminder' AND {0}.about_kind = 'assignment' AND {0}.status IN ('sent', 'carried')"
    " AND {0}.employee_id IS NOT NULL)"
)
NOTICE = (
    f"({REMINDER.format('OLD')} OR {REMINDER.format('NEW')}) AND (OLD.status, OLD.sent_at, OLD.about_id, OLD.employee_id)"
    " IS DISTINCT FROM (NEW.status, NEW.sent_at, NEW.about_id, NEW.employee_id)"
)
# Trigger -> when, on what, in which case, what it calls.
TRIGGERS = {
    **{
        f"{table} {event}": f"AFTER {event} ON {table} REFERENCING {rows} TABLE AS changed FOR EACH STATEMENT"
        " EXECUTE FUNCTION figures_touch()"
        for table in COUNTED
        for event, rows in (("INSERT", "NEW"), ("DELETE", "OLD"))
    },
    **{
        f"{table} UPDATE": f"AFTER UPDATE ON {table} FOR EACH ROW WHEN (({', '.join(f'OLD.{c}' for c in columns)})"
        f" IS DISTINCT FROM ({', '.join(f'NEW.{c}' for c in columns)})) EXECUTE FUNCTION figures_touch_row()"
        for table, columns in COUNTED.items()
    },
    "notice INSERT": f"AFTER INSERT ON notice FOR EACH ROW WHEN ({REMINDER.format('NEW')})"
    " EXECUTE FUNCTION figures_touch_new()",
    "notice UPDATE": f"AFTER UPDATE ON notice FOR EACH ROW WHEN ({NOTICE}) EXECUTE FUNCTION figures_touch_row()",
    "notice DELETE": f"AFTER DELETE ON notice FOR EACH ROW WHEN ({REMINDER.format('OLD')})"
    " EXECUTE FUNCTION figures_touch_old()",
    "course UPDATE": "AFTER UPDATE ON course FOR EACH ROW WHEN ((OLD.kind, OLD.mandatory) IS DISTINCT FROM"
    " (NEW.kind, NEW.mandatory)) EXECUTE FUNCTION figures_touch_course()",
}
NUMBERS = ("behind", "due", "in_time", "reminded", "followed", "asked", "completed", "scored", "score")


def upgrade() -> None:
    _figures()
    _suggestions()
    for name, body in FUNCTIONS.items():
        op.execute(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
    with op.get_context().autocommit_block():
        for name, what in TRIGGERS.items():
            op.execute(f"CREATE OR REPLACE TRIGGER figures_{name.split()[1].lower()} {what}")


def _figures() -> None:
    op.create_table(
        "person_figures",
        sa.Column("employee_id", sa.Integer(), nullable=False),
        *(sa.Column(name, AT, nullable=False) for name in ("made_at", "until")),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("first_day", "last_day")),
        *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in ("days", "long", "scores")),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["employee.id"], name=op.f("fk_person_figures_employee_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("employee_id", name=op.f("pk_person_figures")),
        if_not_exists=True,
    )
    op.create_table(
        "kind_figures",
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("mandatory", "assigned")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in NUMBERS),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["employee.id"], name=op.f("fk_kind_figures_employee_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("employee_id", "kind", "mandatory", name=op.f("pk_kind_figures")),
        if_not_exists=True,
    )
    op.create_table(
        "figures_touched",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figures_touched")),
        if_not_exists=True,
    )
    op.create_index("ix_figures_touched_employee", "figures_touched", ["employee_id"], if_not_exists=True)
    op.create_table(
        "figures_place",
        sa.Column("course_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_figures_place")),
        sa.UniqueConstraint("place", name=op.f("uq_figures_place_place")),
        if_not_exists=True,
    )


def _suggestions() -> None:
    op.create_table(
        "suggestion_count",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("why", "group")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("course_id", "took", "people")),
        sa.CheckConstraint("why IN ('department', 'job role', 'together')", name=op.f("ck_suggestion_count_why")),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_suggestion_count_course_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("why", "group", "course_id", name=op.f("pk_suggestion_count")),
        if_not_exists=True,
    )


def downgrade() -> None:
    for name in TRIGGERS:
        table, event = name.split()
        op.execute(f"DROP TRIGGER figures_{event.lower()} ON {table}")
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}()")
    for table in ("suggestion_count", "figures_place", "figures_touched", "kind_figures", "person_figures"):
        op.drop_table(table)
