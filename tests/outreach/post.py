"""A real mail server in the test's hand, and somebody to write to."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask

from lmsapp.infra.servers.valkey import free_port
from lmsapp.outreach.notices.actions import write_notice
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.recipient import Recipient

ANN = Recipient(name="Ann Lee", address="ann@example.org")


@dataclass
class MailServer:
    """Takes everything, unless told otherwise. `to_recipient`, `to_data`: what it answers; `before_data` runs first."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    to_recipient: Callable[[str], str] = lambda _address: "250 OK"
    to_data: str = "250 OK"
    before_data: Callable[[], None] = lambda: None
    slow_s: float = 0.0
    drops_before_answer: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.to_recipient(address)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.before_data()
        await asyncio.sleep(self.slow_s)
        if self.to_data.startswith("2"):
            with self._lock:
                self.mails.append(read(envelope.content))
        if self.drops_before_answer:
            server.transport.abort()
        return self.to_data


def read(content: Any) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


@contextmanager
def mail_server(app: Flask) -> Iterator[MailServer]:
    """Listening, and set as the one the application sends to."""
    server = MailServer(free_port())
    controller = Controller(server, hostname="127.0.0.1", port=server.port, enable_SMTPUTF8=True)
    controller.start()
    before = {name: app.config[name] for name in ("SMTP_HOST", "SMTP_PORT")}
    app.config.update(SMTP_HOST="127.0.0.1", SMTP_PORT=server.port)
    try:
        yield server
    finally:
        app.config.update(before)
        controller.stop()


def promise(key: str = "test/1/email", to: Recipient = ANN, **changes: Any) -> Notice:
    """A reminder to send. Changed as named: template, values, link, about, channel, attachment."""
    given: dict[str, Any] = {
        "channel": "email",
        "template": "invitation",
        "values": {"email": to.address},
        "link": "/invitation/abc",
        "about": None,
    } | changes
    notice = write_notice(key=key, to=to, **given)
    assert notice is not None
    return notice
