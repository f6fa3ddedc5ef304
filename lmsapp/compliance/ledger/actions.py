"""Compliance types: what must be held, by whom, and what a completion does for it by itself (HRD-3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from lmsapp.assignments.policies.actions import place_for_type
from lmsapp.assignments.policies.events import CoursePolicyReset
from lmsapp.compliance.ledger.deciding import mark_complete, only_hr, require, waive
from lmsapp.compliance.ledger.duties import lock_types
from lmsapp.compliance.ledger.following import make_true
from lmsapp.compliance.ledger.looks import look_anew
from lmsapp.compliance.ledger.models import ComplianceSwitch, ComplianceType, ComplianceTypeCourse
from lmsapp.compliance.ledger.rules import EVERYBODY, REMINDER_DAYS, checked_reminder_days, policy_for
from lmsapp.compliance.ledger.taking_back import undo_last
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.audiences.models import Audience
from lmsapp.people.audiences.rules import AudienceRule
from lmsapp.people.viewer import Viewer

__all__ = [
    "TypeFacts",
    "archive_type",
    "change_type",
    "create_type",
    "mark_complete",
    "place_again",
    "remind_for_types",
    "require",
    "switch_off",
    "switch_on",
    "undo_last",
    "waive",
]


@dataclass(frozen=True, slots=True)
class TypeFacts:
    """What HR says about a compliance type; fields as in `ComplianceType`.

    `course_ids`: every training that supports it; `course_id` alone: just that one. `audience_id` comes before `rule`.
    """

    name: str
    regulator: str = ""
    reference: str = ""
    renewal_months: int | None = None
    notice_days: int = 60
    evidence_needed: bool = True
    course_id: int | None = None
    reminder_policy_id: int | None = None
    kind: str = "training"
    validity_terms: Mapping[str, Any] = field(default_factory=dict)
    reminder_days: tuple[int, ...] = REMINDER_DAYS
    document_type_id: int | None = None
    course_ids: tuple[int, ...] = ()
    audience_id: int | None = None
    rule: Mapping[str, Any] = field(default_factory=lambda: dict(EVERYBODY))


def create_type(facts: TypeFacts, by: Viewer) -> ComplianceType:
    """A new thing that must be held, by those it asks from now on. Raises RuleBroken when the name is taken."""
    only_hr(by)
    lock_types()
    values, courses = _checked(facts)
    type_ = ComplianceType(**values)
    _save(type_)
    _link(type_, courses)
    record_change("created", ("compliance_type", type_.id), by=by, after={**values, "course_ids": list(courses)})
    if type_.course_id is not None:
        remind_for_types(type_.course_id, by)
    make_true(type_.id, N_("The type was created"), by)
    return type_


def change_type(type_: ComplianceType, facts: TypeFacts, by: Viewer) -> None:
    """New facts hold from now on; renewal dates already given stay as they were decided. Raises RuleBroken."""
    only_hr(by)
    lock_types()
    db.session.refresh(type_)
    if type_.archived_at is not None:
        raise RuleBroken(N_("This compliance type is archived."))
    values, courses = _checked(facts)
    before = {**{key: getattr(type_, key) for key in values}, "course_ids": _linked(type_)}
    after = {**values, "course_ids": list(courses)}
    for key, value in values.items():
        setattr(type_, key, value)
    _save(type_)
    _link(type_, courses)
    if before == after:
        return
    changed = [name for name in after if before[name] != after[name]]
    told = ({name: kept[name] for name in changed} for kept in (before, after))
    record_change("changed", ("compliance_type", type_.id), by=by, before=next(told), after=next(told))
    for course_id in {before["course_id"], type_.course_id} - {None}:
        remind_for_types(course_id, by)
    if {"reminder_days", "notice_days"} & set(changed):
        look_anew(type_)
    if {"rule", "audience_id"} & set(changed):
        make_true(type_.id, N_("The audience of the type was changed"), by)


def archive_type(type_: ComplianceType, by: Viewer, reason: str) -> None:
    """Nobody is asked any more and nothing is told of it; every decision stays readable. Raises RuleBroken."""
    only_hr(by)
    if not reason.strip():
        raise RuleBroken(N_("Say why it is not needed any more."), field="reason")
    lock_types()
    db.session.refresh(type_)
    if type_.archived_at is not None:
        raise RuleBroken(N_("This compliance type is archived."))
    type_.archived_at = clock.now()
    for what in ("file", "mark"):
        _off(type_, what, by)
    record_change("archived", ("compliance_type", type_.id), by=by, before={"name": type_.name}, reason=reason.strip())
    if type_.course_id is not None:
        remind_for_types(type_.course_id, by)
    make_true(type_.id, N_("The type was archived"), by)


def switch_on(type_: ComplianceType, what: str, by: Viewer) -> ComplianceSwitch:
    """From now on a completion files its certificate ('file'), or marks the type Complete ('mark'), by itself.

    Raises RuleBroken.
    """
    only_hr(by)
    if type_.archived_at is not None:
        raise RuleBroken(N_("This compliance type is archived."))
    if not _linked(type_):
        raise RuleBroken(N_("Say first which training supports it."))
    switch = ComplianceSwitch(type_id=type_.id, what=what, on_by_id=by.user_id, on_by_name=by.name)
    try:
        with db.session.begin_nested():
            db.session.add(switch)
            db.session.flush()
    except IntegrityError as clash:
        raise RuleBroken(N_("This is switched on already.")) from clash
    record_change(f"{what} by itself on", ("compliance_type", type_.id), by=by, after={"name": type_.name})
    return switch


def switch_off(type_: ComplianceType, what: str, by: Viewer) -> None:
    """What was filed and decided stays; from now on HR does it. Raises RuleBroken."""
    only_hr(by)
    if not _off(type_, what, by):
        raise RuleBroken(N_("This is switched off already."))
    record_change(f"{what} by itself off", ("compliance_type", type_.id), by=by, after={"name": type_.name})


def place_again(event: CoursePolicyReset) -> None:
    """The course gave up its own reminder policy: what its compliance type says holds again."""
    remind_for_types(event.course_id, event.by)


def remind_for_types(course_id: int, by: Viewer) -> None:
    """The reminder policy that compliance types say for their training; of several the one named first."""
    said = db.session.scalar(
        select(ComplianceType.reminder_policy_id)
        .where(
            ComplianceType.course_id == course_id,
            ComplianceType.archived_at.is_(None),
            ComplianceType.reminder_policy_id.is_not(None),
        )
        .order_by(ComplianceType.id)
        .limit(1)
    )
    place_for_type(course_id, said, by=by)


def _checked(facts: TypeFacts) -> tuple[dict[str, Any], tuple[int, ...]]:
    """Columns and courses. Raises RuleBroken."""
    courses = tuple(dict.fromkeys(facts.course_ids or ((facts.course_id,) if facts.course_id is not None else ())))
    values = asdict(facts)
    del values["course_ids"]
    values["course_id"] = courses[0] if courses else None
    values["reminder_days"] = checked_reminder_days(facts.reminder_days)
    policy = policy_for(facts.renewal_months, facts.notice_days, facts.validity_terms)
    policy.check()
    values["validity_terms"] = dict(facts.validity_terms) if policy.months is not None else {}
    if facts.audience_id is not None:
        values["rule"] = {}
        audience = db.session.get(Audience, facts.audience_id)
        if audience is None or audience.archived_at is not None:
            raise RuleBroken(N_("Choose an audience that is in use."), field="audience_id")
    else:
        rule = AudienceRule.from_json(facts.rule)
        rule.check()
        values["rule"] = rule.as_json()
    return values, courses


def _link(type_: ComplianceType, courses: tuple[int, ...]) -> None:
    if set(courses) == set(_linked(type_)):
        return
    mine = ComplianceTypeCourse.type_id == type_.id
    db.session.execute(delete(ComplianceTypeCourse).where(mine, ComplianceTypeCourse.course_id.not_in(courses)))
    new = sorted(set(courses) - set(_linked(type_)))
    if new:
        db.session.execute(
            insert(ComplianceTypeCourse), [{"type_id": type_.id, "course_id": course_id} for course_id in new]
        )


def _linked(type_: ComplianceType) -> list[int]:
    """The first one first, the others by id."""
    found = db.session.scalars(
        select(ComplianceTypeCourse.course_id).where(ComplianceTypeCourse.type_id == type_.id)
    ).all()
    return sorted(found, key=lambda one: (one != type_.course_id, one))


def _off(type_: ComplianceType, what: str, by: Viewer) -> bool:
    on = (ComplianceSwitch.type_id == type_.id, ComplianceSwitch.what == what, ComplianceSwitch.off_at.is_(None))
    switch = db.session.scalar(select(ComplianceSwitch).where(*on).with_for_update())
    if switch is not None:
        switch.off_at, switch.off_by_name = clock.now(), by.name
        db.session.flush()
    return switch is not None


def _save(type_: ComplianceType) -> None:
    try:
        with db.session.begin_nested():
            db.session.add(type_)
            db.session.flush()
    except IntegrityError as clash:
        raise RuleBroken(N_("There is a compliance type with that name."), field="name") from clash
