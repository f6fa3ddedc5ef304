"""The page of settings (OPS, SEC-1, SEC-6, EVD-3)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db
from lmsapp.people.settings.queries import settings
from lmsapp.people.settings.rules import SETTINGS, on_page
from tests.cast import Cast, make_cast
from tests.client import PageClient

PAGE = "/admin/settings"


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    db.session.commit()
    return made


def filled(**changes: object) -> dict[str, object]:
    """As the form sends it: a box that is not ticked is not sent."""
    return {
        name: value
        for name, value in {**settings(), "reason": "Seasonal", **changes}.items()
        if value is not False and (name not in SETTINGS or not SETTINGS[name].page)
    }


def test_who_may_open_it(client: PageClient, cast: Cast) -> None:
    """ORG-2, SEC-4: system managers; Otto and the auditor may not."""
    assert client.get(PAGE).status_code == 302
    for name, person in cast.everybody.items():
        client.sign_in(person.user.id, person.user.session_epoch)
        assert client.get(PAGE).status_code == (200 if name == "sam" else 403), name
        if name != "sam":
            assert client.post(PAGE, data=filled(session_hours=1)).status_code == 403, name
    assert settings()["session_hours"] == SETTINGS["session_hours"].default


def test_what_is_saved_is_said_and_kept(client: PageClient, cast: Cast) -> None:
    """EVD-3: present values, bounds, what changed, and who, why on the trail."""
    client.sign_in(cast.sam.user.id, cast.sam.user.session_epoch)
    page = client.get(PAGE).text
    for one in on_page(""):
        assert one.label in page and f'name="{one.name}"' in page
    answer = client.post(PAGE, data=filled(leaver_guard_percent=25, onboard_joiners=False), follow_redirects=True)
    assert (
        "Stop a roster that would remove more than: 10 percent of the people → 25 percent of the people" in answer.text
    )
    assert (settings()["leaver_guard_percent"], settings()["onboard_joiners"]) == (25, False)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "settings changed")).one()
    assert (entry.actor_name, entry.reason, entry.origin) == (cast.sam.viewer.name, "Seasonal", "page")
    again = client.post(PAGE, data=filled(), follow_redirects=True)
    assert "Nothing was changed" in again.text


@pytest.mark.parametrize(
    "wrong",
    [{"session_hours": wrong} for wrong in (0, "many", "", "5.5", "9" * 400, "-" + "9" * 5000)] + [{"reason": " "}],
)
def test_a_wrong_value_is_refused_at_its_field(client: PageClient, cast: Cast, wrong: dict[str, object]) -> None:
    """SEC-6: nothing is saved, nothing typed is lost."""
    client.sign_in(cast.sam.user.id, cast.sam.user.session_epoch)
    answer = client.post(PAGE, data=filled(leaver_guard_percent=25, **wrong))
    assert answer.status_code == 422
    assert 'value="25"' in answer.text and "aria-invalid" in answer.text
    assert settings() == {name: one.default for name, one in SETTINGS.items()}
