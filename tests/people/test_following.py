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
from lmsapp.insight.reports.completion import COMPLETION
from lmsapp.insight.reports.schedules.actions import What, create_schedule, end_schedule
from lmsapp.insight.reports.schedules.rules import Every, Readers, Timing, Wanted
from lmsapp.onboarding.templates.actions import create_template
from lmsapp.people.employees.models import Department
from lmsapp.people.forwhom.rules import ForWhom, followed
from lmsapp.people.organisation.actions import merge_department
from lmsapp.people.organisation.models import OrganisationValue
from lmsapp.people.organisation.words import rename_value
from lmsapp.people.views.actions import save_view
from lmsapp.people.views.rules import followed_query
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


@pytest.mark.pure
def test_one_value_of_an_address_in_the_place_of_another() -> None:
    """ASG-7, ORG-3: once, where it is asked for under that name, whatever signs it has; else the view stays as it is."""
    assert followed_query("department=17&q=17", "department", "17", "3") == "department=3&q=17"
    assert followed_query("department=17&department=3", "department", "17", "3") == "department=3"
    assert followed_query("role=R%26D+lead&role=RN", "role", "R&D lead", "Chef & co") == "role=Chef+%26+co&role=RN"
    assert followed_query("department=170&role=17", "department", "17", "3") is None


def test_views_and_schedules_follow() -> None:
    """ASG-7, REP-4, ORG-3, EVD-3: a kept list and a report that is sent go on with the department that took the other in,
    and with the word's new name; what was ended stays as it was."""
    cast = make_cast()
    of = {one.name: one for one in db.session.scalars(select(Department))}
    gone, into = str(of["Cardiology"].id), str(of["Facilities"].id)
    view = save_view("team.dashboard", "Mine", f"?department={gone}&role=RN&page=2", by=cast.mark.viewer)
    what = What(COMPLETION, {"department": [gone, into], "role": ["LPN", "RN"], "location": [gone]})
    sent, ended = (
        create_schedule(what, Wanted(name, Timing(Every.WEEK), [Readers.HR]), by=cast.hana.viewer)
        for name in ("Sent", "Ended")
    )
    end_schedule(ended, by=cast.hana.viewer)
    word = db.session.scalars(select(OrganisationValue).where(OrganisationValue.name == "RN")).one()
    rename_value(word, "Registered Nurse", by=cast.hana.viewer)
    merge_department(of["Cardiology"], of["Facilities"], by=cast.hana.viewer)
    db.session.flush()
    assert view.query == f"department={into}&role=Registered+Nurse"
    assert sent.terms == {"department": [into], "role": ["LPN", "Registered Nurse"], "location": [gone]}
    assert ended.terms == what.terms
    told = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id.desc()).limit(12)).all()
    assert told.count("report schedule changed") == told.count("view changed") == 2
