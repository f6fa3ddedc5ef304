"""ORG-6 through the pages: HR sets it up and starts it, each does their part, Otto sees nothing."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from lmsapp.infra.db import db
from lmsapp.onboarding.running.models import Onboarding, OnboardingTask
from lmsapp.onboarding.running.starting import start_onboarding
from lmsapp.onboarding.templates.models import OnboardingTemplate, TemplateTask
from tests.cast import make_cast
from tests.client import PageClient
from tests.courses.authors import pdf_of
from tests.onboarding.scene import Scene, scene


@pytest.fixture
def running() -> tuple[Scene, int, dict[str, int]]:
    stage = scene()
    one = start_onboarding(stage.cast.lena.record, stage.cast.hana.viewer)
    assert one is not None
    tasks = {t.title: t.id for t in db.session.scalars(select(OnboardingTask))}
    db.session.commit()
    return stage, one.id, tasks


def test_hr_begins_with_the_usual_list_and_orders_it(client: PageClient) -> None:
    """ORG-6: the usual list is offered where there is none; tasks are moved, changed, taken out; nothing typed is lost."""
    cast = make_cast()
    client.sign_in(cast.hana.user.id)
    assert "usual list" in client.get("/hr/onboarding/templates").text
    client.post("/hr/onboarding/templates/usual")
    template = db.session.scalars(select(OnboardingTemplate)).one()
    assert template.is_default
    home = f"/hr/onboarding/templates/{template.id}"
    page = client.get(home).text
    assert "Hand in your identity document" in page and "Show the workplace" in page
    tasks = db.session.scalars(select(TemplateTask).order_by(TemplateTask.position)).all()
    client.post(f"/hr/onboarding/template-tasks/{tasks[0].id}/place", data={"step": "down"})
    client.post(f"/hr/onboarding/template-tasks/{tasks[3].id}/place", data={"index": "0"})
    order = db.session.scalars(select(TemplateTask.id).order_by(TemplateTask.position)).all()
    assert order[:3] == [tasks[3].id, tasks[1].id, tasks[0].id]
    wrong = {"title": "Badge", "kind": "upload", "who": "employee", "days": "2", "counted_from": "hire"}
    answer = client.post(f"{home}/tasks/new", data=wrong)
    assert answer.status_code == 422 and 'value="Badge"' in answer.text and "what kind of document" in answer.text
    assert client.post(f"{home}/tasks/new", data=wrong | {"kind": "todo"}).status_code == 303
    client.post(home, data={"name": "Nurses", "job_roles": ["RN"]})
    assert "Fits 1 person now" in client.get(home).text
    assert client.post(f"{home}/copy").status_code == 303
    assert client.post(f"{home}/archive").status_code == 303
    assert "Copy of Nurses" in client.get("/hr/onboarding/templates").text


def test_each_sees_and_does_their_part(client: PageClient, running: tuple[Scene, int, dict[str, int]]) -> None:
    """ORG-6, SEC-4: progress for HR, manager and employee; others' tasks 403 in words; Otto 404."""
    stage, key, tasks = running
    cast = stage.cast
    client.sign_in(cast.lena.user.id)
    assert "Your first weeks: 0 of 5 done" in client.get("/learn").text
    page = client.get("/learn/onboarding").text
    assert "For you to do" in page and "Read and sign" in page and "Fire safety" in page
    refused = client.post(f"/learn/onboarding-tasks/{tasks['Show the ward']}/done")
    assert refused.status_code == 403 and "somebody else" in refused.text
    empty = client.post(f"/learn/onboarding-tasks/{tasks['Identity card']}/document")
    assert empty.status_code == 422 and "Choose a file first" in empty.text
    sent = {"files": (io.BytesIO(pdf_of("card")), "card.pdf")}
    assert client.post(f"/learn/onboarding-tasks/{tasks['Identity card']}/document", data=sent).status_code == 303
    assert "Waiting for HR" in client.get("/learn/onboarding").text
    client.sign_in(cast.mark.user.id)
    assert "Lena Fischer" in client.get("/team/onboarding").text
    assert "Show the ward" in client.get(f"/team/onboarding/{key}").text
    assert client.post(f"/team/onboarding-tasks/{tasks['Show the ward']}/done", data={"note": "x"}).status_code == 303
    assert client.get(f"/team/onboarding-tasks/{tasks['Identity card']}/document").status_code == 404, "HR's type"
    client.sign_in(cast.hana.user.id)
    listed = client.get("/hr/onboarding").text
    assert "Lena Fischer" in listed and "1/5" in listed
    assert "1 document waits for you" in listed and "Lena Fischer: Identity card" in listed
    unsaid = client.post(f"/hr/onboarding-tasks/{tasks['Identity card']}/return").text
    assert f'href="#back-{tasks["Identity card"]}"' in unsaid and f'id="back-{tasks["Identity card"]}"' in unsaid
    assert "Accept and file" in client.get(f"/hr/onboarding/{key}").text
    with client.get(f"/hr/onboarding-tasks/{tasks['Identity card']}/document") as sent_file:
        assert sent_file.data.startswith(b"%PDF")
    no_reason = client.post(f"/hr/onboarding-tasks/{tasks['Sign the policy']}/waiver")
    assert no_reason.status_code == 422 and "Say why" in no_reason.text
    assert '<details class="onb-more" open><summary>Decide as HR' in no_reason.text, "what is asked for is in sight"
    assert client.post(f"/hr/onboarding-tasks/{tasks['Identity card']}/acceptance").status_code == 303
    assert "waits for you" not in client.get("/hr/onboarding").text
    sheet = client.get("/hr/onboarding.csv").text
    assert "Lena Fischer" in sheet and "First weeks" in sheet
    client.sign_in(cast.otto.user.id)
    assert client.get("/hr/onboarding").status_code == 403
    assert client.get(f"/team/onboarding/{key}").status_code == 403
    assert client.post(f"/learn/onboarding-tasks/{tasks['Show the ward']}/done").status_code == 404
    assert "There is no list for you" in client.get("/learn/onboarding").text


def test_hr_starts_cancels_and_tries_again(client: PageClient, running: tuple[Scene, int, dict[str, int]]) -> None:
    """ORG-6: one or many by a filter; twice is passed over in words; cancelling asks why."""
    stage, key, _tasks = running
    cast = stage.cast
    client.sign_in(cast.hana.user.id)
    assert "Otto Nobody" in client.get("/hr/onboarding/new?q=otto").text
    assert client.post("/hr/onboarding/new").status_code == 422
    picked = {"pick": [str(cast.otto.record.id), str(cast.lena.record.id)]}
    client.post("/hr/onboarding/new", data=picked)
    assert len(db.session.scalars(select(Onboarding)).all()) == 2
    assert "passed over" in client.get("/hr/onboarding").text
    assert "Mark Okafor" in client.get("/hr/onboarding/not-started").text
    assert client.post(f"/hr/onboarding/{key}/courses").status_code == 303
    assert client.post(f"/hr/onboarding/{key}/cancellation").status_code == 422
    assert client.post(f"/hr/onboarding/{key}/cancellation", data={"reason": "Wrong person"}).status_code == 303
    assert "Wrong person" in client.get(f"/hr/onboarding/{key}").text


def test_a_course_says_for_whom_it_is_mandatory(client: PageClient) -> None:
    """ORG-6: in the course's settings, with a count of people."""
    stage = scene()
    client.sign_in(stage.cast.carla.user.id)
    home = f"/studio/courses/{stage.written.course.id}/settings"
    sent = {
        "title": "Fire safety", "kind": "mandatory compliance", "language": "en", "mandatory": "y",
        "job_roles": ["RN"], "onboarding_due_days": "14", "validity_months": "12",
    }  # fmt: skip
    assert client.post(home, data=sent).status_code == 303
    page = client.get(home).text
    assert "Applies to 1 person now" in page and 'value="14"' in page
    db.session.refresh(stage.written.course)
    assert stage.written.course.mandatory_for == {"job_roles": ["RN"]}
