"""Mails kept as files instead of being delivered: what the demo's mail catcher writes and its mailbox shows.

One file per mail, never changed; its name is its arrival, so that sorting names sorts by time.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage, MIMEPart
from email.parser import BytesHeaderParser, BytesParser
from functools import lru_cache
from pathlib import Path

from lmsapp.infra import clock

NAME = re.compile(r"(\d{8}T\d{12})-[0-9a-f]{8}\.eml")
STAMP = "%Y%m%dT%H%M%S%f"
SHOWN = 100
HEAD_BYTES = 32 * 1024


@dataclass(frozen=True, slots=True)
class Envelope:
    """One line of the list. `name` is the file's."""

    name: str
    to: str
    sender: str
    subject: str
    arrived_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that came along; `number` counts from 0."""

    number: int
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A whole one. `html` is as it came: clean it before showing. `headers` in their order."""

    envelope: Envelope
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    enclosures: tuple[Enclosure, ...]


def folder_in(data_dir: str | Path) -> Path:
    """Where the mails of that data folder lie."""
    return Path(data_dir) / "mailbox"


def keep(folder: Path, content: bytes) -> Path:
    """Write one mail; a reader never sees half of it."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{clock.now().strftime(STAMP)}-{secrets.token_hex(4)}.eml"
    half = target.with_suffix(".part")
    with half.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    return half.replace(target)


def list_mails(folder: Path, q: str = "", limit: int = SHOWN) -> list[Envelope]:
    """Newest first; `q` looks in recipient and subject, upper and lower case alike."""
    wanted = q.casefold()
    found: list[Envelope] = []
    for name in sorted(_names(folder), reverse=True):
        envelope = _envelope(folder, name)
        if envelope is not None and wanted in f"{envelope.to}\n{envelope.subject}".casefold():
            found.append(envelope)
            if len(found) == limit:
                break
    return found


def read_mail(folder: Path, name: str) -> Mail | None:
    """The mail in the file of that name, or None: no such file, or no name of ours."""
    envelope = _envelope(folder, name) if NAME.fullmatch(name) else None
    if envelope is None:
        return None
    message = BytesParser(policy=policy.default).parsebytes((folder / name).read_bytes())
    assert isinstance(message, EmailMessage)
    return Mail(
        envelope=envelope,
        headers=tuple((key, str(value)) for key, value in message.items()),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        enclosures=tuple(_enclosures(message)),
    )


def _names(folder: Path) -> Iterator[str]:
    try:
        yield from (entry.name for entry in os.scandir(folder) if NAME.fullmatch(entry.name))
    except FileNotFoundError:
        return


@lru_cache(maxsize=4096)
def _envelope(folder: Path, name: str) -> Envelope | None:
    try:
        with (folder / name).open("rb") as file:
            head = BytesHeaderParser(policy=policy.default).parsebytes(file.read(HEAD_BYTES))
    except FileNotFoundError:
        return None
    match = NAME.fullmatch(name)
    assert match is not None
    return Envelope(
        name=name,
        to=str(head["To"] or ""),
        sender=str(head["From"] or ""),
        subject=str(head["Subject"] or ""),
        arrived_at=dt.datetime.strptime(match[1], STAMP).replace(tzinfo=dt.UTC),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return "" if part is None else _text_of(part)


def _text_of(part: MIMEPart) -> str:
    try:
        return str(part.get_content())
    except (LookupError, ValueError):  # a character set nobody knows
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _enclosures(message: EmailMessage) -> Iterator[Enclosure]:
    for number, part in enumerate(message.iter_attachments()):
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
        yield Enclosure(number, part.get_filename() or f"file-{number + 1}", part.get_content_type(), content)
