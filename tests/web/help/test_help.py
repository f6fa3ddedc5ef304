"""The help: the procedure is found by the words people have for it, and everybody's own pages come first (HLP-1)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from lmsapp.web.help.finding import find
from lmsapp.web.help.groups import GROUPS, group_of
from lmsapp.web.help.pages import parse
from lmsapp.web.screens import SCREENS, WINGS, help_of
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.house.code import ROOT

HELP = ROOT / "templates" / "help"
SLUGS = [slug for group in GROUPS for slug in group.slugs]
ENDINGS = {"en": ".md", "es": ".es.md"}


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


def file_of(slug: str, language: str) -> Path:
    return HELP / f"{slug}{ENDINGS[language]}"


def places(q: str, language: str = "en") -> list[tuple[str, str]]:
    sections = [one for slug in SLUGS for one in parse(slug, file_of(slug, language)).sections]
    return [(one.section.slug, one.section.title) for one in find(sections, q)]


@pytest.mark.pure
def test_every_page_has_one_place() -> None:
    """HLP-1: each file is in one group, so that none is out of reach; the parts of a page can be linked to."""
    assert sorted(SLUGS) == sorted(one.stem for one in HELP.glob("*.md") if "." not in one.stem)
    assert group_of("no-such-page") is None
    for slug in SLUGS:
        for language in ENDINGS:
            page = parse(slug, file_of(slug, language))
            anchors = re.findall(r'<h2 id="([^"]+)"', page.body_html)
            assert len(set(anchors)) == len(anchors) == page.body_html.count("<h2")
            assert [one.anchor for one in page.sections] == ["", *anchors]
            assert "[also]" not in page.body_html, "other words for it are not shown"


@pytest.mark.pure
@pytest.mark.parametrize(
    ("q", "language", "place"),
    [
        ("manual completion override", "en", ("completing-by-hand", "When to do this")),
        ("minimum score threshold", "en", ("completion-rules", "What can be asked")),
        ("Minimum  SCORE thresh", "en", ("completion-rules", "What can be asked")),
        ("no reminder arrived", "en", ("messages", "Did she get the reminder, and what did it say?")),
        ("cannot enroll", "en", ("catalogue", "Enroll")),
        ("not marked overdue", "en", ("what-the-statuses-mean", "Assignments")),
        ("onboarding did not enroll", "en", ("onboarding", "Mandatory courses")),
        ("duplicate", "en", ("assignments", "Ways to assign")),
        ("regradng", "en", ("regrading", "Regrade attempts")),
        ("finalizacion manual", "es", ("completing-by-hand", "Cuándo hacerlo")),
        ("nota mínima", "es", ("completion-rules", "Qué se puede pedir")),
    ],
)
def test_the_words_of_people_find_the_procedure(q: str, language: str, place: tuple[str, str]) -> None:
    """HLP-1, HLP-2: also by words the page itself does not use, half typed, without accents or with a slip."""
    found = places(q, language)
    assert place in found[:2], found
    assert len(found) <= 20


def test_every_screen_has_its_page(app: Flask) -> None:
    """HLP-1: each screen of each wing leads to a page of the help that is there; no line of the table is for nothing."""
    names = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.partition(".")[0] in WINGS}
    assert len(names) > 300
    assert {help_of(name) for name in names} <= set(SLUGS)
    assert help_of("help.index") is None
    for begin in (one for begins in SCREENS.values() for one in begins):
        assert any(name.startswith(begin) or name.partition(".")[2].startswith(begin) for name in names), begin
    for name, slug in (
        ("team.matrix", "compliance-matrix"),
        ("team.person_messages", "messages"),
        ("studio.package_learners", "what-content-reported"),
        ("student.onboarding", "your-first-weeks"),
        ("hr.onboarding", "onboarding"),
        ("team.person", "team-dashboard"),
    ):
        assert help_of(name) == slug, name


@pytest.mark.pure
@pytest.mark.parametrize("q", ["", "()*[", "qqqqzzzz", "\x00", "a" * 5000])
def test_what_is_not_there(q: str) -> None:
    """SEC-6: nothing, and no error."""
    assert places(q) == []


def test_own_pages_first(client: PageClient, cast: Cast) -> None:
    """HLP-1: whoever takes training sees that and their account; the work of others is folded away below."""
    lena, hana = cast.lena.user, cast.hana.user
    client.sign_in(lena.id, lena.session_epoch)
    text = client.get("/help/").text
    own, others = text.split("For those who look after training")
    assert "Take a course" in own
    assert "Import a roster" not in own
    assert "Import a roster" in others
    client.sign_in(hana.id, hana.session_epoch)
    own = client.get("/help/").text.split("For those who look after training")[0]
    assert "Import a roster" in own
    assert "Write courses" not in own


def test_search_and_page(client: PageClient, cast: Cast) -> None:
    """HLP-1, UX-1: a form like any other, answered as page or as its region; each place leads to its heading; a page
    stands among those of its group."""
    client.sign_in(cast.lena.user.id, cast.lena.user.session_epoch)
    whole = client.get("/help/?q=manual completion override").text
    part = client.get("/help/?q=manual completion override", headers={"HX-Request": "true"}).text
    assert "<title>" in whole
    assert part.lstrip().startswith("<section")
    for text in (whole, part):
        assert "1 place" in text
        assert 'href="/help/completing-by-hand#s-when-to-do-this"' in text
    assert 'id="s-when-to-do-this"' in client.get("/help/completing-by-hand").text
    assert "Nothing found" in client.get("/help/?q=qqqqzzzz").text
    assert "&lt;b&gt;" in client.get("/help/?q=<b>").text or "<b>" not in client.get("/help/?q=<b>").text
    assert 'href="/help/certificates"' in client.get("/learn/record").text
    page = client.get("/help/take-a-course").text
    assert "Take a quiz" in page
    assert "Import a roster" not in page
    assert client.get("/help/no-such-page").status_code == 404
