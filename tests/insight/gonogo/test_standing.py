"""The rule and its SQL say the same, and rows of the database become the facts of the rule (REP-3)."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import fields

from sqlalchemy import Boolean, Date, Integer, column, select, values

from lmsapp.compliance.ledger.models import ComplianceDuty, ComplianceType, EmployeeCompliance
from lmsapp.compliance.ledger.rules import ComplianceStatus, status
from lmsapp.courses.paths.rules import expires_on
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.insight.gonogo.actions import clear_person
from lmsapp.insight.gonogo.answers import people_on, verdict
from lmsapp.insight.gonogo.expressions import FIELDS, is_ready, standing_of
from lmsapp.insight.gonogo.lines import Filters
from lmsapp.insight.gonogo.rules import Facts, Group, Standing, Thing, asked_on, may_pass, readiness
from lmsapp.insight.gonogo.rules import is_ready as rule_is_ready
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.paths.facts import in_force
from lmsapp.learning.paths.models import PathEnrollment
from tests.clock import Clock
from tests.conftest import Statements
from tests.insight.gonogo.scene import SPRINT, Scene

NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)


def random_facts(dice: random.Random, around: dt.date) -> Facts:
    """Dates within two days of the ones that matter, so that each edge is met."""

    def near() -> dt.date | None:
        return dice.choice([None, *(around + dt.timedelta(days=n) for n in range(-3, 4))])

    def chance() -> bool:
        return dice.random() < 0.4

    return Facts(
        enrolled=dice.random() < 0.8,
        completed=dice.random() < 0.6,
        valid_until=near(),
        renewal_from=near(),
        exempt=chance(),
        withdrawn=chance(),
        failed=chance(),
        paused_until=near(),
        started=chance(),
    )


def test_the_rule_and_its_sql_say_the_same() -> None:
    """REP-3: over 1,200 random facts around the edges, in one statement; ready too, strict or not."""
    dice, today = random.Random(12), NOON.date()
    cases = []
    for number in range(1200):
        day = today + dt.timedelta(days=dice.randrange(-2, 3))
        cases.append((number, random_facts(dice, asked_on(day, today)), day, asked_on(day, today)))
    kinds = {field.name: Boolean if field.type == "bool" else Date for field in fields(Facts)}
    columns = [column("number", Integer), *(column(name, kinds[name]) for name in FIELDS), column("asked", Date)]
    table = values(*columns, name="given").data(
        [(number, *(getattr(facts, name) for name in FIELDS), on) for number, facts, _day, on in cases]
    )
    told = standing_of(table.c, table.c.asked, today)
    row = select(table.c.number, told, is_ready(told, strict=False), is_ready(told, strict=True))
    found = {number: rest for number, *rest in db.session.execute(row)}
    met = set()
    for number, facts, day, _on in cases:
        wanted = readiness(facts, day=day, today=today)
        expected = [wanted.value, rule_is_ready(wanted), rule_is_ready(wanted, strict=True)]
        assert found[number] == expected, (facts, day)
        met.add(wanted)
    assert met == set(Standing)


def test_a_clearance_holds_as_the_rule_says(clock: Clock) -> None:
    """REP-3: who passes by a clearance, on days before, on and after those of the checklist, where it may be given and
    where not: the rows say what the rule says."""
    clock.set(NOON)
    scene = Scene(5)
    for person in scene.people:
        scene.stand(person, completed_at=None, started_at=None, progress=0)
    kept = scene.keep()
    hana, around = scene.cast.hana.viewer, [SPRINT + dt.timedelta(days=n) for n in range(-2, 2)]
    for person, until in zip(scene.people, around, strict=False):  # the last one is not cleared at all
        clear_person(kept, person, SPRINT, "They know it.", by=hana).until = until  # moved, as a checklist's day may be
    db.session.commit()
    for days in (0, 17, 18, 19):
        clock.set(NOON + dt.timedelta(days=days))
        for allowed in (True, False):
            kept.clearing = allowed
            db.session.flush()
            now = product_clock.now()
            found = {on.who.name: on.who for on in people_on(hana, kept, Filters(), now).people}
            for person, until in zip(scene.people, [*around, None], strict=True):
                passes = may_pass(until, allowed=allowed, day=SPRINT, today=now.date())
                state = "cleared" if passes else "blocked"
                assert found[person.name].state == state, (until, now.date(), allowed)


def test_courses_as_they_stand(clock: Clock, statements: Statements) -> None:
    """REP-3, ENR-3: every standing of a course from its enrollment and its latest assignment; as many statements for
    fifty people as for five; who left is not counted, and whoever the asker may not see is never go."""
    clock.set(NOON)
    scene = Scene(8)
    one, two, three, four, five, six, seven, eight = scene.people
    done = {"completed_at": NOON, "progress": 100}
    for person, columns in (
        (one, done),
        (two, done | {"valid_until": SPRINT, "renewal_from": SPRINT}),
        (three, done | {"valid_until": SPRINT - dt.timedelta(days=1)}),
        (four, done | {"valid_until": dt.date(2026, 11, 1)}),
        (five, {"failed_at": NOON, "completed_at": None}),
        (six, {"exempted_at": NOON, "completed_at": None}),
        (seven, {"completed_at": None, "started_at": None}),
        (eight, {"completed_at": None, "withdrawn_at": NOON}),
    ):
        scene.stand(person, **columns)
    otto = scene.cast.otto.record
    kept = scene.keep(people=[*(p.id for p in scene.people), otto.id])
    hana, now = scene.cast.hana.viewer, product_clock.now()
    wanted = ["Completed", "Renewal Required", "Lapses before the day", "Expired", "Failed", "Exempt", "Not Started",
              "Withdrawn", "Not enrolled"]  # fmt: skip
    found = {on.who.name: on.who for on in people_on(hana, kept, Filters(), now).people}
    assert [found[p.name].standing for p in [*scene.people, otto]] == wanted
    told = verdict(hana, kept, now)
    assert (told.people, told.ready, told.cleared, told.blocked, told.unseen, told.go) == (9, 3, 0, 6, 0, False)
    assert sum(next(iter(told.counts.values())).values()) == 9
    first = people_on(hana, kept, Filters(), now).people
    assert [on.who.state for on in first] == ["blocked"] * 6 + ["ready"] * 3
    assert found[one.name].manager == "Mark Okafor"
    only = people_on(hana, kept, Filters(states=("blocked",), standings=("Failed",)), now)
    assert [on.who.name for on in only.people] == [five.name]
    assert people_on(hana, kept, Filters(q="E-102"), now).people[0].who.name == otto.name

    kept.strict = True
    assert verdict(hana, kept, now).ready == 2
    mark = verdict(scene.cast.mark.viewer, kept, now)
    assert (mark.people, mark.unseen, mark.go) == (8, 1, False), "Otto is not of Mark's line"
    eight.status = "left"
    db.session.flush()
    told = verdict(hana, kept, now)
    assert (told.people, told.left) == (8, 1)

    counts = []
    for target in (8, 50):
        for n in range(len(scene.people), target):
            scene.crowd._add(n)
        line = scene.keep(who=Group.LINE, lead_id=scene.cast.mark.record.id, things=[(Thing.COURSE, scene.beta.id)])
        statements.clear()
        shown = people_on(hana, line, Filters(), now)
        verdict(hana, line, now)
        counts.append(len(statements))
        assert shown.total >= target
    assert counts[0] == counts[1] <= 5


def test_paths_last_as_long_as_what_they_stand_on(clock: Clock) -> None:
    """REP-3, CRS-4: the SQL of a path's last day is the rule's, for dice over required, elective and optional courses;
    completed and over before the day, under way, never begun."""
    clock.set(NOON)
    scene, dice = Scene(12), random.Random(4)
    path = scene.path()
    asked, ends = in_force(path), {}
    for person in scene.people[:10]:
        dates: dict[int, dt.date | None] = {}
        for course in (scene.alpha, scene.beta):
            mine = (Enrollment.employee_id == person.id, Enrollment.course_id == course.id)
            row = db.session.scalars(select(Enrollment).where(*mine)).one()
            until = dice.choice([None, SPRINT, SPRINT - dt.timedelta(days=1), dt.date(2026, 11, 1)])
            row.completed_at, row.valid_until, dates[course.id] = NOON, until, until
        ends[person.id] = expires_on(asked, dates)
        db.session.add(
            PathEnrollment(
                employee_id=person.id, path_id=path.id, completed_at=NOON, version=path.version, progress=100
            )
        )
    db.session.add(PathEnrollment(employee_id=scene.people[10].id, path_id=path.id, progress=50))
    kept = scene.keep(things=[(Thing.PATH, path.id)])
    rows = [on.who for on in people_on(scene.cast.hana.viewer, kept, Filters(), product_clock.now()).people]
    found = {row.employee_id: row for row in rows}
    for id_, until in ends.items():
        facts = Facts(enrolled=True, completed=True, valid_until=until)
        wanted = readiness(facts, day=SPRINT, today=NOON.date())
        assert (found[id_].valid_until, found[id_].standing) == (until, wanted.value)
    assert len(set(ends.values())) > 2
    assert [found[p.id].standing for p in scene.people[10:]] == ["In Progress", "Not enrolled"]


def test_compliance_as_the_ledger_has_it(clock: Clock) -> None:
    """REP-3, HRD-4: on the day, ready is what the ledger's own rule calls complete, expiring or waived; and strict
    leaves Renewal Required out as it does."""
    clock.set(NOON)
    scene, dice = Scene(40), random.Random(9)
    held = ComplianceType(name="Licence", notice_days=40, renewal_months=12)
    db.session.add(held)
    db.session.flush()
    wanted = {}
    for person in scene.people:
        decision = dice.choice(["required", "complete", "waived", ""])
        renewal = dice.choice([None, *(SPRINT + dt.timedelta(days=n) for n in (-1, 0, 1, 29, 30, 31, 39, 40, 41, 200))])
        if dice.random() < 0.5:
            db.session.add(ComplianceDuty(type_id=held.id, employee_id=person.id))
        if decision:
            completed = dt.date(2025, 11, 20) if decision == "complete" else None
            db.session.add(EmployeeCompliance(employee_id=person.id, type_id=held.id, decision=decision, reason="Why",
                           completed_on=completed, renewal_on=renewal, decided_by_name="Hana"))  # fmt: skip
        wanted[person.id] = status(decision or "required", renewal, held.notice_days, SPRINT)
    kept = scene.keep(things=[(Thing.COMPLIANCE, held.id)])
    good = {ComplianceStatus.COMPLETE, ComplianceStatus.EXPIRING, ComplianceStatus.WAIVED}
    for strict in (False, True):
        kept.strict = strict
        db.session.flush()
        rows = [on.who for on in people_on(scene.cast.hana.viewer, kept, Filters(), product_clock.now()).people]
        right = good if strict else good | {ComplianceStatus.RENEWAL_REQUIRED}
        assert {row.employee_id: row.ready for row in rows} == {id_: one in right for id_, one in wanted.items()}
    assert len(set(wanted.values())) >= 5
    reasons = {row.reason for row in rows if row.standing == "Exempt"}
    assert reasons == {"Why"}
    for_mark = people_on(scene.cast.mark.viewer, kept, Filters(), product_clock.now()).people
    assert {on.who.reason for on in for_mark} == {""}, "why HR waived something is HR's"
