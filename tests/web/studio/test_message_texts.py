"""The pages of message texts: list, editor, preview, test to me, history (REM-2, REM-8)."""

from __future__ import annotations

import html
import re

from sqlalchemy import select

from lmsapp.infra.db import db
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.texts.models import MessageText
from lmsapp.people.roles import Role
from tests.client import PageClient
from tests.clock import Clock
from tests.courses.authors import author

HERE = "/studio/message-texts/training_reminder"


def test_moderators_edit_see_try_and_go_back(client: PageClient, clock: Clock) -> None:
    """REM-2, REM-8: both languages beside each other; nothing typed is lost; the preview is what is sent."""
    mo, carla = author("Mo Derator", Role.MODERATOR), author("Carla Creator")
    client.sign_in(carla.user_id)
    for place in ("message-texts", "message-texts/training_reminder", "message-texts/letter?draft=x"):
        assert client.get(f"/studio/{place}").status_code == 403
    client.sign_in(mo.user_id)
    assert "Training reminder" in client.get("/studio/message-texts").text
    assert client.get("/studio/message-texts/no_such").status_code == 404
    assert client.get("/studio/message-texts/letter?draft=forged").status_code == 404
    page = client.get(HERE)
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    for said in ("Training Reminder: {{title}}", "Recordatorio de capacitación: {{title}}", "As shipped", "{{so_far}}"):
        assert said in page.text
    for channel in ("sms", "slack", "in_app"):
        assert client.get(f"{HERE}?channel={channel}&moment=on+due").status_code == 200

    sent = {
        "channel": "email", "moment": "on due", "sample": "specimen", "en_subject": "{{7*7}} {{title}}",
        "en_body": "<b>Hi</b> {{name}}\n\n[Begin]({{link}})", "en_seen": "0", "es_subject": "Hoy: {{title}}",
        "es_body": "Hola {{nombre}} {{link}}", "es_seen": "0",
    }  # fmt: skip
    broken = client.post(HERE, data=sent)
    assert broken.status_code == 422
    assert "{{nombre}} is no placeholder here. Did you mean {{number}}?" in html.unescape(broken.text)
    assert "Hola {{nombre}} {{link}}" in broken.text
    assert not db.session.scalars(select(MessageText)).all(), "both or neither"

    fragment = client.post(f"{HERE}/preview", data=sent, headers={"HX-Request": "true"})
    assert "{{7*7}} Safe handling of medicines" in fragment.text
    assert "This cannot be sent yet" in fragment.text
    frame = re.search(r'src="([^"]+letter[^"]+)"', fragment.text)
    assert frame is not None
    letter = client.get(html.unescape(frame[1]))
    assert "sandbox" in letter.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in letter.headers["Content-Security-Policy"]
    assert "&lt;b&gt;Hi&lt;/b&gt; Maria Moreno" in letter.text
    client.sign_in(author("Ada Other", Role.MODERATOR).user_id)
    assert client.get(html.unescape(frame[1])).status_code == 404, "the draft of somebody else"
    client.sign_in(mo.user_id)

    sent["es_body"] = "Hola {{name}} {{link}}"
    tried = client.post(f"{HERE}/tests", data=sent | {"language": "es"})
    assert f"A test is on its way to {mo.email}" in tried.text
    assert "Hola {{name}} {{link}}" in tried.text, "still there to be saved"
    assert db.session.scalars(select(Notice.subject)).all() == ["Test: Hoy: Safe handling of medicines"]
    assert client.post(HERE, data=sent).status_code == 303
    rows = {row.language: row for row in db.session.scalars(select(MessageText))}
    assert set(rows) == {"en", "es"}
    again = client.get(f"{HERE}?moment=on+due")
    assert "Changed" in again.text
    assert "Holds now" in again.text
    assert client.post(HERE, data=sent | {"en_subject": "Other"}).status_code == 422, (
        "somebody saved since the page was opened"
    )
    back = {"channel": "email", "moment": "on due", "language": "en", "seen": str(rows["en"].id)}
    assert client.post(f"{HERE}/shipped", data=back).status_code == 303
    assert client.post(f"{HERE}/shipped", data=back).status_code == 422
    assert client.post(f"{HERE}/history/{rows['en'].id}").status_code == 303
    assert client.post(f"{HERE}/history/{rows['en'].id + 999}").status_code == 404
    held = select(MessageText.subject).where(MessageText.replaced_at.is_(None), MessageText.language == "en")
    assert db.session.scalars(held).all() == ["{{7*7}} {{title}}"]
    assert "Changed" in client.get("/studio/message-texts").text
