"""DSH-1, DSH-4, DSH-5: what readers of the team's pages see while they wait, and how numbers and lists are worded."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

from flask import render_template_string
from sqlalchemy import select

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.insight import options
from lmsapp.people.employees.models import Employee
from tests.client import PageClient
from tests.clock import Clock
from tests.insight.figures import Figures

HTMX = {"HX-Request": "true"}


def test_numbers_are_grouped(client: PageClient) -> None:
    """DSH-1: a thousand and more as readers write it, in texts and in pages; what is less stays as it is."""
    words = "{{ ngettext('%(num)s row', '%(num)s rows', n) }}"
    with client.application.test_request_context():
        assert [render_template_string(words, n=n) for n in (1, 999, 1803)] == ["1 row", "999 rows", "1,803 rows"]
        named = "{{ ngettext('%(n)s row', '%(n)s rows', 2, n='two', one='', many='') }}"
        assert render_template_string(named) == "two rows", "words of a text may have any name"
        source = "{% import 'components/ui.html' as ui %}{{ ui.pages({'number': 41, 'size': 25, 'total': 1803}, f) }}"
        pages = render_template_string(source, f=lambda n: f"?page={n}")
        assert "1,001 to 1,025 of 1,803" in pages
        counted = "{% import 'components/ui.html' as ui %}{{ ui.facet('Course', 'course', [{'value': 1, 'label': 'A', 'count': 1803}]) }}"
        assert '<span class="num">1,803</span>' in render_template_string(counted)


def test_pages_of_any_length(client: PageClient) -> None:
    """DSH-1: first, last and the pages beside this one are named, and only those are gone through: a list of
    2,000,000 rows has 80,000."""
    source = "{% import 'components/ui.html' as ui %}{{ ui.pages({'number': n, 'size': 25, 'total': total}, f) }}"

    def named(n: int, total: int) -> list[str]:
        with client.application.test_request_context():
            page = render_template_string(source, f=lambda one: f"?page={one}", n=n, total=total)
        return re.findall(r"(?<=</span>)[\d,]+(?=</a>)|…", page)

    assert named(1, 58) == ["1", "2", "3"]
    assert named(1, 25) == []
    assert named(2, 250) == ["1", "2", "3", "…", "10"]
    assert named(5, 250) == ["1", "…", "4", "5", "6", "…", "10"]
    assert named(10, 250) == ["1", "…", "9", "10"]
    assert named(12, 250) == ["1", "…", "10"], "from a page that is no longer there"
    assert named(7, 25 * 10**12) == ["1", "…", "6", "7", "8", "…", "1,000,000,000,000"]


def test_room_for_what_comes_later(client: PageClient, clock: Clock) -> None:
    """DSH-5: six figures and two pictures have their room before they come; each part of the statistics its heading; a
    change of filters keeps the places, and does not scroll; another page of the list begins at its top."""
    figures = Figures()
    options._kept.clear()
    client.sign_in(figures.cast.mark.user.id, figures.cast.mark.user.session_epoch)
    team = client.get("/team").text
    waits = team[team.index('id="numbers"') : team.index('id="people"')]
    assert (waits.count('class="tile"'), waits.count("bone-picture")) == (6, 2)
    assert client.get("/team/numbers", headers=HTMX).text.count('class="tile"') == 6
    assert re.search(r'id="people"[^>]*hx-swap="morph:outerHTML show:none"', team)
    page = client.get("/team/statistics").text
    assert page.count('role="status">Loading') == 1, "said once, not for every part"
    rooms = re.findall(r'id="part-(\w+)".*?part-waits stack"><h2>(.*?)</h2>(.*?)\n</div>', page, flags=re.DOTALL)
    for key, title, room in rooms:
        block = client.get(f"/team/statistics/{key}", headers=HTMX).text
        assert f'<h2 id="{key}-h">{title}</h2>' in block
        if "<figure" not in block:
            continue  # nothing to count in these figures
        tiles = block.count('class="tile"')
        assert (room.count('class="tile"') > 0) == (tiles > 0), key
        assert room.count("bone-picture") == block.count("<figure"), key
    assert len(rooms) == 8


def test_weeks_open_their_rows(client: PageClient, clock: Clock) -> None:
    """DSH-4: each number of the weeks opens as many rows as it says; of direct reports alone there is no such list."""
    figures = Figures()
    client.sign_in(figures.cast.mark.user.id, figures.cast.mark.user.session_epoch)

    def opened() -> list[tuple[str, str]]:
        numbers = client.get("/team/numbers", headers=HTMX).text
        found = re.findall(r'<a href="(/team/statistics/rows\?what=done-[^"]+)">(\d+)<', numbers)
        for href, n in found:
            rows = re.search(r'<p class="quiet">(\d+) rows?</p>', client.get(unescape(href)).text)
            assert rows is not None, href
            assert rows[1] == n, href
        return [(unescape(href).partition("what=")[2].partition("&")[0], n) for href, n in found]

    before = opened()
    assert {"done-kept", "done-late"} == {what for what, _n in before}
    lately = TrainingAssignment.completed_on > product_clock.now().date() - dt.timedelta(weeks=10)
    whoever = db.session.scalars(
        select(TrainingAssignment.employee_id).where(lately).order_by(TrainingAssignment.id)
    ).first()
    db.session.get_one(Employee, whoever).status = "left"
    db.session.commit()
    assert opened() != before, "who has left is in neither"
    assert "what=done-" not in client.get("/team/numbers?reach=direct", headers=HTMX).text


def test_a_list_says_what_it_is_of(client: PageClient, clock: Clock) -> None:
    """DSH-4: the list behind a number names the group, course, time and filters of that number."""
    figures = Figures()
    client.sign_in(figures.cast.mark.user.id, figures.cast.mark.user.session_epoch)

    def said(query: str) -> list[str]:
        found = re.search(r'<p class="dots">(.*?)</p>', client.get(f"/team/statistics/rows?{query}").text, re.DOTALL)
        return [unescape(one) for one in re.findall("<span>(.*?)</span>", found[1])] if found else []

    ward, first = figures.ward_a.id, figures.first.id
    assert said(f"what=people&group_by=department&group={ward}") == ["Ward A"]
    assert said("what=people&group_by=department&group=") == ["No department"]
    assert said("what=people&group_by=role&group=RN&location=Tower+A") == ["RN", "Tower A"]
    assert said(f"what=took&of={first}") == ["First aid"]
    assert said(f"what=end-completed&of={first}&low=8&high=14") == ["First aid", "8 to 14 days after enrollment"]
    assert said(f"what=enrolled&of={first}&low=31") == ["First aid", "31 days or more after enrollment"]
    assert said("what=due&since=2025-01-01&until=2025-01-31") == ["1 Jan 2025 to 31 Jan 2025"]
    assert said("what=people-then&until=2025-01-31") == ["By 31 Jan 2025"]
    assert said("what=people") == []
