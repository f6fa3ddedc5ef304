"""DSH-1, DSH-5: filters with counts, chips, reach, saved views and the mark, as the team dashboard shows them."""

from __future__ import annotations

import re

import pytest

from lmsapp.infra.db import db
from lmsapp.insight import options
from lmsapp.people.views.actions import save_view, see_first
from tests.client import PageClient
from tests.clock import Clock
from tests.conftest import Statements
from tests.insight.crowd import Crowd
from tests.insight.line import line

HTMX = {"HX-Request": "true"}


@pytest.fixture
def crowd(client: PageClient, clock: Clock) -> Crowd:
    crowd = line()
    options._kept.clear()
    mark = crowd.cast.mark.user
    client.sign_in(mark.id, mark.session_epoch)
    return crowd


def choice(text: str, name: str, value: str) -> str:
    """The label of one choice, as HTML."""
    found = re.search(rf'<label class="tick[^>]*><input[^>]*name="{name}" value="{value}"[^>]*>.*?</label>', text)
    assert found, (name, value)
    return found[0]


def test_choices_say_what_they_leave(client: PageClient, crowd: Crowd) -> None:
    """DSH-1: a count at each; one that leaves nothing stays and is calm; chosen it is a chip that takes it away again."""
    text = client.get("/team").text
    assert '<span class="num">6</span>' in choice(text, "status", "Overdue")
    assert "tick-none" in choice(text, "status", "Cancelled")
    chosen = client.get("/team?status=Cancelled&region=North&cohort=2025&people=stalled&reach=direct").text
    assert "tick-none" not in choice(chosen, "status", "Cancelled")
    for words in ("North", "2025", "Standing still for two days or more", "Direct reports only", "Cancelled"):
        assert re.search(rf"Remove filter </span>{words}", chosen), words
    assert "Nothing matches" in chosen
    assert "tick-none" in choice(client.get("/team?status=Cancelled").text, "region", "South")
    assert " checked" in choice(client.get("/team?region=Gone+West").text, "region", "Gone West")


def test_reach(client: PageClient, crowd: Crowd) -> None:
    """DSH-1: direct reports only, in the table and in the figures; the figures' links keep it."""
    text = client.get("/team?reach=direct").text
    assert "reach=direct" in re.search(r'id="numbers" hx-get="([^"]+)"', text)[1]  # type: ignore[index]
    numbers = client.get("/team/numbers?reach=direct", headers=HTMX).text
    assert "/team?reach=direct&amp;status=Overdue" in numbers
    assert "of 9 people" in numbers
    assert "of 13 people" in client.get("/team/numbers").text
    for address in re.findall(r'class="tile" href="([^"]+)"[^>]*>.*?class="v[^>]*>(\d+)<', numbers):
        shown = client.get(address[0].replace("&amp;", "&"), headers=HTMX).text
        assert f'data-total="{address[1]}"' in shown, address


def test_views(client: PageClient, crowd: Crowd) -> None:
    """DSH-1, ASG-7: the page opens with the view somebody sees first, and can be had without; chips lead there too."""
    assert "Keep as a view" in client.get("/team?status=Overdue").text
    assert client.get("/account/views/new?list=team.dashboard&filters=status%3DOverdue").status_code == 200
    view = save_view("team.dashboard", "Late", "status=Overdue", by=crowd.cast.mark.viewer)
    see_first(view, by=crowd.cast.mark.viewer)
    db.session.commit()
    opened = client.get("/team")
    assert (opened.status_code, opened.location) == (302, "/team?status=Overdue")
    assert "Views: Late" in client.get("/team?status=Overdue").text
    assert 'class="chip" href="/team?view=0"' in client.get("/team?status=Overdue").text
    assert "17 open assignments" in client.get("/team?view=0").text
    assert client.get("/team", headers=HTMX).status_code == 200


def test_the_mark(client: PageClient, crowd: Crowd) -> None:
    """DSH-5: 200 with a mark, then 304 while nothing changes, with nothing in it; odd marks are no marks."""
    first = client.get("/team/mark", headers=HTMX | {"X-By-Itself": "1"})
    assert (first.status_code, first.text) == (200, "")
    known = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/team/mark", headers=known).status_code == 304
    assert client.get("/team/mark", headers={"If-None-Match": '"x-y"'}).status_code == 200
    assert client.get("/team/mark", headers={"If-None-Match": '"' + "é" * 500}).status_code == 200


def test_costs_the_same_for_more_people(client: PageClient, crowd: Crowd, statements: Statements) -> None:
    """SCA-1: as many statements for five rows as for fifty; the words of an empty line are there."""
    sent = []
    for more in (0, 40):
        for n in range(12, 12 + more):
            crowd._add(n)
        db.session.commit()
        client.get("/team?region=North&reach=direct", headers=HTMX)
        statements.clear()
        client.get("/team?region=North&reach=direct", headers=HTMX)
        sent.append(len(statements))
    assert sent[0] == sent[1] <= 9
