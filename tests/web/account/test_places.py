"""The places of a wing, under the words they are looked for by (SEC-4)."""

from __future__ import annotations

import re

import pytest
from flask import current_app

from lmsapp.people.roles import Role
from lmsapp.web.places import ENTRIES
from tests.cast import make_cast
from tests.client import PageClient
from tests.courses.authors import author


def heads_in(page: str) -> list[str]:
    """Of the rail, not of the drawer that holds the same."""
    rail = page.partition('class="rail-groups"')[2].partition("</nav>")[0]
    return re.findall(r'<p class="rail-head">([^<]+)</p><ul>', rail)


def test_every_place_stands_once() -> None:
    """SEC-4: under one word; each is a page."""
    for wing, entries in ENTRIES.items():
        endpoints = [entry.endpoint for entry in entries]
        assert len(endpoints) == len(set(endpoints)), wing
        assert set(endpoints) <= set(current_app.view_functions), wing


def test_places_are_grouped_and_empty_groups_left_out(client: PageClient) -> None:
    """SEC-4: HR finds people, files, compliance and proof apart; who may not enter any place of a word does not see the
    word; a wing of few places has none."""
    cast = make_cast()
    client.sign_in(cast.hana.user.id)
    assert heads_in(client.get("/hr/employees").text) == ["People", "Employee file", "Compliance", "Proof and reports"]
    client.sign_in(cast.sam.user.id)
    assert "Running the system" in heads_in(client.get("/admin/notices").text)
    client.sign_in(cast.carla.user.id)
    assert heads_in(client.get("/studio/courses").text)[0] == "Content"
    client.sign_in(author("Eva Lindqvist", Role.BATCH_EVALUATOR).user_id)
    assert heads_in(client.get("/studio/grading").text) == ["Training", "Certificates"]
    client.sign_in(cast.aki.user.id)
    trail = client.get("/admin/audit-trail").text
    assert "Proof" in heads_in(trail)
    assert 'href="/verify"' in trail, "CRT-4: whoever holds a PDF checks it from here"
    client.sign_in(cast.mark.user.id)
    assert heads_in(client.get("/team").text) == []


@pytest.mark.parametrize("address", ["/account", "/account/notices", "/help/"])
def test_one_navigation_everywhere(client: PageClient, address: str) -> None:
    """SEC-4: pages of no wing have the places of the wing in which the reader's day begins; who only learns keeps the bar
    of their learning, and who has no wing at all still finds the other places."""
    cast = make_cast()
    for name, place in (("mark", "/team/reports"), ("hana", "/hr/roster"), ("aki", "/admin/audit-trail"),
                        ("carla", "/studio/bank"), ("sam", "/admin/settings")):  # fmt: skip
        client.sign_in(cast.everybody[name].user.id)
        text = client.get(address).text
        assert 'class="rail"' in text and 'class="mainnav"' not in text, name
        rail = text.partition('class="rail-groups"')[2].partition("</nav>")[0]
        assert f'href="{place}"' in rail, name
        others = text.partition('aria-label="Other places"')[2].partition("</nav>")[0]
        assert f'href="{place.rpartition("/")[0]}"' not in others, "not a second time"
    client.sign_in(cast.lena.user.id)
    text = client.get(address).text
    assert 'class="rail"' not in text
    assert 'href="/learn/catalogue"' in text.partition('class="mainnav"')[2].partition("</nav>")[0]


def test_where_each_day_begins(client: PageClient) -> None:
    """EVD-5, SEC-4: HR with people, an auditor with reports, which can be asked as of any day."""
    cast = make_cast()
    begins = {"hana": "/hr/employees", "aki": "/admin/reports", "mark": "/team", "carla": "/studio/courses"}
    for name, place in begins.items():
        client.sign_in(cast.everybody[name].user.id)
        assert client.get("/", follow_redirects=True).request.path.rstrip("/") == place, name
