"""One number for everything one request, job or command did (EVD-3): in the trail, in the log, on the error page.

`current()` is asked by whoever writes something down. The web layer begins a trace for each request, `jobs.run_job`
and the scheduler for each job; whatever runs outside of these is a command, which is given one trace for its life.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum

from lmsapp.infra.words import N_

_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"


class Origin(StrEnum):
    """How a change came about."""

    PAGE = N_("page")
    LINK = N_("single-use link")
    JOB = N_("job")
    COMMAND = N_("command line")
    IMPORT = N_("import")


@dataclass(frozen=True, slots=True)
class Person:
    """Who stands behind it: the account, and the name at the time."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Trace:
    """`person` sits at the page, or rang the job, or is named by the command; None: nobody."""

    request_id: str
    origin: Origin
    person: Person | None = None


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def new_id() -> str:
    """Short enough to be read out on the telephone: 16 letters and figures."""
    return secrets.token_hex(8)


def is_well_formed(given: str) -> bool:
    """Whether a request id that somebody else chose may be kept: 8 to 64 letters, figures, dots, dashes."""
    return _WELL_FORMED.fullmatch(given) is not None


def current() -> Trace:
    """The trace of what runs now."""
    trace = _current.get()
    if trace is None:
        trace = Trace(new_id(), Origin.COMMAND)
        _current.set(trace)
    return trace


def begin(origin: Origin, request_id: str = "") -> None:
    """A new trace for what follows in this thread; the one before is over."""
    _current.set(Trace(request_id or new_id(), origin))


def end() -> None:
    """Nothing runs any more."""
    _current.set(None)


def acting_for(person: Person | None) -> None:
    """Name who stands behind the present trace."""
    _current.set(replace(current(), person=person))


@contextmanager
def traced(origin: Origin, request_id: str = "", person: Person | None = None) -> Iterator[Trace]:
    """A trace of its own for the block."""
    trace = Trace(request_id or new_id(), origin, person)
    token = _current.set(trace)
    try:
        yield trace
    finally:
        _current.reset(token)


@contextmanager
def coming_from(origin: Origin) -> Iterator[None]:
    """The same number and person, another origin: the lines of a file that somebody imports at a page."""
    token = _current.set(replace(current(), origin=origin))
    try:
        yield
    finally:
        _current.reset(token)


class _Numbered(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        trace = _current.get()
        record.request_id = trace.request_id if trace else "-"
        return True


class _OneLine(logging.Formatter):
    """What came in with a request cannot begin a line of its own (ASVS 16.4.1); a trace of ours stands below it."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - as the standard library calls it
        line = super().formatMessage(record)
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)


def number_logs() -> None:
    """Every line our own code logs carries the number. Called once or more."""
    log = logging.getLogger("lmsapp")
    if not log.handlers:
        handler = logging.StreamHandler()
        handler.addFilter(_Numbered())
        handler.setFormatter(_OneLine(LOG_FORMAT))
        log.addHandler(handler)
