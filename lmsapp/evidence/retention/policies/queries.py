"""Rules in force, what was before them, and what a change would do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, select, text
from sqlalchemy.orm import aliased

from lmsapp.evidence.retention.policies.models import RetentionPolicy
from lmsapp.evidence.retention.policies.rules import Terms
from lmsapp.infra.db import db
from lmsapp.people.accounts.models import User
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

WOULD = text(
    """
    SELECT
        count(*) FILTER (WHERE coalesce(was, 'infinity') > retention_today() AND becomes <= retention_today()) AS more,
        count(*) FILTER (WHERE was <= retention_today() AND coalesce(becomes, 'infinity') > retention_today()) AS fewer
    FROM (
        SELECT greatest(l.until, (
            SELECT max(retention_end(p.start, p.months, r.made_on, r.effect_on, r.left_on)) FROM retention_rule p
            WHERE p.kind = r.kind AND p.part IN ('', r.part)
        )) AS was, greatest(l.until, (
            SELECT max(day) FROM (
                SELECT retention_end(p.start, p.months, r.made_on, r.effect_on, r.left_on) AS day FROM retention_rule p
                WHERE p.kind = r.kind AND p.part IN ('', r.part) AND p.id IS DISTINCT FROM :replaces
                UNION ALL
                SELECT retention_end(:start, :months, r.made_on, r.effect_on, r.left_on)
                WHERE :adds AND :part IN ('', r.part)
            ) AS ends
        )) AS becomes
        FROM retained r LEFT JOIN LATERAL (
            SELECT max(k.until) AS until FROM retention_longer k WHERE k.kind = r.kind AND k.record_id = r.record_id
        ) l ON true
        WHERE r.kind = :kind
    ) AS each
    """
)


def in_force() -> ColumnElement[bool]:
    """True for rules that hold at present."""
    later = aliased(RetentionPolicy)
    replaced = select(later.id).where(later.replaces_id == RetentionPolicy.id).exists()
    return and_(~RetentionPolicy.withdrawn, ~replaced)


def policy_in_force(policy_id: int) -> RetentionPolicy | None:
    """The rule, or None when it was replaced or withdrawn."""
    return db.session.scalar(select(RetentionPolicy).where(RetentionPolicy.id == policy_id, in_force()))


def policy_following(policy_id: int) -> RetentionPolicy | None:
    """The rule, or what it has become by now; None when it was withdrawn, or never was."""
    chain = select(RetentionPolicy.id).where(RetentionPolicy.id == policy_id).cte("chain", recursive=True)
    later = select(RetentionPolicy.id).join(chain, RetentionPolicy.replaces_id == chain.c.id)
    ids = chain.union_all(later)
    return db.session.scalar(select(RetentionPolicy).where(RetentionPolicy.id.in_(select(ids.c.id)), in_force()))


def policies_in_force(viewer: Viewer) -> Sequence[RetentionPolicy]:
    """Of all kinds, for whoever keeps or audits records."""
    if not viewer.may(May.KEEP_RECORDS, May.AUDIT):
        return []
    kind = (RetentionPolicy.kind, RetentionPolicy.part, RetentionPolicy.id)
    return db.session.scalars(select(RetentionPolicy).where(in_force()).order_by(*kind)).all()


def changes_of(viewer: Viewer, kind: str) -> Sequence[Any]:
    """Every rule the kind ever had, the latest first. Columns: RetentionPolicy, `by`."""
    if not viewer.may(May.KEEP_RECORDS, May.AUDIT):
        return []
    rows = select(RetentionPolicy, User.name.label("by")).outerjoin(User, User.id == RetentionPolicy.made_by_id)
    return db.session.execute(rows.where(RetentionPolicy.kind == kind).order_by(RetentionPolicy.id.desc())).all()


def would_become_due(kind: str, part: str, terms: Terms | None, *, replaces_id: int | None) -> tuple[int, int]:
    """How many records would become due for review by the change, and how many would not be due any more. `terms`
    None: the rule is withdrawn."""
    asked = {
        "kind": kind,
        "part": part,
        "replaces": replaces_id,
        "adds": terms is not None,
        "start": terms.start.value if terms else "made",
        "months": terms.months if terms else None,
    }
    row = db.session.execute(WOULD, asked).one()
    return row.more, row.fewer
