"""The outbox as staff see it (REM-4, REM-7)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lmsapp.infra.db import db
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.recipient import Recipient
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.conftest import Statements
from tests.outreach.post import promise

ATTACK = "<script>alert(1)</script>"


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


def write(status: str = "sent", key: str = "k", name: str = "Ann Lee", **changes: object) -> Notice:
    notice = promise(key, Recipient(name=name, address=f"{key}@example.org"))
    for attribute, value in ({"status": status} | changes).items():
        setattr(notice, attribute, value)
    db.session.commit()
    return notice


def test_who_may_read_it(client: PageClient, cast: Cast) -> None:
    """ORG-2, SEC-4: system managers and auditors; nobody else, and strangers sign in first."""
    assert client.get("/admin/notices").status_code == 302
    for name, person in cast.everybody.items():
        client.sign_in(person.user.id, person.user.session_epoch)
        assert client.get("/admin/notices").status_code == (200 if name in ("sam", "aki") else 403), name


def test_what_it_shows(client: PageClient, cast: Cast) -> None:
    """REM-7: to whom, why, what it said, when, and what became of it."""
    write(
        reason={"policy": "before due", "days_before": 7},
        template="training_reminder",
        subject="Training Reminder: Fire",
    )
    write("failed", "gone", error="550 no such user")
    write("suppressed", "done", error="The training was completed or closed meanwhile.")
    client.sign_in(cast.aki.user.id, cast.aki.user.session_epoch)
    page = client.get("/admin/notices").text
    for words in (
        "Training Reminder: Fire", "k@example.org", "Reminder 7 days before it is due", "550 no such user",
        "completed or closed meanwhile", "Choose a password here", "Not sent",
    ):  # fmt: skip
        assert words in page
    assert "Send again" not in page, "auditors only read"


def test_nobody_reads_anothers_personal_link(client: PageClient, cast: Cast) -> None:
    """SEC-4: whoever holds the link of an invitation or a reset chooses the password."""
    for template in ("invitation", "password_reset"):
        write("failed", template, template=template)
    for person in (cast.sam, cast.aki):
        client.sign_in(person.user.id, person.user.session_epoch)
        page = client.get("/admin/notices").text
        assert "/invitation/abc" not in page
        assert page.count("it holds a personal link") == 2


def test_keys_in_links_are_for_their_reader(client: PageClient, cast: Cast) -> None:
    """REM-5, SEC-4: a reminder may carry a single-use link; what it says is shown without it."""
    notice = promise("linked", Recipient(name="Ann", address="ann@example.org"))
    notice.template, notice.body_text = "training_reminder", "Go on: http://localhost/l/Zk3_aa9Bq-1ppQkk20Lmm"
    db.session.commit()
    client.sign_in(cast.aki.user.id, cast.aki.user.session_epoch)
    page = client.get("/admin/notices").text
    assert "Go on: http://localhost/l/…" in page
    assert "Zk3_aa9Bq" not in page


def test_filters(client: PageClient, cast: Cast) -> None:
    write("sent", "a", name="Percy 100%")
    write("failed", "b", name="Bea", error="550")
    write("sent", "c", name="Cem", channel="in_app", template="training_overdue")
    client.sign_in(cast.sam.user.id, cast.sam.user.session_epoch)

    def found(query: str) -> set[str]:
        page = client.get(f"/admin/notices?{query}").text
        return {name for name in ("Percy", "Bea", "Cem") if f">{name}" in page}

    assert found("") == {"Percy", "Bea", "Cem"}
    assert found("status=failed") == {"Bea"}
    assert found("status=failed&status=sent&channel=in_app") == {"Cem"}
    assert found("template=training_overdue") == {"Cem"}
    assert found("q=B@EXAMPLE") == {"Bea"}
    assert found("q=%25") == {"Percy"}
    assert found("q=nobody&status=nonsense&page=99") == set()


def test_send_again(client: PageClient, cast: Cast, rings: list[object]) -> None:
    """REM-4: by a plain form or in place; the row says at once that it is queued."""
    notice = write("unknown", error="The worker stopped while sending; nobody knows whether this e-mail arrived.")
    client.sign_in(cast.sam.user.id, cast.sam.user.session_epoch)
    assert "second copy" in client.get("/admin/notices").text
    rings.clear()
    part = client.post(f"/admin/notices/{notice.id}/tries", headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert part.text.lstrip().startswith(f'<tr role="row" id="notice-{notice.id}"')
    assert "Queued" in part.text
    assert len(rings) == 1
    notice = write("failed", "b")
    assert client.post(f"/admin/notices/{notice.id}/tries").location == "/admin/notices"
    again = client.post(f"/admin/notices/{notice.id}/tries")
    assert again.status_code == 422
    assert "not waiting for another try" in again.text
    assert client.post("/admin/notices/999999/tries").status_code == 404


def test_only_system_managers_send_again(client: PageClient, cast: Cast) -> None:
    """SEC-4."""
    notice = write("failed")
    for name, person in cast.everybody.items():
        if name != "sam":
            client.sign_in(person.user.id, person.user.session_epoch)
            assert client.post(f"/admin/notices/{notice.id}/tries").status_code == 403, name
    assert db.session.scalar(select(Notice.status).where(Notice.id == notice.id)) == "failed"


def test_whatever_people_and_servers_write_is_text(client: PageClient, cast: Cast) -> None:
    """SEC-2: names, subjects and the words of foreign mail servers, with % signs too."""
    write("failed", name=ATTACK, subject=ATTACK, error=f"550 {ATTACK} 100% %(spam)s", reason={"why": ATTACK, "x": "%s"})
    client.sign_in(cast.sam.user.id, cast.sam.user.session_epoch)
    page = client.get("/admin/notices").text
    assert ATTACK not in page
    assert page.count("&lt;script&gt;alert(1)") >= 3
    assert "100% %(spam)s" in page


def test_many_cost_the_same(client: PageClient, cast: Cast, statements: Statements) -> None:
    client.sign_in(cast.sam.user.id, cast.sam.user.session_epoch)
    costs = []
    for size in (2, 60):
        for n in range(size):
            promise(f"{size}/{n}")
        db.session.commit()
        statements.clear()
        page = client.get("/admin/notices").text
        costs.append(len(statements))
    assert costs[0] == costs[1]
    assert page.count('id="notice-') == 50
    assert "1 to 50 of 62" in page
