"""What the drawing process may not do, whatever a document talks the libraries into.

Three fences, each enough for what it covers: an audit hook (nothing can take one out again) refuses sockets,
programs and files outside the fonts and the libraries; limits of the kernel bound memory and what can be written;
where the kernel allows it, the process has a network of its own without any way out.
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

MEMORY_BYTES = 1536 << 20  # of address space; a table of 5,000 rows needs a fifth of it
OPEN_FILES = 64
NEW_NETWORK, NEW_USER = 0x40000000, 0x10000000  # CLONE_NEWNET and CLONE_NEWUSER of sched.h
REFUSED = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.link", "os.symlink",
    "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.chown", "os.truncate", "os.putenv", "shutil.",
    "ctypes.dlopen", "ftplib.", "http.", "urllib.", "smtplib.", "webbrowser.", "ssl.", "pty.", "sqlite3.",
)  # fmt: skip
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Refused(OSError):
    """The document wanted something that is not in it. An OSError, so that the libraries leave the thing out."""


def close_doors(readable: Sequence[Path]) -> None:
    """For good. `readable`: folders whose files may be opened for reading, links followed."""
    _leave_the_network()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    roots = tuple(f"{os.path.realpath(folder)}{os.sep}" for folder in readable)

    def refuse(event: str, given: tuple[Any, ...]) -> None:
        if event == "open":
            _check_open(given, roots)
        elif event.startswith(REFUSED):
            raise Refused(f"a document may not do that: {event}")

    sys.addaudithook(refuse)


def _check_open(given: tuple[Any, ...], roots: tuple[str, ...]) -> None:
    path, mode, flags = given
    if isinstance(path, int):
        return
    writes = (isinstance(mode, str) and set(mode) & set("wax+")) or (isinstance(flags, int) and flags & WRITING)
    name = path if isinstance(path, str | bytes | os.PathLike) else ""
    if writes or not os.path.realpath(os.fsdecode(name)).startswith(roots):
        raise Refused(f"a document may not open {os.fsdecode(name)!r}")


def _leave_the_network() -> None:
    """Without the right to it nothing happens: the other two fences stand."""
    libc = ctypes.CDLL(None)
    for flags in (NEW_NETWORK, NEW_USER | NEW_NETWORK):
        if hasattr(libc, "unshare") and libc.unshare(flags) == 0:
            return
