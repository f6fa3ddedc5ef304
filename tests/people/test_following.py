"""ORG-3: renaming a word or merging departments is followed wherever such words and departments are kept."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from lmsapp.compliance.policies.actions import begin_round
from lmsapp.compliance.policies.rules import Whom
from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.onboarding.templates.actions import create_template
from lmsapp.people.employees.models import Department
from lmsapp.people.forwhom.rules import ForWhom, followed
from lmsapp.people.organisation.actions import merge_department
from lmsapp.people.organisation.models import OrganisationValue
from lmsapp.people.organisation.words import rename_value
from tests.cast import make_cast
from tests.courses.authors import Written
from tests.evidence.signing import policy


@pytest.mark.pure
def test_one_word_in_the_place_of_another() -> None:
    """ORG-3: nothing else is touched, and what does not name it is left alone."""
    kept = {"job_roles": ["LPN", "RN"], "departments": [3, 7], "locations": ["RN"]}
    assert followed(kept, "job_role", "RN", "Nurse") == {**kept, "job_roles": ["LPN", "Nurse"]}
    assert followed(kept, "job_role", "RN", "LPN") == {**kept, "job_roles": ["LPN"]}
    assert followed(kept, "department", 7, 3) == {**kept, "departments": [3]}
    assert followed(kept, "cohort", "RN", "Nurse") is None
    assert followed({}, "job_role", "RN", "Nurse") is None


def test_courses_templates_and_rounds_follow() -> None:
    """ORG-3, ORG-6, ORG-7, EVD-3: for whom a course is mandatory, a template is, and a standing round asks."""
    cast = make_cast()
    of = {one.name: one for one in db.session.scalars(select(Department))}
    whom = ForWhom(job_roles=("RN",), departments=(of["Cardiology"].id,))
    course: Course = Written(cast.carla.viewer, title="Fire").course
    course.mandatory, course.mandatory_for = True, whom.as_json()
    template = create_template("Ward", whom, by=cast.hana.viewer)
    asks = begin_round(
        policy("Hands"), Whom(job_roles=("RN",), departments=(of["Cardiology"].id,)),
        due_on=clock.today("UTC") + dt.timedelta(days=30), by=cast.hana.viewer, standing=True,
    )  # fmt: skip
    word = db.session.scalars(select(OrganisationValue).where(OrganisationValue.name == "RN")).one()
    rename_value(word, "Registered Nurse", by=cast.hana.viewer)
    merge_department(of["Cardiology"], of["Facilities"], by=cast.hana.viewer)
    db.session.flush()
    new = {"job_roles": ["Registered Nurse"], "departments": [of["Facilities"].id]}
    assert course.mandatory_for == template.for_whom == new
    assert (asks.job_roles, asks.departments) == (new["job_roles"], new["departments"])
    told = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id.desc()).limit(12)).all()
    assert {"course edited", "onboarding template changed", "round changed"} <= set(told)
