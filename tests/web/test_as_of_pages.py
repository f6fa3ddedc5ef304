"""EVD-5 on the pages: one day in the address, kept everywhere, said everywhere, and nothing changed from there."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile

import pytest
from sqlalchemy import select

from lmsapp.assignments.actions import assign, change_due_date
from lmsapp.compliance.ledger.actions import TypeFacts, create_type, mark_complete, waive
from lmsapp.compliance.ledger.models import ComplianceType
from lmsapp.evidence.records.actions import Completed, record_completion
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.insight.completion import ReportFilters
from lmsapp.insight.printed.actions import ask_report
from lmsapp.insight.printed.queries import filters_of
from lmsapp.people.employees.actions import leave, update_employee
from lmsapp.people.employees.queries import employee_for
from tests.cast import Cast, employee, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.courses.authors import Written
from tests.kept import kept

THEN, NOW = dt.datetime(2027, 3, 10, 15, tzinfo=dt.UTC), dt.datetime(2027, 4, 20, 15, tzinfo=dt.UTC)
DAY = "2027-03-31"


@pytest.fixture
@kept
def cast(clock: Clock) -> Cast:
    """In March Lena works for Mark, has training due on 2 April and a decision; in April all of it changes."""
    clock.set(THEN)
    cast = make_cast()
    lena, hana, milo = cast.lena.record, cast.hana.viewer, cast.milo.viewer
    course = Written(cast.carla.viewer, title="Hand hygiene").publish().course
    one = assign(lena, course, dt.date(2027, 4, 2), by=milo)
    type_ = create_type(TypeFacts("Privacy", renewal_months=12, evidence_needed=False), hana)
    seen = employee_for(hana, lena.id)
    assert seen is not None
    mark_complete(seen, type_, dt.date(2027, 3, 9), evidence=None, by=hana)
    db.session.commit()
    clock.set(NOW)
    change_due_date(one, dt.date(2027, 6, 1), by=milo, reason="more time")
    waive(seen, type_, by=hana, reason="moved")
    late = Completed(("course", course.id), course.title, 1, "", 1, [])
    record_completion(lena, "", late, at=dt.datetime(2027, 3, 20, 12, tzinfo=dt.UTC), by=milo, reason="on paper")
    update_employee(lena, {"name": "Lena Roth", "manager_id": None, "job_role": "Charge nurse"}, hana)
    employee("Nora Quist", "E-104", department="Cardiology", job_role="RN", manager=cast.mark.record)
    leave(cast.otto.record, dt.date(2027, 4, 19), hana)
    db.session.commit()
    return cast


def _csv(client: PageClient, address: str) -> list[list[str]]:
    response = client.get(address)
    assert response.status_code == 200
    return list(csv.reader(io.StringIO(response.text.removeprefix("\ufeff"))))


def test_reports_of_a_past_day(cast: Cast, client: PageClient) -> None:
    """EVD-5: page, files, the footnote with its list and the person's record; the banner says the day."""
    client.sign_in(cast.hana.user.id)
    html = client.get(f"/hr/reports/completion?as_of={DAY}").text
    assert "As it was on 31 March 2027, end of day (America/Chicago)" in html
    assert "Show today" in html
    assert f'name="as_of" value="{DAY}"' in html
    assert "1 completion dated before that day ended was recorded later." in html
    assert "on paper" in client.get(f"/hr/reports/recorded-later?as_of={DAY}").text
    sheet = _csv(client, f"/hr/reports/completion.csv?as_of={DAY}")
    assert sheet[0] == ["As it was on 31 March 2027, end of day (America/Chicago)"]
    assert (sheet[2][1], sheet[2][6], sheet[2][9]) == ("Lena Fischer", "Not Started", "2027-04-02")
    response = client.get(f"/hr/reports/completion.csv?as_of={DAY}")
    assert f"completion-as-of-{DAY}.csv" in response.headers["Content-Disposition"]
    assert response.text  # read to its end
    present = _csv(client, "/hr/reports/completion.csv")
    assert (present[0][1], present[1][1], present[1][9]) == ("Name", "Lena Roth", "2027-06-01")
    html = client.get(f"/hr/compliance-report?as_of={DAY}&status=Complete").text
    assert "Lena Fischer" in html
    assert f"/hr/employees/{cast.lena.record.id}/past?as_of={DAY}" in html
    assert "Waived" in client.get("/hr/compliance-report?status=Waived").text
    said = {row[1]: row[6] for row in _csv(client, f"/hr/compliance-report.csv?as_of={DAY}")[2:]}
    assert said.pop("Lena Fischer") == "Complete" and set(said.values()) <= {"Required"}
    html = client.get(f"/hr/employees/{cast.lena.record.id}/past?as_of={DAY}").text
    for words in ("Lena Fischer", "RN", "Mark Okafor", "Nothing was completed by that day.", "Privacy"):
        assert words in html
    assert _csv(client, f"/hr/employees/{cast.lena.record.id}/past.csv?as_of={DAY}")[2][:2] == [
        "Training",
        "Hand hygiene",
    ]
    assert "Not yet" not in html
    redirect = client.get(f"/hr/employees/{cast.lena.record.id}/past")
    assert redirect.location.endswith(f"as_of={DAY}")


def test_assignments_and_the_line_of_then(cast: Cast, client: PageClient) -> None:
    """EVD-5: Mark sees whom he led then; the list keeps the day in files, views and pages, and changes nothing."""
    client.sign_in(cast.mark.user.id)
    html = client.get(f"/team/assignments?as_of={DAY}").text
    assert "Lena Fischer" in html
    assert "data-pick-all" not in html
    assert f"as_of={DAY}" in html[html.index("Keep as a view") - 300 : html.index("Keep as a view")].replace("%3D", "=")
    assert _csv(client, f"/team/assignments/list.csv?as_of={DAY}")[2][7:9] == ["2027-04-02", "Pending"]
    book = client.get(f"/team/assignments/list.xlsx?as_of={DAY}")
    with zipfile.ZipFile(io.BytesIO(book.data)) as parts:
        assert b"As it was on 31 March 2027" in parts.read("xl/worksheets/sheet1.xml")
    client.sign_in(cast.milo.user.id)
    assert "Lena Roth" in client.get("/studio/assignments").text
    assert "Lena Fischer" in client.get(f"/studio/assignments?as_of={DAY}&q=fischer").text
    assert "As it was on 31 March 2027" in client.get(f"/studio/expiring?as_of={DAY}&window=all").text
    refused = client.get(f"/studio/assignments/changes/new?what=cancelled&everybody=1&back=?as_of={DAY}")
    assert refused.status_code == 403
    asked = {"what": "cancelled", "everybody": "1", "back": f"?as_of={DAY}", "reason": "no"}
    assert client.post("/studio/assignments/changes", data=asked).status_code == 403


def test_the_matrix_of_a_past_day(cast: Cast, client: PageClient) -> None:
    """EVD-5, HRD-7: who held what then, in the page, behind each cell and in the files; the day stays in every address,
    and nothing is decided from there. For auditors and a manager too."""
    lena = cast.lena.record.id
    type_id = db.session.scalars(select(ComplianceType.id)).one()
    for who, base in ((cast.hana, "/hr/matrix"), (cast.aki, "/admin/compliance-matrix"), (cast.mark, "/team/matrix")):
        client.sign_in(who.user.id)
        page = client.get(f"{base}?as_of={DAY}").text
        assert "As it was on 31 March 2027, end of day (America/Chicago)" in page
        row = page.partition(f'id="person-{lena}"')[2].partition("</tr>")[0]
        assert "Lena Fischer" in row
        assert f'class="cell cell-c" href="{base}/{lena}/{type_id}?as_of={DAY}"' in row
        assert "data-pick-all" not in page
        assert all("as_of=" in one for one in re.findall(rf'href="({base}/list\.(?:csv|xlsx)[^"]*)"', page))
        cell = client.get(f"{base}/{lena}/{type_id}?as_of={DAY}").text
        assert "As it was on 31 March 2027" in cell
        assert "Marked Complete" in cell
        assert "Mark complete, waive, ask again" not in cell
        sheet = _csv(client, f"{base}/list.csv?as_of={DAY}")
        assert sheet[0] == ["As it was on 31 March 2027, end of day (America/Chicago)"]
        assert {row[1]: row[-1] for row in sheet[2:]}["Lena Fischer"].startswith("Complete")
    client.sign_in(cast.hana.user.id)
    now = client.get("/hr/matrix").text
    assert "cell-w" in now.partition(f'id="person-{lena}"')[2].partition("</tr>")[0]
    assert "As of another day" in now
    assert "is not over yet" in client.get("/hr/matrix?as_of=2030-01-01").text


def test_days_that_cannot_be_shown(cast: Cast, client: PageClient) -> None:
    """EVD-5: no day, one not over, one before everything; who may see nothing sees nothing of the past either."""
    client.sign_in(cast.hana.user.id)
    for typed, words in (
        ("soon", "is no day"),
        ("2027-04-20", "is not over yet"),
        ("2030-01-01", "is not over yet"),
        ("2020-01-01", "the first record is of 10 March 2027"),
    ):
        html = client.get(f"/hr/reports/completion?as_of={typed}").text
        assert words in html
        assert "As it was on" not in html
        assert client.get(f"/hr/employees/{cast.lena.record.id}/past?as_of={typed}").status_code == 200
    assert client.get("/hr/reports/recorded-later").status_code == 200
    client.sign_in(cast.mark.user.id)
    html = client.get(f"/team/reports/recorded-later?as_of={DAY}").text
    assert "Lena" not in html  # she is on his line no more
    for refused in (
        "/hr/compliance-report",
        f"/hr/employees/{cast.lena.record.id}/past?as_of={DAY}",
        "/admin/reports/recorded-later",
    ):
        assert client.get(f"{refused}").status_code in (403, 404)


def test_a_print_says_its_day(cast: Cast) -> None:
    """EVD-5, EVD-7: the day is among the terms of a PDF that was asked for, and is drawn from the rows of that day."""
    hana = cast.hana.viewer
    asked = ask_report(ReportFilters(as_of=dt.date(2027, 3, 31)), "Completion report", line_only=False, by=hana)
    assert filters_of(asked).as_of == dt.date(2027, 3, 31)
    old = {key: value for key, value in asked.terms.items() if key != "as_of"}
    asked.terms = old
    assert filters_of(asked).as_of is None  # asked for before there was a past
    assert product_clock.now() == NOW
