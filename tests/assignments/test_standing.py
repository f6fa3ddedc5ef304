"""CRS-5, ASG-5: audiences assign and withdraw as people and rules change; nothing twice, nothing in silence."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import func, select

from bench.proofs import audience as proof
from lmsapp.assignments.actions import assign, close
from lmsapp.assignments.letters import tell_assigned
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.standing import actions, following, work
from lmsapp.assignments.standing.actions import RuleFacts
from lmsapp.assignments.standing.models import AudienceRun, RuleException, TrainingRule
from lmsapp.assignments.standing.preview import AudiencePreview, preview_audience
from lmsapp.assignments.standing.rules import Due, DueKind
from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.publishing.actions import publish
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.queue import Ring
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.audiences.models import Audience, AudienceMember
from lmsapp.people.audiences.rules import AudienceRule
from lmsapp.people.employees.actions import EmployeeFacts, hire, leave, update_employee
from lmsapp.people.employees.leaving import return_employee
from lmsapp.people.employees.many import change_many
from lmsapp.people.employees.models import Employee
from lmsapp.people.forwhom.rules import ForWhom
from lmsapp.people.organisation.actions import change_department, merge_department
from lmsapp.people.organisation.models import OrganisationValue
from lmsapp.people.organisation.naming import department_named
from lmsapp.people.organisation.words import rename_value
from tests.cast import Cast, make_cast
from tests.clock import Clock
from tests.courses.authors import Written
from tests.jobs import run_rings

TODAY = dt.date(2026, 11, 2)
NURSES = AudienceRule(who=ForWhom(job_roles=("RN",)))
TEN_DAYS = Due(DueKind.AFTER_ASSIGNMENT, 10)


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


@pytest.fixture
def course(cast: Cast) -> Course:
    return Written(cast.milo.viewer, title="Hand hygiene").publish().course


def audience(cast: Cast, rule: AudienceRule = NURSES, name: str = "Nurses") -> Audience:
    return actions.create_audience(name, rule, cast.milo.viewer)[0]


def a_rule(cast: Cast, of: Audience, course: Course, due: Due = TEN_DAYS, **more: Any) -> TrainingRule:
    facts = RuleFacts(**{"due": due, "starts_on": TODAY} | more)
    actions.add_rule(of, course, facts, by=cast.milo.viewer)
    return db.session.scalars(select(TrainingRule).order_by(TrainingRule.id.desc())).first()  # type: ignore[return-value]


def nurse(number: int, **more: Any) -> Employee:
    facts: dict[str, Any] = {"number": f"N-{number}", "name": f"Nurse {number}", "time_zone": "UTC", "job_role": "RN"}
    return hire(EmployeeFacts(**facts | more), None, invited=False)


def assignments(employee: Employee) -> list[tuple[dt.date, str, str | None]]:
    """(due date, source, how it was closed), oldest first."""
    db.session.flush()
    rows = select(TrainingAssignment).where(TrainingAssignment.employee_id == employee.id)
    found = db.session.scalars(rows.order_by(TrainingAssignment.id).execution_options(populate_existing=True))
    return [(one.due_on, one.source, one.closed_as) for one in found]


def exceptions(rule: TrainingRule) -> dict[str, str]:
    """Name -> reason of those still open."""
    rows = (
        select(Employee.name, RuleException.reason)
        .join(Employee, Employee.id == RuleException.employee_id)
        .where(RuleException.rule_id == rule.id, RuleException.resolved_at.is_(None))
    )
    return dict(db.session.execute(rows).all())


def open_exceptions(rule: TrainingRule) -> list[RuleException]:
    mine = (RuleException.rule_id == rule.id, RuleException.resolved_at.is_(None))
    return list(db.session.scalars(select(RuleException).where(*mine)))


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_joining_assigns_and_leaving_withdraws_at_once(cast: Cast, course: Course, clock: Clock) -> None:
    """CRS-5: the life of one rule: who is there, who is hired, who moves, leaves, comes back; history stays."""
    rule = a_rule(cast, audience(cast), course)
    lena = cast.lena.record
    assert assignments(lena) == [(dt.date(2026, 11, 12), "audience", None)]
    ida = nurse(1)
    assert assignments(ida) == [(dt.date(2026, 11, 12), "audience", None)], "hired into it"
    assert not assignments(cast.otto.record)

    clock.move(days=1)
    update_employee(cast.otto.record, {"job_role": "RN"}, None)
    assert assignments(cast.otto.record) == [(dt.date(2026, 11, 13), "audience", None)], "moved into it"
    begun = db.session.scalars(select(Enrollment).where(Enrollment.employee_id == ida.id)).one()
    begun.started_at = dt.datetime(2026, 11, 3, tzinfo=dt.UTC)
    for one in (ida, cast.otto.record):
        update_employee(one, {"job_role": "Clerk"}, None)
        assert assignments(one)[0][2] == "withdrawn"
    untouched = db.session.scalars(select(Enrollment).where(Enrollment.employee_id == cast.otto.record.id)).one()
    assert untouched.withdrawn_at and not begun.withdrawn_at, "what was begun stays"

    clock.move(days=1)
    update_employee(cast.otto.record, {"job_role": "RN"}, None)
    assert [one[2] for one in assignments(cast.otto.record)] == ["withdrawn", None], "back again: asked again"
    db.session.refresh(untouched)
    assert untouched.withdrawn_at is None
    clock.move(hours=1)
    leave(lena, TODAY, None)
    assert assignments(lena)[0][2] == "left"
    return_employee(lena, None)
    assert [one[2] for one in assignments(lena)] == ["left", None]

    mine = select(AudienceMember).where(AudienceMember.employee_id == cast.otto.record.id)
    since = [(one.since.day, one.left_at.day if one.left_at else None) for one in db.session.scalars(mine)]
    assert since == [(3, 3), (4, None)], "joining and leaving are facts with dates"
    assert not exceptions(rule)
    before = count(TrainingAssignment)
    work.ask_run("again", at_once=True)
    assert (before, 0) == (count(TrainingAssignment), len(open_exceptions(rule))), "run twice is the same"
    told = set(db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind != "course")))
    assert {"audience created", "training rule added", "assigned", "withdrawn", "enrolled again"} <= told


def test_what_staff_assigned_is_not_touched(cast: Cast, course: Course) -> None:
    """CRS-5, ASG-3: a hand-made assignment is nobody's but staff's; the rule neither doubles nor withdraws it."""
    by_hand = assign(cast.lena.record, course, dt.date(2026, 12, 24), by=cast.milo.viewer)
    rule = a_rule(cast, audience(cast), course)
    assert assignments(cast.lena.record) == [(dt.date(2026, 12, 24), "staff", None)]
    update_employee(cast.lena.record, {"job_role": "Clerk"}, None)
    assert assignments(cast.lena.record) == [(dt.date(2026, 12, 24), "staff", None)]
    update_employee(cast.lena.record, {"job_role": "RN"}, None)
    close(by_hand, "cancelled", by=cast.milo.viewer, reason="Not now")
    work.ask_run("again")
    assert exceptions(rule) == {"Lena Fischer": "cancelled"}, "what staff closed is asked about, not made again"
    assert actions.ask_again(open_exceptions(rule), by=cast.milo.viewer) == 1
    assert assignments(cast.lena.record)[1:] == [(dt.date(2026, 11, 12), "audience", None)]
    assert not exceptions(rule)


def test_exceptions_are_named_once_and_answered(cast: Cast, course: Course, clock: Clock) -> None:
    """CRS-5: no day of hire, a date that is over, exempt: each once, with what to do; answered ones are kept."""
    nurse(1, hire_date=dt.date(2020, 1, 1))
    ida, new = nurse(2), nurse(3, hire_date=dt.date(2026, 11, 1))
    excused = assign(cast.lena.record, course, dt.date(2026, 12, 24), by=cast.milo.viewer)
    close(excused, "exempt", by=cast.milo.viewer, reason="Teaches it")
    rule = a_rule(cast, audience(cast), course, Due(DueKind.AFTER_HIRE, 30))
    assert assignments(new) == [(dt.date(2026, 12, 1), "audience", None)]
    expected = {"Nurse 1": "too late", "Nurse 2": "no hire date", "Lena Fischer": "exempt"}
    assert exceptions(rule) == expected
    work.ask_run("again")
    assert exceptions(rule) == expected
    assert count(RuleException) == 3, "never twice"

    update_employee(ida, {"hire_date": TODAY}, None)
    assert assignments(ida) == [(dt.date(2026, 12, 2), "audience", None)], "it settles itself with the record"
    by_reason = {one.reason: one for one in open_exceptions(rule)}
    with pytest.raises(RuleBroken):
        actions.set_due_dates([by_reason["too late"]], TODAY, by=cast.milo.viewer)
    assert actions.set_due_dates([by_reason["too late"]], dt.date(2026, 11, 20), by=cast.milo.viewer) == 1
    assert actions.exempt([by_reason["exempt"]], by=cast.milo.viewer, reason="As before") == 1
    with pytest.raises(NotAllowed):
        actions.exempt([by_reason["exempt"]], by=cast.carla.viewer, reason="Mine")
    assert actions.exempt([by_reason["exempt"]], by=cast.milo.viewer, reason="Twice") == 0
    clock.move(hours=1)
    work.ask_run("again")
    assert not exceptions(rule)
    answers = select(RuleException.resolved_as).order_by(RuleException.id)
    assert sorted(str(one) for one in db.session.scalars(answers)) == ["assigned", "exempt", "settled"]
    assert not db.session.scalar(select(TrainingAssignment.id).where(TrainingAssignment.due_on < TODAY))


def test_completed_and_lapsed(cast: Cast, course: Course) -> None:
    """CRS-5: who completed it before is on the list for information; what lapsed begins again when a date is set."""
    rule_of = audience(cast)
    valid, lapsed = cast.lena.record, nurse(1)
    for one, day in ((valid, dt.date(2026, 6, 1)), (lapsed, dt.date(2025, 6, 1))):
        done = dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)
        db.session.add(Enrollment(employee_id=one.id, course_id=course.id, completed_at=done, progress=100))
    db.session.flush()
    rule = a_rule(cast, rule_of, course)
    assert exceptions(rule) == {"Lena Fischer": "completed", "Nurse 1": "lapsed"}
    assert actions.set_due_dates(open_exceptions(rule), dt.date(2026, 12, 1), by=cast.milo.viewer) == 1
    assert assignments(lapsed) == [(dt.date(2026, 12, 1), "audience", None)]
    assert exceptions(rule) == {"Lena Fischer": "completed"}
    assert not assignments(valid)


def shown(preview: AudiencePreview) -> dict[str, int]:
    return {
        "people_joined": preview.joins,
        "people_left": preview.leaves,
        "assigned": sum(one.assigned for one in preview.rules),
        "withdrawn": sum(one.withdrawn for one in preview.rules),
        "exceptions": sum(one.new for one in preview.rules),
    }


def test_the_preview_is_what_happens(cast: Cast, course: Course) -> None:
    """CRS-5: before saving: who joins, who leaves, what is assigned, withdrawn, an exception. Saving does just that."""
    for number in range(4):
        nurse(number, hire_date=[None, TODAY][number % 2], location="North" if number < 2 else "South")
    nurse(9, job_role="Medic", hire_date=TODAY, location="North")
    mine = audience(cast)
    a_rule(cast, mine, course, Due(DueKind.AFTER_HIRE, 14))
    other = audience(cast, AudienceRule(who=ForWhom(locations=("South",))), "South")
    a_rule(cast, other, course)
    wider = AudienceRule(who=ForWhom(locations=("North",)), include=(cast.otto.record.id,))
    before = preview_audience(mine, wider)
    assert before.changes
    run = actions.change_audience(mine, "Nurses", wider, cast.milo.viewer)
    assert run is not None and run.state == "ready"
    assert shown(before) == {name: getattr(run, name) for name in shown(before)}
    assert shown(before) == {"people_joined": 2, "people_left": 3, "assigned": 1, "withdrawn": 0, "exceptions": 1}
    assert not preview_audience(mine, wider).changes
    assert before.fingerprint != preview_audience(mine, wider).fingerprint
    # Nurse 3 left for the audience of the South, whose rule means the same course.
    south = db.session.scalars(select(Employee).where(Employee.number == "N-3")).one()
    assert assignments(south) == [(dt.date(2026, 11, 16), "audience", None)], "taken over, not withdrawn"


def test_pausing_and_ending_keep_or_withdraw(cast: Cast, course: Course) -> None:
    """CRS-5: what happens to open assignments is a decision; a reason stays on record."""
    mine = audience(cast)
    rule = a_rule(cast, mine, course)
    with pytest.raises(RuleBroken):
        actions.pause_rule(rule, by=cast.milo.viewer, reason=" ", withdraws=False)
    actions.pause_rule(rule, by=cast.milo.viewer, reason="Moving house", withdraws=False)
    assert not assignments(nurse(1)), "paused: nobody new"
    assert assignments(cast.lena.record)[0][2] is None
    actions.resume_rule(rule, by=cast.milo.viewer)
    assert count(TrainingAssignment) == 2
    with pytest.raises(RuleBroken, match="already"):
        a_rule(cast, mine, course)
    actions.archive_audience(mine, by=cast.milo.viewer, reason="Not used", withdraws=True)
    assert {one.closed_as for one in db.session.scalars(select(TrainingAssignment))} == {"withdrawn"}
    assert not db.session.scalar(select(AudienceMember.id).where(AudienceMember.left_at.is_(None)))
    with pytest.raises(RuleBroken):
        actions.change_rule(rule, RuleFacts(due=TEN_DAYS, starts_on=TODAY), by=cast.milo.viewer)


def test_days_courses_and_words_bring_runs(cast: Cast, clock: Clock) -> None:
    """CRS-5: a course that is published, a day that comes, a renamed word, a moved or merged department."""
    written = Written(cast.milo.viewer, title="Fire")
    beneath = department_named("Surgery / Theatre")
    cast.lena.record.department_id = beneath.id
    surgery = beneath.parent_id
    assert surgery is not None
    mine = audience(cast, AudienceRule(who=ForWhom(departments=(surgery,), job_roles=("RN",))))
    rule = a_rule(cast, mine, written.course, starts_on=TODAY + dt.timedelta(days=2), joined_from=TODAY)
    assert not count(TrainingAssignment)
    written.publish()
    assert not count(TrainingAssignment), "not before its day"
    clock.move(days=2)
    work.run_daily()
    daily = db.session.scalars(select(AudienceRun).order_by(AudienceRun.id.desc())).first()
    assert daily is not None and work.work_on(daily.id) and not work.work_on(daily.id)
    assert assignments(cast.lena.record) == [(dt.date(2026, 11, 14), "audience", None)]

    word = db.session.scalars(select(OrganisationValue).where(OrganisationValue.name == "RN")).one()
    rename_value(word, "Nurse", None)
    db.session.refresh(mine)
    assert mine.rule["job_roles"] == ["Nurse"]
    assert assignments(cast.lena.record)[0][2] is None
    change_department(beneath, None, name="Theatre", parent=None, head=None)
    assert assignments(cast.lena.record)[0][2] == "withdrawn", "it stands beneath another now"
    clock.move(hours=1)
    merge_department(beneath, department_named("Surgery"), None)
    assert assignments(cast.lena.record)[1][2] is None
    assert rule.status == "active"


def test_many_at_once_are_for_the_worker(
    cast: Cast, course: Course, rings: list[Ring], monkeypatch: pytest.MonkeyPatch
) -> None:
    """CRS-5, REM-1: a bulk change rings once; two workers do it once; letters go out in batches, once each."""
    a_rule(cast, audience(cast), course)
    people = [nurse(n, job_role="Clerk") for n in range(6)]
    db.session.commit()
    run_rings(rings)
    monkeypatch.setattr(following, "FEW_EVENTS", 3)
    change_many(people, "job_role", "RN", None)
    assert count(AudienceMember) == 1 + 3, "the first at once, then no more in this transaction"
    db.session.commit()
    waiting = [one for one in rings if one.job == work.RUN_JOB]
    assert len(waiting) == 1
    run_rings(rings)
    assert count(TrainingAssignment) == count(AudienceMember) == 1 + len(people)
    letters = select(func.count()).where(Notice.template == "training_assigned")
    assert db.session.scalar(letters) == 2 * (1 + len(people))
    assert tell_assigned() == 0
    assert count(RuleException) == 0


def test_a_killed_worker_leaves_nothing_doubled_or_missing(
    cast: Cast, course: Course, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CRS-5: half-way, the lease runs out, the sweep rings, the next worker does what is missing and no more."""
    for size in ("applying", "settling"):
        where = "lmsapp.assignments.standing.applying" if size == "applying" else "lmsapp.people.audiences.settling"
        monkeypatch.setattr(f"{where}.BATCH", 4)
    for number in range(10):
        nurse(number)
    mine = audience(cast)
    monkeypatch.setattr(work, "FEW", 0)
    with unit_of_work():
        a_rule(cast, mine, course)
    run = db.session.scalars(select(AudienceRun).where(AudienceRun.state == "waiting")).one()
    true_step, calls = work.step, []

    def dies(part: work.Part, after: int) -> Any:
        calls.append(part)
        if len([one for one in calls if one.kind == "assign"]) > 2:
            raise KeyboardInterrupt
        return true_step(part, after)

    monkeypatch.setattr(work, "step", dies)
    with pytest.raises(KeyboardInterrupt):
        work.work_on(run.id)
    monkeypatch.setattr(work, "step", true_step)
    assert count(TrainingAssignment) == 8
    assert not work.work_on(run.id), "it is still claimed"
    clock.move(minutes=3)
    with unit_of_work():
        work.sweep_runs()
    assert work.work_on(run.id)
    db.session.refresh(run)
    assert (run.state, run.assigned, run.tries) == ("ready", 11, 2)
    assert count(TrainingAssignment) == 11


def test_a_draft_course_is_not_assigned_and_publishing_it_does(cast: Cast) -> None:
    """CRS-5: the rule waits for its course; nobody becomes an exception for that."""
    written = Written(cast.milo.viewer, title="Fire")
    rule = a_rule(cast, audience(cast), written.course)
    assert not assignments(cast.lena.record)
    assert not exceptions(rule)
    publish(written.course, cast.milo.viewer)
    assert len(assignments(cast.lena.record)) == 1


def test_the_proof_in_small(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    """CRS-5: what `./lms prove audience` plays with ten thousand people, with thirty and without a killed process."""
    monkeypatch.setattr(work, "FEW", 0)
    by = proof.set_the_scene(30)
    mine = proof.narrow_audience(by)
    for run_id in db.session.scalars(select(AudienceRun.id).where(AudienceRun.state == "waiting")).all():
        work.work_on(run_id)
    took, agrees = proof.widen(by, mine)
    assert took < 20 and agrees
    assert proof.again()[1] == proof.doubled() == proof.missing(30) == 0
