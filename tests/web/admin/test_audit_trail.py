"""The audit trail as staff read it (EVD-3)."""

from __future__ import annotations

import pytest

from lmsapp.evidence.audit.actions import record_change
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
    assert "1 to 50 of 121" in page
    assert "page=2" in page
    assert client.get("/admin/audit-trail?kind=course&page=3").text.count('id="entry-') == 21


def test_nobody_can_change_it_here(client: PageClient, cast: Cast) -> None:
    client.sign_in(cast.sam.user.id, cast.sam.user.session_epoch)
    for method in ("post", "put", "patch", "delete"):
        assert getattr(client, method)("/admin/audit-trail").status_code == 405
