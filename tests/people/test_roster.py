"""ORG-5, ORG-4: rosters applied to a real database: all or nothing, safe to repeat, fast."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.words import RuleBroken
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.accounts.models import SignInLink, User, UserRole
from lmsapp.people.employees.models import Department, Employee, ReportingLine
from lmsapp.people.roles import Role
from lmsapp.people.roster.actions import apply_run, keep_roster, match_columns, plan_run, read_run
from lmsapp.people.roster.columns import Matching
from lmsapp.people.roster.plan import Plan
from tests.cast import make_cast
from tests.conftest import Statements

OWN = Path(__file__).parent / "rosters"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "rosters"
HEAD = "id;name;email;department;job title;manager id;status\n"


def take(source: str | Path, *, full: bool = False, typed: int | None = None) -> Plan:
    data = source.read_bytes() if isinstance(source, Path) else source.encode()
    with unit_of_work():
        run = keep_roster(data, "roster.csv", by=None)
        read_run(run)
        match_columns(run, Matching(Matching.from_json(run.mapping).columns, full))
        plan = plan_run(run)
        return apply_run(run, None, zone="America/Chicago", seen=plan.fingerprint, leavers_typed=typed)


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def somebody(number: str) -> Employee:
    return db.session.scalars(select(Employee).where(Employee.number == number)).one()


def line_above(number: str) -> list[tuple[str, int]]:
    boss = select(Employee.number).where(Employee.id == ReportingLine.manager_id).scalar_subquery()
    rows = select(boss, ReportingLine.depth).where(ReportingLine.employee_id == somebody(number).id)
    return [(who, depth) for who, depth in db.session.execute(rows.order_by(ReportingLine.depth))]


def test_a_roster_makes_people_lines_and_accounts() -> None:
    """ORG-4, ORG-5: employees, departments, reporting lines, users with LMS Student, one invitation each."""
    plan = take(OWN / "clinic.csv")
    assert plan.counts == {"joiners": 5, "movers": 0, "leavers": 0, "missing": 0, "unchanged": 0, "problems": 0}
    assert plan.ignored == 1
    assert (count(Employee), count(User), count(Department), count(SignInLink)) == (5, 4, 3, 4)
    assert line_above("K3") == [("K2", 1), ("K1", 2)]
    nguyen = somebody("K3")
    assert (nguyen.name, nguyen.sort_name, nguyen.hire_date and nguyen.hire_date.isoformat()) == (
        "Đặng Nguyễn", "nguyen dang", "2024-03-25")  # fmt: skip
    roles = db.session.scalars(select(UserRole.role).where(UserRole.user_id == nguyen.user_id)).all()
    assert roles == [Role.LMS_STUDENT]
    letters = db.session.scalars(select(Notice).where(Notice.template == "invitation")).all()
    assert sorted(letter.address or "" for letter in letters) == [f"k{n}@clinic.example" for n in (1, 2, 3, 5)]
    assert all("/invitation/" in letter.body_text for letter in letters)
    assert somebody("K4").user_id is None


def test_the_same_file_twice_changes_nothing() -> None:
    """ORG-5: safe to repeat."""
    take(OWN / "clinic.csv")
    before = [count(model) for model in (Employee, User, SignInLink, Notice, ReportingLine)]
    again = take(OWN / "clinic.csv")
    assert not again.changes_something
    assert [count(model) for model in (Employee, User, SignInLink, Notice, ReportingLine)] == before


def test_the_next_day() -> None:
    """ORG-5: joiners, movers, leavers; who is missing stays, who left has no access and keeps the record."""
    take(OWN / "clinic.csv")
    user = db.session.get_one(User, somebody("K5").user_id)
    epoch = user.session_epoch
    plan = take(OWN / "clinic-next-day.csv", typed=1)
    assert plan.counts == {"joiners": 1, "movers": 1, "leavers": 1, "missing": 1, "unchanged": 2, "problems": 0}
    assert line_above("K3") == [("K1", 1)]
    assert line_above("K7") == [("K3", 1), ("K1", 2)]
    db.session.refresh(user)
    assert (user.active, somebody("K5").status) == (False, "left")
    assert user.session_epoch > epoch
    assert somebody("K4").status == "active"
    trail = select(AuditEntry.action).where(
        AuditEntry.subject_kind == "employee", AuditEntry.subject_id == somebody("K3").id
    )
    assert set(db.session.scalars(trail)) == {"hire", "change"}


def test_nothing_is_half_imported() -> None:
    """ORG-5: one bad line, and no line is applied."""
    with pytest.raises(RuleBroken):
        take(HEAD + "1;One Good;one@x.example;A;RN;;Active\n2;Two Bad;one@x.example;A;RN;;Active\n")
    assert (count(Employee), count(User), count(Department)) == (0, 0, 0)


def test_the_guard_asks_for_the_number() -> None:
    """ORG-5: a file that would remove more than a tenth needs the number typed, and the right one."""
    take(OWN / "clinic.csv")
    for typed in (None, 1, 5):
        with pytest.raises(RuleBroken, match="lose access"):
            take(HEAD + "K1;Λουκία Παππά;k1@clinic.example;Board;Director;;Active\n", full=True, typed=typed)
    assert (
        take(HEAD + "K1;Λουκία Παππά;k1@clinic.example;Board;Director;;Active\n", full=True, typed=4).counts["leavers"]
        == 4
    )


def test_a_dry_run_of_yesterday_is_not_applied() -> None:
    """ORG-5: what somebody agreed to is what happens."""
    take(OWN / "clinic.csv")
    with unit_of_work():
        run = keep_roster((OWN / "clinic-next-day.csv").read_bytes(), "r.csv", by=None)
        read_run(run)
        match_columns(run, Matching.from_json(run.mapping))
        seen = plan_run(run).fingerprint
    somebody("K2").job_role = "Somebody else changed this"
    db.session.commit()
    with pytest.raises(RuleBroken, match="were changed since"), unit_of_work():
        apply_run(run, None, zone="UTC", seen=seen, leavers_typed=1)


def test_addresses_may_be_swapped() -> None:
    """ORG-5: two people exchange addresses in one file; accounts of learners follow."""
    take(HEAD + "1;One A;a@x.example;A;RN;;Active\n")
    take(HEAD + "1;One A;b@x.example;A;RN;;Active\n2;Two B;a@x.example;A;RN;;Active\n")
    assert (somebody("1").email, somebody("2").email) == ("b@x.example", "a@x.example")
    first = db.session.get_one(User, somebody("1").user_id)
    assert first.email == "b@x.example"
    assert somebody("2").user_id != first.id


def test_a_roster_cannot_take_over_a_privileged_account() -> None:
    """ORG-2, ORG-5: the address an administrator signs in with is not changed by a file."""
    take(HEAD + "1;Adam Admin;adam@x.example;IT;Admin;;Active\n")
    user_id = somebody("1").user_id
    db.session.add(UserRole(user_id=user_id, role=Role.SYSTEM_MANAGER.value))
    db.session.commit()
    take(HEAD + "1;Adam Admin;evil@x.example;IT;Admin;;Active\n")
    assert somebody("1").email == "evil@x.example"
    assert db.session.get_one(User, user_id).email == "adam@x.example"


def test_existing_accounts_are_linked() -> None:
    """ORG-4: creates or links; staff with an account become employees with the same account."""
    cast = make_cast()
    take(HEAD + f"900;Hana Novák;{cast.hana.user.email};HR;HR Manager;;Active\n")
    assert somebody("900").user_id == cast.hana.user.id
    assert Role.LMS_STUDENT in cast.hana.viewer.roles
    assert Role.HR_MANAGER in cast.hana.viewer.roles


def test_who_returns_gets_the_same_record_and_account() -> None:
    """ORG-5: leaving and coming back."""
    line = "1;One A;a@x.example;A;RN;;{}\n"
    take(HEAD + line.format("Active"))
    user_id = somebody("1").user_id
    take(HEAD + line.format("Terminated"), typed=1)
    take(HEAD + line.format("Active"))
    assert (somebody("1").status, somebody("1").user_id) == ("active", user_id)
    assert db.session.get_one(User, user_id).active


def test_a_thousand_people(statements: Statements) -> None:
    """ORG-5: few statements, whatever the number; how long ten thousand take is `./lms prove roster-speed`."""
    rows = [
        f"{n};Person{n} Surname{n % 700};p{n}@big.example;Dept {n % 40};RN;{max(1, n // 12) if n > 1 else ''};Active\n"
        for n in range(1, 1001)
    ]
    cost = []
    for some, joiners in ((rows[:100], 100), (rows, 900)):
        statements.clear()
        assert take(HEAD + "".join(some)).counts["joiners"] == joiners
        cost.append(sum("setting.value" not in one for one in statements))  # letters ask for it each time in tests only
    assert cost[1] <= cost[0] + 5, cost
    assert not take(HEAD + "".join(rows)).changes_something


def shared_file(name: str) -> Path | None:
    """Where the shared data do not lie beside the repository, the own fixtures above have proven the same."""
    return SHARED / name if (SHARED / name).exists() else None


def test_the_hospital_and_its_next_day() -> None:
    """ORG-5: 500 people; the next day 6 joiners, 9 movers, 7 terminated, 3 simply missing."""
    first, second = shared_file("hospital.csv"), shared_file("hospital-next-day.csv")
    if not (first and second):
        return
    assert take(first).counts == {
        "joiners": 500,
        "movers": 0,
        "leavers": 0,
        "missing": 0,
        "unchanged": 0,
        "problems": 0,
    }
    expected = {"joiners": 6, "movers": 9, "leavers": 7, "missing": 3, "unchanged": 481, "problems": 0}
    assert take(second).counts == expected
    assert take(second).counts["leavers"] == 0


@pytest.mark.parametrize(("name", "people", "without"), [("construction.csv", 300, 97), ("sales.xlsx", 93, 0)])
def test_the_other_shapes(name: str, people: int, without: int) -> None:
    """ORG-5: 'Last, First' with foremen and phones only; Excel with real dates, time zones and cohorts."""
    path = shared_file(name)
    if not path:
        return
    assert take(path).counts["joiners"] == people
    assert db.session.scalar(select(func.count()).where(Employee.email.is_(None))) == without
    assert not take(path).changes_something


def test_an_address_of_ones_own_is_left_alone() -> None:
    """ORG-5, ORG-8: the account follows the record until its owner has chosen an address; then the record alone changes."""
    take(HEAD + "A1;Ann First;ann@x.example;;;;active\nA2;Bea Second;bea@x.example;;;;active\n")
    ann, bea = (db.session.get_one(User, somebody(number).user_id) for number in ("A1", "A2"))
    ann.email, ann.own_email = "ann@home.example", True
    db.session.commit()
    take(HEAD + "A1;Ann First;ann.new@x.example;;;;active\nA2;Bea Second;bea.new@x.example;;;;active\n")
    assert (ann.email, somebody("A1").email) == ("ann@home.example", "ann.new@x.example")
    assert (bea.email, somebody("A2").email) == ("bea.new@x.example", "bea.new@x.example")
