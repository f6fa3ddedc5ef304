"""How you are told: what somebody agrees to, and chooses, for themselves (REM-4, REM-8)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.insight.held.person import telling
from lmsapp.outreach.contact import actions
from lmsapp.outreach.contact.models import ContactPreference
from lmsapp.outreach.contact.queries import allows_sms, preference_of
from lmsapp.outreach.contact.rules import Quiet
from tests.cast import Cast, make_cast
from tests.client import PageClient

PAGE = "/account/how-you-are-told"
NUMBER = "+1 312 555 0100"


@pytest.fixture
def cast(client: PageClient) -> Cast:
    cast = make_cast()
    client.sign_in(cast.lena.user.id, cast.lena.user.session_epoch)
    return cast


def test_agreeing_to_text_messages_and_ending_them(client: PageClient, cast: Cast) -> None:
    """REM-8: the number, the words and the date are kept; a number that changes asks again; one's own no is final."""
    lena = cast.lena.record
    assert PAGE in client.get("/account").text
    assert "There is no phone number on file" in client.get(PAGE).text
    lena.mobile = NUMBER
    db.session.commit()
    shown = client.get(PAGE).text
    assert f"may send text messages about my training to {NUMBER}" in shown
    assert "I do not have to agree to work here" in shown
    unticked = client.post(f"{PAGE}/text-messages", data={"number": NUMBER})
    assert unticked.status_code == 422
    assert not allows_sms(lena.id)
    assert client.post(f"{PAGE}/text-messages", data={"number": "+1 1111", "agreed": "1"}).status_code == 422
    assert client.post(f"{PAGE}/text-messages", data={"number": NUMBER, "agreed": "1"}).status_code == 303
    assert allows_sms(lena.id)
    kept = preference_of(cast.lena.viewer, lena.id)
    assert NUMBER in kept.words
    assert kept.agreed_on is not None
    assert "Stop text messages" in client.get(PAGE).text
    lena.mobile = "+1 312 555 0199"
    db.session.commit()
    assert "Your number has changed" in client.get(PAGE).text
    assert not allows_sms(lena.id)
    assert client.post(f"{PAGE}/text-messages/end").status_code == 303
    assert "You get none: you said no" in client.get(PAGE).text
    trail = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.action.startswith("text messages")).order_by(AuditEntry.id)
    ).all()
    assert list(trail) == ["text messages agreed to", "text messages declined"]


def test_digest_quiet_hours_and_slack(client: PageClient, cast: Cast) -> None:
    """REM-4, REM-8: each saved, shown again, on the trail once, and in the copy of what is held."""
    assert "It is quiet for everybody from 20:00 to 08:00" in client.get(PAGE).text
    for _again in range(2):
        client.post(f"{PAGE}/digest", data={"digest": "1"})
    client.post(f"{PAGE}/quiet-hours", data={"quiet_from": "12", "quiet_until": "14"})
    client.post(f"{PAGE}/slack", data={"member": " U024BE7LH "})
    page = client.get(PAGE).text
    assert '<option selected value="12">12:00' in page
    assert 'value="U024BE7LH"' in page
    refused = client.post(f"{PAGE}/quiet-hours", data={"quiet_from": "8", "quiet_until": "19"})
    assert refused.status_code == 422
    assert "Leave at least 4 hours" in refused.text
    assert client.post(f"{PAGE}/quiet-hours", data={"quiet_from": "25", "quiet_until": "x"}).status_code == 422
    wrong = client.post(f"{PAGE}/slack", data={"member": "<!here>"})
    assert wrong.status_code == 422
    assert "U024BE7LH" in wrong.text
    (row,) = telling(cast.lena.viewer).rows
    assert (row["digest"], row["quiet_from"], row["slack_member"]) == (True, 12, "U024BE7LH")
    client.post(f"{PAGE}/quiet-hours", data={"quiet_from": "", "quiet_until": "14"})
    client.post(f"{PAGE}/slack", data={"member": ""})
    kept = db.session.get_one(ContactPreference, cast.lena.record.id, populate_existing=True)
    assert (kept.quiet_from, kept.quiet_until, kept.slack_member, kept.digest) == (None, None, "", True)
    actions_ = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject_kind == "employee").order_by(AuditEntry.id)
    ).all()
    assert actions_.count("digest chosen") == 1


def test_nobody_decides_for_somebody_else(client: PageClient, cast: Cast) -> None:
    """SEC-4: not a manager, not HR beyond consent with a reason; staff without a record have no such page."""
    lena = cast.lena.record
    lena.mobile = NUMBER
    with pytest.raises(NotAllowed):
        actions.give_sms_consent(lena, cast.mark.viewer, number=NUMBER, words="x", reason="He said so")
    with pytest.raises(NotAllowed):
        actions.choose_digest(lena, True, cast.hana.viewer)
    with pytest.raises(NotAllowed):
        actions.choose_quiet_hours(lena, Quiet(1, 2), cast.mark.viewer)
    with pytest.raises(NotAllowed):
        preference_of(cast.mark.viewer, lena.id)
    with pytest.raises(RuleBroken):
        actions.withdraw_sms_consent(lena, cast.hana.viewer, reason=" ")
    client.sign_in(cast.hana.user.id, cast.hana.user.session_epoch)
    assert client.get(PAGE).status_code == 404
    assert PAGE not in client.get("/account").text
    assert telling(cast.hana.viewer).rows == []
