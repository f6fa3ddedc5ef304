"""The pages of reports: what there is, any report, its files, and schedules (REP-1, REP-4, REP-5)."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import select

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra import files
from lmsapp.infra.db import db
from lmsapp.insight.reports.catalogue import REPORTS
from lmsapp.insight.reports.runs.models import ReportRun
from lmsapp.insight.reports.runs.work import RUN_REPORT_JOB
from lmsapp.insight.reports.schedules.actions import send_due
from lmsapp.insight.reports.schedules.models import ReportSchedule
from lmsapp.jobs import JOBS
from lmsapp.people.employees.models import ReportingLine
from lmsapp.web import report_pages
from tests.client import PageClient
from tests.clock import Clock
from tests.conftest import Statements
from tests.insight.crowd import Crowd

ROWS = "/hr/reports/rows/completion"
FORM = {
    "name": "Weekly completion", "every": "week", "weekday": "0", "month_day": "1", "hour": "7", "working_days": "y",
    "days": "last week", "form": "csv",
}  # fmt: skip


def work() -> None:
    """The worker takes what waits."""
    db.session.commit()
    for run_id in db.session.scalars(select(ReportRun.id).where(ReportRun.state == "waiting")).all():
        JOBS[RUN_REPORT_JOB](run_id)


def test_every_report_on_screen(client: PageClient, clock: Clock, statements: Statements) -> None:
    """REP-1: each report has a page, rows or a word why there are none, in every wing that has it; filters stand in the
    address, somebody typed by name is found; a past day shows that day; a manager sees the line; others see nothing; a
    list of 8 and of 64 rows costs the same."""
    crowd = Crowd(4)
    client.sign_in(crowd.cast.hana.user.id)
    index = client.get("/hr/reports").text
    assert "Completion by department" in index
    assert "None yet" in index
    for report in REPORTS.values():
        assert f"/hr/reports/rows/{report.key}" in index
        assert client.get(f"/hr/reports/rows/{report.key}").status_code == 200
    statements.clear()
    page = client.get(ROWS).text
    few = len(statements)
    assert "8 rows" in page
    assert "Person 0003" in page
    narrowed = client.get(f"{ROWS}?department={crowd.departments[0].id}&role=RN&since=&until=").text
    assert "2 rows" in narrowed
    assert 'value="RN" checked' in narrowed
    on_paper = re.search(r'class="small on-paper">([^<]*)<', narrowed)
    assert on_paper and "Job roles: RN" in on_paper[1], "the filters are not printed, what they say is"
    assert "As of " in on_paper[1]
    by_department = client.get("/hr/reports/completion?role=RN&status=Overdue&since=2026-01-01").text
    on_paper = re.search(r'class="small on-paper">([^<]*)<', by_department)
    assert on_paper and "Job roles: RN; " in on_paper[1]
    assert "Status" not in on_paper[1], "the page counts by status and does not ask for one"
    nobody = client.get(f"{ROWS}?course=999999").text
    assert "No enrollment fits these filters." in nobody
    assert "Show all" in nobody
    person = client.get("/hr/reports/rows/transcript?person_named=Lena").text
    assert "Lena Fischer (E-101)" in person
    assert person.count("Transcript of Lena Fischer, E-101") == 1, "above what is counted"
    assert "Transcript of Lena" in person.partition("counted-h")[0]
    several = client.get("/hr/reports/rows/transcript?person_named=Person").text
    assert "Several people fit" in several
    assert client.get("/hr/reports/rows/nonsense").status_code == 404
    sheet = client.get(f"{ROWS}/sheet.csv?department={crowd.departments[0].id}", buffered=True)
    assert sheet.text.count("\n") == 5
    book = client.get(f"{ROWS}/sheet.xlsx", buffered=True)
    assert book.data.startswith(b"PK")
    for n in range(4, 32):
        crowd._add(n)
    db.session.commit()
    statements.clear()
    assert "64 rows" in client.get(ROWS).text
    assert len(statements) <= few

    clock.move(days=2)
    assert "As it was on 2 November 2026" in client.get(f"{ROWS}?as_of=2026-11-02").text
    client.sign_in(crowd.cast.mark.user.id)
    assert "64 rows" in client.get("/team/reports/rows/completion").text
    assert client.get("/hr/reports").status_code == 403
    client.sign_in(crowd.cast.aki.user.id)
    assert "64 rows" in client.get("/admin/reports/rows/completion").text
    client.sign_in(crowd.cast.otto.user.id)
    for path in (ROWS, "/team/reports/rows/completion", "/admin/reports", "/team/reports"):
        assert client.get(path).status_code == 403


def test_a_file_in_the_background_and_a_download_that_goes_on(
    client: PageClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REP-5, EVD-3: asked for once, followed with rows so far, taken whole or in parts that fit together, only by whoever
    asked and while they may; parts of another file are not given; asking how large it is leaves no trace, taking does;
    much is left to the worker; a PDF is sealed; called off, thrown away."""
    crowd = Crowd(8)
    client.sign_in(crowd.cast.hana.user.id)
    made = client.post(f"{ROWS}/files?left=1", data={"form": "csv"})
    assert client.post(f"{ROWS}/files?left=1", data={"form": "csv"}).location == made.location
    here = made.location
    waiting = client.get(here).text
    assert "Waiting" in waiting
    assert "Also who has left" in waiting
    assert client.get(f"{here}/file").status_code == 404
    db.session.execute(ReportRun.__table__.update().values(state="running", done=5, total=16))
    assert "5 of 16 rows so far" in client.get(here).text
    db.session.execute(ReportRun.__table__.update().values(state="waiting"))
    work()
    assert "Ready: 16 rows." in client.get(here).text
    size = client.head(f"{here}/file")
    whole = client.get(f"{here}/file", buffered=True)
    tag = whole.headers["ETag"]
    assert size.headers["ETag"] == tag
    assert int(size.headers["Content-Length"]) == len(whole.data)
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert whole.headers["Cache-Control"] == "no-store"
    assert "attachment" in whole.headers["Content-Disposition"]
    rest = client.get(f"{here}/file", headers={"Range": "bytes=100-", "If-Range": tag}, buffered=True)
    assert rest.status_code == 206
    assert rest.headers["Content-Range"] == f"bytes 100-{len(whole.data) - 1}/{len(whole.data)}"
    first = client.get(f"{here}/file", headers={"Range": "bytes=0-99"}, buffered=True)
    assert first.data + rest.data == whole.data
    other = client.get(f"{here}/file", headers={"Range": "bytes=100-", "If-Range": '"other"'}, buffered=True)
    assert (other.status_code, other.data) == (200, whole.data)
    beyond = client.get(f"{here}/file", headers={"Range": f"bytes={len(whole.data)}-"})
    assert beyond.status_code == 416
    taken = db.session.scalars(
        select(AuditEntry.after).where(AuditEntry.action == "downloaded").order_by(AuditEntry.id)
    ).all()
    assert [one.get("part", "") for one in taken if one] == [
        "", f"bytes 100-{len(whole.data) - 1}/{len(whole.data)}", f"bytes 0-99/{len(whole.data)}", ""
    ]  # fmt: skip
    assert "Completion report" in client.get("/account/reports/files").text
    assert "Ready" in client.get("/hr/reports").text

    monkeypatch.setattr(report_pages, "waits_at_the_page", lambda *_args, **_more: False)
    assert "Have the CSV made" in client.get(ROWS).text
    assert "Have it made in the background" in client.get(f"{ROWS}/sheet.xlsx", follow_redirects=True).text
    sealed = client.post(f"{ROWS}/files", data={"form": "pdf"})
    assert "Your report" in client.get(sealed.location).text
    assert "Nothing was asked for" in client.post(f"{ROWS}/files", data={"form": "exe"}, follow_redirects=True).text
    off = client.post(f"{ROWS}/files", data={"form": "xlsx"}).location
    client.post(f"{off}/cancellation")
    assert "Called off" in client.get(off).text
    again = client.post(f"{off}/attempt").location
    assert "Waiting" in client.get(again).text
    empty = client.post(f"{ROWS}/files?course=999999", data={"form": "csv"}).location
    work()
    assert "No enrollment fits these filters." in client.get(empty).text
    client.post(f"{here}/end")
    assert "The file is gone" in client.get(here).text
    assert client.get(f"{here}/file").status_code == 404

    client.sign_in(crowd.cast.mark.user.id)
    assert client.get(here).status_code == client.get(f"{again}/file").status_code == 404
    mine = client.post("/team/reports/rows/completion/files", data={"form": "csv"}).location
    work()
    assert client.get(f"{mine}/file", buffered=True).data
    db.session.execute(ReportingLine.__table__.delete())
    db.session.commit()
    refused = client.get(f"{mine}/file")
    assert refused.status_code == 403
    assert "any more" in refused.text
    assert "Files of reports" in client.get("/account/reports/files").text


def test_a_schedule_from_the_form_to_what_was_sent(client: PageClient, clock: Clock) -> None:
    """REP-4: looked at before it is saved, wrong fields said with nothing typed lost, set up, changed, paused, sent,
    deleted; HR finds all, others their own; who may not see the report is told so."""
    crowd = Crowd(4)
    crowd.departments[0].head_id = crowd.cast.otto.record.id
    db.session.commit()
    client.sign_in(crowd.cast.hana.user.id)
    new = "/hr/reports/schedules/new?report=completion&left=1"
    form = client.get(new).text
    assert "Also who has left" in form
    assert "Line managers: each their own line" in form
    address = "/hr/reports/schedules?report=completion&left=1"
    wanted = {**FORM, "readers": ["department heads", "HR Manager"], "people": "lena@northgate.example"}
    looked = client.post(address, data={**wanted, "days": "", "preview": "1"}).text
    for words in (
        "Otto Nobody",
        "The departments they head",
        "Nothing: may not see this report",
        "Who would get what now",
    ):
        assert words in looked, words
    assert not db.session.scalars(select(ReportSchedule)).all()
    wrong = client.post(address, data={**wanted, "people": "nobody@nowhere.example"})
    assert wrong.status_code == 422
    assert "Nobody with an open account signs in as nobody@nowhere.example." in wrong.text
    assert 'value="Weekly completion"' in wrong.text
    for bad in ({"name": ""}, {"every": "day"}, {"weekday": "9"}, {"days": "next century"}, {"readers": ["God"]}):
        assert client.post(address, data={**wanted, **bad}).status_code == 422, bad
    assert client.post(address, data={**wanted, "readers": [], "people": ""}).status_code == 422
    here = client.post(address, data=wanted).location
    page = client.get(here).text
    for words in (
        "Every Monday at 07:00, or the next working day",
        "Department heads",
        "Lena Fischer",
        "Last week",
        "Next:",
    ):
        assert words in page, words
    assert "Weekly completion" in client.get("/hr/reports").text
    edit = client.get(f"{here}/edit").text
    assert "lena@northgate.example" in edit
    assert "Otto Nobody" in client.post(f"{here}/edit", data={**wanted, "preview": "1"}).text
    client.post(f"{here}/edit", data={**wanted, "every": "month", "month_day": "0", "working_days": "", "days": ""})
    changed = client.get(here).text
    assert "On the last day of each month at 07:00" in changed
    client.post(f"{here}/pause")
    assert "Paused since" in client.get(here).text
    client.post(f"{here}/resumption")
    clock.move(days=30)
    send_due()
    work()
    sent = client.get(here).text
    for words in ("30 November 2026", "Otto Nobody", "May not see this report any more.", "Hana Novák"):
        assert words in sent, words
    assert "There is nothing" not in client.post(f"{here}/attempt", follow_redirects=True).text
    db.session.scalars(select(ReportSchedule)).one().error = "Nobody was there to get it."
    db.session.commit()
    assert "Try again" in client.get(here).text

    client.sign_in(crowd.cast.otto.user.id)
    theirs = db.session.scalars(select(ReportRun).where(ReportRun.asked_by_id == crowd.cast.otto.user.id)).one()
    assert client.get(f"/account/reports/files/{theirs.id}").status_code == 200
    assert client.get(f"/account/reports/files/{theirs.id}/file", buffered=True).data == files.read(theirs.sha256)
    assert client.get(here).status_code == 403
    assert client.get(new).status_code == client.post(address, data=FORM).status_code == 403
    client.sign_in(crowd.cast.mark.user.id)
    assert "HR sends reports to others" in client.get("/team/reports/schedules/new?report=completion").text
    own = client.post("/team/reports/schedules?report=completion", data=FORM).location
    assert "Every Monday" in client.get(own).text
    assert client.get(here.replace("/hr/", "/team/")).status_code == 404
    client.sign_in(crowd.cast.aki.user.id)
    assert client.get(own.replace("/team/", "/admin/")).status_code == 404
    client.sign_in(crowd.cast.hana.user.id)
    assert "Mark Okafor" in client.get(own.replace("/team/", "/hr/")).text
    gone = client.post(f"{here}/end", follow_redirects=True)
    assert "was deleted" in gone.text
    assert "Deleted on" in client.get(here).text
    assert client.post(f"{here}/edit", data=wanted).status_code == 422


def test_every_number_of_the_completion_report_opens_its_rows(client: PageClient, clock: Clock) -> None:
    """DSH-4, REP-1: of each department alone, though others stand below it, and of all of them; in both wings."""
    crowd = Crowd(12)
    upper, lower = crowd.departments
    lower.parent_id = upper.id
    latest = db.session.scalars(select(TrainingAssignment).order_by(TrainingAssignment.id)).first()
    assert latest is not None
    latest.closed_as, latest.closed_at = "exempt", clock.instant
    db.session.commit()
    for person, wing in ((crowd.cast.hana, "hr"), (crowd.cast.mark, "team")):
        client.sign_in(person.user.id)
        text = client.get(f"/{wing}/reports/completion").text
        found = re.findall(r'<a href="([^"]+/rows/completion\?[^"]+)" hx-boost="false">(\d+)</a>', text)
        assert len(found) >= 8, (wing, len(found))
        assert {"Exempt" in address for address, _n in found} == {True, False}
        for address, n in found:
            sheet = unescape(address).replace("/rows/completion?", "/rows/completion/sheet.csv?")
            assert client.get(sheet).text.count("\n") - 1 == int(n), address
