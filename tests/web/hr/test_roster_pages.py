"""ORG-5, ORG-3: the roster in steps and the list of employees, with plain forms."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lmsapp.assignments.actions import assign
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.people.employees.models import Employee
from lmsapp.people.roster.work import work_on
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.courses.authors import Written
from tests.walk.odd import HOSTILE

CLINIC = (Path(__file__).resolve().parents[2] / "people" / "rosters" / "clinic.csv").read_bytes()


@pytest.fixture
def cast(client: PageClient) -> Cast:
    cast = make_cast()
    client.sign_in(cast.hana.user.id, cast.hana.user.session_epoch)
    return cast


def upload(client: PageClient, data: bytes, **more: object) -> str:
    """Uploaded and read by the worker, whose bell rings when the page is answered."""
    response = client.post("/hr/roster", data={"file": (io.BytesIO(data), "staff.csv"), **more})
    assert response.status_code == 303, response.text
    location: str = response.headers["Location"]
    work_on(int(location.rpartition("/")[2]))
    return location


def work(run: str) -> None:
    work_on(int(run.rpartition("/")[2]))


def staff() -> int:
    return db.session.scalar(select(func.count()).select_from(Employee)) or 0


COLUMNS = {
    "number": "0",
    "first_name": "1",
    "last_name": "2",
    "email": "3",
    "department": "5",
    "job_role": "6",
    "manager_number": "10",
    "status": "11",
    "dates": "auto",
}


def test_from_upload_to_done(client: PageClient, cast: Cast) -> None:
    """ORG-5: nothing changes before Apply; afterwards everything has, once."""
    run = upload(client, CLINIC)
    assert "H10104" not in client.get(f"{run}/columns").text
    assert client.post(f"{run}/columns", data=COLUMNS).headers["Location"] == run
    work(run)
    dry_run = client.get(run).text
    for told in ("Đặng Nguyễn", "k3@clinic.example", "Pat Brown"):
        assert told in dry_run
    assert staff() == 3
    seen = dry_run.split('name="seen"')[1].split('value="')[1].split('"')[0]
    assert client.post(f"{run}/application", data={"seen": "of another day"}).status_code == 422
    assert client.post(f"{run}/application", data={"seen": seen}).status_code == 303
    assert staff() == 3
    assert "Applying the file" not in client.get("/hr/roster").text
    assert 'hx-trigger="every 400ms"' in client.get(run).text
    work(run)
    assert staff() == 8
    assert "5 joined" in client.get(run).text
    client.post(f"{run}/application", data={"seen": seen})
    work(run)
    assert staff() == 8


def test_bad_lines_are_shown_and_nothing_is_imported(client: PageClient, cast: Cast) -> None:
    """ORG-5: line, column, reason; as a download too, without formulas; Apply is not offered and does not work."""
    run = upload(client, b"id,name,email\n1,Ann One,ann@x.example\n1,Bob Two,=cmd()\n")
    client.post(f"{run}/columns", data={"number": "0", "name": "1", "email": "2", "dates": "auto"})
    work(run)
    text = client.get(run).text
    assert "is on line 2 already" in text
    assert f'action="{run}/application"' not in text
    assert client.post(f"{run}/application", data={}).status_code == 422
    assert staff() == 3
    listed = client.get(f"{run}/problems.csv")
    assert listed.mimetype == "text/csv"
    assert listed.text.count("\n") == 3


def test_wrong_columns_keep_what_was_chosen(client: PageClient, cast: Cast) -> None:
    """ORG-5: two fields with one column, 422, and the choice still stands."""
    run = upload(client, CLINIC)
    response = client.post(f"{run}/columns", data=COLUMNS | {"email": "0"})
    assert response.status_code == 422
    assert "chosen twice" in response.text


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7"])
def test_what_is_no_roster_at_first_sight(client: PageClient, cast: Cast, data: bytes) -> None:
    """ORG-5, SEC-6: refused in words on the same page."""
    response = client.post("/hr/roster", data={"file": (io.BytesIO(data), "../../etc/passwd\r\nX: y")})
    assert response.status_code == 422
    assert 'id="file-error"' in response.text


@pytest.mark.parametrize("data", [b"\x00\x01\x02" * 900, b"id,name\n1," + b"x" * 200_000])
def test_hostile_files(client: PageClient, cast: Cast, data: bytes) -> None:
    """ORG-5, SEC-6: what only reading shows is said on the page of the file; nothing can be applied."""
    run = upload(client, data)
    assert 'id="file-error"' in client.get(run).text
    assert client.post(f"{run}/application", data={"seen": ""}).status_code == 303
    assert staff() == 3


def test_what_is_downloaded_of_a_file_runs_nothing(client: PageClient, cast: Cast) -> None:
    """ORG-5, SEC-6: a name and a heading that a spreadsheet would run have an apostrophe, written in full width too."""
    run = upload(client, "id;name;＝hire;hire date\nE-9;＝A1;;tomorrow\nE-10;＝B1;;\n".encode())
    columns = {"number": "0", "name": "1", "job_role": "2", "hire_date": "3", "dates": "auto"}
    client.post(f"{run}/columns", data=columns)
    work(run)
    joining = client.get(f"{run}/lines.csv").text
    assert "'＝B1" in joining and ",＝B1" not in joining
    assert "hire date" in client.get(f"{run}/problems.csv").text


def test_setting_aside(client: PageClient, cast: Cast) -> None:
    """ORG-5: the file stays in the list, and cannot be applied any more."""
    run = upload(client, CLINIC)
    assert client.post(f"{run}/discarded").status_code == 303
    assert "staff.csv" in client.get("/hr/roster").text
    client.post(f"{run}/application", data={})
    assert staff() == 3


@pytest.mark.parametrize("who", ["otto", "lena", "mark", "carla", "milo", "aki"])
def test_only_hr_sees_rosters(client: PageClient, cast: Cast, who: str) -> None:
    """ORG-2: Otto, learners, managers, authors, moderators and auditors do not."""
    run = upload(client, CLINIC)
    client.sign_out()
    person = cast.everybody[who]
    client.sign_in(person.user.id, person.user.session_epoch)
    for path in ("/hr/roster", run, f"{run}/columns", f"{run}/problems.csv", "/hr/employees"):
        assert client.get(path).status_code == 403, path
    assert client.post(f"{run}/application").status_code == 403


def test_the_list_of_employees(client: PageClient, cast: Cast) -> None:
    """ORG-3: found, filtered, and said so when nobody is."""
    assert "Lena Fischer" in client.get("/hr/employees").text
    found = client.get("/hr/employees?q=fischer&role=RN").text
    assert "Lena Fischer" in found
    assert "Otto Nobody" not in found
    assert "Nobody found" in client.get("/hr/employees?q=xyzzy").text
    assert client.get("/hr/employees?page=99&department=abc&department=99999999999&status=odd").status_code == 200


def test_the_history_is_found_whatever_is_asked(client: PageClient, cast: Cast) -> None:
    """ORG-5, SEC-6: every file so far is there, and odd words in the address are no error of ours."""
    work(upload(client, b"id;name;email\n1;Ann One;ann@x.example\n"))
    work(upload(client, b"id;name\n1;\n"))
    assert client.get("/hr/roster/runs").text.count("staff.csv") >= 2
    for word in HOSTILE[:8]:
        for name in ("q", "status", "source", "page"):
            assert client.get("/hr/roster/runs", query_string={name: word}).status_code < 500


def test_what_closes_with_a_leaver_and_which_file_touched_somebody(client: PageClient, cast: Cast) -> None:
    """ORG-5, EVD-3: the dry run counts the open trainings of who leaves; the record names the file; downloads are kept."""
    written = Written(cast.carla.viewer, title="Fire").publish()
    assign(cast.otto.record, written.course, clock.today("UTC") + dt.timedelta(days=9), by=None)
    db.session.commit()
    run = upload(client, b"id;name;status\nE-102;Otto Nobody;terminated\n")
    client.post(f"{run}/columns", data={"number": "0", "name": "1", "status": "2", "dates": "auto"})
    work(run)
    page = client.get(f"{run}?show=leaver").text
    assert "1 open training is closed" in page
    assert "optional" not in page.split('for="leavers"')[1].split("</label>")[0], "it has to be typed"
    seen = page.split('name="seen"')[1].split('value="')[1].split('"')[0]
    client.get(f"{run}/lines.csv").close()
    assert client.post(f"{run}/application", data={"seen": seen, "leavers": "1"}).status_code == 303
    work(run)
    profile = client.get(f"/hr/employees/{cast.otto.record.id}/profile").text
    assert "The roster changed this record on" in profile and f'href="{run}"' in profile
    kept = db.session.scalars(
        select(AuditEntry.after).where(AuditEntry.action == "downloaded").order_by(AuditEntry.id)
    ).all()
    assert {"list": "roster lines", "file": "staff.csv"} in kept
