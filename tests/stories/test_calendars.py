"""Stories 1 and 3 through their whole calendar: the clock moved day by day, the real daily jobs, the post office with a
real mail server and a real text gateway. What arrives is exactly what was promised, each once (REM-1 to REM-8, CRS-6).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lmsapp.assignments.actions import assign_many, set_reminder_policy
from lmsapp.assignments.policies.actions import choose_for_course, create_policy
from lmsapp.assignments.policies.rules import Moment, Policy, Step
from lmsapp.compliance.ledger.actions import TypeFacts, create_type
from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.queries import outline
from lmsapp.courses.validity.actions import set_validity
from lmsapp.courses.validity.policy import Policy as Validity
from lmsapp.infra.clock import zone as clock_zone
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.queue import Ring
from lmsapp.jobs import remind
from lmsapp.jobs.batches import in_batches
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.enrollments.queries import one_enrollment
from lmsapp.learning.validity.actions import renew
from lmsapp.outreach.contact.actions import give_sms_consent
from lmsapp.outreach.digests.actions import send_digests
from lmsapp.outreach.notices import delivery
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.employees.actions import EmployeeFacts, hire
from lmsapp.people.employees.models import Employee
from lmsapp.people.settings.actions import change_settings
from lmsapp.people.viewer import Viewer
from tests.cast import ZONE, Cast, employee, make_cast
from tests.clock import Clock
from tests.jobs import run_rings
from tests.learning.finishing import finish
from tests.learning.links.scene import short_course
from tests.outreach.gateway import gateway
from tests.outreach.post import MailServer, mail_server
from tests.outreach.ways import sms_channel
from tests.stories.packs import answers_to_flips, checked, pack_of

DAY = dt.timedelta(days=1)
NOTHING: Mapping[int, Callable[[], None]] = {}
REMINDER, CERTIFICATE = "Training Reminder: HIPAA Privacy Basics", "Your certificate: HIPAA Privacy Basics"
FIRST = dt.datetime(2026, 11, 2, 15, tzinfo=dt.UTC)  # a Monday, nine in the morning in Chicago
HOURS = (12, 14, 17)  # UTC: from six, eight and eleven in the morning there, whether summer or winter


@pytest.fixture
def cast(clock: Clock) -> Cast:
    clock.set(FIRST)
    return make_cast()


@pytest.fixture
def server(app: Flask) -> Iterator[MailServer]:
    with mail_server(app) as running:
        yield running


def days(
    clock: Clock, rings: list[Ring], last: int, happens: Mapping[int, Callable[[], None]] = NOTHING, first: int = 0
) -> None:
    """Each day the jobs at their hours and the post after them; at noon what people do."""
    for day in range(first, last + 1):
        for hour in HOURS:
            moment = FIRST.replace(hour=hour) + day * DAY
            if moment < FIRST:
                continue
            clock.set(moment)
            remind()
            in_batches(send_digests)
            with unit_of_work():
                delivery.sweep()
            run_rings(rings)
            if hour == HOURS[-1] and day in happens:
                happens[day]()
                db.session.commit()
                run_rings(rings)


def completes(who: Employee, course: Course) -> None:
    """The lesson's button."""
    enrollment = one_enrollment(Enrollment.employee_id == who.id, Enrollment.course_id == course.id)
    outlined = outline(course.id)
    assert enrollment is not None and outlined is not None
    finish(enrollment, outlined.lessons[0])


def test_story_1_hospital(app: Flask, cast: Cast, clock: Clock, rings: list[Ring], server: MailServer) -> None:
    """Story 1, REM-2, REM-3, REM-6: 30, 14 and 3 days before, on the day, weekly after it; none once completed; their
    supervisor on the morning after the deadline, in one letter."""
    course = short_course(cast.milo.viewer, "HIPAA Privacy Basics")
    set_reminder_policy(course, (30, 14, 3), by=cast.milo.viewer)
    boss, due_on = cast.mark.record, FIRST.date() + 45 * DAY
    ann, ben, cora, dan, eve = (
        employee(f"{name} Nurse", f"S-{name}", job_role="RN", department="Cardiology", manager=boss).record
        for name in ("Ann", "Ben", "Cora", "Dan", "Eve")
    )
    assign_many([ann, ben, cora, dan, eve], course, due_on, by=cast.milo.viewer)
    db.session.commit()
    done = {5: ann, 20: ben, 40: cora, 60: dan}
    days(clock, rings, 75, {day: partial(completes, who, course) for day, who in done.items()})
    assert mailbox(server) == {
        0: dict.fromkeys(("ann", "ben", "cora", "dan", "eve"), "New training for you: HIPAA Privacy Basics"),
        5: {"ann": CERTIFICATE},
        15: dict.fromkeys(("ben", "cora", "dan", "eve"), REMINDER),  # 30 days before
        20: {"ben": CERTIFICATE},
        31: dict.fromkeys(("cora", "dan", "eve"), REMINDER),  # 14
        40: {"cora": CERTIFICATE},
        42: dict.fromkeys(("dan", "eve"), REMINDER),  # 3
        45: dict.fromkeys(("dan", "eve"), REMINDER),  # on the day
        46: {"mark": "Late training of your people: 2"},
        52: dict.fromkeys(("dan", "eve"), REMINDER),
        59: dict.fromkeys(("dan", "eve"), REMINDER),
        60: {"dan": CERTIFICATE},
        66: {"eve": REMINDER},
        73: {"eve": REMINDER},  # the fourth week, and the last
    }
    assert not db.session.scalars(select(Notice).where(Notice.status.not_in(("sent", "carried")))).all()


def test_story_3_construction(app: Flask, cast: Cast, clock: Clock, rings: list[Ring], tmp_path: Path) -> None:
    """Story 3, CRS-6, REM-2, REM-4, REM-5, EVD-4: certified for a year; texts at 60, 30 and 7 days with a link of their
    own, by day and on working days; who renews hears no more, who agreed to no texts gets none. An auditor checks the
    evidence of it far from here, and finds one changed byte wherever it is."""
    course = short_course(cast.milo.viewer, "Fall protection")
    set_validity(course, Validity(months=12, renewal_months=11), by=cast.milo.viewer)
    steps = tuple(Step(Moment.BEFORE_EXPIRY, days, channels=("sms",)) for days in (60, 30, 7))
    choose_for_course(course, create_policy(Policy("Field crews", steps), by=cast.milo.viewer), by=cast.milo.viewer)
    change_settings({"link_sign_in": True}, None, "field crews")
    ana, bo, cy = (roofer(number, name) for number, name in enumerate(("Ana", "Bo", "Cy"), 1))
    for one in (ana, bo):
        give_sms_consent(one, cast.hana.viewer, number=one.mobile or "", words="Texts, please.", reason="On paper")
    assign_many([ana, bo, cy], course, FIRST.date() + 30 * DAY, by=cast.milo.viewer, source="demo")
    db.session.commit()
    clock.move(days=1)
    for one in (ana, bo, cy):
        completes(one, course)
    db.session.commit()
    run_rings(rings)
    lapses = dt.date(2027, 11, 3)
    begin = (lapses - FIRST.date()).days - 62
    with gateway() as texts:
        sms_channel(texts)
        db.session.commit()
        days(clock, rings, begin + 70, {begin + 40: partial(renews, bo, course, cast.milo.viewer)}, first=begin)
        got = [(one.fields["to"], one.fields["text"]) for one in texts.taken]
    said = [(to[-1], re.sub(r"http://localhost/l/[\w-]{22}", "LINK", text).partition(". ")[2]) for to, text in got]
    assert sorted(said) == sorted(
        [("1", f"Your certification ends on Wed 3 Nov: {left} days left to renew it.\nLINK") for left in (58, 30, 7)]
        + [("2", f"Your certification ends on Wed 3 Nov: {left} days left to renew it.\nLINK") for left in (58, 30)]
    ), "the 60th day is a Saturday: on Monday"
    assert len({text for _to, text in got}) == len(got), "each has a link of its own"
    fates = {}
    for one in db.session.scalars(select(Notice).where(Notice.channel == "sms")):
        when = one.sent_at.astimezone(clock_zone(ZONE)).strftime("%a %d %b %H:%M") if one.sent_at else one.suppressed_as
        fates[one.to_name.split()[0], int(one.key.split("/")[5])] = when
    assert fates == {
        ("Ana", 60): "Mon 06 Sep 09:00",
        ("Ana", 30): "Mon 04 Oct 09:00",
        ("Ana", 7): "Wed 27 Oct 09:00",
        ("Bo", 60): "Mon 06 Sep 09:00",
        ("Bo", 30): "Mon 04 Oct 09:00",
        ("Cy", 60): "no consent",
        ("Cy", 30): "no consent",
        ("Cy", 7): "no consent",
    }
    hana = cast.hana.viewer
    create_type(TypeFacts("Fall protection", "OSHA", "29 CFR 1926.503", 12, course_id=course.id), hana)
    pack = pack_of("OSHA", FIRST.date(), lapses, hana, rings)
    said_of_it = checked(pack, tmp_path)
    assert "completions.csv: 4\n" in said_of_it
    size = pack.stat().st_size
    assert answers_to_flips(pack, tmp_path, range(0, size, max(1, size // 150))) == {1}


def renews(who: Employee, course: Course, by: Viewer) -> None:
    """Takes it again, in the time it may be renewed."""
    enrollment = one_enrollment(Enrollment.employee_id == who.id, Enrollment.course_id == course.id)
    assert enrollment is not None
    renew(enrollment, by=by)
    completes(who, course)


def roofer(number: int, name: str) -> Employee:
    facts = EmployeeFacts(
        number=f"R-{number}", name=f"{name} Roofer", time_zone=ZONE, mobile=f"+1312555010{number}", job_role="Roofer"
    )
    return hire(facts, None)


def mailbox(server: MailServer) -> dict[int, dict[str, str]]:
    """By day of the story: to whom, and the subject. Two letters to one person on one day would not fit."""
    found: dict[int, dict[str, str]] = {}
    for mail in server.mails:
        day = (mail["Date"].datetime.astimezone(dt.UTC).date() - FIRST.date()).days
        to = mail["To"].addresses[0].username
        assert to not in found.setdefault(day, {}), (day, to, mail["Subject"])
        found[day][to] = mail["Subject"]
    return found
