"""The matrix says what the rule says, from kept texts and from the facts, now and in the past (HRD-4, HRD-7)."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from collections import Counter
from dataclasses import dataclass, field

import pytest
from sqlalchemy import delete, func, insert, select, update

from lmsapp.compliance.ledger.expressions import LETTER_OF, LETTERS
from lmsapp.compliance.ledger.models import ComplianceDuty, ComplianceType, EmployeeCompliance
from lmsapp.compliance.ledger.moments import Moment, end_of, present
from lmsapp.compliance.ledger.rules import status
from lmsapp.compliance.standing.actions import check_standings, keep_standings, wrong_standings
from lmsapp.compliance.standing.models import ComplianceStanding, ComplianceTouched
from lmsapp.compliance.standing.working_out import worked_out
from lmsapp.infra.db import db
from lmsapp.insight.matrix.board import Asked
from lmsapp.insight.matrix.chosen import chosen_people
from lmsapp.insight.matrix.columns import columns_for
from lmsapp.insight.matrix.counts import counts_of
from lmsapp.insight.matrix.filters import MatrixFilters
from lmsapp.insight.matrix.listing import page_of
from lmsapp.insight.matrix.sheets import LONG_HEAD, long_sheet, wide_sheet
from lmsapp.insight.sheets import as_csv
from lmsapp.people.employees.models import Employee
from tests.clock import Clock
from tests.insight.crowd import Crowd
from tests.kept import kept

ZONES = ("Pacific/Kiritimati", "America/Chicago", "Pacific/Pago_Pago", "UTC")
TODAY = dt.date(2026, 11, 2)


@kept
@dataclass
class Ledger:
    """A crowd, types of all lengths of notice, and decisions by dice around the days on which something changes."""

    crowd: Crowd
    chance: random.Random = field(default_factory=lambda: random.Random(11))

    def __post_init__(self) -> None:
        self.types = [
            ComplianceType(name=f"Type {n}", notice_days=days, renewal_months=12, regulator=("OSHA", "HHS")[n % 2])
            for n, days in enumerate((0, 10, 31, 60, 200))
        ]
        archived = ComplianceType(name="Old", notice_days=60, archived_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        self.types.insert(2, archived)
        db.session.add_all(self.types)
        self.people = [*self.crowd.employees, self.crowd.cast.lena.record]
        for n, person in enumerate(self.people):
            person.time_zone = ZONES[n % len(ZONES)]
        db.session.flush()
        duties, decided = [], []
        for person in self.people:
            for type_ in self.types:
                if self.chance.random() < 0.6:
                    duties.append({"employee_id": person.id, "type_id": type_.id, "since": self._instant()})
                decided += self._decided(person.id, type_.id)
        db.session.execute(insert(ComplianceDuty), duties)
        db.session.execute(insert(EmployeeCompliance), decided)
        db.session.commit()

    def _instant(self) -> dt.datetime:
        return dt.datetime(2026, 6, 1, tzinfo=dt.UTC) + dt.timedelta(hours=self.chance.randint(0, 3000))

    def _decided(self, employee_id: int, type_id: int) -> list[dict[str, object]]:
        """Up to two in a row, the last of which holds."""
        moments = sorted(self._instant() for _ in range(self.chance.randint(0, 2)))
        rows = []
        for at, until in zip(moments, [*moments[1:], None], strict=False):
            word = self.chance.choice(("complete", "complete", "complete", "waived", "required"))
            day = TODAY + dt.timedelta(
                days=self.chance.choice((-40, -1, 0, 1, 9, 10, 11, 28, 29, 30, 31, 32, 60, 61, 200))
            )
            kept = day if word != "required" and self.chance.random() < 0.9 else None
            held = {"completed_on": TODAY if word == "complete" else None, "renewal_on": kept, "decision": word}
            row = {"employee_id": employee_id, "type_id": type_id, "decided_by_name": "H", "decided_at": at}
            rows.append({**row, "replaced_at": until, **held})
        return rows

    def by_rule(self, person: Employee, moment: Moment) -> str:
        """The letters of the types in the order of their ids, straight from the rule."""
        return "".join(self._letter(person, type_, moment) for type_ in self.types)

    def _letter(self, person: Employee, type_: ComplianceType, moment: Moment) -> str:
        mine = [one for one in self.decisions if (one.employee_id, one.type_id) == (person.id, type_.id)]
        held = [
            one for one in mine if one.decided_at <= moment.at and (not one.replaced_at or one.replaced_at > moment.at)
        ]
        if held:
            today = moment.today_in(person.time_zone)
            return LETTER_OF[status(held[0].decision, held[0].renewal_on, type_.notice_days, today)]
        asked = [one for one in self.duties if (one.employee_id, one.type_id) == (person.id, type_.id)]
        asked = [one for one in asked if one.since <= moment.at and (not one.until or one.until > moment.at)]
        return "N" if asked and not type_.archived_at else "."

    def look(self) -> None:
        self.decisions = list(db.session.scalars(select(EmployeeCompliance)))
        self.duties = list(db.session.scalars(select(ComplianceDuty)))


@pytest.fixture
@kept
def ledger(clock: Clock) -> Ledger:
    found = Ledger(Crowd(12))
    found.look()
    return found


def states(moment: Moment) -> dict[int, str]:
    return {row.employee_id: row.states for row in db.session.execute(worked_out(moment))}


def asked(ledger: Ledger, moment: Moment, *, line: bool = False, **filters: object) -> Asked:
    chosen = MatrixFilters(**filters)  # type: ignore[arg-type]
    viewer = (ledger.crowd.cast.mark if line else ledger.crowd.cast.hana).viewer
    return Asked(viewer, chosen, moment, columns_for(chosen), line)


def test_sql_is_the_rule_on_every_day_and_in_every_zone(ledger: Ledger, clock: Clock) -> None:
    """HRD-4, HRD-7, EVD-5: at instants around the days on which something changes, each person on their own day, and at
    the ends of past days, the letters are those of the rule; a kept text holds on every day it says it holds."""
    for days in (0, 1, 9, 10, 11, 28, 29, 30, 31, 32, 60, 61, 200):
        clock.set(dt.datetime(2026, 11, 2, 11, tzinfo=dt.UTC) + dt.timedelta(days=days, hours=days % 5))
        moment = present()
        assert len(set(moment.days.values())) > 1
        found = states(moment)
        assert {one.id: found[one.id] for one in ledger.people} == {
            one.id: ledger.by_rule(one, moment) for one in ledger.people
        }
    past = end_of(dt.date(2026, 8, 14), "America/Chicago")
    assert {one.id: states(past)[one.id] for one in ledger.people} == {
        one.id: ledger.by_rule(one, past) for one in ledger.people
    }
    clock.set(dt.datetime(2026, 11, 2, 11, tzinfo=dt.UTC))
    for row in db.session.execute(worked_out(present())).all():
        for days in range(0, 240, 7):
            day = row.day + dt.timedelta(days=days)
            if day < row.until and (person := next((one for one in ledger.people if one.id == row.employee_id), None)):
                later = Moment(present().at, days=dict.fromkeys(ZONES, day))
                assert ledger.by_rule(person, later) == row.states, (row, day)


def test_kept_or_not_every_number_is_the_same(ledger: Ledger) -> None:
    """HRD-7: page, heads and facets say the same from kept texts as from the facts, and are what the rule makes of it."""
    moment = present()
    shown = [one for one in ledger.types if not one.archived_at]
    for filters in ({}, {"statuses": ("X", "N")}, {"types": (shown[1].id, shown[3].id), "statuses": ("R",)},
                    {"departments": (ledger.crowd.departments[0].id,), "regulators": ("OSHA",), "sort": "worst"},
                    {"roles": ("RN",), "sort": "next", "desc": True}, {"search": "person 0003"}):  # fmt: skip
        db.session.execute(delete(ComplianceStanding))
        question = asked(ledger, moment, **filters)
        before = counts_of(question), page_of(question, 1)
        while keep_standings():
            pass
        assert db.session.scalar(select(func.count()).select_from(ComplianceTouched)) == 0
        assert (counts_of(question), page_of(question, 1)) == before
        counts, people = before
        places = {one.id: one.place for one in question.columns.shown}
        by_rule = {
            one.id: {key: ledger.by_rule(one, moment)[place] for key, place in places.items()} for one in ledger.people
        }
        for one in people:
            if one.id in by_rule:
                assert dict(one.letters) == by_rule[one.id]
        assert counts.people == len(people)
        for type_id, head in counts.heads.items():
            column = Counter(one.letters[type_id] for one in people)
            assert dict(head.letters) == {letter: column[letter] for letter in LETTERS}
        if question.filters.statuses:
            assert all(set(one.letters.values()) & set(question.filters.statuses) for one in people)


def test_a_change_is_seen_at_once(ledger: Ledger) -> None:
    """HRD-7: whoever was touched is worked out until the sweep has come; nobody else is, and nobody is there twice."""
    while keep_standings():
        pass
    moment, person = present(), ledger.people[0]
    everybody = [one.id for one in page_of(asked(ledger, moment), 1)]
    type_ = next(one for one in ledger.types if not one.archived_at)
    where = (EmployeeCompliance.employee_id == person.id, EmployeeCompliance.type_id == type_.id)
    current = (*where, EmployeeCompliance.replaced_at.is_(None))
    db.session.execute(update(EmployeeCompliance).where(*current).values(replaced_at=moment.at))
    db.session.add(EmployeeCompliance(employee_id=person.id, type_id=type_.id, decision="waived", decided_by_name="H"))
    db.session.flush()
    assert set(db.session.scalars(select(ComplianceTouched.employee_id))) == {person.id}
    shown = page_of(asked(ledger, moment), 1)
    assert [one.id for one in shown] == everybody
    assert counts_of(asked(ledger, moment)).people == len(everybody)
    assert next(one for one in shown if one.id == person.id).letters[type_.id] == "W"
    type_.notice_days = 300
    db.session.flush()
    touched = set(db.session.scalars(select(ComplianceTouched.employee_id)))
    assert touched == set(db.session.scalars(select(Employee.id)))
    assert keep_standings() == len(touched)
    assert page_of(asked(ledger, moment), 1)[0].letters == page_of(asked(ledger, moment), 1)[0].letters


def test_wrong_texts_are_found_at_night(ledger: Ledger, clock: Clock) -> None:
    """HRD-7: the nightly look makes wrong texts anew and no other: not those of who is touched or whose text ended,
    which nobody reads."""
    while keep_standings():
        pass
    texts = list(db.session.scalars(select(ComplianceStanding).order_by(ComplianceStanding.employee_id)))
    ids = [one.employee_id for one in texts]
    assert check_standings() == 0
    clock.move(days=9)
    assert not wrong_standings(ids)
    while keep_standings():
        pass
    said = texts[0].states
    texts[0].states, texts[1].until = "C" + said[1:] if said[0] != "C" else "N" + said[1:], dt.date(2027, 7, 7)
    texts[2].worst, texts[3].next_on = texts[2].worst + 1, dt.date(2020, 1, 1)
    db.session.add(ComplianceTouched(employee_id=ids[3]))
    db.session.flush()
    assert wrong_standings(ids) == ids[:3]
    assert (check_standings(), check_standings()) == (3, 0)
    db.session.refresh(texts[0])
    assert texts[0].states == said


def test_sheets_say_what_the_page_says(ledger: Ledger) -> None:
    """HRD-7: wide and long, filtered and in order; a name that is a formula is made harmless."""
    ledger.people[0].name = "=1+1"
    db.session.flush()
    words = {letter: str(word) for letter, word in LETTERS.items()}
    question = asked(ledger, present(), sort="worst")
    people = page_of(question, 1)
    rows = list(csv.reader(io.StringIO("".join(as_csv(["x"], wide_sheet(question, words))).lstrip("\ufeff"))))[1:]
    cells = [[words.get(one.letters[type_.id], "") for type_ in question.columns.shown] for one in people]
    assert [row[5:] for row in rows] == cells
    assert "'=1+1" in [row[1] for row in rows]
    long = list(csv.reader(io.StringIO("".join(as_csv(LONG_HEAD, long_sheet(question, words))).lstrip("\ufeff"))))
    assert len(long) - 1 == sum(letter in words for one in people for letter in one.letters.values())
    assert tuple(long[0]) == LONG_HEAD
    statuses = Counter(row[8] for row in long[1:])
    assert statuses == Counter(words[one] for person in people for one in person.letters.values() if one in words)


def test_a_manager_sees_the_own_line(ledger: Ledger) -> None:
    """HRD-7, SEC-4: everybody for HR, the line for a manager; ticked people of others are not acted on."""
    line = asked(ledger, present(), line=True)
    found = {one.id for one in page_of(line, 1)}
    assert found == {one.id for one in ledger.people}
    assert counts_of(line).people == len(found) < counts_of(asked(ledger, present())).people
    place = line.columns.shown[0].place
    others = [one.id for one in db.session.scalars(select(Employee)) if one.id not in found]
    picked = chosen_people(line, place, [*others, ledger.people[0].id])
    assert [row.id for row in [*picked.to_do, *picked.others]] == [ledger.people[0].id]


def test_as_many_statements_for_many_as_for_few(ledger: Ledger, statements: list[str]) -> None:
    """HRD-7: a page of any length costs the same."""
    question = asked(ledger, present(), departments=(ledger.crowd.departments[0].id,))
    statements.clear()
    counts_of(question)
    page_of(question, 1)
    assert len(statements) <= 7
