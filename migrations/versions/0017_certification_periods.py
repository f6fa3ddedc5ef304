"""How long a completion counts, as a policy; and a row for each certification period."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0012"

# Set once, each from null; everything else but the two pointers never changes.
SET_ONCE = ("replaced_at", "revoked_at", "opened_at", "required_at", "expired_at")
POINTERS = ("is_current", "next_look_on", "revoke_reason")
FUNCTION = f"""
    CREATE FUNCTION keep_period() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        free text[] := ARRAY[{", ".join(f"'{name}'" for name in (*SET_ONCE, *POINTERS))}];
    BEGIN
        IF TG_OP = 'DELETE' OR to_jsonb(NEW) - free <> to_jsonb(OLD) - free THEN
            RAISE EXCEPTION '% is added to, never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END IF;
        IF {" OR ".join(f"(OLD.{n} IS NOT NULL AND NEW.{n} IS DISTINCT FROM OLD.{n})" for n in SET_ONCE)}
            OR (NEW.revoke_reason <> OLD.revoke_reason AND OLD.revoked_at IS NOT NULL) THEN
            RAISE EXCEPTION '%: what was noted once stays', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$
"""
# What was completed before there were periods, as the certificate promised it. Turns that passed are taken as told:
# nobody is written to about the past; the list of what expires shows them.
EARLIER = """
    INSERT INTO certification_period (
        record_id, enrollment_id, employee_id, course_id, number, timing, certified_on, counted_from, anchor_day,
        valid_from, window_opens_on, renewal_from, valid_until, grace_until, policy, made_at, reason, revoked_at,
        revoke_reason, opened_at, required_at, expired_at, is_current, next_look_on
    )
    SELECT t.record_id, t.enrollment_id, t.employee_id, t.course_id, t.number, 'first', t.day, t.day,
        extract(day FROM t.day), t.day, t.opens, t.required, t.until, t.until,
        jsonb_build_object('months', t.months, 'renewal_months', t.renewal), now(), '', t.revoked_at, t.revoke_reason,
        CASE WHEN t.until < current_date THEN now() END, CASE WHEN t.until < current_date THEN now() END,
        CASE WHEN t.until < current_date THEN now() END, t.newest = 1,
        CASE WHEN t.newest = 1 AND t.revoked_at IS NULL AND t.until >= current_date THEN least(t.opens, t.required) END
    FROM (
        SELECT c.record_id, c.enrollment_id, c.employee_id, c.course_id, c.issued_on AS day, c.valid_until AS until,
            co.validity_months AS months, co.renewal_months AS renewal, c.revoked_at, c.revoke_reason,
            row_number() OVER (PARTITION BY c.enrollment_id ORDER BY c.id) AS number,
            row_number() OVER (PARTITION BY c.enrollment_id ORDER BY c.revoked_at IS NOT NULL, c.id DESC) AS newest,
            CASE WHEN c.valid_until IS NOT NULL AND co.renewal_months IS NOT NULL
                THEN least((c.issued_on + make_interval(months => co.renewal_months))::date, c.valid_until)
                END AS required,
            CASE WHEN c.valid_until IS NOT NULL THEN greatest(least(
                c.valid_until - least(60, coalesce(co.validity_months, 12) * 14),
                (c.issued_on + make_interval(months => co.renewal_months))::date
            ), c.issued_on + 1) END AS opens
        FROM certificate c JOIN course co ON co.id = c.course_id
    ) t
"""
COPIED = """
    UPDATE enrollment e SET
        valid_until = CASE WHEN p.revoked_at IS NULL THEN p.valid_until
            ELSE least(p.valid_until, p.revoked_at::date - 1) END,
        renewal_from = CASE WHEN p.revoked_at IS NULL THEN p.renewal_from END
    FROM certification_period p
    WHERE p.enrollment_id = e.id AND p.is_current AND (p.valid_until IS NOT NULL OR p.revoked_at IS NOT NULL)
"""


def upgrade() -> None:
    op.add_column(
        "course",
        sa.Column("validity_terms", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
    )
    op.create_table(
        "certification_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("enrollment_id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("timing", sa.Text(), nullable=False),
        sa.Column("certified_on", sa.Date(), nullable=False),
        sa.Column("counted_from", sa.Date(), nullable=False),
        sa.Column("anchor_day", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("window_opens_on", sa.Date(), nullable=True),
        sa.Column("renewal_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("grace_until", sa.Date(), nullable=True),
        sa.Column("policy", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoke_reason", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("required_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("next_look_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["record_id"], ["completion_record.id"], name=op.f("fk_certification_period_record_id")
        ),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollment.id"], name=op.f("fk_certification_period_enrollment_id")
        ),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name=op.f("fk_certification_period_employee_id")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_certification_period_course_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["app_user.id"], name=op.f("fk_certification_period_made_by_id")),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["certification_period.id"], name=op.f("fk_certification_period_replaces_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification_period")),
    )
    _index("uq_certification_period_record", ["record_id"], where="replaced_at IS NULL", unique=True)
    _index("uq_certification_period_current", ["enrollment_id"], where="is_current", unique=True)
    _index("ix_certification_period_enrollment", ["enrollment_id", "id"])
    _index("ix_certification_period_employee", ["employee_id"])
    _index("ix_certification_period_until", ["valid_until", "course_id"], where="is_current")
    _index("ix_certification_period_course", ["course_id", "id"])
    _index("ix_certification_period_look", ["next_look_on"], where="is_current")
    op.execute(EARLIER)
    op.execute(COPIED)
    op.execute(FUNCTION)
    op.execute(
        "CREATE TRIGGER certification_period_kept BEFORE UPDATE OR DELETE ON certification_period "
        "FOR EACH ROW EXECUTE FUNCTION keep_period()"
    )


def _index(name: str, columns: list[str], *, where: str = "", unique: bool = False) -> None:
    condition = sa.text(where) if where else None
    op.create_index(name, "certification_period", columns, unique=unique, postgresql_where=condition)


def downgrade() -> None:
    op.drop_table("certification_period")
    op.execute("DROP FUNCTION keep_period()")
    op.drop_column("course", "validity_terms")
