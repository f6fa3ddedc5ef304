"""A file of a report is found again, says what was asked, and a question that makes no sense is told (REP-1, REP-5)."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

import pypdfium2
from sqlalchemy import select

from lmsapp.infra.db import db
from lmsapp.insight.reports.schedules.models import ReportSchedule
from lmsapp.insight.sheets import rows_as_xlsx
from lmsapp.jobs import DRAW, seal_next
from tests.client import PageClient
from tests.clock import Clock
from tests.insight.crowd import Crowd

ROWS = "/hr/reports/rows/completion"


def test_what_was_asked_for_is_found_again(client: PageClient, clock: Clock) -> None:
    """REP-1, REP-5, EVD-7: a signed PDF stands with the other files, its page says whose rows and with which filters and
    leads back; the PDF names the filters too; the page of a file of a past day says which day it is of."""
    crowd = Crowd(4)
    ward = crowd.departments[0]
    client.sign_in(crowd.cast.hana.user.id)
    asked = client.post(f"{ROWS}/files?department={ward.id}&role=RN", data={"form": "pdf"}).location
    page = client.get(asked).text
    for words in ("Ward A", "RN", "Everybody", 'href="/hr/reports"', "Waiting"):
        assert words in page, words
    for list_ in ("/hr/reports", "/account/reports/files"):
        found = client.get(list_).text
        assert asked in found
        assert "PDF, signed" in found
    while seal_next(DRAW):
        pass
    drawn = client.get(f"{asked}.pdf", buffered=True).data
    text = "".join(one.get_textpage().get_text_range() for one in pypdfium2.PdfDocument(drawn))
    for words in ("Departments: Ward A", "RN", "Asked for by Hana"):
        assert words in text, words

    late = client.post("/hr/reports/rows/overdue/files", data={"form": "pdf"}).location
    while seal_next(DRAW):
        pass
    assert "Ready" in client.get(late).text
    assert "/hr/reports/rows/overdue" in client.get(late).text

    clock.move(days=2)
    past = client.post(f"{ROWS}/files?as_of=2026-11-02", data={"form": "csv"}).location
    page = client.get(past)
    assert page.status_code == 200
    assert "As of the end of" in page.text
    assert "2 November 2026" in page.text
    printed = client.post(f"{ROWS}/files?as_of=2026-11-02", data={"form": "pdf"}).location
    assert "2 November 2026" in client.get(printed).text


def test_days_the_wrong_way_round_are_told(client: PageClient) -> None:
    """REP-1: where the first day comes after the last the page says that, not that nobody was trained."""
    crowd = Crowd(2)
    client.sign_in(crowd.cast.hana.user.id)
    days = "since=2026-11-09&until=2026-11-01"
    for address in (f"{ROWS}?{days}", "/hr/reports/rows/hipaa-roster?" + days, f"/hr/reports/completion?{days}"):
        page = client.get(address).text
        assert "The first day is after the last" in page, address
        assert "9 November 2026 comes after 1 November 2026" in page
    fine = client.get(f"{ROWS}?since=2026-11-01&until=2026-11-01").text
    assert "The first day is after the last" not in fine


def test_nothing_is_chosen_until_somebody_chooses(client: PageClient) -> None:
    """REP-1, REP-2: the first choice of a list is no filter; a report of one person or one checklist asks for it in the
    open and is not sent regularly before; the person of a row is its head."""
    crowd = Crowd(2)
    client.sign_in(crowd.cast.hana.user.id)
    page = client.get(ROWS).text
    assert not re.search(r"is-on[^>]*><summary>Dates are", page)
    assert re.search(r"is-on[^>]*><summary>Dates are", client.get(f"{ROWS}?dates=due").text)
    assert re.search(r'<th scope="row" class="pin">Person 0000</th>', page)
    transcript = client.get("/hr/reports/rows/transcript").text
    assert "Choose first" in transcript
    assert "Send it regularly" not in transcript
    before_the_fold = transcript.partition("filters-fold")[0]
    assert 'name="person_named"' in before_the_fold
    assert '<select class="form-select" name="checklist"' in client.get("/hr/reports/rows/go-no-go").text
    assert "Send it regularly" in page


def test_the_list_of_schedules_says_how_the_last_turn_went(client: PageClient) -> None:
    """REP-4: next turn, last turn, and why the last one failed, without opening each."""
    crowd = Crowd(2)
    client.sign_in(crowd.cast.hana.user.id)
    fresh = {"name": "Weekly", "every": "week", "weekday": "0", "month_day": "1", "hour": "7", "days": "", "form": "csv",
             "readers": ["HR Manager"], "people": ""}  # fmt: skip
    client.post("/hr/reports/schedules?report=completion", data=fresh)
    schedule = db.session.scalars(select(ReportSchedule)).one()
    assert "last on" not in client.get("/hr/reports").text
    schedule.last_turn = dt.date(2026, 10, 26)
    db.session.commit()
    assert "last on Mon 26 Oct" in client.get("/hr/reports").text
    schedule.error = "Nobody was there to get it: the people chosen have left, or nobody has the role."
    db.session.commit()
    assert "Nobody was there to get it" in client.get("/hr/reports").text


def test_columns_are_as_wide_as_their_words() -> None:
    """REP-1: in a workbook the words can be read without dragging."""
    book = zipfile.ZipFile(io.BytesIO(rows_as_xlsx(["Name", "Number"], [["Anne-Sophie Delacroix-Whitfield", None]])))
    widths = re.findall(r'<col [^>]*width="([\d.]+)"', book.read("xl/worksheets/sheet1.xml").decode())
    assert float(widths[0]) > 31
    assert 8 <= float(widths[1]) < 12
