"""Setting, changing and withdrawing a rule. Each is a new row; no rule is ever changed in place."""

from __future__ import annotations

from typing import Any

from lmsapp.evidence.audit.actions import record_change
from lmsapp.evidence.retention.policies.models import RetentionPolicy
from lmsapp.evidence.retention.policies.queries import policy_in_force
from lmsapp.evidence.retention.policies.rules import Terms, check_reason, check_terms
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.viewer import Viewer


def add_policy(kind: str, part: str, terms: Terms, *, by: Viewer, reason: str) -> RetentionPolicy:
    """One more rule for a kind; the longest of all wins. Raises RuleBroken."""
    check_terms(terms)
    policy = _row(kind, part, terms, check_reason(reason), by)
    db.session.add(policy)
    db.session.flush()
    record_change("rule added", ("retention_policy", policy.id), by=by, after=facts_of(policy), reason=policy.reason)
    return policy


def change_policy(policy: RetentionPolicy, terms: Terms, *, by: Viewer, reason: str) -> RetentionPolicy:
    """From now on `terms` instead. Raises RuleBroken where it was changed meanwhile or nothing would change."""
    _still_in_force(policy)
    check_terms(terms)
    if terms == Terms(policy.months, type(terms.start)(policy.start), policy.duty, policy.law):
        raise RuleBroken(N_("This is what the rule says already."))
    later = _row(policy.kind, policy.part, terms, check_reason(reason), by)
    later.replaces_id = policy.id
    db.session.add(later)
    db.session.flush()
    before, after = facts_of(policy), facts_of(later)
    record_change(
        "rule changed", ("retention_policy", later.id), by=by, before=before, after=after, reason=later.reason
    )
    return later


def withdraw_policy(policy: RetentionPolicy, *, by: Viewer, reason: str) -> None:
    """From now on there is no such rule; a kind without any is kept for ever. Raises RuleBroken."""
    _still_in_force(policy)
    later = RetentionPolicy(
        kind=policy.kind,
        part=policy.part,
        months=policy.months,
        start=policy.start,
        duty=policy.duty,
        law=policy.law,
        replaces_id=policy.id,
        withdrawn=True,
        reason=check_reason(reason),
        made_by_id=by.user_id,
    )
    db.session.add(later)
    db.session.flush()
    subject = ("retention_policy", later.id)
    record_change("rule withdrawn", subject, by=by, before=facts_of(policy), reason=later.reason)


def facts_of(policy: RetentionPolicy) -> dict[str, Any]:
    """For the trail."""
    return {
        "kind": policy.kind, "part": policy.part, "months": policy.months, "start": policy.start, "duty": policy.duty,
        "law": policy.law,
    }  # fmt: skip


def _row(kind: str, part: str, terms: Terms, reason: str, by: Viewer) -> RetentionPolicy:
    return RetentionPolicy(
        kind=kind,
        part=part,
        months=terms.months,
        start=terms.start.value,
        duty=terms.duty,
        law=terms.law.strip(),
        reason=reason,
        made_by_id=by.user_id,
    )


def _still_in_force(policy: RetentionPolicy) -> None:
    if policy_in_force(policy.id) is None:
        raise RuleBroken(N_("Somebody changed this rule meanwhile. Look at the list again."))
