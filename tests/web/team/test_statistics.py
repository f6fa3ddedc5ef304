"""The statistics pages: every number opens as many rows as it says, for whoever may see them (DSH-3, DSH-4, DSH-6)."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from html import unescape
from io import StringIO
from urllib.parse import parse_qsl, urlsplit

import pytest
from werkzeug.datastructures import MultiDict

from lmsapp.courses.validity.actions import set_validity
from lmsapp.courses.validity.policy import Policy
from lmsapp.infra import clock as product_clock
from lmsapp.insight.statistics.asking import BY, FIGURES, Asking
from lmsapp.insight.statistics.rows import count_rows
from lmsapp.web.statistics import BLOCKS
from lmsapp.web.statistics_asked import read, read_rows
from tests.cast import ZONE, Person, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.insight.figures import Figures
from tests.learning.certificates.learners import Learner

HTMX = {"HX-Request": "true"}
LINKED = re.compile(r'<td class="r"><a href="([^"]*/rows\?[^"]*)">([\d,]+)<')
TILE = re.compile(
    r'<a class="tile" href="([^"]*/rows\?[^"]*)">.*?<span class="v[^"]*">(.*?)</span><span class="d">(.*?)</span>', re.S
)
ROWS = re.compile(r'<p class="quiet">([\d,]+) rows?</p>')


@pytest.fixture
def figures(clock: Clock) -> Figures:
    return Figures()


def enter(client: PageClient, person: Person) -> PageClient:
    client.sign_in(person.user.id, person.user.session_epoch)
    return client


def number(text: str) -> int:
    found = re.search(r"[\d,]+", text)
    assert found is not None, text
    return int(found.group().replace(",", ""))


def numbers_with_rows(html: str) -> dict[str, int]:
    """Address -> what was said there. A tile that shows a share says its count in the note."""
    found = {unescape(href): number(n) for href, n in LINKED.findall(html)}
    for href, value, note in TILE.findall(html):
        found[unescape(href)] = number(note if "%" in value else value)
    return found


@dataclass
class Wing:
    """Where somebody looks, and whose rows they find there."""

    client: PageClient
    person: Person
    address: str
    line_only: bool = False
    course_id: int | None = None

    def check(self, part: str) -> int:
        """Every number of a block is how many rows its address names; the first is opened. How many there were."""
        response = enter(self.client, self.person).get(f"{self.address}/statistics/{part}", headers=HTMX)
        assert response.status_code == 200
        found = numbers_with_rows(response.text)
        for href, said in found.items():
            assert href.startswith(f"{self.address}/statistics/rows?")
            args: MultiDict[str, str] = MultiDict(parse_qsl(urlsplit(href).query))
            now = product_clock.now()
            asking = Asking(
                self.person.viewer, read(args), now, product_clock.today(ZONE), self.line_only, self.course_id
            )
            assert count_rows(asking, read_rows(args)) == said, href
        for href, said in list(found.items())[:1]:
            shown = ROWS.search(self.client.get(href).text)
            assert shown is not None, href
            assert number(shown.group(1)) == said, href
        return len(found)


def test_every_number_opens_its_rows(client: PageClient, figures: Figures, clock: Clock) -> None:
    """DSH-4: in a manager's line, for HR with a certificate on the way, and by every grouping of every figure."""
    learner = Learner(clock)
    set_validity(learner.written.course, Policy(12, 11), by=None)
    learner.finish()
    team = Wing(client, figures.cast.mark, "/team", line_only=True)
    assert sum(team.check(block) for block in BLOCKS) > 40
    for figure, by in zip(FIGURES, BY, strict=True):
        assert team.check(f"segments?figure={figure}&by={by}") >= 2
    assert team.check(f"completions?per=month&department={figures.ward_a.id}") > 2
    hr = Wing(client, figures.cast.hana, "/hr")
    assert hr.check("certificates") == 2
    assert hr.check(f"dropoff?curve={figures.other.id}") > 3
    course = figures.first.id
    studio = Wing(client, figures.cast.milo, f"/studio/courses/{course}", course_id=course)
    assert studio.check("dropoff") > 5


def test_one_page_for_every_wing(client: PageClient, figures: Figures) -> None:
    """DSH-3, DSH-6: a frame whose blocks fetch themselves, each readable alone, its picture in words with a table."""
    course = f"/studio/courses/{figures.first.id}"
    for person, wing in (("mark", "/team"), ("hana", "/hr"), ("aki", "/admin"), ("milo", course)):
        enter(client, figures.cast.everybody[person])
        page = client.get(f"{wing}/statistics?per=month&role=RN").text
        assert page.count("data-part") == len(BLOCKS)
        assert page.count(f'hx-get="{wing}/statistics/') == len(BLOCKS)
        assert "role=RN" in page
        assert "Remove filter" in page
    enter(client, figures.cast.hana)
    for block in BLOCKS:
        whole, part = client.get(f"/hr/statistics/{block}"), client.get(f"/hr/statistics/{block}", headers=HTMX)
        assert "<title>" in whole.text
        assert part.text.lstrip().startswith("<section")
        assert part.text.count("<figure") == part.text.count("Show as a table") == part.text.count(">CSV<")
        assert part.text.count('<svg class="chart') == part.text.count("<desc ")
    trend = client.get("/hr/statistics/compliance").text
    assert "75 % of people have nothing overdue now".replace(" %", "\u202f%") in trend
    assert "neither cancelled nor exempted" in trend
    assert client.get("/hr/statistics/completions?per=month&chosen=1", headers=HTMX).headers["HX-Push-Url"] == (
        "/hr/statistics?per=month#completions"
    )


def test_who_may_not(client: PageClient, figures: Figures) -> None:
    """SEC-4: Otto finds nothing; a manager no other wing; an author no course of others; odd addresses break nothing."""
    enter(client, figures.cast.otto)
    for address in ("/team/statistics", "/hr/statistics/scores", "/admin/statistics/rows?what=due"):
        assert client.get(address).status_code == 403
    enter(client, figures.cast.carla)
    assert client.get(f"/studio/courses/{figures.first.id}/statistics/dropoff").status_code == 404
    enter(client, figures.cast.sam)
    assert client.get("/admin/statistics").status_code == 200
    enter(client, figures.cast.mark)
    assert client.get("/hr/statistics").status_code == 403
    assert client.get("/team/statistics/nonsense").status_code == 404
    assert client.get("/team/statistics/scores.csv?table=7").status_code == 404
    odd = "?department=x&course=99999999999&per=day&figure=x&by=x&curve=-1&what=x&since=soon&low=-4&page=0&as_of=2026-10-01"
    for where in ("", "/segments", "/dropoff", "/rows", "/rows.csv"):
        assert client.get(f"/team/statistics{where}{odd}").status_code == 200


def test_nothing_to_count(client: PageClient, clock: Clock) -> None:
    """DSH-3: an empty organisation, then one person, says so in words in every block."""
    cast = make_cast()
    enter(client, cast.hana)
    words = {
        "compliance": "No mandatory training is assigned",
        "segments": "Nothing to compare",
        "completions": "No completions",
        "dropoff": "Nobody is enrolled",
        "times": "Nobody has completed a course yet",
        "scores": "No scores yet",
        "certificates": "No certificates",
        "reminders": "Nothing fell due",
    }
    for block, said in words.items():
        assert said in client.get(f"/hr/statistics/{block}", headers=HTMX).text, block
    assert "Nobody is here to count" in client.get("/hr/statistics/compliance?department=999").text
    enter(client, cast.mark)  # leads one person
    assert "1 person, and no mandatory course is assigned" in client.get("/team/statistics/compliance").text


def test_sheets(client: PageClient, figures: Figures) -> None:
    """DSH-6: the table behind a picture, and the rows behind a number, as CSV of exactly what is shown; as of a day."""
    enter(client, figures.cast.mark)
    table = list(csv.reader(StringIO(client.get("/team/statistics/scores.csv").text.lstrip("\ufeff"))))
    assert table[0] == ["Course", "People assessed", "Average score"]
    assert [row[:2] for row in table[1:]] == [["First aid", "10"], ["Other things", "3"]]
    rows = list(csv.reader(StringIO(client.get("/team/statistics/rows.csv?what=due-overdue").text.lstrip("\ufeff"))))
    assert rows[0][:2] == ["Employee number", "Name"]
    assert len(rows) == 5
