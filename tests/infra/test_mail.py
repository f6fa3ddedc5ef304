"""What a letter is made of, and what the answers of a mail server mean (REM-4)."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask

from lmsapp.infra import mail
from tests.outreach.post import MailServer, mail_server

SENDER = "Training <training@example.org>"


@pytest.fixture
def server(app: Flask) -> Iterator[MailServer]:
    with mail_server(app) as running:
        yield running


def letter(**changes: Any) -> EmailMessage:
    given: dict[str, Any] = {
        "to_name": "Zoë Łuczak",
        "address": "zoe@example.org",
        "subject": "Erinnerung: Über Feuer",
        "text": "Guten Tag\n.\nEnde",
        "html": "<p>Guten Tag</p>",
        "message_id": "<1@example.org>",
        "sender": SENDER,
        "sender_name": "Northgate, Hospital",
    } | changes
    return mail.compose(**given)


def send(app: Flask, message: EmailMessage) -> None:
    with mail.connection(app.config) as smtp:
        mail.announce(smtp, message, SENDER)
        mail.transmit(smtp, message)


def test_arrives_as_written(app: Flask, server: MailServer) -> None:
    """REM-4: names in any script, both bodies, the attachment; a line of one dot ends nothing."""
    send(app, letter(attachments=(mail.Attachment("Zeugnis ü.pdf", "application/pdf", b"%PDF-1"),)))
    (got,) = server.mails
    assert got["To"].addresses[0].display_name == "Zoë Łuczak"
    assert got["From"].addresses[0].addr_spec == "training@example.org"
    assert got["From"].addresses[0].display_name == "Northgate, Hospital"
    assert (got["Subject"], got["Message-ID"]) == ("Erinnerung: Über Feuer", "<1@example.org>")
    assert got["Auto-Submitted"] == "auto-generated"
    text, html = got.get_body(("plain",)), got.get_body(("html",))
    assert text is not None
    assert text.get_content().splitlines() == ["Guten Tag", ".", "Ende"]
    assert html is not None
    (attached,) = got.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("Zeugnis ü.pdf", b"%PDF-1")


@pytest.mark.pure
@pytest.mark.parametrize(
    "address",
    [
        "", " ", "nobody", "@example.org", "a@", "a b@example.org", "a@b@c", "ann@example.org\r\nBcc: all@example.org",
        "ann@example.org, bob@example.org", "Ann <ann@example.org>", "<ann@example.org>", "ann@example.org>", "\x00@x",
        "(comment)", '"unclosed@example.org', "ann@[broken", "a@b\ud800.c",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(address: str) -> None:
    """REM-4: in words and at once, never an error of the worker."""
    with pytest.raises(mail.Refused):
        letter(address=address)


@pytest.mark.pure
def test_an_address_in_another_script_is_kept() -> None:
    assert letter(address="zoë@例え.jp")["To"].addresses[0].addr_spec == "zoë@例え.jp"


@pytest.mark.pure
def test_the_message_id_is_always_the_same_for_a_row() -> None:
    """REM-3: a receiver can tell a second copy by it."""
    assert mail.message_id_for("notice/1", SENDER) == mail.message_id_for("notice/1", "training@example.org")
    assert mail.message_id_for("notice/1", SENDER) != mail.message_id_for("notice/2", SENDER)
    assert mail.message_id_for("notice/1", SENDER).endswith("@example.org>")


@pytest.mark.parametrize(
    ("answer", "error"), [("550 no such user", mail.Refused), ("451 busy", mail.NotNow), ("421 closing", mail.NotNow)]
)
def test_answers_to_the_recipient(app: Flask, server: MailServer, answer: str, error: type[Exception]) -> None:
    """REM-4: 5xx is for good, 4xx is for now."""
    server.to_recipient = lambda _address: answer
    with pytest.raises(error, match=answer.partition(" ")[2]):
        send(app, letter())


@pytest.mark.parametrize(("answer", "error"), [("554 spam", mail.Refused), ("452 full", mail.NotNow)])
def test_answers_to_the_message(app: Flask, server: MailServer, answer: str, error: type[Exception]) -> None:
    server.to_data = answer
    with pytest.raises(error, match=answer.partition(" ")[2]):
        send(app, letter())


def test_a_lost_answer_is_uncertain(app: Flask, server: MailServer) -> None:
    """REM-3: it may have arrived, so it must not count as not sent."""
    server.drops_before_answer = True
    with pytest.raises(mail.Uncertain):
        send(app, letter())


def test_an_answer_that_never_comes_is_uncertain(
    app: Flask, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "TIMEOUT_S", 0.3)
    server.slow_s = 1.0
    with pytest.raises(mail.Uncertain):
        send(app, letter())


def test_nobody_listens(app: Flask) -> None:
    with mail_server(app):
        pass
    with pytest.raises(mail.NotNow), mail.connection(app.config | {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": 1}):
        pytest.fail("there is nobody")


def test_wrong_credentials_are_not_the_addresses_fault(app: Flask, server: MailServer) -> None:
    """REM-4: the notice waits until the setting is mended."""
    with (
        pytest.raises(mail.NotNow, match="let us in"),
        mail.connection(app.config | {"SMTP_USER": "training", "SMTP_PASSWORD": "wrong"}),
    ):
        pytest.fail("this server knows nobody")
