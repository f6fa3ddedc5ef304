"""The demo's year on paper: the same for the same date, in order, and nothing in it from today on (OPS-1)."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from lmsapp.demo.accounts import ACCOUNTS, PASSWORD, ROLES
from lmsapp.demo.authoring import contents
from lmsapp.demo.days import Days
from lmsapp.demo.people import address, people, units
from lmsapp.demo.plan import Assigned, Attempted, Happening, Plan, Studied
from lmsapp.demo.waves import RENEWED
from lmsapp.people.accounts.rules import check_password

pytestmark = pytest.mark.pure

# A leap day, both changes of the clocks, the turn of the year, an ordinary Sunday.
DATES = [dt.date(2028, 2, 29), dt.date(2026, 11, 1), dt.date(2027, 3, 14), dt.date(2027, 1, 1), dt.date(2026, 11, 22)]


def year(today: dt.date) -> list[Happening]:
    return Plan(Days(today), contents()).happenings()


def test_everybody_has_a_manager_who_comes_first() -> None:
    """ORG-3: one person at the top, three levels below her, and nobody twice."""
    known: dict[str, int] = {}
    for person in people():
        assert person.name not in known
        known[person.name] = 0 if person.manager is None else known[person.manager] + 1
    assert [name for name, depth in known.items() if depth == 0] == ["Rosalind Achterberg"]
    assert max(known.values()) >= 3
    assert 115 <= len(known) <= 130
    assert {person.department for person in people()} == {unit.name for unit in units()}


def test_mark_leads_forty_people() -> None:
    """DSH-1: about twenty directly, about forty in all."""
    manager = {person.name: person.manager for person in people()}
    direct = [name for name, above in manager.items() if above == "Mark Okafor"]
    in_all = [name for name, above in manager.items() if "Mark Okafor" in (above, manager.get(above or ""))]
    assert 18 <= len(direct) <= 24
    assert 38 <= len(in_all) <= 44


def test_the_accounts_are_people_of_the_organisation() -> None:
    """ORG-2: each address belongs to the person named, and the password is one the product takes."""
    emails = {person.email: person.name for person in people()}
    assert {email: name for email, name, _what in ACCOUNTS}.items() <= emails.items()
    assert ROLES.keys() <= {name for _email, name, _what in ACCOUNTS}
    assert len(emails) == len({person.name for person in people() if person.email}) + (None in emails)
    check_password(PASSWORD, about=tuple(email for email, *_rest in ACCOUNTS))


@pytest.mark.parametrize(
    ("name", "local"), [("Tomasz Zieliński", "tomasz.zielinski"), ("Connor O’Malley", "connor.omalley")]
)
def test_addresses_are_plain(name: str, local: str) -> None:
    """ORG-3: whatever script a name is in."""
    assert address(name) == local


@pytest.mark.parametrize("today", DATES, ids=str)
def test_the_year_is_in_order_and_over(today: dt.date) -> None:
    """OPS-1: whenever it is loaded, everything lies in the past, and nobody gets a course twice; passed twice is what is renewed."""
    happenings = year(today)
    midnight = Days(today).at(0, 0)
    instants = [one.at for one in happenings]
    assert instants == sorted(instants)
    assert instants[-1] < midnight
    given = Counter((name, one.course) for one in happenings if isinstance(one, Assigned) for name in one.names)
    passed = Counter((one.name, one.course) for one in happenings if isinstance(one, Attempted) and one.passes)
    assert set(given.values()) == {1}
    assert {course for (_name, course), times in passed.items() if times > 1} <= {
        course for _name, course, *_rest in RENEWED
    }
    assert 420 <= len(given) <= 500


@pytest.mark.parametrize("today", DATES[-1:], ids=str)
def test_nobody_learns_before_being_assigned(today: dt.date) -> None:
    """ASG-1: first the assignment, then the first lesson, then the attempt."""
    assigned = {(name, one.course): one.at for one in year(today) if isinstance(one, Assigned) for name in one.names}
    begun: dict[tuple[str, str], dt.datetime] = {}
    for one in year(today):
        if isinstance(one, Studied):
            begun.setdefault((one.name, one.course), one.at)
            assert one.at > assigned.get((one.name, one.course), one.at - dt.timedelta(1))
        elif isinstance(one, Attempted):
            assert one.at > begun[one.name, one.course]


def test_the_same_date_gives_the_same_year() -> None:
    """OPS-1: nothing hangs on chance or on the hour."""
    assert year(DATES[0]) == year(DATES[0])
