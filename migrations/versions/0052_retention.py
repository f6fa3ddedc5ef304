"""Retention: rules, holds, reviews, disposals, erasures; the database refuses what none of them allows (EVD-6).

The SQL of views, door and guards stands in `migrations/retention/`: it is made here and changed by later migrations
only, and the application's role can change none of it.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0048"

SQL = Path(__file__).resolve().parent.parent / "retention"
ADDED_TO = (
    "retention_policy", "retention_longer", "legal_hold", "legal_hold_lifting", "legal_hold_custodian",
    "legal_hold_note", "disposal", "retrieval_test",
)  # fmt: skip
# Append-only tables through which the door leads; the guard of each row says which row it is.
WITH_A_DOOR = ("completion_record", "signature", "hand_in", "grading", "transcript", "quiz_grading", "scorm_commit")
# (kind, part, months, start, duty, law)
SHIPPED: tuple[tuple[str, str, int | None, str, bool, str], ...] = (
    ("completion_record", "", 36, "made", True, "29 CFR 1910.1030(h)(2)(ii)"),
    ("completion_record", "", 72, "effect", True, "45 CFR 164.316(b)(2), 164.530(j)"),
    ("certificate", "", 72, "effect", True, "45 CFR 164.316(b)(2), 164.530(j)"),
    ("sealed_file", "certificate", 72, "effect", True, "45 CFR 164.316(b)(2), 164.530(j)"),
    ("sealed_file", "signature", 72, "effect", True, "45 CFR 164.316(b)(2), 164.530(j)"),
    ("sealed_file", "transcript", 72, "made", True, "45 CFR 164.316(b)(2), 164.530(j)"),
    ("sealed_file", "quiz_report", 12, "made", False, ""),
    ("sealed_file", "quiz_regrade_report", 12, "made", False, ""),
    ("sealed_file", "course_quiz_report", 12, "made", False, ""),
    ("sealed_file", "question_analysis", 12, "made", False, ""),
    ("sealed_file", "completion_report", 36, "made", False, ""),
    ("sealed_file", "retrieval_test", 84, "made", False, ""),
    ("quiz_submission", "", 12, "effect", False, ""),
    ("scorm_attempt", "", 12, "effect", False, ""),
    ("hand_in", "", 36, "made", False, ""),
    ("signature", "", 72, "effect", True, "45 CFR 164.316(b)(2), 164.530(j)"),
    ("employee_document", "", 72, "effect", True, "45 CFR 164.316(b)(2), 164.530(j)"),
    ("employee_compliance", "", 72, "effect", True, "45 CFR 164.316(b)(2), 164.530(j)"),
    ("training_assignment", "", 72, "effect", True, "45 CFR 164.530(j)"),
    ("notice", "", 36, "effect", False, ""),
    ("sign_in", "", 12, "made", False, ""),
    ("transcript", "", 72, "made", True, "45 CFR 164.316(b)(2), 164.530(j)"),
    ("certificate_group", "", 12, "effect", False, ""),
    ("report_request", "", 36, "made", False, ""),
    ("roster_run", "", 36, "effect", False, ""),
    ("employee", "", 72, "employment", False, ""),
    ("audit_entry", "", None, "made", True, "21 CFR 11.10(e)"),
)


def upgrade() -> None:
    _rules()
    _holds()
    _reviews()
    _disposals()
    op.add_column("employee", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.alter_column("completion_record", "employee_id", existing_type=sa.Integer(), nullable=True)
    for name in ("views.sql", "door.sql", "guards.sql"):
        for statement in (SQL / name).read_text().split("\n----\n"):
            op.execute(sa.text(statement.replace(":", "\\:")))
    for table in ADDED_TO:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    for table in WITH_A_DOOR:
        op.execute(
            f"CREATE OR REPLACE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('door')"
        )
    policies = sa.table(
        "retention_policy",
        *(sa.column(name) for name in ("kind", "part", "months", "start", "duty", "law", "withdrawn", "reason")),
        sa.column("made_at", sa.DateTime(timezone=True)),
    )
    shipped = {"withdrawn": False, "reason": "As shipped."}
    names = ("kind", "part", "months", "start", "duty", "law")
    for one in SHIPPED:
        op.execute(policies.insert().values(**dict(zip(names, one, strict=True)), **shipped, made_at=sa.func.now()))


def _rules() -> None:
    op.create_table(
        "retention_policy",
        _id(),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("start", sa.Text(), nullable=False),
        sa.Column("duty", sa.Boolean(), nullable=False),
        sa.Column("law", sa.Text(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        _at("made_at"),
        _user("made_by_id"),
        sa.CheckConstraint("start IN ('made', 'effect', 'employment')", name=op.f("ck_retention_policy_start")),
        sa.CheckConstraint("months BETWEEN 1 AND 1200", name=op.f("ck_retention_policy_months")),
        *_keys("retention_policy", "made_by_id->app_user", "replaces_id->retention_policy"),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_retention_policy_replaces_id")),
    )
    op.create_table(
        "retention_longer",
        _id(),
        *_record(),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        _at("decided_at"),
        _user("decided_by_id"),
        *_keys("retention_longer", "decided_by_id->app_user"),
    )
    op.create_index("ix_retention_longer_record", "retention_longer", ["kind", "record_id"])


def _holds() -> None:
    op.create_table(
        "legal_hold",
        _id(),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        _at("set_at"),
        _user("set_by_id"),
        sa.CheckConstraint(
            "scope IN ('person', 'course', 'department', 'type', 'everything')", name=op.f("ck_legal_hold_scope")
        ),
        sa.CheckConstraint("(scope = 'everything') = (target_id IS NULL)", name=op.f("ck_legal_hold_target")),
        *_keys("legal_hold", "set_by_id->app_user"),
    )
    op.create_table(
        "legal_hold_lifting",
        _id(),
        sa.Column("hold_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        _at("lifted_at"),
        _user("lifted_by_id"),
        *_keys("legal_hold_lifting", "hold_id->legal_hold", "lifted_by_id->app_user"),
        sa.UniqueConstraint("hold_id", name=op.f("uq_legal_hold_lifting_hold_id")),
    )
    op.create_table(
        "legal_hold_custodian",
        _id(),
        sa.Column("hold_id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        _at("since"),
        *_keys("legal_hold_custodian", "hold_id->legal_hold", "employee_id->employee"),
        sa.UniqueConstraint("hold_id", "employee_id", name=op.f("uq_legal_hold_custodian_hold_id_employee_id")),
    )
    op.create_index(op.f("ix_legal_hold_custodian_employee_id"), "legal_hold_custodian", ["employee_id"])
    op.create_table(
        "legal_hold_note",
        _id(),
        sa.Column("hold_id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        _at("noted_at"),
        _user("noted_by_id"),
        *_keys("legal_hold_note", "hold_id->legal_hold", "employee_id->employee", "noted_by_id->app_user"),
    )
    op.create_index(op.f("ix_legal_hold_note_hold_id"), "legal_hold_note", ["hold_id"])


def _reviews() -> None:
    op.create_table(
        "erasure",
        _id(),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        _at("entered_at"),
        _user("entered_by_id"),
        *_claimed(),
        sa.Column("counts", sa.dialects.postgresql.JSONB(), nullable=False),
        sa.Column("kept", sa.dialects.postgresql.JSONB(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        _at("finished_at", null=True),
        *_keys("erasure", "employee_id->employee", "entered_by_id->app_user"),
        sa.UniqueConstraint("employee_id", name=op.f("uq_erasure_employee_id")),
    )
    op.create_table(
        "retention_review",
        _id(),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("erasure_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        _at("opened_at"),
        _user("opened_by_id"),
        _at("reviewed_at", null=True),
        _user("reviewed_by_id"),
        _at("approved_at", null=True),
        _user("approved_by_id"),
        _at("closed_at", null=True),
        *_claimed(),
        sa.CheckConstraint("why IN ('monthly', 'by hand', 'erasure')", name=op.f("ck_retention_review_why")),
        sa.CheckConstraint(
            "status IN ('open', 'reviewed', 'approved', 'closed')", name=op.f("ck_retention_review_status")
        ),
        *_keys(
            "retention_review", "erasure_id->erasure", "opened_by_id->app_user", "reviewed_by_id->app_user",
            "approved_by_id->app_user",
        ),
    )  # fmt: skip
    op.create_table(
        "retention_item",
        _id(big=True),
        sa.Column("review_id", sa.Integer(), nullable=False),
        *_record(),
        sa.Column("employee_id", sa.Integer(), nullable=True),
        sa.Column("made_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("policy_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'longer', 'approved', 'done', 'kept')", name=op.f("ck_retention_item_state")
        ),
        *_keys("retention_item", "review_id->retention_review", "employee_id->employee", "policy_id->retention_policy"),
    )
    op.create_index("ix_retention_item_review", "retention_item", ["review_id", "state", "id"])
    op.create_index(
        "uq_retention_item_waits",
        "retention_item",
        ["kind", "record_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('open', 'approved')"),
    )


def _disposals() -> None:
    op.create_table(
        "disposal",
        _id(big=True),
        *_record(),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=True),
        sa.Column("law", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        _user("reviewed_by_id"),
        _user("approved_by_id"),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("files", sa.dialects.postgresql.JSONB(), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("txid", sa.Text(), nullable=False),
        *_keys(
            "disposal", "policy_id->retention_policy", "item_id->retention_item", "reviewed_by_id->app_user",
            "approved_by_id->app_user",
        ),
        sa.UniqueConstraint("item_id", name=op.f("uq_disposal_item_id")),
    )  # fmt: skip
    op.create_index("ix_disposal_record", "disposal", ["kind", "record_id"])
    op.create_index("ix_disposal_txid", "disposal", ["txid"])
    op.create_table(
        "file_going",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_file_going")),
    )
    op.create_table(
        "retrieval_run",
        _id(),
        _at("asked_at"),
        _user("asked_by_id"),
        *_claimed(),
        _at("finished_at", null=True),
        *_keys("retrieval_run", "asked_by_id->app_user"),
    )
    op.create_table(
        "retrieval_test",
        _id(),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("lines", sa.dialects.postgresql.JSONB(), nullable=False),
        _at("finished_at"),
        *_keys("retrieval_test", "run_id->retrieval_run"),
        sa.UniqueConstraint("run_id", name=op.f("uq_retrieval_test_run_id")),
    )


def _id(*, big: bool = False) -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger() if big else sa.Integer(), nullable=False)


def _at(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null)


def _user(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=True)


def _record() -> tuple[sa.Column[str], sa.Column[int]]:
    return sa.Column("kind", sa.Text(), nullable=False), sa.Column("record_id", sa.BigInteger(), nullable=False)


def _claimed() -> tuple[sa.Column[object], ...]:
    columns: tuple[sa.Column[object], ...] = (
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
    )
    return columns


def _keys(table: str, *ways: str) -> tuple[sa.Constraint, ...]:
    pairs = [way.split("->") for way in ways]
    keys = (sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}")) for name, other in pairs)
    return sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")), *keys


def downgrade() -> None:
    for table in WITH_A_DOOR:
        op.execute(
            f"CREATE OR REPLACE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    for statement in (SQL / "down.sql").read_text().split("\n----\n"):
        op.execute(sa.text(statement.replace(":", "\\:")))
    op.drop_column("employee", "erased_at")
    for table in (
        "retrieval_test", "retrieval_run", "file_going", "disposal", "retention_item", "retention_review", "erasure",
        "legal_hold_note", "legal_hold_custodian", "legal_hold_lifting", "legal_hold", "retention_longer",
        "retention_policy",
    ):  # fmt: skip
        op.drop_table(table)
