"""Message texts on the real database: what holds, what is kept, what is sent (REM-2, REM-8)."""

from __future__ import annotations

import html5lib
import pytest
from flask import Flask
from sqlalchemy import func, select

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db
from lmsapp.infra.queue import Ring
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.wording import draft_letter, write_letter, write_shipped
from lmsapp.outreach.texts.actions import bring_back, go_back_to_shipped, save_text
from lmsapp.outreach.texts.drafts import shipped_words, specimen
from lmsapp.outreach.texts.kinds import CHANNELS, KINDS, LANGUAGES
from lmsapp.outreach.texts.models import MessageText
from lmsapp.outreach.texts.queries import history_of
from lmsapp.outreach.texts.rules import TESTS_AN_HOUR, Words, checked
from lmsapp.outreach.texts.trying import reaches_oneself, send_test
from lmsapp.people.roles import Role
from tests.cast import staff
from tests.clock import Clock
from tests.conftest import Statements
from tests.courses.authors import author
from tests.jobs import run_rings
from tests.outreach.post import mail_server

PLACE = ("training_reminder", "", "email", "en")
OURS = Words("{{title}} waits, {{first_name}}", "{{due_words}}\n{{so_far}}\n\n[Go on]({{link}})\n\n---\n{{number}}")


@pytest.mark.parametrize("template", list(KINDS))
def test_editing_begins_with_what_ships(app: Flask, template: str, clock: Clock) -> None:
    """REM-2: every kind renders by every channel in both languages; its shipped words, edited by nobody, say the same."""
    kind = KINDS[template]
    for moment in ("", *kind.moments):
        values = specimen(kind, moment)
        for channel in CHANNELS:
            for language in LANGUAGES:
                shipped = write_shipped(template, language, values, channel)
                words = checked(kind, channel, shipped_words(kind, moment, channel, language))
                letter = draft_letter(kind, words, language, values, channel)
                assert letter.subject == shipped.subject
                assert "{{" not in letter.text + letter.html
                if channel != "slack":
                    assert letter.text.split() == shipped.text.split()
                if channel == "email":
                    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(letter.html)
                    assert [a.get("href") for a in tree.iter("a")].count("http://localhost/help") >= 2


def test_own_words_hold_until_they_are_taken_back(clock: Clock, app: Flask) -> None:
    """REM-2, REM-7: for their language, channel and moment; earlier words are kept; each change is on the trail."""
    mo, carla = staff("Mo Derator", Role.MODERATOR).viewer, author("Carla Creator")
    with pytest.raises(NotAllowed):
        save_text(PLACE, OURS, by=carla, seen=0)
    first = save_text(PLACE, OURS, by=mo, seen=0)
    assert first is not None
    values = specimen(KINDS["training_reminder"], "before due")
    letter = write_letter("training_reminder", "en", values)
    assert letter.subject == "Safe handling of medicines waits, Maria"
    assert "7 days left" in letter.text
    assert letter.text.endswith("TA-0042\n")
    assert write_letter("training_reminder", "en", values, "in_app").subject == letter.subject, "as the e-mail"
    assert write_letter("training_reminder", "es", values).subject.startswith("Recordatorio")
    assert "waits" not in write_letter("training_reminder", "en", values, "sms").text
    save_text(("training_reminder", "on due", "email", "en"), Words("Today!", "{{link}}"), by=mo, seen=0)
    assert write_letter("training_reminder", "en", {**values, "days_left": 0, "moment": ""}).subject == "Today!"
    assert write_letter("training_reminder", "en", values).subject == letter.subject

    assert save_text(PLACE, OURS, by=mo, seen=first.id) is None, "nothing was changed"
    with pytest.raises(RuleBroken, match="meanwhile"):
        save_text(PLACE, Words("Late", "{{link}}"), by=mo, seen=0)
    second = save_text(PLACE, Words("Second", "{{link}}"), by=mo, seen=first.id)
    assert second is not None
    go_back_to_shipped(PLACE, by=mo, seen=second.id)
    with pytest.raises(RuleBroken, match="already"):
        go_back_to_shipped(PLACE, by=mo, seen=second.id)
    assert write_letter("training_reminder", "en", values).subject == "Training Reminder: Safe handling of medicines"
    bring_back(first.id, by=mo)
    assert write_letter("training_reminder", "en", values).subject == letter.subject
    kept = [row.subject for row in history_of("training_reminder")]
    assert sorted(kept) == sorted(["Today!", OURS.subject, "Second", OURS.subject])
    told = select(AuditEntry.action).where(AuditEntry.subject_kind == "message_text").order_by(AuditEntry.id)
    assert list(db.session.scalars(told)) == [
        "text changed", "text changed", "text changed", "shipped text taken back", "text changed",
    ]  # fmt: skip
    with pytest.raises(RuleBroken, match="no such message"):
        save_text(("roster_missing", "", "email", "en"), OURS, by=mo, seen=0)


def test_a_batch_of_letters_asks_once(app: Flask, clock: Clock, statements: Statements) -> None:
    """REM-1: a hundred thousand letters do not ask a hundred thousand times which words hold."""
    save_text(PLACE, OURS, by=staff("Mo Derator", Role.MODERATOR).viewer, seen=0)
    values = specimen(KINDS["training_reminder"], "before due")
    app.testing = False
    try:
        write_letter("training_reminder", "en", values)
        statements.clear()
        for _ in range(50):
            write_letter("training_reminder", "en", values)
        assert len(statements) <= 1
    finally:
        app.testing = True


def test_a_test_comes_to_me_alone(app: Flask, clock: Clock, rings: list[Ring]) -> None:
    """REM-8: through the real outbox, marked as a test, with no header of its own; never to anybody else, never a flood."""
    mo, carla = author("Mo Derator", Role.MODERATOR), author("Carla Creator")
    kind = KINDS["training_reminder"]
    values = specimen(kind, "on due") | {"title": "Fire\r\nBcc: all@example.org"}
    assert set(reaches_oneself(mo)) == {"email", "in_app"}
    with pytest.raises(NotAllowed):
        send_test(kind, "email", {"en": OURS}, values, to=carla)
    with pytest.raises(RuleBroken, match="no address of yours"):
        send_test(kind, "sms", {"en": Words("", "{{link}}")}, values, to=mo)
    with pytest.raises(RuleBroken, match="no placeholder"):
        send_test(kind, "email", {"en": Words("x", "{{link}} {{nobody}}")}, values, to=mo)
    assert send_test(kind, "email", {"en": OURS, "es": OURS}, values, to=mo) == [mo.email] * 2
    assert send_test(kind, "in_app", {"en": OURS}, values, to=mo) == [mo.name]
    db.session.commit()
    with mail_server(app) as server:
        run_rings(rings)
    assert len(server.mails) == 2
    for message in server.mails:
        assert message["Subject"] == "Test: Fire Bcc: all@example.org waits, Maria"
        assert message["Bcc"] is None
        assert message["To"].endswith(f"<{mo.email}>")
    assert db.session.scalar(select(func.count()).where(Notice.template == "test", Notice.user_id == mo.user_id)) == 3
    assert db.session.scalar(select(func.count()).select_from(MessageText)) == 0, "a test saves nothing"
    for _ in range(TESTS_AN_HOUR - 3):
        clock.move(seconds=1)
        send_test(kind, "in_app", {"en": OURS}, values, to=mo)
    with pytest.raises(RuleBroken, match="many tests"):
        send_test(kind, "in_app", {"en": OURS}, values, to=mo)
