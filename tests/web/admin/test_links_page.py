"""REM-5: the page that switches single-use links on, and what it says of those that are out."""

from __future__ import annotations

from sqlalchemy import select

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db
from lmsapp.people.settings.queries import settings
from tests.client import PageClient
from tests.clock import Clock
from tests.conftest import Statements
from tests.learning.links.scene import Field


def test_switching_on_and_off(client: PageClient, clock: Clock, statements: Statements) -> None:
    """REM-5, EVD-3: system managers only; what it means stands there; who and why on the page and the trail; the list
    costs the same for many, and never shows a link. Off, all that is out opens nothing."""
    field = Field(on=False)
    page = "/admin/links"
    for name, person in field.cast.everybody.items():
        client.sign_in(person.user.id, person.user.session_epoch)
        assert client.get(page).status_code == (200 if name == "sam" else 403), name
        if name != "sam":
            assert client.post(page, data={"link_sign_in": "y", "reason": "x"}).status_code == 403
    sam = field.cast.sam
    client.sign_in(sam.user.id, sam.user.session_epoch)
    assert "Whoever has the message can take that training in the name of" in client.get(page).text
    asked = {"link_sign_in": "y", "link_audience": "0", "link_hours": "48", "reason": "field crews"}
    for wrong in ({"link_hours": "169"}, {"link_hours": "0"}, {"link_audience": "999"}, {"reason": ""}):
        assert client.post(page, data=asked | wrong).status_code == 422
    assert not settings()["link_sign_in"]
    assert client.post(page, data=asked).status_code == 303
    assert settings()["link_sign_in"] and settings()["link_hours"] == 48
    path = field.link()
    shown = client.get(page).text
    assert "By Sam Whitaker" in shown and "field crews" in shown and "+1…89" in shown
    assert path.removeprefix("/l/") not in shown
    statements.clear()
    client.get(page)
    one = len(statements)
    field.link(field.other)
    statements.clear()
    assert client.get(page).text.count("+1…89") == 2
    assert len(statements) == one
    del asked["link_sign_in"]
    client.post(page, data=asked)
    assert field.row(path).revoked_as == "switched off"
    actions = [entry.action for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert actions.count("settings changed") == 2 and "link revoked" in actions
