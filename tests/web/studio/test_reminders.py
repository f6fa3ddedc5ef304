"""REM-2: reminder policies in the studio, on a course and on a compliance type."""

from __future__ import annotations

from typing import Any

import pytest

from lmsapp.assignments.policies.models import CourseReminderPolicy, ReminderPolicy
from lmsapp.assignments.policies.queries import chosen_for, policies_for
from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.courses.authors import Written

NEW = "/studio/reminder-policies/new"
TYPED: dict[str, Any] = {
    "name": " Hospital  policy ",
    "steps-amount": ["", "14", "48", "7"],
    "steps-moment": ["on due", "before due", "stalled", "after due"],
    "steps-to_whom": ["learner", "learner", "manager", "learner"],
    "steps-every": ["", "", "", "7"],
    "steps-most": ["", "", "", "3"],
    "steps-email": ["0", "1", "3"],
    "steps-in_app": ["1"],
    "steps-slack": ["2"],
    "steps-mandatory": ["0"],
    "digest_allowed": "y",
}


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


@pytest.fixture
def course(cast: Cast) -> Course:
    return Written(cast.milo.viewer, title="HIPAA Privacy Basics").publish().course


@pytest.fixture
def at_work(client: PageClient, cast: Cast) -> PageClient:
    client.sign_in(cast.milo.user.id)
    return client


def made() -> ReminderPolicy:
    return db.session.query(ReminderPolicy).order_by(ReminderPolicy.id.desc()).first()  # type: ignore[return-value]


def trail(kind: str) -> list[str]:
    return [one.action for one in db.session.query(AuditEntry).filter_by(subject_kind=kind).order_by(AuditEntry.id)]


def test_a_policy_is_written_shown_and_used(at_work: PageClient, cast: Cast, course: Course) -> None:
    """REM-2: steps as sentences in the order of time, what comes of them, whose it is; each change on the trail; only
    one that nothing uses is deleted."""
    assert "days before the due date" in at_work.get(NEW).text
    kept = at_work.post(NEW, data=TYPED, follow_redirects=True)
    assert kept.status_code == 200
    policy = made()
    here = f"/studio/reminder-policies/{policy.id}"
    assert policy.name == "Hospital policy"
    listed = at_work.get("/studio/reminder-policies").text
    for words in (
        "14 days before the due date, by e-mail and in the product, to the learner",
        "7 days after the due date, then every 7 days, 3 times in all, by e-mail, to the learner",
        "After 48 hours without a step forward, by Slack, to the line manager",
    ):
        assert words in listed
    assert listed.index("14 days before") < listed.index("On the due date") < listed.index("3 times in all")
    at_work.post(f"{here}/organisation")
    assert policies_for([course.id])[course.id].name == "Hospital policy"
    assert "organisation&#39;s policy" in at_work.post(f"{here}/deletion", follow_redirects=True).text
    at_work.post("/studio/reminder-policies/standard")
    place = f"/studio/courses/{course.id}/reminders"
    assert "The organisation’s policy" in at_work.get(place).text
    at_work.post(place, data={"policy_id": policy.id})
    assert chosen_for(course.id) == (policy.id, "course")
    assert "Chosen for this course" in at_work.get(place).text
    assert "HIPAA Privacy Basics" in at_work.get(here).text
    assert "use this policy" in at_work.post(f"{here}/deletion", follow_redirects=True).text
    at_work.post(place, data={"policy_id": 0})
    assert chosen_for(course.id) == (None, "")
    assert "was deleted" in at_work.post(f"{here}/deletion", follow_redirects=True).text
    assert trail("reminder_policy") == ["created", "made the organisation's", "no longer the organisation's", "deleted"]
    assert trail("course")[-2:] == ["reminder policy chosen"] * 2


def test_rows_come_and_go_and_nothing_typed_is_lost(at_work: PageClient) -> None:
    """REM-2, SEC-6: without script too; what makes no sense is said in words, and the preview says it as well."""
    more = at_work.post(NEW, data={**TYPED, "rows": "add:steps"}).text
    assert more.count('class="policy-step"') == 5
    fewer = at_work.post(NEW, data={**TYPED, "rows": "drop:steps:1"}).text
    assert fewer.count('class="policy-step"') == 3
    for changes, words in (
        ({"steps-amount": ["", "soon", "48", "7"]}, "Step 2: write whole numbers."),
        ({"steps-amount": ["", "0", "48", "7"]}, "Step 2: give between 1 and 365 days."),
        ({"steps-slack": []}, "Step 3: choose at least one way to tell."),
        ({"steps-most": ["", "", "", ""]}, "Step 4: to repeat it"),
        ({"steps-moment": ["on due", "on due", "stalled", "after due"]}, "tell the same person the same day"),
        ({"steps-moment": ["never", "on due", "stalled", "after due"]}, "Step 1: choose when"),
        ({"name": "  "}, "Give it a name"),
    ):
        answer = at_work.post(NEW, data={**TYPED, **changes})
        assert answer.status_code == 422
        assert words in answer.text
        if "name" not in changes:
            assert "Hospital" in answer.text
            assert words in at_work.post("/studio/reminder-policies/preview", data={**TYPED, **changes}).text
    asked = {**TYPED, "preview_due": "2026-12-02"}
    shown = at_work.post("/studio/reminder-policies/preview", data=asked).text
    days = [part.split('"')[0] for part in shown.split('datetime="')[1:]]
    assert days == ["2026-11-18", "2026-12-02", "2026-12-09", "2026-12-16", "2026-12-23"]
    assert db.session.query(ReminderPolicy).count() == 0


def test_a_compliance_type_names_one_for_its_training(client: PageClient, cast: Cast, course: Course) -> None:
    """REM-2: the course's own choice wins; when it gives that up, the type's holds again. Who may see nothing sees
    nothing, and who only writes courses changes no policy."""
    client.sign_in(cast.milo.user.id)
    client.post(NEW, data=TYPED)
    policy = made()
    client.sign_in(cast.hana.user.id)
    facts = {"name": "HIPAA", "notice_days": "60", "course_id": course.id, "reminder_policy_id": policy.id}
    client.post("/hr/compliance-types", data=facts)
    assert chosen_for(course.id) == (policy.id, "compliance type")
    client.sign_in(cast.milo.user.id)
    client.post(NEW, data={**TYPED, "name": "Other"})
    place = f"/studio/courses/{course.id}/reminders"
    client.post(place, data={"policy_id": made().id})
    assert chosen_for(course.id) == (made().id, "course")
    client.post(place, data={"policy_id": 0})
    assert chosen_for(course.id) == (policy.id, "compliance type")
    assert "From the compliance type" in client.get(place).text
    assert db.session.query(CourseReminderPolicy).count() == 1
    for person in (cast.otto, cast.hana):
        client.sign_in(person.user.id)
        for address in ("/studio/reminder-policies", f"/studio/reminder-policies/{policy.id}", place):
            assert client.get(address).status_code in (403, 404)
        assert client.post(f"/studio/reminder-policies/{policy.id}/deletion").status_code in (403, 404)


def test_the_list_costs_the_same_for_more(at_work: PageClient, statements: Any) -> None:
    """UX-4: the same number of statements for two policies and for twelve."""
    costs = []
    for n in range(12):
        at_work.post(NEW, data={**TYPED, "name": f"Policy {n}"})
        if n in (1, 11):
            statements.clear()
            assert f"Policy {n}" in at_work.get("/studio/reminder-policies").text
            costs.append(len(statements))
    assert costs[0] == costs[1]
