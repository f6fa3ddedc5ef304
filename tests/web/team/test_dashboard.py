"""The team's pages: filters in the address, acting from the row, nobody else's people (DSH-1, DSH-2, SEC-4)."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from sqlalchemy import func, select

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.outreach.notices.models import Notice
from tests.cast import Person
from tests.client import PageClient
from tests.clock import Clock
from tests.conftest import Statements
from tests.insight.crowd import Crowd, assign_raw

HTMX = {"HX-Request": "true"}


@pytest.fixture
def crowd(clock: Clock) -> Crowd:
    return Crowd(8)


def enter(client: PageClient, person: Person) -> PageClient:
    client.sign_in(person.user.id, person.user.session_epoch)
    return client


def overdue(crowd: Crowd) -> list[int]:
    now = product_clock.now()
    found = select(TrainingAssignment.id).where(TrainingAssignment.due_at <= now).order_by(TrainingAssignment.id)
    return list(db.session.scalars(found))


def test_page_and_fragment_from_one_partial(client: PageClient, crowd: Crowd) -> None:
    """DSH-1: the address holds the whole state; htmx gets the region alone; history gets the page."""
    enter(client, crowd.cast.mark)
    address = f"/team?status=Overdue&department={crowd.departments[0].id}&sort=person&desc=1"
    whole, part = client.get(address), client.get(address, headers=HTMX)
    assert "<title>" in whole.text
    assert part.text.lstrip().startswith("<section")
    for shown in (whole.text, part.text):
        assert "4 assignments match" in shown
        assert shown.index("Person 0004") < shown.index("Person 0000")
        assert "Remove filter" in shown
    assert "HX-Request" in whole.headers["Vary"]
    assert "<title>" in client.get(address, headers=HTMX | {"HX-History-Restore-Request": "true"}).text


def test_open_ones_unless_asked(client: PageClient, crowd: Crowd) -> None:
    """DSH-1: what needs you first; completed ones when the status filter says so; empty states in words."""
    enter(client, crowd.cast.mark)
    first = client.get("/team").text
    assert "12 open assignments" in first
    assert "Completed today" not in first
    assert "4 assignments match" in client.get("/team?status=Completed").text
    assert "Nothing matches" in client.get("/team?q=zebra").text
    assert client.get("/team?department=x&status=Nonsense&due=99&sort=--&page=-4").status_code == 200


def test_numbers_apart(client: PageClient, crowd: Crowd, statements: Statements) -> None:
    """DSH-1, DSH-6: figures are a fragment of their own, a page without script, each with a link, a sentence, a table."""
    enter(client, crowd.cast.mark)
    statements.clear()
    client.get("/team?status=Overdue", headers=HTMX)
    assert not any("date_trunc" in one for one in statements), "filtering counts no figures"
    numbers = client.get("/team/numbers", headers=HTMX).text
    assert "/team?status=Overdue" in numbers
    assert "4 in twelve weeks, all on time." in numbers
    assert "Show as a table" in numbers
    assert "<title>" in client.get("/team/numbers").text


def test_five_and_fifty_cost_the_same(client: PageClient, crowd: Crowd, statements: Statements) -> None:
    """SCA-1: as many statements for a full page as for a short one."""
    enter(client, crowd.cast.mark)
    counts = []
    for target in (8, 60):
        for n in range(len(crowd.employees), target):
            crowd._add(n)
        client.get("/team", headers=HTMX)
        statements.clear()
        client.get("/team", headers=HTMX)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 9


def test_remind_once_a_day(client: PageClient, crowd: Crowd) -> None:
    """DSH-2, REM-3: one notice per assignment and day, the row says so; the second press is told."""
    enter(client, crowd.cast.mark)
    picks = overdue(crowd)[:2]
    sent = client.post("/team/reminders", data={"pick": picks, "back": "?status=Overdue"}, headers=HTMX)
    assert sent.status_code == 200
    assert sent.text.count("Reminded 06:00") == 2
    again = client.post("/team/reminders", data={"pick": picks, "back": "?status=Overdue"}, headers=HTMX)
    assert again.text.count('quiet">Reminded today already') == 2
    assert db.session.scalar(select(func.count()).where(Notice.template == "training_reminder")) == 2
    plain = client.post("/team/reminders", data={"pick": picks[0], "back": "?status=Overdue"})
    assert plain.status_code == 303
    assert plain.location.endswith("/team?status=Overdue")


def test_extend_with_a_reason(client: PageClient, crowd: Crowd) -> None:
    """DSH-2, ASG-6: the old date, who and why stay; the row that left the filter still says what happened."""
    enter(client, crowd.cast.mark)
    pick = overdue(crowd)[0]
    assert "Move the due date" in client.get(f"/team/extensions/new?pick={pick}", headers=HTMX).text
    asked = {"pick": pick, "back": "?status=Overdue", "due_on": "2026-12-18", "reason": ""}
    refused = client.post("/team/extensions", data=asked, headers=HTMX)
    assert refused.status_code == 422
    assert "Say why." in refused.text
    assert "2026-12-18" in refused.text, "nothing typed is lost"
    past = client.post("/team/extensions", data=asked | {"reason": "Sick", "due_on": "2026-11-01"}, headers=HTMX)
    assert past.status_code == 422
    assert "from tomorrow on" in past.text
    done = client.post("/team/extensions", data=asked | {"reason": "Sick"}, headers=HTMX)
    assert done.status_code == 200
    assert "Due date moved to Fri 18 Dec" in done.text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "due date changed")).one()
    assert (entry.actor_name, entry.reason) == ("Mark Okafor", "Sick")
    assert db.session.get_one(TrainingAssignment, pick).due_on == dt.date(2026, 12, 18)


def test_one_that_is_closed_leaves_the_others_alone(client: PageClient, crowd: Crowd) -> None:
    """DSH-2: errors stand in the row, in words."""
    enter(client, crowd.cast.mark)
    done = db.session.scalars(select(TrainingAssignment.id).where(TrainingAssignment.completed_at.is_not(None))).first()
    answer = client.post("/team/reminders", data={"pick": [overdue(crowd)[0], done]}, headers=HTMX)
    assert "Reminded 06:00" in answer.text
    assert "This is not open any more." in answer.text


def test_the_wrong_manager(client: PageClient, crowd: Crowd) -> None:
    """SEC-4: other lines do not exist: not in the table, not by number, not in the sheet, not to act on."""
    otto, mark = crowd.cast.otto, crowd.cast.mark
    foreign = assign_raw(otto.record, crowd.courses[0], state=0)
    db.session.commit()
    enter(client, mark)
    assert "Otto" not in client.get("/team").text
    assert "Otto" not in client.get("/team/assignments.csv").text
    assert client.get(f"/team/people/{otto.record.id}").status_code == 404
    assert client.get(f"/team/people/{mark.record.id}").status_code == 404
    assert client.get(f"/team/enrollments/{foreign.enrollment_id}/why").status_code == 404
    assert client.get(f"/team/extensions/new?pick={foreign.id}").status_code == 404
    for address in ("/team/reminders", "/team/extensions"):
        data = {"pick": [foreign.id], "due_on": "2026-12-18", "reason": "x"}
        assert client.post(address, data=data, headers=HTMX).status_code == 404
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 0


@pytest.mark.parametrize("who", ["otto", "lena", "hana", "milo", "carla"])
def test_who_leads_nobody_stays_outside(client: PageClient, crowd: Crowd, who: str) -> None:
    """SEC-4: the wing is for those who lead."""
    enter(client, crowd.cast.everybody[who])
    for address in ("/team", "/team/numbers", "/team/assignments.csv", "/team/reports/completion.csv"):
        assert client.get(address).status_code == 403


def test_a_person(client: PageClient, crowd: Crowd) -> None:
    """DSH-1, ENR-8: their training with status, and why something is not complete."""
    enter(client, crowd.cast.mark)
    text = client.get(f"/team/people/{crowd.employees[1].id}").text
    assert "In Progress" in text
    assert "Why not complete?" in text


def test_acting_from_a_persons_page(client: PageClient, crowd: Crowd) -> None:
    """DSH-2: what is open can be reminded of and moved where one reads it; the page comes back and says what happened,
    and nothing can be done to what is completed."""
    enter(client, crowd.cast.mark)
    pick = overdue(crowd)[0]
    person = db.session.get_one(TrainingAssignment, pick).employee_id
    address = f"/team/people/{person}"
    page = client.get(address).text
    of_theirs = select(func.count()).where(TrainingAssignment.employee_id == person)
    still_open = of_theirs.where(TrainingAssignment.completed_at.is_(None), TrainingAssignment.closed_as.is_(None))
    assert page.count("Extend due date") == db.session.scalar(still_open)
    data = {"pick": pick, "person": person}
    for words in ("Reminded 06:00", "Reminded today already"):
        sent = client.post("/team/reminders", data=data)
        assert (sent.status_code, sent.location) == (303, address)
        assert words in client.get(address).text
    question = client.get(f"/team/extensions/new?pick={pick}&person={person}").text
    assert f'href="{address}"' in question
    assert f'name="person" value="{person}"' in question
    moved = data | {"due_on": "2026-12-18", "reason": ""}
    assert f'name="person" value="{person}"' in client.post("/team/extensions", data=moved).text, (
        "refused, and still there"
    )
    assert client.post("/team/extensions", data=moved | {"reason": "Ill"}).location == address
    assert "Due date moved to Fri 18 Dec" in client.get(address).text
    otto = crowd.cast.otto.record.id
    assert client.get(client.post("/team/reminders", data=data | {"person": otto}).location).status_code == 404


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("/team", "/team"),
        ("/team?q=zebra", "/team"),
        ("/team/people/{person}", "/team"),
        ("/team/people/{person}/messages", "/team"),
        ("/team/numbers", "/team"),
        ("/team/assignments/new", "/team/assignments"),
        ("/team/reports/completion", "/team/reports"),
        ("/learn", "/learn"),
        ("/learn/paths", "/learn"),
        ("/learn/record/receipts", "/learn/record"),
        ("/account/notices", "/account/notices"),
    ],
)
def test_the_navigation_says_where_one_is(client: PageClient, crowd: Crowd, address: str, place: str) -> None:
    """UX-1: one place is marked, also on the page of a person and wherever no other place holds the page."""
    enter(client, crowd.cast.mark)
    text = client.get(address.format(person=crowd.employees[0].id)).text
    marked = re.findall(r'href="([^"]*)" aria-current="page"', text)
    assert set(marked) == {place}


def test_who_only_learns_keeps_their_places(client: PageClient, crowd: Crowd) -> None:
    """UX-1: the account and the help are among the places one knows; on the help the place of the help is marked."""
    enter(client, crowd.cast.lena)
    for address in ("/account/notices", "/account", "/help/", "/help/take-a-course"):
        text = client.get(address).text
        assert all(f'href="{place}"' in text for place in ("/learn", "/learn/catalogue", "/learn/record", "/help/"))
    assert 'href="/help/" aria-current="page"' in text


def test_sheet_and_report(client: PageClient, crowd: Crowd) -> None:
    """ASG-7, REP-1: streamed as attachment, exactly what the filters show."""
    enter(client, crowd.cast.mark)
    sheet = client.get("/team/assignments.csv?status=Overdue")
    assert sheet.headers["Content-Disposition"].startswith("attachment")
    assert sheet.get_data().startswith(b"\xef\xbb\xbfNumber,")
    assert sheet.text.count("\n") == 5
    page = client.get(f"/team/reports/completion?course={crowd.courses[0].id}").text
    assert "Ward A" in page
    assert client.get(f"/team/reports/completion.csv?course={crowd.courses[0].id}").text.count("\n") == 9
