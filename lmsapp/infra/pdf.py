"""PDFs with our own fonts and nothing else (EVD-7): no network, no files but the fonts, bounded in time and memory.

They are drawn in a process of their own (`lmsapp.infra.printing`), started when the first is asked for and kept
warm: its fonts are parsed once. Whatever a document does to it, the worker that asked hears of it in words and goes
on.

A character that no font can draw would be blank on paper. `strict` makes it an error.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from lmsapp.infra import clock
from lmsapp.infra.printing.child import LENGTH
from lmsapp.infra.printing.hostile import check_html, facts_in
from lmsapp.infra.printing.scripts import FACES, FONTS
from lmsapp.infra.printing.scripts import styles_for as fonts_for

log = logging.getLogger(__name__)
CHILD = Path(__file__).resolve().parent / "printing" / "child.py"
LONGEST_S = 30.0
START_S = 60.0
DRAWN_BEFORE_RENEWAL = 2000  # what a library may leave behind goes with the process
MOST_ROWS = 100_000
__all__ = ["FACES", "FONTS", "PdfError", "fonts_for", "render_pdf", "render_table"]


class PdfError(Exception):
    """The document could not be made as written."""


def render_pdf(
    html: str, *, strict: bool = False, author: str = "", subject: str = "", longest_s: float = LONGEST_S
) -> bytes:
    """The tagged PDF of a whole HTML document. Language and title are those of the document. Raises PdfError.

    The fonts are put at the head of its first <style>. `author`: the organisation; `subject`: what kind of document.
    """
    try:
        check_html(html)
    except ValueError as hostile:
        raise PdfError(str(hostile)) from hostile
    facts = facts_in(html) | {"author": author, "subject": subject, "made_at": int(clock.now().timestamp())}
    return PRINTER.draw("page", longest_s, html=html, strict=strict, **facts)


def render_table(
    title: str,
    *,
    intro: Sequence[str],
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    shares: Sequence[float],
    right: Sequence[int] = (),
    of_pages: Sequence[str] = ("", " / ", ""),
    sign: Sequence[str] = (),
    language: str = "en",
    author: str = "",
    subject: str = "",
    longest_s: float = 120.0,
) -> bytes:
    """The tagged PDF of a table of any length; see `printing.tables.table`. Raises PdfError."""
    if len(rows) > MOST_ROWS:
        raise PdfError(f"{len(rows)} rows are more than a PDF is made of ({MOST_ROWS})")
    return PRINTER.draw(
        "table",
        longest_s,
        title=title,
        intro=list(intro),
        heads=list(heads),
        rows=[list(row) for row in rows],
        shares=list(shares),
        right=list(right),
        of_pages=list(of_pages),
        sign=list(sign),
        language=language,
        author=author,
        subject=subject,
        made_at=int(clock.now().timestamp()),
    )


class Printer:
    """The drawing process of this one: one document at a time."""

    def __init__(self, *words: str) -> None:
        self.words = words  # for the program
        self.alone = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self.owner = self.drawn = 0

    def draw(self, kind: str, seconds: float, /, **given: Any) -> bytes:
        """Raises PdfError in words, also when the process had to be ended."""
        request = json.dumps({"asked": kind, "seconds": seconds, **given}).encode()
        with self.alone:
            process = self._running()
            self.drawn += 1
            try:
                answer = _asked(process, request, seconds + 5)
            except (OSError, EOFError) as problem:
                self._end()
                words = (
                    "it took too long" if isinstance(problem, TimeoutError) else "it took too long or too much memory"
                )
                raise PdfError(f"the document was given up: {words} ({seconds:.0f} s are allowed)") from problem
        if answer[:1] != b"P":
            raise PdfError(answer[1:].decode())
        return answer[1:]

    @property
    def pid(self) -> int:
        """Of the drawing process, started if need be; for measuring."""
        with self.alone:
            return self._running().pid

    def _running(self) -> subprocess.Popen[bytes]:
        if self.owner != os.getpid():  # a fork has no part in its parent's
            self.process, self.owner = None, os.getpid()
        if self.process is not None and (self.process.poll() is not None or self.drawn >= DRAWN_BEFORE_RENEWAL):
            self._end()
        if self.process is None:
            # An environment of its own: no secret of ours is there to be read.
            environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONHASHSEED": "0", "TMPDIR": "/tmp"}  # noqa: S108
            self.process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-I", str(CHILD), *self.words],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=environment,
                cwd="/",
                start_new_session=True,  # Ctrl-C ends us, and we end it
            )
            self.drawn = 0
            try:
                _received(self.process, START_S)
            except (OSError, EOFError) as problem:
                self._end()
                raise PdfError("the drawing process did not start") from problem
        return self.process

    def _end(self) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        process.wait()

    def close(self) -> None:
        """End the process, if it is ours."""
        if self.owner == os.getpid():
            self._end()


def _asked(process: subprocess.Popen[bytes], request: bytes, seconds: float) -> bytes:
    assert process.stdin is not None
    process.stdin.write(LENGTH.pack(len(request)) + request)
    process.stdin.flush()
    return _received(process, seconds)


def _received(process: subprocess.Popen[bytes], seconds: float) -> bytes:
    """One message. Raises TimeoutError, or EOFError when the process ended."""
    assert process.stdout is not None
    until = time.monotonic() + seconds
    head = _read(process.stdout, LENGTH.size, until)
    return _read(process.stdout, LENGTH.unpack(head)[0], until)


def _read(pipe: IO[bytes], size: int, until: float) -> bytes:
    pieces, left = [], size
    while left:
        ready, _w, _x = select.select([pipe], [], [], max(0.0, until - time.monotonic()))
        if not ready:
            raise TimeoutError
        piece = os.read(pipe.fileno(), min(left, 1 << 20))
        if not piece:
            raise EOFError
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


PRINTER = Printer()
atexit.register(PRINTER.close)
