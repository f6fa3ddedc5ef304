"""ORG-6 on a real database: started once, courses paired, tasks worked through, completed, closed."""

from __future__ import annotations

import datetime as dt
import io
import threading

import pytest
from flask import Flask
from sqlalchemy import func, select

from lmsapp.assignments.actions import close as close_assignment
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.compliance.documents.models import EmployeeDocument
from lmsapp.courses.catalogue.actions import edit_course
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.evidence.signatures.actions import sign
from lmsapp.evidence.signatures.models import SigningText
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.onboarding.running import actions
from lmsapp.onboarding.running.joiners import start_for_joiners
from lmsapp.onboarding.running.lists import OnboardingFilters, list_onboardings
from lmsapp.onboarding.running.models import Onboarding, OnboardingCourse, OnboardingTask
from lmsapp.onboarding.running.queries import HR, LINE, OWN, changed_since, onboarding_view
from lmsapp.onboarding.running.reminders import remind_of_tasks, task_still_open
from lmsapp.onboarding.running.starting import start_onboarding, start_onboardings
from lmsapp.onboarding.running.waiting import not_started, own_progress
from lmsapp.onboarding.templates.actions import create_template, edit_task
from lmsapp.onboarding.templates.models import TemplateTask
from lmsapp.onboarding.templates.rules import TaskFacts
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.employees.actions import leave, update_employee
from lmsapp.people.employees.events import EmployeesHired
from lmsapp.people.employees.models import Employee
from lmsapp.people.forwhom.rules import ForWhom
from lmsapp.people.roles import Role
from tests.cast import employee, staff
from tests.clock import Clock
from tests.conftest import Statements
from tests.courses.authors import pdf_of
from tests.evidence.signing import PASSWORD, can_sign, in_force
from tests.onboarding.scene import newcomer, scene

TODAY = dt.date(2026, 11, 2)


def one_of(employee_id: int) -> Onboarding:
    return db.session.scalars(select(Onboarding).where(Onboarding.employee_id == employee_id)).one()


def task(onboarding: Onboarding, title: str) -> OnboardingTask:
    return db.session.scalars(
        select(OnboardingTask).where(OnboardingTask.onboarding_id == onboarding.id, OnboardingTask.title == title)
    ).one()


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def told_of_hand_ins() -> list[tuple[str, str]]:
    """(channel, to whom) of the notices that a document waits."""
    told = select(Notice.channel, Notice.to_name).where(Notice.template == "onboarding_handed_in")
    return [(row.channel, row.to_name) for row in db.session.execute(told.order_by(Notice.channel, Notice.id))]


def test_a_joiner_is_started_with_courses_at_thirty_days_once(clock: Clock) -> None:
    """ORG-6: enrolled, assigned at +30 days, tasks by working days, letters once; twice changes nothing."""
    stage = scene()
    ada = newcomer("Ada New", "E-900", TODAY, manager=stage.cast.mark.record)
    one = one_of(ada.id)
    given = db.session.scalars(select(TrainingAssignment).where(TrainingAssignment.employee_id == ada.id)).one()
    assert (given.due_on, given.source) == (TODAY + dt.timedelta(days=30), "onboarding")
    assert db.session.scalars(select(Enrollment.source).where(Enrollment.employee_id == ada.id)).all() == ["onboarding"]
    assert task(one, "Identity card").due_on == dt.date(2026, 11, 5)
    assert task(one, "Mandatory training").due_on == given.due_on
    assert task(one, "Sign the policy").request_id is not None
    before = count(Notice), count(OnboardingTask), count(TrainingAssignment)
    assert start_onboarding(ada, stage.cast.hana.viewer) is None
    assert (count(Notice), count(OnboardingTask), count(TrainingAssignment)) == before
    templates = db.session.scalars(
        select(Notice.template).where(Notice.about_kind == "onboarding").order_by(Notice.template)
    ).all()
    assert templates == ["onboarding_new_colleague"] * 2 + ["onboarding_started"] * 2
    assert not db.session.scalars(select(Notice).where(Notice.template == "training_assigned")).all(), "one letter"


def test_why_not_is_kept_and_heals_itself(clock: Clock) -> None:
    """ORG-6: not published is said, and assigned when it is published; other job roles are said too."""
    stage = scene(published=False)
    ada = newcomer("Ada New", "E-900", TODAY)
    row = db.session.scalars(select(OnboardingCourse)).one()
    assert (row.why_not, row.assignment_id) == ("not published", None)
    stage.written.publish()
    db.session.refresh(row)
    assert row.assignment_id is not None and row.why_not is None
    assert task(one_of(ada.id), "Mandatory training").state == "open"
    told = db.session.scalars(select(Notice.channel).where(Notice.template == "training_assigned")).all()
    assert sorted(told) == ["email", "in_app"]


def test_nobody_without_an_account_is_left_out(clock: Clock) -> None:
    """ORG-6: no e-mail, no account: assigned all the same; welcomed when the account comes."""
    stage = scene()
    ada = newcomer("Ada New", "E-900", TODAY, email=False)
    view = onboarding_view(stage.cast.hana.viewer, one_of(ada.id).id, HR)
    assert view is not None and [row.assignment_id is None for row in view.courses] == [False]
    assert db.session.scalars(select(Notice.status).where(Notice.template == "onboarding_started")).all() == [
        "suppressed"
    ]
    user = staff("Ada Account", Role.LMS_STUDENT).user
    update_employee(ada, {"email": user.email, "user_id": user.id}, None)
    assert len(db.session.scalars(select(Notice).where(Notice.template == "onboarding_started")).all()) == 3


def test_who_is_not_started_and_why(clock: Clock) -> None:
    """ORG-6: no hire date: listed with the reason; hired years ago: no newcomer; a date that comes later begins it."""
    stage = scene()
    without = newcomer("No Date", "E-901", None)
    newcomer("Old Hand", "E-902", dt.date(2020, 1, 1))
    found = {row.number: why.value for row, why in not_started(stage.cast.hana.viewer).rows}
    assert found["E-901"] == "no hire date" and "E-902" not in found
    update_employee(without, {"hire_date": TODAY}, None)
    assert one_of(without.id).source == "joiner"


def test_each_does_only_their_own(clock: Clock) -> None:
    """ORG-6, SEC-4: others are refused in words; HR says why; nothing is completed before everything required is."""
    stage = scene()
    cast = stage.cast
    one = start_onboarding(cast.lena.record, cast.hana.viewer)
    assert one is not None
    tour = task(one, "Show the ward")
    for who in (cast.lena, cast.otto):
        with pytest.raises(NotAllowed):
            actions.finish_task(tour, who.viewer)
    actions.finish_task(tour, cast.mark.viewer, note="Done on Monday")
    assert (tour.state, tour.done_by_name, tour.note) == ("done", "Mark Okafor", "Done on Monday")
    actions.reopen_task(tour, cast.mark.viewer)
    with pytest.raises(RuleBroken, match="in their place"):
        actions.finish_task(tour, cast.hana.viewer)
    actions.finish_task(tour, cast.hana.viewer, reason="Mark is ill")
    with pytest.raises(RuleBroken):
        actions.finish_task(task(one, "Sign the policy"), cast.lena.viewer)
    with pytest.raises(NotAllowed):
        actions.waive_task(task(one, "Identity card"), cast.mark.viewer, "no")


def test_worked_through_to_the_end(clock: Clock) -> None:
    """ORG-6, ORG-7: handed in (HR hears of it), sent back, accepted into the file, signed, trained: completed in the same
    transaction. What is optional can be done after that, too."""
    stage = scene()
    cast = stage.cast
    can_sign(cast.lena)
    one = start_onboarding(cast.lena.record, cast.hana.viewer)
    assert one is not None
    card = task(one, "Identity card")
    with pytest.raises(RuleBroken, match="not a PDF"):
        actions.hand_in(card, io.BytesIO(b"MZ evil"), "card.pdf", cast.lena.viewer)
    actions.hand_in(card, io.BytesIO(pdf_of("card")), "card.pdf", cast.lena.viewer)
    assert card.state == "waiting" and count(EmployeeDocument) == 0
    assert told_of_hand_ins() == [("email", "Hana Novák"), ("in_app", "Hana Novák")]
    actions.hand_in(card, io.BytesIO(pdf_of("other side")), "card.pdf", cast.lena.viewer)
    assert len(told_of_hand_ins()) == 2, "it waits all the same"
    with pytest.raises(NotAllowed):
        actions.accept_document(card, cast.lena.viewer)
    actions.send_back(card, cast.hana.viewer, "Too dark")
    assert (card.state, card.reason, card.file_id) == ("open", "Too dark", None)
    assert db.session.scalars(select(Notice).where(Notice.template == "onboarding_sent_back")).all()
    actions.hand_in(card, io.BytesIO(pdf_of("card again")), "card.pdf", cast.lena.viewer)
    assert [channel for channel, _name in told_of_hand_ins()] == ["email", "in_app", "in_app"], "one letter a day"
    actions.accept_document(card, cast.hana.viewer)
    document = db.session.scalars(select(EmployeeDocument)).one()
    assert (document.employee_id, card.document_id) == (cast.lena.record.id, document.id)
    actions.finish_task(task(one, "Check the account"), cast.hana.viewer)
    actions.finish_task(task(one, "Show the ward"), cast.mark.viewer)
    text = db.session.scalars(select(SigningText).where(SigningText.kind == "policy")).one()
    sign(cast.lena.viewer, in_force(text), password=PASSWORD, address="::1", meaning_agreed=True)
    db.session.refresh(one)
    assert task(one, "Sign the policy").state == "done" and one.closed_as is None
    assignment = db.session.scalars(select(TrainingAssignment)).one()
    db.session.refresh(assignment, ["employee"])
    close_assignment(assignment, "exempt", by=cast.milo.viewer, reason="Taught it herself")
    db.session.refresh(one)
    assert one.closed_as == "completed"
    assert {n.to_name for n in db.session.scalars(select(Notice).where(Notice.template == "onboarding_completed"))} == {
        "Lena Fischer", "Mark Okafor", "Hana Novák",
    }  # fmt: skip
    with pytest.raises(RuleBroken, match="ended"):
        actions.reopen_task(task(one, "Show the ward"), cast.mark.viewer)
    canteen = task(one, "Read about the canteen")
    actions.finish_task(canteen, cast.lena.viewer)
    assert canteen.state == "done"
    actions.reopen_task(canteen, cast.lena.viewer)
    assert (canteen.state, canteen.next_reminder_on, one.closed_as) == ("open", None, "completed")
    assert start_onboarding(cast.lena.record, cast.hana.viewer) is None
    assert start_onboarding(cast.lena.record, cast.hana.viewer, again=True) is not None
    trail = set(db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "onboarding")))
    assert {"onboarding started", "onboarding document sent back", "onboarding completed"} <= trail


def test_leaving_cancelling_and_moving(clock: Clock) -> None:
    """ORG-6: leavers close as left; cancelling needs a reason; a move changes nothing, and says what would apply."""
    stage = scene()
    cast = stage.cast
    one = start_onboarding(cast.lena.record, cast.hana.viewer)
    assert one is not None
    with pytest.raises(RuleBroken):
        actions.cancel_onboarding(one, cast.hana.viewer, " ")
    edit_course(stage.written.course, by=None, mandatory_for={"job_roles": ["RN"]})
    create_template("Clerks", ForWhom(job_roles=("Clerk",)), by=cast.hana.viewer)
    update_employee(cast.lena.record, {"job_role": "Clerk"}, None)
    changed = changed_since(one, cast.lena.record)
    assert changed.template == "Clerks" and changed.courses == []
    assert one.template_name == "First weeks"
    leave(cast.lena.record, TODAY, cast.hana.viewer)
    db.session.refresh(one)
    assert one.closed_as == "left"
    other = start_onboarding(cast.otto.record, cast.hana.viewer)
    assert other is not None
    actions.cancel_onboarding(other, cast.hana.viewer, "A mistake")
    assert db.session.get_one(Onboarding, other.id).closed_as == "cancelled"


def test_a_running_one_keeps_its_tasks(clock: Clock) -> None:
    stage = scene()
    one = start_onboarding(stage.cast.lena.record, stage.cast.hana.viewer)
    assert one is not None
    row = db.session.scalars(select(TemplateTask).where(TemplateTask.title == "Show the ward")).one()
    edit_task(row, TaskFacts(title="Show the house"), by=stage.cast.hana.viewer)
    assert task(one, "Show the ward").title == "Show the ward"


def test_reminders_soon_and_late_once(clock: Clock) -> None:
    """REM-3: one notice by task and offset to whoever must act; none after it is done."""
    stage = scene()
    one = start_onboarding(stage.cast.lena.record, stage.cast.hana.viewer)
    assert one is not None
    card = task(one, "Identity card")
    clock.set(dt.datetime(2026, 11, 3, 18, tzinfo=dt.UTC))

    def about_card() -> list[str]:
        wanted = (Notice.about_kind == "onboarding_task", Notice.about_id == card.id, Notice.channel == "email")
        return list(db.session.scalars(select(Notice.key).where(*wanted).order_by(Notice.id)))

    while remind_of_tasks():
        pass
    assert [key.split("/")[4] for key in about_card()] == ["soon"]
    clock.set(dt.datetime(2026, 11, 20, 18, tzinfo=dt.UTC))
    while remind_of_tasks():
        pass
    assert [key.split("/")[4] for key in about_card()] == ["soon", "late"]
    assert task_still_open(card.id)
    actions.hand_in(card, io.BytesIO(pdf_of("card")), "card.pdf", stage.cast.lena.viewer)
    assert not task_still_open(card.id)
    assert remind_of_tasks() == 0


def test_lists_show_each_their_own_at_a_constant_cost(clock: Clock, statements: Statements) -> None:
    """ORG-6, SEC-4: HR all, the manager their line, the employee themselves, Otto nothing; 3 rows or 30 cost the same."""
    stage = scene()
    cast = stage.cast
    for number in range(3):
        newcomer(f"Ada N{number}", f"E-90{number}", TODAY, manager=cast.mark.record)
    costs = []
    for more in (0, 30):
        for number in range(more):
            newcomer(f"Bea M{number}", f"E-91{number}", TODAY)
        db.session.flush()
        hana = cast.hana.viewer
        statements.clear()
        found = list_onboardings(hana, OnboardingFilters(), HR)
        costs.append(len(statements))
        assert found.total == 3 + more
    assert costs[0] == costs[1]
    assert list_onboardings(cast.mark.viewer, OnboardingFilters(), LINE).total == 3
    assert list_onboardings(cast.otto.viewer, OnboardingFilters(), HR, LINE, OWN).total == 0
    assert own_progress(cast.otto.viewer) is None
    row = found.rows[0]
    assert (row["done"], row["total"], row["next_title"]) == (0, 5, "Check the account")


def test_a_cohort_costs_a_constant_number_of_statements(clock: Clock, statements: Statements) -> None:
    """ORG-6: 5 joiners or 40 by one roster: the same statements."""
    stage = scene()
    costs = []
    for size, number in ((5, 1000), (40, 2000)):
        people = tuple(
            Employee(
                number=f"E-{number + n}",
                name=f"New {n}",
                sort_name=f"new {n}",
                email=f"n{number + n}@northgate.example",
                hire_date=TODAY,
                time_zone="America/Chicago",
                manager_id=stage.cast.mark.record.id,
            )
            for n in range(size)
        )
        db.session.add_all(people)
        db.session.flush()
        statements.clear()
        start_for_joiners(EmployeesHired(people))
        db.session.flush()
        # Which words letters have is asked once in two seconds; in tests, which undo what they write, for each letter.
        costs.append(len([one for one in statements if "FROM setting" not in one]))
    assert costs[1] <= costs[0], costs
    assert count(Onboarding) == 45


def test_two_at_the_same_moment_make_one(own_app: Flask) -> None:
    """ORG-6: the second waits at the unique index, then finds the first one's."""
    with own_app.app_context():
        stage = scene()
        lena, hana = stage.cast.lena.record.id, stage.cast.hana.viewer
        db.session.commit()
    gate, made, wrong = threading.Barrier(2), [], []

    def begin() -> None:
        with own_app.app_context():
            try:
                with unit_of_work():
                    person = db.session.get_one(Employee, lena)
                    gate.wait(10)
                    made.append(len(start_onboardings([person], hana).created))
            except Exception as problem:
                wrong.append(problem)

    threads = [threading.Thread(target=begin) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not wrong
    assert sorted(made) == [0, 1]
    with own_app.app_context():
        assert (count(Onboarding), count(TrainingAssignment), count(OnboardingTask)) == (1, 1, 6)
        db.session.remove()


def test_eighty_hires_in_two_cohorts(clock: Clock) -> None:
    """Story 2: eighty people in two cohorts get their courses at +30 days, once, counted from a start that lies ahead."""
    scene()
    ahead = dt.date(2026, 12, 1)
    for n in range(80):
        newcomer(f"New {n}", f"E-{3000 + n}", TODAY if n < 40 else ahead)
    due = db.session.execute(
        select(TrainingAssignment.due_on, func.count()).group_by(TrainingAssignment.due_on).order_by("due_on")
    ).all()
    assert [tuple(row) for row in due] == [
        (TODAY + dt.timedelta(days=30), 40),
        (ahead + dt.timedelta(days=30), 40),
    ]
    assert product_clock.today("UTC") == TODAY
    assert employee("Late Comer", "E-9999", department="X", job_role="Y").record.id
