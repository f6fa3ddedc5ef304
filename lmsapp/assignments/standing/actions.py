"""Writing training rules, pausing and ending them, answering their exceptions (CRS-5, ASG-5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from lmsapp.assignments.standing.applying import assign_batch, give, tidy_exceptions
from lmsapp.assignments.standing.facts import with_target
from lmsapp.assignments.standing.models import AudienceRun, RuleException, TrainingRule
from lmsapp.assignments.standing.rules import Due, Reason
from lmsapp.assignments.standing.work import RUN_JOB, ask_run
from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.rules import CourseStatus
from lmsapp.courses.paths.models import LearningPath
from lmsapp.courses.paths.rules import PathStatus
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db, one_or_none
from lmsapp.infra.queue import ring
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.learning.enrollments.actions import begin_again
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.audiences import actions as audiences
from lmsapp.people.audiences.models import Audience
from lmsapp.people.audiences.rules import AudienceRule
from lmsapp.people.audiences.settling import lock_rules
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

KIND, EXCEPTION = "training_rule", "rule_exception"
RENEWED = N_("asked for by a training rule")


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """What a moderator decides about a rule; see `models.TrainingRule`."""

    due: Due
    starts_on: dt.date
    joined_from: dt.date | None = None
    note: str = ""


def create_audience(name: str, rule: AudienceRule, by: Viewer | None) -> tuple[Audience, AudienceRun]:
    """A new audience, settled at once or by the worker. Raises RuleBroken."""
    audience = audiences.write_audience(name, rule, by)
    return audience, ask_run(N_("The audience was created"), by=by, audience_id=audience.id)


def change_audience(audience: Audience, name: str, rule: AudienceRule, by: Viewer | None) -> AudienceRun | None:
    """Another name or rule; the run that makes it true, or None where only the name differs. Raises RuleBroken."""
    if not audiences.rewrite_audience(audience, name, rule, by):
        return None
    return ask_run(N_("The audience was changed"), by=by, audience_id=audience.id)


def archive_audience(audience: Audience, *, by: Viewer | None, reason: str, withdraws: bool) -> None:
    """Not used any more. Its rules end; what is open is withdrawn, or kept. Raises RuleBroken."""
    _needed(reason)
    for rule in db.session.scalars(with_target().where(TrainingRule.audience_id == audience.id, _in_use())):
        end_rule(rule, by=by, reason=reason, withdraws=withdraws)
    audiences.archive_audience(audience, by, reason.strip())
    ask_run(N_("The audience was archived"), by=by, audience_id=audience.id)


def add_rule(audience: Audience, target: Course | LearningPath, facts: RuleFacts, *, by: Viewer | None) -> AudienceRun:
    """From now on the audience has to take the course or path. Raises RuleBroken when there is such a rule."""
    _only_moderators(by)
    _check(facts, by)
    lock_rules()
    if audience.archived_at is not None:
        raise RuleBroken(N_("This audience is archived."))
    if target.status in (CourseStatus.RETIRED, PathStatus.RETIRED):
        raise RuleBroken(N_("“%(title)s” is retired."), field="target", title=target.title)
    course_id, path_id = target_ids(target)
    to_it = TrainingRule.course_id == course_id if path_id is None else TrainingRule.path_id == path_id
    if there := one_or_none(select(TrainingRule).where(TrainingRule.audience_id == audience.id, to_it, _in_use())):
        words = N_("There is a rule for this already. Change that one.")
        raise RuleBroken(words, field="target", link=(KIND, there.id))
    rule = TrainingRule(
        audience_id=audience.id,
        course_id=course_id,
        path_id=path_id,
        **_columns(facts),
        status="active",
        created_by_id=by.user_id if by else None,
    )
    db.session.add(rule)
    db.session.flush()
    after = {"audience": audience.name, "course" if path_id is None else "path": target.title, **_told(rule)}
    record_change("training rule added", (KIND, rule.id), by=by, after=after)
    return ask_run(N_("A training rule was added"), by=by, rule_id=rule.id)


def target_ids(target: Course | LearningPath) -> tuple[int | None, int | None]:
    """(course, path): the id of it, and None."""
    return (None, target.id) if isinstance(target, LearningPath) else (target.id, None)


def change_rule(rule: TrainingRule, facts: RuleFacts, *, by: Viewer | None) -> AudienceRun | None:
    """Other terms, for whoever is assigned from now on; what is open keeps its date. None where nothing differs."""
    _only_moderators(by)
    _lock(rule)
    before = _told(rule)
    if rule.due != facts.due.as_json():
        _check(facts, by)
    for name, value in _columns(facts).items():
        setattr(rule, name, value)
    after = _told(rule)
    if before == after:
        return None
    db.session.flush()
    record_change("training rule changed", (KIND, rule.id), by=by, before=before, after=after)
    return ask_run(N_("A training rule was changed"), by=by, rule_id=rule.id)


def pause_rule(rule: TrainingRule, *, by: Viewer | None, reason: str, withdraws: bool) -> None:
    """Nobody is assigned or withdrawn until it goes on; what is open is withdrawn now, or kept. Raises RuleBroken."""
    _only_moderators(by)
    _lock(rule)
    if rule.status != "active":
        raise RuleBroken(N_("This rule is paused already."))
    _close(rule, "paused", by, _needed(reason), withdraws=withdraws)


def resume_rule(rule: TrainingRule, *, by: Viewer | None) -> None:
    """It goes on, and makes up for what it missed. Raises RuleBroken."""
    _only_moderators(by)
    _lock(rule)
    if rule.status != "paused":
        raise RuleBroken(N_("This rule is not paused."))
    rule.status = "active"
    db.session.flush()
    record_change("training rule resumed", (KIND, rule.id), by=by, before={"status": "paused"})
    ask_run(N_("A training rule goes on"), by=by, rule_id=rule.id)


def end_rule(rule: TrainingRule, *, by: Viewer | None, reason: str, withdraws: bool) -> None:
    """For good. Its history stays; what is open is withdrawn, or kept."""
    _only_moderators(by)
    _lock(rule)
    _close(rule, "archived", by, _needed(reason), withdraws=withdraws)
    if not withdraws:
        tidy_exceptions(rule)


def set_due_dates(exceptions: Sequence[RuleException], due_on: dt.date, *, by: Viewer) -> int:
    """Assign them all by that date; how many. Who has completed it is passed over; what has lapsed begins again.

    Raises RuleBroken for a date that is over.
    """
    _only_moderators(by)
    rules = _rules_of(exceptions)
    able = [one for one in _locked(exceptions) if one.reason != Reason.COMPLETED]
    for rule in rules:
        mine = [one for one in able if one.rule_id == rule.id]
        for one in mine:
            if one.reason == Reason.LAPSED:
                begin_again(_enrollment(one.employee_id, rule), by=by, why=RENEWED)
        give(rule, {one.employee_id: due_on for one in mine}, by=by)
        for one in mine:
            _answer(one, "assigned", by, "", {"due_on": due_on})
    return len(able)


def exempt(exceptions: Sequence[RuleException], *, by: Viewer, reason: str) -> int:
    """They need not take it by this rule, as long as they belong to the audience; how many."""
    _only_moderators(by)
    reason, locked = _needed(reason), _locked(exceptions)
    for one in locked:
        _answer(one, "exempt", by, reason, {})
    return len(locked)


def ask_again(exceptions: Sequence[RuleException], *, by: Viewer) -> int:
    """Whatever was decided before, the rule judges them anew; how many were assigned."""
    _only_moderators(by)
    rules, locked = _rules_of(exceptions), _locked(exceptions)
    for one in locked:
        _answer(one, "asked again", by, "", {})
    return sum(
        assign_batch(rule, 0, [one.employee_id for one in locked if one.rule_id == rule.id])[0].assigned
        for rule in rules
    )


def try_again(run: AudienceRun, *, by: Viewer) -> None:
    """Once more what failed; what was done already is not done again."""
    _only_moderators(by)
    run.state, run.error, run.tries, run.asked_at = "waiting", "", 0, clock.now()
    db.session.flush()
    record_change("tried again", ("audience_run", run.id), by=by)
    ring(RUN_JOB, run.id, urgent=True)


def _enrollment(employee_id: int, rule: TrainingRule) -> Enrollment:
    mine = (Enrollment.employee_id == employee_id, Enrollment.course_id == rule.course_id)
    return db.session.scalars(select(Enrollment).where(*mine)).one()


def _answer(one: RuleException, answer: str, by: Viewer, reason: str, more: dict[str, Any]) -> None:
    one.resolved_at, one.resolved_as, one.resolved_by_id = clock.now(), answer, by.user_id
    one.resolved_reason = reason
    db.session.flush()
    after = {"employee_id": one.employee_id, "training_rule_id": one.rule_id, "answer": answer, **more}
    record_change("exception answered", (EXCEPTION, one.id), by=by, before={"why": one.reason}, after=after,
                  reason=reason)  # fmt: skip


def _close(rule: TrainingRule, status: str, by: Viewer | None, reason: str, *, withdraws: bool) -> None:
    before, rule.status = rule.status, status
    db.session.flush()
    after = {"status": status, "open assignments": "withdrawn" if withdraws else "kept"}
    action = "training rule paused" if status == "paused" else "training rule ended"
    record_change(action, (KIND, rule.id), by=by, before={"status": before}, after=after, reason=reason)
    if withdraws:
        why = N_("A training rule was paused") if status == "paused" else N_("A training rule was ended")
        ask_run(why, by=by, rule_id=rule.id, withdraws=True)


def _columns(facts: RuleFacts) -> dict[str, Any]:
    return {
        "due": facts.due.as_json(),
        "starts_on": facts.starts_on,
        "joined_from": facts.joined_from,
        "note": facts.note.strip(),
    }


def _told(rule: TrainingRule) -> dict[str, Any]:
    """For the trail."""
    names = ("starts_on", "joined_from", "note")
    return {"due": dict(rule.due), **{name: getattr(rule, name) for name in names}}


def _check(facts: RuleFacts, by: Viewer | None) -> None:
    facts.due.check(clock.today(by.zone if by else "UTC"))


def _lock(rule: TrainingRule) -> None:
    lock_rules()
    db.session.refresh(rule, ["status", "due", "starts_on", "joined_from", "note"])
    if rule.status == "archived":
        raise RuleBroken(N_("This rule was ended."))


def _locked(exceptions: Sequence[RuleException]) -> list[RuleException]:
    """Those of them that are still open, locked."""
    ids = [one.id for one in exceptions]
    still = select(RuleException).where(RuleException.id.in_(ids), RuleException.resolved_at.is_(None))
    return list(db.session.scalars(still.order_by(RuleException.id).with_for_update()))


def _rules_of(exceptions: Sequence[RuleException]) -> list[TrainingRule]:
    ids = {one.rule_id for one in exceptions}
    return list(db.session.scalars(with_target().where(TrainingRule.id.in_(ids)).order_by(TrainingRule.id)))


def _in_use() -> Any:
    return TrainingRule.status != "archived"


def _needed(reason: str) -> str:
    if not reason.strip():
        raise RuleBroken(N_("Give a reason; it stays on record."), field="reason")
    return reason.strip()


def _only_moderators(by: Viewer | None) -> None:
    if by is not None and not by.may(May.MODERATE):
        raise NotAllowed(N_("Only moderators decide what an audience has to take."))
