"""Stands in for the mail server in the demo: takes every mail, keeps it as a file, delivers nothing.

python -m lmsapp.demo.mailcatcher listens on 127.0.0.1:SMTP_PORT until SIGINT or SIGTERM.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from lmsapp.config import ConfigurationError, Settings
from lmsapp.outreach.mailbox import folder_in, keep

HOST = "127.0.0.1"  # nobody elsewhere may fill the folder


class Catcher:
    """Answers 250 only when the file is on the disk."""

    def __init__(self, folder: Path):
        self.folder = folder

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        content = envelope.content or b""
        try:
            await asyncio.to_thread(keep, self.folder, content.encode() if isinstance(content, str) else content)
        except OSError as problem:
            return f"451 not kept: {problem.strerror}"
        return "250 Kept in the mailbox"


def controller(folder: Path, port: int) -> Controller:
    """Not started yet."""
    return Controller(Catcher(folder), hostname=HOST, port=port, enable_SMTPUTF8=True)


def main() -> int:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        settings = Settings.from_environment()
        server = controller(folder_in(settings.data_dir), settings.smtp_port)
        server.start()
    except (ConfigurationError, OSError) as problem:
        print(f"The mail catcher cannot start: {problem}", file=sys.stderr)
        return 1
    stop.wait()
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
