"""Handing a letter to a mail server (REM-4), in steps, so that it is always known how far it got.

Before the message itself is sent a failure is harmless: nothing left the house. While it is sent, a lost connection
leaves it open whether the server took it; that is `Uncertain`, and nobody may resend it by themselves.
"""

from __future__ import annotations

import hashlib
import re
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any

from lmsapp.infra import clock
from lmsapp.infra.outcomes import NotNow, Refused, Uncertain, told
from lmsapp.infra.words import N_

TIMEOUT_S = 20
NOT_REACHED = N_("The mail server was not reached")
NOT_LET_IN = N_("The mail server did not let us in")
NOT_FROM_US = N_("The mail server does not take mail from us")
NO_ADDRESS = N_("This is not an e-mail address")
NOT_THERE = N_("This mail server does not take mail for such an address")
ANSWER_LOST = N_("The connection was lost while sending")
NO_SENSE = N_("The answer of the mail server made no sense")
# One @, and nothing that would need quoting; more is for the mail server to say.
ATOM = r'[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff"(),:;<>@\[\\\]]+'
PLAIN_ADDRESS = re.compile(f"{ATOM}@{ATOM}")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to go with a letter."""

    name: str
    media_type: str
    content: bytes


def compose(
    *, to_name: str, address: str, subject: str, text: str, html: str, message_id: str, sender: str, sender_name: str,
    attachments: tuple[Attachment, ...] = (),
) -> EmailMessage:  # fmt: skip
    """The message. Raises Refused for an address that cannot be one."""
    message = EmailMessage(policy=policy.SMTP if address.isascii() else policy.SMTPUTF8)
    message["From"] = Address(sender_name, addr_spec=parseaddr(sender)[1] or sender)
    message["To"] = _address(to_name, address)
    message["Subject"] = subject
    message["Message-ID"] = message_id
    message["Date"] = format_datetime(clock.now())
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for one in attachments:
        kind, _slash, subtype = one.media_type.partition("/")
        message.add_attachment(one.content, maintype=kind, subtype=subtype or "octet-stream", filename=one.name)
    return message


def _address(name: str, address: str) -> Address:
    """Checked by hand: the parser of the standard library raises what it likes, and refuses names in other scripts."""
    local, _at, domain = address.rpartition("@")
    if not PLAIN_ADDRESS.fullmatch(address):
        raise Refused(told(NO_ADDRESS, address))
    return Address(name, username=local, domain=domain)


def message_id_for(row: str, sender: str) -> str:
    """Always the same for one row, so that a receiver can tell a second copy."""
    domain = parseaddr(sender)[1].partition("@")[2] or "localhost"
    return f"<{hashlib.sha256(f'{row}@{domain}'.encode()).hexdigest()[:32]}@{domain}>"


@contextmanager
def connection(config: Mapping[str, Any]) -> Iterator[smtplib.SMTP]:
    """A session with the server of SMTP_HOST, greeted, encrypted and signed in as configured. Raises NotNow."""
    try:
        smtp = smtplib.SMTP(config["SMTP_HOST"], config["SMTP_PORT"], timeout=TIMEOUT_S)
    except (OSError, smtplib.SMTPException) as problem:
        raise NotNow(told(NOT_REACHED, problem), whole=True) from problem
    try:
        try:
            smtp.ehlo_or_helo_if_needed()
            if config["SMTP_STARTTLS"]:
                smtp.starttls(context=ssl.create_default_context())
            if config["SMTP_USER"]:
                smtp.login(config["SMTP_USER"], config["SMTP_PASSWORD"])
        except (OSError, smtplib.SMTPException) as problem:
            raise NotNow(told(NOT_LET_IN, _words(problem)), whole=True) from problem
        yield smtp
    finally:
        with suppress(OSError, smtplib.SMTPException):
            smtp.quit()


def announce(smtp: smtplib.SMTP, message: EmailMessage, sender: str) -> None:
    """Say from whom and to whom; nothing of the message is sent yet. Raises Refused or NotNow."""
    to = message["To"].addresses[0].addr_spec
    options = ["SMTPUTF8"] if not (to.isascii() and sender.isascii()) else []
    try:
        code, reply = smtp.mail(parseaddr(sender)[1], options)
        if not 200 <= code < 300:  # what is wrong with us is not wrong with the address
            raise NotNow(told(NOT_FROM_US, _decoded(code, reply)), whole=True)
        _check(*smtp.rcpt(to, []))
    except (smtplib.SMTPNotSupportedError, UnicodeEncodeError) as problem:
        raise Refused(told(NOT_THERE, to)) from problem
    except smtplib.SMTPException as problem:
        raise NotNow(_words(problem)) from problem
    except OSError as problem:
        raise NotNow(str(problem)) from problem


def transmit(smtp: smtplib.SMTP, message: EmailMessage) -> None:
    """Send the message itself. Raises Refused, NotNow, or Uncertain when no proper answer came."""
    try:
        code, reply = smtp.data(message.as_bytes())
    except smtplib.SMTPDataError as problem:  # it did not say 'go ahead', so nothing was sent
        _check(problem.smtp_code, problem.smtp_error)
        raise NotNow(_words(problem)) from problem
    except (OSError, smtplib.SMTPException) as problem:
        raise Uncertain(told(ANSWER_LOST, problem)) from problem
    if code < 200:
        raise Uncertain(told(NO_SENSE, _decoded(code, reply)))
    _check(code, reply)


def _check(code: int, reply: bytes | str) -> None:
    """2xx and 3xx go on; 5xx is for good; anything else is for now (RFC 5321, 4.2.1)."""
    if code >= 500:
        raise Refused(_decoded(code, reply))
    if not 200 <= code < 400:
        raise NotNow(_decoded(code, reply))


def _words(problem: Exception) -> str:
    if isinstance(problem, smtplib.SMTPResponseException):
        return _decoded(problem.smtp_code, problem.smtp_error)
    return str(problem)


def _decoded(code: int, reply: bytes | str) -> str:
    return f"{code} {reply.decode(errors='replace') if isinstance(reply, bytes) else reply}"
