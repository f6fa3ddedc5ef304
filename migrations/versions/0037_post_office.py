"""Reminder policies in steps; notices by more channels, promised before they are worded, and carried by digests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0037"
down_revision = "0036"

STATES = "status IN ('queued', 'gathered', 'sending', 'sent', 'carried', 'failed', 'suppressed', 'unknown')"
STATES_BEFORE = "status IN ('queued', 'sending', 'sent', 'failed', 'suppressed', 'unknown')"
CHANNELS = "channel IN ('email', 'in_app', 'sms', 'slack', 'apprise')"

# A policy of its own for each course that had days of its own; the rest of it is what ships.
KEEP_DAYS = """
WITH made AS (
    INSERT INTO reminder_policy (name, changed_at)
    SELECT course.title || ' (' || course.id || ')', old.changed_at
    FROM reminder_days old JOIN course ON course.id = old.course_id
    RETURNING id, name
), placed AS (
    INSERT INTO course_reminder_policy (course_id, policy_id, because, changed_at)
    SELECT course.id, made.id, 'course', now()
    FROM made JOIN course ON made.name = course.title || ' (' || course.id || ')'
    RETURNING course_id, policy_id
)
INSERT INTO reminder_step (policy_id, position, moment, days, every, most, to_whom, channels, mandatory)
SELECT placed.policy_id, day.place, 'before due', day.days, 0, 1, 'learner', '{email}'::text[], false
FROM placed JOIN reminder_days old ON old.course_id = placed.course_id,
    unnest(old.days_before) WITH ORDINALITY AS day (days, place)
UNION ALL
SELECT placed.policy_id, 400 + more.place, more.moment, more.days, more.every, more.most, more.to_whom, '{email}'::text[], more.must
FROM placed, (VALUES
    (1, 'on due', 0, 0, 1, 'learner', true), (2, 'after due', 7, 7, 4, 'learner', true),
    (3, 'after due', 1, 0, 1, 'manager', false), (4, 'before expiry', 60, 0, 1, 'learner', false),
    (5, 'before expiry', 30, 0, 1, 'learner', false), (6, 'before expiry', 7, 0, 1, 'learner', false)
) AS more (place, moment, days, every, most, to_whom, must)
"""
DAYS_BACK = """
INSERT INTO reminder_days (course_id, days_before, changed_at)
SELECT placed.course_id, array_agg(step.days ORDER BY step.days DESC), max(placed.changed_at)
FROM course_reminder_policy placed JOIN reminder_step step ON step.policy_id = placed.policy_id
WHERE step.moment = 'before due' AND step.to_whom = 'learner' GROUP BY placed.course_id
"""


def upgrade() -> None:
    op.rename_table("reminder_policy", "reminder_days")
    op.execute("ALTER TABLE reminder_days RENAME CONSTRAINT pk_reminder_policy TO pk_reminder_days")
    _policies()
    op.execute(KEEP_DAYS)
    op.drop_table("reminder_days")
    op.add_column("training_assignment", sa.Column("reminded_through", sa.Date(), nullable=True))
    _contacts()
    _notices()


def downgrade() -> None:
    for name in ("ix_notice_carried", "ix_notice_gathered", "ix_notice_employee"):
        op.drop_index(name, table_name="notice")
    op.execute("DELETE FROM notice WHERE channel NOT IN ('email', 'in_app') OR status IN ('gathered', 'carried')")
    for name in ("provider_id", "channel_id", "carried_by_id", "suppressed_as", "mandatory", "worded_at"):
        op.drop_column("notice", name)
    for name, condition in (("channel", "channel IN ('email', 'in_app')"), ("status", STATES_BEFORE)):
        op.drop_constraint(f"ck_notice_{name}", "notice")
        op.create_check_constraint(op.f(f"ck_notice_{name}"), "notice", condition)
    op.drop_table("outreach_channel")
    op.drop_table("contact_preference")
    op.drop_column("training_assignment", "reminded_through")
    op.create_table(
        "reminder_days",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("days_before", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_reminder_policy_course_id")),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_reminder_days")),
    )
    op.execute(DAYS_BACK)
    for name in ("course_reminder_policy", "reminder_step", "reminder_policy"):
        op.drop_table(name)
    op.rename_table("reminder_days", "reminder_policy")
    op.execute("ALTER TABLE reminder_policy RENAME CONSTRAINT pk_reminder_days TO pk_reminder_policy")


def _policies() -> None:
    op.create_table(
        "reminder_policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_organisation", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("working_days", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("digest_allowed", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_policy")),
        sa.UniqueConstraint("name", name=op.f("uq_reminder_policy_name")),
    )
    op.create_index(
        "uq_reminder_policy_organisation",
        "reminder_policy",
        ["is_organisation"],
        unique=True,
        postgresql_where=sa.text("is_organisation"),
    )
    op.create_table(
        "reminder_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("moment", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("every", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("to_whom", sa.Text(), nullable=False),
        sa.Column("channels", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("mandatory", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "moment IN ('before due', 'on due', 'after due', 'before expiry', 'stalled')",
            name=op.f("ck_reminder_step_moment"),
        ),
        sa.CheckConstraint(
            "to_whom IN ('learner', 'manager', 'second manager', 'hr partner')", name=op.f("ck_reminder_step_to_whom")
        ),
        sa.CheckConstraint(
            "days >= 0 AND every >= 0 AND most >= 1 AND hours >= 0", name=op.f("ck_reminder_step_numbers")
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["reminder_policy.id"], name=op.f("fk_reminder_step_policy_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_step")),
    )
    op.create_index("ix_reminder_step_policy", "reminder_step", ["policy_id", "position"])
    op.create_table(
        "course_reminder_policy",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("because IN ('course', 'compliance type')", name=op.f("ck_course_reminder_policy_because")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_reminder_policy_course_id")),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["reminder_policy.id"], name=op.f("fk_course_reminder_policy_policy_id")
        ),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_course_reminder_policy")),
    )
    op.create_index("ix_course_reminder_policy_policy_id", "course_reminder_policy", ["policy_id"])


def _contacts() -> None:
    op.create_table(
        "contact_preference",
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("sms_consent", sa.Boolean(), nullable=True),
        sa.Column("sms_consent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_until", sa.Integer(), nullable=True),
        sa.Column("slack_member", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name=op.f("fk_contact_preference_employee_id")),
        sa.PrimaryKeyConstraint("employee_id", name=op.f("pk_contact_preference")),
    )
    op.create_table(
        "outreach_channel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("config", postgresql.JSONB(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("tested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('sms', 'slack', 'apprise')", name=op.f("ck_outreach_channel_kind")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_outreach_channel_department_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outreach_channel")),
        sa.UniqueConstraint("name", name=op.f("uq_outreach_channel_name")),
    )


def _notices() -> None:
    for name, condition in (("channel", CHANNELS), ("status", STATES)):
        op.drop_constraint(f"ck_notice_{name}", "notice")
        op.create_check_constraint(op.f(f"ck_notice_{name}"), "notice", condition)
    for column in (
        sa.Column("worded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mandatory", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("suppressed_as", sa.Text(), nullable=True),
        sa.Column("carried_by_id", sa.Integer(), nullable=True),
        sa.Column("channel_id", sa.Integer(), nullable=True),
        sa.Column("provider_id", sa.Text(), nullable=True),
    ):
        op.add_column("notice", column)
    op.create_foreign_key(op.f("fk_notice_carried_by_id"), "notice", "notice", ["carried_by_id"], ["id"])
    op.create_foreign_key(op.f("fk_notice_channel_id"), "notice", "outreach_channel", ["channel_id"], ["id"])
    op.create_index("ix_notice_employee", "notice", ["employee_id", "id"])
    op.create_index("ix_notice_gathered", "notice", ["employee_id"], postgresql_where=sa.text("status = 'gathered'"))
    op.create_index(
        "ix_notice_carried", "notice", ["carried_by_id"], postgresql_where=sa.text("carried_by_id IS NOT NULL")
    )
