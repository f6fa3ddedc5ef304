"""ORG-7, REM-3: asking many people, those who come later, letters and reminders, changes that ask again."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select, update

from lmsapp.compliance.policies import rules
from lmsapp.compliance.policies.actions import begin_round, end_round, publish_change
from lmsapp.compliance.policies.letters import remind_to_sign, still_to_sign, tell_asked
from lmsapp.compliance.policies.models import SigningRound
from lmsapp.compliance.policies.queries import AskedFilters, asked_page, texts_for, whom_ids
from lmsapp.compliance.policies.rules import SOURCE, Whom
from lmsapp.evidence.signatures import actions, texts
from lmsapp.evidence.signatures.models import SignatureRequest, SigningText
from lmsapp.evidence.signatures.rules import Words
from lmsapp.infra.clock import today
from lmsapp.infra.db import db
from lmsapp.infra.queue import Ring
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.employees.actions import update_employee
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.forwhom.queries import department_parents
from lmsapp.people.forwhom.rules import own_and_above
from tests.cast import Cast, Person, employee, make_cast
from tests.clock import Clock
from tests.conftest import Statements
from tests.evidence.signing import MEANING, PASSWORD, can_sign, in_force, policy, rewritten
from tests.jobs import run_rings
from tests.kept import kept

DUE = dt.date(2026, 11, 20)
EVERYBODY = Whom(everybody=True)


@pytest.fixture
@kept
def cast(clock: Clock) -> Cast:
    made = make_cast()
    can_sign(made.lena, made.otto, made.mark)
    return made


def begun(cast: Cast, text: SigningText, whom: Whom = EVERYBODY, *, standing: bool = False) -> SigningRound:
    return begin_round(text, whom, due_on=DUE, by=cast.hana.viewer, standing=standing)


def sign(person: Person, text: SigningText) -> None:
    actions.sign(person.viewer, in_force(text), password=PASSWORD, address="", meaning_agreed=True)


def asked(round_: SigningRound) -> set[str]:
    rows = select(Employee.name).join(SignatureRequest, SignatureRequest.employee_id == Employee.id)
    mine = (SignatureRequest.source_kind == SOURCE, SignatureRequest.source_id == round_.id)
    return set(db.session.scalars(rows.where(*mine, SignatureRequest.withdrawn_at.is_(None))))


def letters(template: str, channel: str = "email") -> list[str]:
    found = select(Notice.to_name).where(Notice.template == template, Notice.channel == channel)
    return sorted(db.session.scalars(found))


def test_whom_a_round_asks(cast: Cast) -> None:
    """ORG-7: `fits` and its SQL agree, over every kind of audience; nobody who has left."""
    cardiology = db.session.scalars(select(Department.id).where(Department.name == "Cardiology")).one()
    cast.mark.record.status = "left"
    db.session.flush()
    for whom in (
        Whom(), EVERYBODY, Whom(job_roles=("RN",)), Whom(departments=(cardiology,)),
        Whom(job_roles=("Technician",), departments=(cardiology,)), Whom(picked=(cast.otto.record.id,)),
        Whom(job_roles=("RN",), picked=(cast.otto.record.id,)),
    ):  # fmt: skip
        people = db.session.scalars(select(Employee).where(Employee.status == "active")).all()
        fitting = {
            one.id
            for one in people
            if rules.fits(
                whom,
                employee_id=one.id,
                job_role=one.job_role,
                departments=own_and_above(one.department_id, department_parents()),
            )
        }
        assert set(db.session.scalars(whom_ids(whom))) == fitting, whom


def test_a_round_asks_once_and_counts_who_has_signed(cast: Cast) -> None:
    """ORG-7: whoever signed the version in force is done at once."""
    hygiene = policy()
    begun(cast, hygiene, Whom(picked=(cast.lena.record.id,)))
    sign(cast.lena, hygiene)
    second = begun(cast, hygiene)
    assert asked(second) == {"Lena Fischer", "Mark Okafor", "Otto Nobody"}
    page = asked_page(cast.hana.viewer, second.id, AskedFilters())
    assert page.counts == {"Signed": 1, "Pending": 2}
    assert [row.name for row in asked_page(cast.hana.viewer, second.id, AskedFilters("otto")).rows] == ["Otto Nobody"]
    (row,) = texts_for(cast.hana.viewer)
    assert (row.signed, row.open, row.late) == (1, 2, 0)


@pytest.mark.parametrize(
    ("whom", "due_on", "words"),
    [
        (Whom(), DUE, "Choose whom"),
        (Whom(job_roles=("Astronaut",)), DUE, "Nobody fits"),
        (EVERYBODY, dt.date(2026, 11, 1), "from today on"),
        (EVERYBODY, dt.date(9999, 12, 31), "within two years"),
    ],
)
def test_what_a_round_cannot_be(cast: Cast, whom: Whom, due_on: dt.date, words: str) -> None:
    """ORG-7, SEC-6: in words."""
    with pytest.raises(RuleBroken, match=words):
        begin_round(policy(), whom, due_on=due_on, by=cast.hana.viewer)


def test_only_hr_asks(cast: Cast) -> None:
    """SEC-4: whoever calls the action."""
    hygiene = policy()
    round_ = begun(cast, hygiene)
    for person in (cast.lena, cast.mark, cast.aki, cast.milo):
        with pytest.raises(NotAllowed):
            begin_round(hygiene, EVERYBODY, due_on=DUE, by=person.viewer)
        with pytest.raises(NotAllowed):
            end_round(round_, by=person.viewer, reason="x")
        assert texts_for(person.viewer) == []


def test_those_who_come_later_are_asked_by_standing_rounds(cast: Cast, clock: Clock) -> None:
    """ORG-7: hired or moved, once, with days of their own; a round that is ended asks nobody."""
    hygiene, phones = policy(), policy("Phones")
    nurses = begun(cast, hygiene, Whom(job_roles=("RN",)), standing=True)
    once = begun(cast, phones, Whom(job_roles=("RN",)))
    clock.move(days=17)
    employee("Nora Newly", "E-300", department="Surgery", job_role="RN")
    employee("Tom Other", "E-301", department="Surgery", job_role="Cook")
    update_employee(cast.otto.record, {"job_role": "RN"}, cast.hana.viewer)
    update_employee(cast.otto.record, {"location": "Tower A"}, cast.hana.viewer)
    assert asked(nurses) == {"Lena Fischer", "Nora Newly", "Otto Nobody"}
    assert asked(once) == {"Lena Fischer"}
    due = select(SignatureRequest.due_on).join(Employee, Employee.id == SignatureRequest.employee_id)
    assert db.session.scalars(due.where(Employee.name == "Nora Newly")).one() == dt.date(2026, 12, 3)
    end_round(nurses, by=cast.hana.viewer, reason="Replaced")
    assert asked(nurses) == set()
    employee("Nina Last", "E-302", department="Surgery", job_role="RN")
    assert asked(nurses) == set()


def test_letters_and_reminders_come_once_and_never_after_signing(cast: Cast, clock: Clock, rings: list[Ring]) -> None:
    """REM-3: told at once, reminded 7 days and 1 day before, whatever is run twice."""
    hygiene = policy()
    begun(cast, hygiene)
    db.session.commit()
    run_rings(rings)
    assert letters("signature_requested") == letters("signature_requested", "in_app")
    assert letters("signature_requested") == ["Lena Fischer", "Mark Okafor", "Otto Nobody"]
    assert tell_asked() == 0
    sign(cast.lena, hygiene)
    reminded = []
    for day in range(3, 25):
        clock.set(dt.datetime(2026, 11, day, 13, tzinfo=dt.UTC))
        while remind_to_sign():
            pass
        if len(letters("signature_reminder")) != len(reminded):
            reminded = letters("signature_reminder")
            assert day in (13, 19), day
    assert reminded == ["Mark Okafor", "Mark Okafor", "Otto Nobody", "Otto Nobody"]
    states = dict(db.session.execute(select(SignatureRequest.id, SignatureRequest.signature_id)).all())  # type: ignore[arg-type]
    assert {still_to_sign(key) for key, signed in states.items() if signed} == {False}
    assert {still_to_sign(key) for key, signed in states.items() if not signed} == {True}


def test_a_day_missed_is_made_up_for(cast: Cast, clock: Clock) -> None:
    """REM-3: the worker stood still for days; one letter, not two, and none after the due date."""
    begun(cast, policy(), Whom(picked=(cast.lena.record.id,)))
    tell_asked()
    clock.set(dt.datetime(2026, 11, 20, 13, tzinfo=dt.UTC))
    remind_to_sign()
    assert letters("signature_reminder") == ["Lena Fischer"]
    clock.move(days=3)
    assert remind_to_sign() == 0


def test_a_change_asks_those_who_signed_before(cast: Cast) -> None:
    """ORG-7: one round for earlier signers; who had not signed yet stays asked and signs the new version."""
    hygiene = policy()
    first = begun(cast, hygiene)
    sign(cast.lena, hygiene)
    texts.save_draft(hygiene, "en", Words("Hand hygiene", MEANING, "Wash twice."), by=cast.hana.viewer)
    with pytest.raises(RuleBroken, match="signed again"), db.session.begin_nested():
        publish_change(hygiene, by=cast.hana.viewer, asks_again=True, note="", due_on=dt.date(2026, 11, 1))
    db.session.refresh(hygiene)
    again = publish_change(hygiene, by=cast.hana.viewer, asks_again=True, note="Twice", due_on=DUE)
    assert again is not None
    assert asked(again) == {"Lena Fischer"}
    sign(cast.otto, hygiene)
    sign(cast.lena, hygiene)
    page = asked_page(cast.hana.viewer, first.id, AskedFilters())
    assert {row.name: row.version for row in page.rows} == {"Lena Fischer": 1, "Otto Nobody": 2, "Mark Okafor": None}


def test_an_editorial_change_asks_nobody(cast: Cast) -> None:
    """ORG-7: with its reason kept."""
    hygiene = policy()
    begun(cast, hygiene)
    sign(cast.lena, hygiene)
    texts.save_draft(hygiene, "en", Words("Hand hygiene", MEANING, "Wash your **hands**!"), by=cast.hana.viewer)
    assert publish_change(hygiene, by=cast.hana.viewer, asks_again=False, note="A mark", due_on=None) is None
    assert in_force(hygiene).change_note == "A mark"
    (row,) = texts_for(cast.hana.viewer)
    assert row.signed == 1
    rewritten(hygiene, "Wash twice.")


@pytest.mark.parametrize("people", [5, 50])
def test_the_list_costs_the_same(cast: Cast, statements: Statements, people: int) -> None:
    """PERF: three statements, for 5 and for 50."""
    for number in range(people):
        employee(f"Person{number} Nr{number}", f"P-{number}", department="Surgery", job_role="RN")
    round_ = begun(cast, policy())
    viewer = cast.hana.viewer
    statements.clear()
    asked_page(viewer, round_.id, AskedFilters())
    assert len(statements) == 3


def test_ten_thousand_people_in_a_few_statements(cast: Cast, statements: Statements) -> None:
    """PERF, ORG-7: asking everybody is one request; letters are the worker's."""
    db.session.execute(update(Employee).values(job_role="RN"))
    rows = [
        {"number": f"X-{n}", "name": f"Person {n}", "sort_name": f"{n}", "time_zone": "UTC", "job_role": "RN",
         "location": "", "region": "", "cohort": "", "status": "active", "language": "en"}
        for n in range(10_000)
    ]  # fmt: skip
    db.session.execute(Employee.__table__.insert(), rows)
    hygiene = policy()
    statements.clear()
    round_ = begun(cast, hygiene)
    assert len(statements) < 30
    mine = select(func.count()).where(SignatureRequest.source_id == round_.id)
    assert db.session.scalar(mine) == 10_003


@pytest.mark.parametrize("day", [18, 20, 21, 25])
def test_the_word_for_how_it_stands_is_one(cast: Cast, clock: Clock, day: int) -> None:
    """ORG-7: `rules.state` and its SQL say the same on every day, where each person is."""
    hygiene = policy()
    round_ = begun(cast, hygiene)
    sign(cast.lena, hygiene)
    cast.otto.record.time_zone = "Pacific/Kiritimati"
    actions.withdraw_requests((SOURCE, round_.id), by=None, reason="x", employee_ids=[cast.mark.record.id])
    db.session.flush()
    clock.set(dt.datetime(2026, 11, day, 23, tzinfo=dt.UTC))
    shown = {row.name: row.state for row in asked_page(cast.hana.viewer, round_.id, AskedFilters()).rows}
    zones = {"Lena Fischer": "America/Chicago", "Mark Okafor": "America/Chicago", "Otto Nobody": "Pacific/Kiritimati"}
    for name, zone in zones.items():
        signed, withdrawn = name.startswith("Lena"), name.startswith("Mark")
        assert shown[name] == rules.state(DUE, signed=signed, withdrawn=withdrawn, today=today(zone)), name
