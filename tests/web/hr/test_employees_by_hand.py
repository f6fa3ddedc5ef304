"""ORG-3, ORG-4, ORG-5: hire, edit, leave and come back by hand; many at once; the list and its sheets."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.accounts.models import User
from lmsapp.people.employees.actions import EmployeeFacts, hire, update_employee
from lmsapp.people.employees.leaving import leave_due
from lmsapp.people.employees.models import Employee, ReportingLine
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.clock import Clock

HTMX = {"HX-Request": "true"}


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


@pytest.fixture
def hr(client: PageClient, cast: Cast) -> PageClient:
    client.sign_in(cast.hana.user.id)
    return client


def record(**more: Any) -> dict[str, Any]:
    told = {"name": "Nia New", "number": "N-1", "email": "nia@x.example", "department": "0", "time_zone": "UTC"}
    return told | {"language": "en"} | more


def numbered(number: str) -> Employee:
    return db.session.scalars(select(Employee).where(Employee.number == number)).one()


def fields_of(html: str) -> dict[str, str]:
    """Name and value of the record form's inputs and selects, as a browser would send them back."""
    form = html[html.index('id="record"') :]
    found = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', form))
    for name, inside in re.findall(r'<select[^>]* name="(\w+)".*?>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', inside)
        found[name] = chosen[1] if chosen else ""
    return {name: value.replace("&#34;", '"') for name, value in found.items()}


def test_hiring_by_hand(hr: PageClient, cast: Cast) -> None:
    """ORG-3, ORG-4: every fact; manager by name, HR partner by number; account and letter at once, and said."""
    assert hr.get("/hr/employees/new").status_code == 200
    told = record(
        department=str(cast.lena.record.department_id), job_role="RN", region="West", hire_date="2026-11-02",
        manager="Mark Okafor (E-100)", hr_partner="E-102", mobile="+1 312 555 0100", cohort="Fall 26",
    )  # fmt: skip
    page = hr.post("/hr/employees", data=told, follow_redirects=True).text
    assert "Nia New was hired. The invitation goes to nia@x.example." in page
    assert "has not chosen a password yet" in page
    made = numbered("N-1")
    assert (made.manager_id, made.hr_partner_id) == (cast.mark.record.id, cast.otto.record.id)
    assert db.session.scalars(select(Notice).where(Notice.template == "invitation")).one().address == "nia@x.example"
    without = hr.post("/hr/employees", data=record(number="N-2", email=""), follow_redirects=True).text
    assert "no e-mail address" in without


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"number": "E-101"}, "Employee number E-101 is taken."),
        ({"email": "lena@northgate.example"}, "belongs to another employee"),
        ({"manager": "o"}, "Several people fit"),
        ({"manager": "Nobody Atall"}, "Nobody who works here fits"),
        ({"name": "x" * 500}, "Use at most 200 characters."),
        ({"name": "Ni\x07a"}, "without control characters"),
        ({"time_zone": "Mars/Olympus"}, "Choose a time zone from the list"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(hr: PageClient, wrong: dict[str, str], words: str) -> None:
    """ORG-3, SEC-6: 422, the words at the field, everything else still there."""
    answer = hr.post("/hr/employees", data=record(region="Far West", **wrong))
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="Far West"' in answer.text
    assert db.session.scalar(select(func.count()).where(Employee.number == "N-1")) == 0


def test_all_that_is_wrong_is_said_at_once(hr: PageClient) -> None:
    """ORG-3, SEC-6: three wrong facts are three lines to put right, not three rounds."""
    answer = hr.post("/hr/employees", data=record(mobile="abc", time_zone="Chicago", manager="Nobody Known"))
    assert answer.status_code == 422
    assert "3 things to put right" in answer.text
    assert "Write the number like" in answer.text
    assert "Choose a time zone from the list" in answer.text
    assert 'value="Nobody Known"' in answer.text


def test_a_script_for_a_name_is_only_a_name(hr: PageClient) -> None:
    """SEC-2: shown as text on profile, list, timeline and the bulk page."""
    hr.post("/hr/employees", data=record(name="<script>alert(1)</script>", job_role="<b>RN", email=""))
    made = numbered("N-1")
    for path in (f"{made.id}/profile", f"{made.id}/timeline", "", f"changes/new?what=region&pick={made.id}"):
        html = hr.get(f"/hr/employees/{path}".rstrip("/")).text
        assert "<script>alert" not in html
        assert "<b>RN" not in html
    assert "&lt;script&gt;alert" in html


def test_two_editors_of_one_record(hr: PageClient, cast: Cast) -> None:
    """ORG-3: different fields are both kept; the same field is shown with who was quicker, and nothing is lost."""
    address = f"/hr/employees/{cast.lena.record.id}/record"
    form = fields_of(hr.get(address).text)
    update_employee(cast.lena.record, {"region": "South", "cohort": "Spring"}, cast.sam.viewer)
    db.session.commit()
    kept = hr.post(address, data=form | {"location": "Tower C"}, follow_redirects=True).text
    assert "both changes are kept" in kept
    assert (numbered("E-101").region, numbered("E-101").location) == ("South", "Tower C")
    late = hr.post(address, data=form | {"region": "East", "mobile": "+1 312 555 0100", "reason": "asked"})
    assert late.status_code == 422
    assert "Sam Whitaker set Region to South" in late.text
    again = fields_of(late.text)
    assert (again["region"], again["mobile"], again["cohort"], again["location"]) == (
        "East", "+1 312 555 0100", "Spring", "Tower C",
    )  # fmt: skip
    assert hr.post(address, data=again).status_code == 303
    assert (numbered("E-101").region, numbered("E-101").cohort) == ("East", "Spring")
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.actor_name, entry.reason, entry.before) == (
        "Hana Novák",
        "asked",
        {"region": "South", "mobile": None},
    )


def test_a_circle_is_named_and_an_untouched_form_changes_nothing(hr: PageClient, cast: Cast) -> None:
    """ORG-3: Mark cannot report to Lena, who reports to him."""
    address = f"/hr/employees/{cast.mark.record.id}/record"
    form = fields_of(hr.get(address).text)
    refused = hr.post(address, data=form | {"manager": "Lena Fischer"})
    assert refused.status_code == 422
    assert "Lena Fischer, Mark Okafor" in refused.text
    assert "Nothing was changed." in hr.post(address, data=form, follow_redirects=True).text


def test_posting_other_columns_changes_nothing(hr: PageClient, cast: Cast) -> None:
    """SEC-6: status, account and ids are no fields of the form."""
    address = f"/hr/employees/{cast.lena.record.id}/record"
    form = fields_of(hr.get(address).text)
    before = cast.lena.record.user_id
    hr.post(address, data=form | {"status": "left", "user_id": "1", "id": "1", "left_on": "2026-01-01"})
    db.session.expire_all()
    assert (numbered("E-101").status, numbered("E-101").user_id) == ("active", before)


def test_a_first_address_brings_the_account(hr: PageClient) -> None:
    """ORG-4: added later, the account and the letter come then; a privileged account keeps its address."""
    hr.post("/hr/employees", data=record(email=""))
    made = numbered("N-1")
    form = fields_of(hr.get(f"/hr/employees/{made.id}/record").text)
    hr.post(f"/hr/employees/{made.id}/record", data=form | {"email": "nia@x.example"})
    assert db.session.get_one(User, numbered("N-1").user_id).email == "nia@x.example"
    assert db.session.scalar(select(func.count()).where(Notice.template == "invitation")) == 1
    assert hr.post(f"/hr/employees/{made.id}/invitation").status_code == 303
    assert db.session.scalar(select(func.count()).where(Notice.template == "invitation")) == 2


def test_leaving_now_hands_the_people_over(hr: PageClient, cast: Cast) -> None:
    """ORG-5: the page says what will happen; access ends, the people report to the successor."""
    address = f"/hr/employees/{cast.mark.record.id}/leaving"
    said = hr.get(address).text
    assert "1 person reports directly to Mark Okafor" in said
    told = {"last_day": "2026-11-02", "reason": "moved away", "successor": "E-102"}
    assert "Access has ended" in hr.post(address, data=told, follow_redirects=True).text
    assert numbered("E-101").manager_id == cast.otto.record.id
    assert not db.session.get_one(User, cast.mark.user.id).active
    timeline = hr.get(f"/hr/employees/{cast.mark.record.id}/timeline").text
    assert "Left on Mon 2 Nov" in timeline
    assert "moved away" in timeline
    assert hr.post(f"/hr/employees/{cast.mark.record.id}/return").status_code == 303
    assert db.session.get_one(User, cast.mark.user.id).active
    assert "Came back" in hr.get(f"/hr/employees/{cast.mark.record.id}/timeline").text


def test_a_successor_may_stand_levels_below(hr: PageClient, cast: Cast) -> None:
    """ORG-5: they take the leaver's own place, everybody reports to them, and nobody to themselves in a circle."""
    numbers = {"boss": None, "gone": "boss", "middle": "gone", "other": "gone", "heir": "middle", "under": "heir"}
    for number, manager in numbers.items():
        above = numbered(manager) if manager else None
        hire(EmployeeFacts(number=number, name=f"Person {number}", time_zone="UTC", manager=above), None)
    db.session.commit()
    told = {"last_day": "2026-11-02", "successor": "heir"}
    answer = hr.post(f"/hr/employees/{numbered('gone').id}/leaving", data=told, follow_redirects=True)
    assert "Access has ended" in answer.text
    managers = {number: numbered(number).manager_id for number in numbers if number != "boss"}
    heir, boss, gone = (numbered(number).id for number in ("heir", "boss", "gone"))
    assert managers == {"gone": boss, "middle": heir, "other": heir, "heir": boss, "under": heir}
    line = select(ReportingLine.employee_id).where(ReportingLine.manager_id == heir)
    assert set(db.session.scalars(line)) == {numbered(number).id for number in ("middle", "other", "under")}
    assert numbered("gone").status == "left"
    assert db.session.scalars(select(ReportingLine.employee_id).where(ReportingLine.manager_id == gone)).all() == []
    assert "Person boss" in hr.get(f"/hr/employees/{heir}/timeline").text


def test_leaving_on_a_day_to_come(hr: PageClient, cast: Cast, clock: Clock) -> None:
    """ORG-5: access lasts to the end of that day where the person works; it can be taken back; then the job ends it."""
    address = f"/hr/employees/{cast.lena.record.id}/leaving"
    told = {"last_day": "2026-11-10", "reason": "", "successor": ""}
    page = hr.post(address, data=told, follow_redirects=True).text
    assert "Leaves: last day Tue 10 Nov" in page
    assert "Lena Fischer" in hr.get("/hr/employees?status=leaving").text
    assert hr.post(f"{address}/cancelled").status_code == 303
    assert numbered("E-101").leaves_on is None
    hr.post(address, data=told)
    for instant, gone in (((2026, 11, 11, 5), 0), ((2026, 11, 11, 7), 1)):  # midnight in Chicago is 6:00 UTC
        clock.set(dt.datetime(*instant, tzinfo=dt.UTC))
        assert leave_due() == gone
    assert (numbered("E-101").status, numbered("E-101").left_on) == ("left", dt.date(2026, 11, 10))
    for wrong in ("2020-01-01", "2029-01-01"):
        hr.post(f"/hr/employees/{cast.otto.record.id}/record")
        update_employee(cast.otto.record, {"hire_date": dt.date(2026, 1, 1)}, None)
        answer = hr.post(f"/hr/employees/{cast.otto.record.id}/leaving", data=told | {"last_day": wrong})
        assert answer.status_code == 422


def test_one_change_for_the_ticked_and_for_everybody_found(hr: PageClient, cast: Cast) -> None:
    """ORG-3: done and not done with the reason, by row; over all pages; nothing when somebody else changed the set."""
    picks = [cast.lena.record.id, cast.mark.record.id, cast.otto.record.id]
    page = hr.get("/hr/employees/changes/new", query_string={"what": "manager", "pick": picks}).text
    assert "For 3 people." in page
    told = {"what": "manager", "pick": picks, "person": "Mark Okafor (E-100)", "everybody": "", "seen": "3", "back": ""}
    done = hr.post("/hr/employees/changes", data=told)
    assert done.status_code == 200
    assert "Done for 1 person." in done.text
    assert "It is so already." in done.text
    assert "Nobody is their own manager" in done.text
    everybody = {"what": "region", "everybody": "1", "back": "?department=" + str(cast.lena.record.department_id)}
    stale = hr.post("/hr/employees/changes", data=everybody | {"word": "South", "seen": "7"})
    assert stale.status_code == 422
    assert "2 people are found now" in stale.text
    assert (
        "Done for 2 people." in hr.post("/hr/employees/changes", data=everybody | {"word": "South", "seen": "2"}).text
    )
    assert {numbered(n).region for n in ("E-100", "E-101")} == {"South"}
    assert numbered("E-102").region == "North"


def test_too_many_at_once_are_refused_before_anything_is_locked(
    hr: PageClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ORG-3, OPS-4: a request is no place for thousands; the page says what to do instead, asked and sent."""
    monkeypatch.setattr("lmsapp.web.hr.employees_bulk.AT_ONCE", 2)
    everybody = {"what": "region", "everybody": "1", "back": "?status=active"}
    asked = hr.get("/hr/employees/changes/new", query_string=everybody).text
    assert "At most 2 people can be changed at once. Narrow the filters, or import a roster." in asked
    assert 'name="word"' not in asked
    sent = hr.post("/hr/employees/changes", data=everybody | {"word": "South", "seen": "3"})
    assert sent.status_code == 422
    assert "At most 2 people" in sent.text
    picks = {"what": "region", "pick": [cast.lena.record.id, cast.mark.record.id], "word": "South", "seen": "2"}
    assert "Done for 2 people." in hr.post("/hr/employees/changes", data=picks).text


def test_marking_many_as_left_asks_for_the_number(hr: PageClient, cast: Cast) -> None:
    """ORG-5: the number typed, access ended, the trail says so."""
    told = {"what": "left", "pick": [cast.lena.record.id, cast.otto.record.id], "last_day": "2026-11-02", "seen": "2"}
    assert hr.post("/hr/employees/changes", data=told | {"number": "3"}).status_code == 422
    assert "Done for 2 people." in hr.post("/hr/employees/changes", data=told | {"number": "2"}).text
    assert {numbered(n).status for n in ("E-101", "E-102")} == {"left"}
    assert hr.post("/hr/employees/changes", data={"what": "left"}).status_code == 422


def test_the_list_finds_sorts_and_goes_along_as_a_sheet(hr: PageClient, cast: Cast) -> None:
    """ORG-3, EVD-3: filters add up and stay in the address; a cell is never run; the export stands on the trail."""
    hire(EmployeeFacts(number="=1+1", name="@Nia New", time_zone="UTC", department="Cardiology / Night"), None)
    db.session.commit()
    lines = hr.get("/hr/employees", query_string={"manager": cast.mark.record.id}).text
    assert "On the line of Mark Okafor" in lines
    assert "1 person found" in lines
    both = {"department": cast.lena.record.department_id, "account": "none", "sort": "number", "desc": "1"}
    found = hr.get("/hr/employees", query_string=both, headers=HTMX).text
    assert "@Nia New" in found
    assert "Lena" not in found
    assert "<html" not in found
    sheet = hr.get("/hr/employees.csv", query_string=both).get_data(as_text=True)
    assert "'=1+1" in sheet
    assert "Cardiology / Night" in sheet
    book = load_workbook(io.BytesIO(hr.get("/hr/employees.xlsx", query_string=both).data)).active
    assert book is not None
    assert [cell.data_type for cell in book[2]][:2] == ["s", "s"]
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "employees exported")) == 2


def test_the_bar_of_small_screens_names_the_place(hr: PageClient) -> None:
    """ORG-3: what the list calls 'here' for itself, its filters, never stands there."""
    assert '<span class="strong clip">Employees</span>' in hr.get("/hr/employees?q=zz").text


def test_people_are_offered_while_typing(hr: PageClient, client: PageClient, cast: Cast) -> None:
    """ORG-3, SEC-4: names with numbers, markup as text; nothing for one letter; not for Otto."""
    offered = hr.get("/hr/people-offered", query_string={"manager": "okaf"}, headers=HTMX).text
    assert 'value="Mark Okafor (E-100)"' in offered
    assert "option" not in hr.get("/hr/people-offered?manager=o", headers=HTMX).text
    client.sign_in(cast.otto.user.id)
    for path in ("people-offered?manager=okaf", "employees/new", "employees.csv", "employees/changes/new?what=left"):
        assert client.get(f"/hr/{path}").status_code == 403


def test_bulk_and_list_cost_the_same_for_few_and_many(hr: PageClient, cast: Cast, statements: list[str]) -> None:
    """ORG-3: statements do not grow with the people."""
    costs = []
    for start, count in ((0, 25), (25, 45)):  # audiences look at the first twenty changes, the worker at the rest
        for n in range(start, start + count):
            hire(EmployeeFacts(number=f"L{n}", name=f"Ada L{n}", time_zone="UTC", region="R0"), None)
        db.session.commit()
        statements.clear()
        hr.get("/hr/employees")
        listed = len(statements)
        told = {"what": "region", "everybody": "1", "back": "?q=Ada", "seen": str(start + count), "word": f"R{count}"}
        statements.clear()
        assert f"Done for {start + count} people." in hr.post("/hr/employees/changes", data=told).text
        costs.append((listed, len(statements)))
    assert costs[0] == costs[1]
