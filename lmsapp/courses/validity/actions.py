"""Changing how long a completion counts (CRS-6)."""

from __future__ import annotations

from typing import Any

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.publishing.actions import lock_course
from lmsapp.courses.validity.events import ValidityChanged
from lmsapp.courses.validity.policy import Policy
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.viewer import Viewer


def set_validity(
    course: Course, policy: Policy, *, by: Viewer | None, held_too: bool = False, reason: str = ""
) -> bool:
    """Another policy for what is completed from now on; with `held_too` also for what people hold now.

    False when it says what the course says already and nothing was to follow. Raises RuleBroken, naming the field.
    """
    policy.check()
    if held_too and not reason.strip():
        raise RuleBroken(N_("Give the reason; it stays with each certification that changes."), field="reason")
    course = lock_course(course.id)
    before, after = policy_of(course), policy
    if before == after and not held_too:
        return False
    course.validity_months, course.renewal_months = policy.months, policy.renewal_months
    course.validity_terms = policy.terms()
    old, new = _said(before), _said(after)
    changed = [name for name in new if old[name] != new[name]]
    record_change(
        "validity changed",
        ("course", course.id),
        by=by,
        before={name: old[name] for name in changed},
        after={name: new[name] for name in changed} | {"held too": held_too},
        reason=reason.strip(),
    )
    db.session.flush()
    emit(ValidityChanged(course, by, held_too, reason.strip()))
    return True


def policy_of(course: Course) -> Policy:
    """The policy of a course at hand."""
    return Policy.of(course.validity_months, course.renewal_months, course.validity_terms)


def _said(policy: Policy) -> dict[str, Any]:
    """As the trail keeps it."""
    return {"validity months": policy.months, "renewal months": policy.renewal_months, **policy.terms_said()}
