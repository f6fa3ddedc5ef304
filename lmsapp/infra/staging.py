"""Many files at once, none of which counts before its rows do.

They are written into a folder of their own under `files/`, where nobody looks, and synced together: a sync for each of
twenty thousand would take minutes. `place` links them under their SHA-256 in the transaction that writes their rows.
The folder stays until that is committed: a link in it that leads to the same bytes as the place tells which files this
one work put there, so that they can be taken away again when it failed, or its process was killed. (Both lie in one
file system, which must know hard links.)

`hold_files` is what keeps one from taking away what another is about to name.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from flask import current_app
from sqlalchemy import func, select

from lmsapp.infra import files
from lmsapp.infra.db import db
from lmsapp.infra.files import path_of

HELD = 0x46494C45  # advisory lock: files are put in their places, or taken away
Named = Callable[[list[str]], set[str]]
"""Which of these SHA-256 a row names."""


def hold_files(*, alone: bool) -> None:
    """Until commit nobody takes files away; `alone`: nobody places any either."""
    lock = func.pg_advisory_xact_lock if alone else func.pg_advisory_xact_lock_shared
    db.session.execute(select(lock(HELD)))


class Staging:
    """The files of one piece of work, under a name that finds them again after a crash."""

    def __init__(self, name: str):
        self.folder = _root() / name

    def write(self, pieces: Iterable[bytes]) -> tuple[str, int]:
        """Keep a file; its SHA-256 and size. Not safe from a power cut before `settle`."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        digest, size, new = hashlib.sha256(), 0, self.folder / "new"
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                out.write(piece)
        new.replace(self.folder / digest.hexdigest())
        return digest.hexdigest(), size

    def settle(self) -> None:
        """Everything that was written is on the disk afterwards. Raises OSError where the disk refused."""
        if self.folder.exists():
            _sync(self.folder)

    def place(self) -> None:
        """Put each file where its SHA-256 says, in the transaction that names it. What is there already stays."""
        hold_files(alone=True)
        for sha256 in self._written():
            _link(self.folder / sha256, path_of(sha256))
        _sync(_root().parent)

    def forget(self) -> None:
        """After commit: what was placed stays."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def undo(self, named: Named) -> None:
        """Take away what this work placed and no row names, and the folder; in a transaction. Safe to repeat."""
        written = self._written()
        if written:
            hold_files(alone=True)
            kept = named(written)
            for sha256 in written:
                if sha256 not in kept:
                    self._take_away(sha256)
        self.forget()

    def _take_away(self, sha256: str) -> None:
        """Only the very file that was placed: who stored the same bytes meanwhile has put another in its place."""
        ours, place, aside = self.folder / sha256, path_of(sha256), self.folder / "aside"
        with suppress(FileNotFoundError):
            if not place.samefile(ours):
                return
            place.rename(aside)
            if not aside.samefile(ours):
                _link(aside, place)
            aside.unlink()

    def _written(self) -> list[str]:
        with suppress(FileNotFoundError):
            return sorted(name for name in os.listdir(self.folder) if len(name) == 64)
        return []


def stagings(kind: str) -> list[str]:
    """Names, beginning with `kind`, of all that is staged at the moment or was left by a process that is gone."""
    with suppress(FileNotFoundError):
        return sorted(name for name in os.listdir(_root()) if name.startswith(kind))
    return []


def take_away(sha256: str, named: Named) -> None:
    """Remove bytes that no row names any more, in the transaction that removed the last one; `hold_files` alone."""
    hold_files(alone=True)
    if not named([sha256]):
        files.take_away(sha256)


def _root() -> Path:
    return Path(current_app.config["DATA_DIR"]) / "files" / "staging"


def _sync(folder: Path) -> None:
    """The file system of the folder at once; it alone, so that no other disk is waited for."""
    try:
        syncfs = ctypes.CDLL(None, use_errno=True).syncfs  # Linux; Python does not offer it
    except (AttributeError, OSError):
        os.sync()
        return
    held = os.open(folder, os.O_RDONLY)
    try:
        if syncfs(held):
            raise OSError(ctypes.get_errno(), "the files could not be written to the disk")
    finally:
        os.close(held)


def _link(source: Path, place: Path) -> None:
    with suppress(FileExistsError):
        try:
            os.link(source, place)
        except FileNotFoundError:
            place.parent.mkdir(parents=True, exist_ok=True)
            os.link(source, place)
