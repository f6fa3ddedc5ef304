"""The audit trail as staff read it (EVD-3)."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select

from lmsapp.evidence.audit.actions import record_change
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra import tracing
from lmsapp.infra.db import db
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.conftest import Statements

ATTACK = "<script>alert(1)</script>"


@pytest.fixture
def cast(clock: Clock) -> Cast:
    clock.move(days=-30)
    made = make_cast()
    clock.move(days=30)
    return made


def test_who_may_read_it(client: PageClient, cast: Cast) -> None:
    """ORG-2, SEC-4."""
    assert client.get("/admin/audit-trail").status_code == 302
    for name, person in cast.everybody.items():
        client.sign_in(person.user.id, person.user.session_epoch)
        assert client.get("/admin/audit-trail").status_code == (200 if name in ("sam", "aki") else 403), name


def test_who_what_when_from_to_and_why(client: PageClient, cast: Cast) -> None:
    """EVD-3."""
    record_change(
        "move due date", ("assignment", 12), by=cast.mark.viewer, reason="Parental leave",
        before={"due_on": "2026-11-05", "note": "same"}, after={"due_on": "2026-12-01", "note": "same"},
    )  # fmt: skip
    db.session.commit()
    client.sign_in(cast.aki.user.id, cast.aki.user.session_epoch)
    page = client.get("/admin/audit-trail").text
    for words in (
        "Mark Okafor", "Move due date", "Assignment 12", "<del>2026-11-05</del>", "<b>2026-12-01</b>",
        "Parental leave", "Mon 2 Nov, 06:00",
    ):  # fmt: skip
        assert words in page
    assert "same" not in page, "what did not change is no change"


def test_filters(client: PageClient, cast: Cast, clock: Clock) -> None:
    """EVD-3: by kind, by person (who did it, or whom it concerns), by dates in the reader's zone."""
    record_change("change", ("employee", cast.lena.record.id), by=cast.hana.viewer, after={"job_role": "ALPHA"})
    db.session.flush()
    clock.move(hours=18)  # 00:00 on the 3rd in Chicago
    record_change("change", ("course", 3), by=cast.carla.viewer, after={"title": "BETA"})
    db.session.commit()
    client.sign_in(cast.sam.user.id, cast.sam.user.session_epoch)

    def found(query: str) -> set[str]:
        page = client.get(f"/admin/audit-trail?{query}").text
        return {name for name in ("ALPHA", "BETA") if name in page}

    assert found("") == {"ALPHA", "BETA"}
    assert found("kind=course") == {"BETA"}
    assert found("person=hana") == {"ALPHA"}
    assert found("person=lena+f") == {"ALPHA"}
    assert found("person=%25") == set()
    assert found("from=2026-11-02&to=2026-11-02") == {"ALPHA"}
    assert found("from=2026-11-03") == {"BETA"}
    assert found("from=2026-13-99&to=nonsense") == {"ALPHA", "BETA"}
    assert found("from=9999-12-31&page=-4") == {"ALPHA", "BETA"}


def test_whatever_was_written_is_text(client: PageClient, cast: Cast) -> None:
    """SEC-2."""
    cast.lena.user.name = cast.lena.record.name = ATTACK
    record_change(
        ATTACK, ("employee", cast.lena.record.id), by=cast.lena.viewer, reason=ATTACK,
        before={ATTACK: [ATTACK], "deep": {"a": ATTACK}, "on": True}, after={ATTACK: ATTACK + "%s"},
    )  # fmt: skip
    db.session.commit()
    client.sign_in(cast.sam.user.id, cast.sam.user.session_epoch)
    page = client.get("/admin/audit-trail").text
    assert "<script>alert" not in page.lower()
    assert page.lower().count("&lt;script&gt;alert(1)") >= 6
    assert "alert(1)&lt;/script&gt;%s" in page


def test_fifty_a_page_at_the_same_cost(client: PageClient, cast: Cast, statements: Statements) -> None:
    client.sign_in(cast.sam.user.id, cast.sam.user.session_epoch)
    costs = []
    for size in (1, 120):
        for n in range(size):
            record_change(f"step {n}", ("course", n), by=None)
        db.session.commit()
        statements.clear()
        page = client.get("/admin/audit-trail?kind=course").text
        costs.append(len(statements))
    assert costs[0] == costs[1]
    assert page.count('id="entry-') == 50
    assert "121 entries" in page
    older = _link(page, "Older")
    second = client.get(older).text
    third = client.get(_link(second, "Older")).text
    assert (second.count('id="entry-'), third.count('id="entry-')) == (50, 21)
    assert "Older" not in third.partition('class="pages"')[2]
    assert client.get(_link(third, "Newer")).text.count('id="entry-') == 50
    assert len({*_ids(page), *_ids(second), *_ids(third)}) == 121
    for nonsense in ("older=x", "older=9-", "newer=99999999999999999999-1", "older=1-99999999999", "older=-1-2"):
        assert client.get(f"/admin/audit-trail?kind=course&{nonsense}").status_code == 200


def _link(page: str, label: str) -> str:
    found = re.search(rf'href="([^"]+)" rel="(?:prev|next)">{label}<', page)
    assert found, label
    return unescape(found[1])


def _ids(page: str) -> list[str]:
    return re.findall(r'id="entry-(\d+)"', page)


def test_words_anywhere_and_how_it_came(client: PageClient, cast: Cast) -> None:
    """EVD-3: free text in before, after and reason by the beginning of words; by action, origin and request."""
    with tracing.traced(tracing.Origin.JOB, "night-job-0001", tracing.Person(cast.hana.user.id, "Hana Novak")):
        record_change("moved", ("course", 1), by=None, before={"title": "ALPHA Mañana"}, reason="O'Brien said \\ so")
    record_change("renamed", ("course", 2), by=cast.carla.viewer, after={"deep": {"list": ["BETA ladder"]}})
    db.session.commit()
    client.sign_in(cast.sam.user.id, cast.sam.user.session_epoch)

    def found(query: str) -> set[str]:
        page = client.get(f"/admin/audit-trail?{query}").text
        return {name for name in ("ALPHA", "BETA") if name in page}

    assert found("words=maña") == {"ALPHA"}
    assert found("words=ladd+beta") == {"BETA"}
    assert found("words=ladd+alpha") == set()
    assert found("words=o%27brien+%5C+so") == {"ALPHA"}
    for hostile in ("%27%29%3B--", "%26+%7C+%21", "%27%3A*", "a%3A%2A%3Ab", "%C2%A0", "((", "%F0%9F%98%80"):
        assert client.get(f"/admin/audit-trail?words={hostile}").status_code == 200, hostile
    assert client.get("/admin/audit-trail?words=%00").status_code == 400, "no address holds a NUL, on any page"
    assert found("action=renamed") == {"BETA"}
    assert found("origin=job") == {"ALPHA"}
    assert found("request=night-job-0001") == {"ALPHA"}
    assert found("person=Hana") == {"ALPHA"}, "on whose behalf"
    page = client.get("/admin/audit-trail?request=night-job-0001").text
    assert "for Hana Novak" in page and "The system" in page


def test_one_entry_and_what_belongs_to_it(client: PageClient, cast: Cast) -> None:
    """EVD-3: everything kept, the rest of the same request, and the way to the object for whoever may go there."""
    with tracing.traced(tracing.Origin.PAGE, "0123456789abcdef"):
        first = record_change(
            "change", ("user", cast.lena.user.id), by=cast.sam.viewer, before={"a": 1, "b": 2}, after={"a": 1, "b": 3}
        )
        record_change("change", ("course", 7), by=cast.sam.viewer, after={"title": "Together"})
    db.session.commit()
    address = f"/admin/audit-trail/{first.id}"
    client.sign_in(cast.sam.user.id, cast.sam.user.session_epoch)
    page = client.get(address).text
    assert "0123456789abcdef" in page and "Together" in page and f"/admin/users/{cast.lena.user.id}" in page
    client.sign_in(cast.aki.user.id, cast.aki.user.session_epoch)
    assert f"/admin/users/{cast.lena.user.id}" not in client.get(address).text, "an auditor changes no accounts"
    client.sign_in(cast.hana.user.id, cast.hana.user.session_epoch)
    assert client.get(address).status_code == 403
    client.sign_in(cast.otto.user.id, cast.otto.user.session_epoch)
    assert client.get(address).status_code == 403


def test_the_sheet_is_what_the_filter_shows_and_is_on_the_trail(client: PageClient, cast: Cast) -> None:
    """EVD-3, SEC-2: formulas are disarmed; who took it and with which filters is kept."""
    record_change("=cmd()", ("course", 3), by=cast.carla.viewer, after={"title": "ALPHA"}, reason="+1")
    record_change("change", ("lesson", 3), by=cast.carla.viewer, after={"title": "BETA"})
    db.session.commit()
    client.sign_in(cast.aki.user.id, cast.aki.user.session_epoch)
    sheet = client.get("/admin/audit-trail.csv?kind=course&words=alpha")
    text = sheet.get_data(as_text=True)
    assert "ALPHA" in text and "BETA" not in text and "'=cmd()" in text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "downloaded")).one()
    assert entry.actor_name == cast.aki.viewer.name
    assert entry.after == {"list": "audit trail", "kinds": ["course"], "words": "alpha"}
    assert entry.request_id == sheet.headers["X-Request-ID"]


def test_a_request_has_a_number(client: PageClient, cast: Cast, app: Flask) -> None:
    """EVD-3: in the answer and on the trail; a number from outside counts only behind a proxy of ours."""
    client.sign_in(cast.sam.user.id, cast.sam.user.session_epoch)
    first = client.get("/admin/audit-trail", headers={"X-Request-ID": "from-outside-1"}).headers["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{16}", first)
    app.config["TRUST_REQUEST_ID"] = True
    try:
        for given, kept in (("from-proxy-1", True), ("x\tbad", False), ("a" * 65, False), ("short", False)):
            answer = client.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"]
            assert (answer == given) is kept
    finally:
        app.config["TRUST_REQUEST_ID"] = False
    client.sign_in(cast.otto.user.id, cast.otto.user.session_epoch)
    refused = client.get("/admin/audit-trail")
    assert refused.headers["X-Request-ID"] in refused.text


def test_nobody_can_change_it_here(client: PageClient, cast: Cast) -> None:
    client.sign_in(cast.sam.user.id, cast.sam.user.session_epoch)
    for method in ("post", "put", "patch", "delete"):
        assert getattr(client, method)("/admin/audit-trail").status_code == 405


def test_whose_it_is_and_no_numbers_of_rows(client: PageClient, cast: Cast) -> None:
    """EVD-3: a document names its employee; digests and ids stand on the entry's own page only."""
    after = {"employee_id": cast.lena.record.id, "title": "Licence", "sha256": "c0ffee00", "type_id": 7}
    entry = record_change("filed", ("employee_document", 5), by=cast.hana.viewer, after=after)
    odd = {"employee_id": "12; DROP", "title": "Odd"}
    record_change("filed", ("employee_document", 6), by=cast.hana.viewer, after=odd)
    db.session.commit()
    client.sign_in(cast.aki.user.id, cast.aki.user.session_epoch)
    page = client.get("/admin/audit-trail?kind=employee_document").text
    assert "Document 5 · Lena Fischer" in page and "Licence" in page and "Odd" in page
    assert "c0ffee00" not in page
    assert "c0ffee00" in client.get(f"/admin/audit-trail/{entry.id}").text


def test_what_was_asked_reads_as_words(client: PageClient, cast: Cast) -> None:
    """EVD-3: the terms of a report are no programmer's notation; what they did not say is left out."""
    terms = {"terms": {"person": ["86"], "as_of": []}, "line_only": False}
    record_change("downloaded", ("report_request", 1), by=cast.hana.viewer, after=terms)
    db.session.commit()
    client.sign_in(cast.sam.user.id, cast.sam.user.session_epoch)
    page = client.get("/admin/audit-trail").text
    assert "<b>person: 86</b>" in page
    assert "{" not in page.partition('id="trail"')[2].partition("</table>")[0]
