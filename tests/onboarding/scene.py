"""A hospital that onboards: the cast, a mandatory course, a template with every kind of task."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lmsapp.compliance.documents.actions import type_named
from lmsapp.courses.catalogue.actions import edit_course
from lmsapp.infra.db import db
from lmsapp.onboarding.templates import actions
from lmsapp.onboarding.templates.models import OnboardingTemplate
from lmsapp.onboarding.templates.rules import Kind, TaskFacts, Who
from lmsapp.people.employees.actions import EmployeeFacts, hire
from lmsapp.people.employees.models import Employee
from lmsapp.people.forwhom.rules import ForWhom
from tests.cast import ZONE, Cast, make_cast
from tests.courses.authors import Written
from tests.evidence.signing import policy
from tests.kept import kept


@dataclass
class Scene:
    cast: Cast
    written: Written
    template: OnboardingTemplate


@kept
def scene(*, published: bool = True) -> Scene:
    cast = make_cast()
    written = Written(cast.carla.viewer, title="Fire safety")
    written.text.min_seconds = written.pledge.min_seconds = 0
    edit_course(written.course, by=None, mandatory=True)
    if published:
        written.publish()
    hana = cast.hana.viewer
    template = actions.create_template("First weeks", ForWhom(), by=hana)
    for task in (
        TaskFacts(title="Check the account", who=Who.HR),
        TaskFacts(title="Show the ward", who=Who.MANAGER, days=1),
        TaskFacts(title="Identity card", kind=Kind.UPLOAD, document_type_id=type_named("Identity").id, days=3),
        TaskFacts(title="Sign the policy", kind=Kind.SIGNATURE, signing_text_id=policy().id, days=5),
        TaskFacts(title="Mandatory training", kind=Kind.TRAINING, days=20),
        TaskFacts(title="Read about the canteen", required=False, days=2),
    ):
        actions.add_task(template, task, by=hana)
    db.session.commit()
    return Scene(cast, written, template)


def newcomer(
    name: str, number: str, hired: dt.date | None, *, manager: Employee | None = None, email: bool = True
) -> Employee:
    facts = EmployeeFacts(
        number=number,
        name=name,
        time_zone=ZONE,
        email=f"{number.lower()}@northgate.example" if email else None,
        department="Cardiology",
        job_role="RN",
        location="Tower B",
        manager=manager,
        hire_date=hired,
    )
    return hire(facts, None)
