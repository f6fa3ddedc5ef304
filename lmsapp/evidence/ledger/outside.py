"""Checkpoints outside the database: what was exported, and the mark of what was signed last (ledger.md, section 4).

A database can come back from a backup shorter than it was, or twice; then it must not sign again. So before each
signature the tree is held against what lies elsewhere:

- the mark beside the key, `DATA_DIR/keys/signed/<ledger id>.checkpoint`, rewritten after each batch;
- the export folder (LMS_LEDGER_EXPORT): one file for each export, never overwritten, and a mark as well where the
  place lets it be rewritten (a write-once place does not; there the exports alone bear witness).

Only files that a key of ours signed count. Pure file work: nothing here asks the database.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import os
import re
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from lmsapp.evidence.ledger.rules import origin_of, read_checkpoint
from lmsapp.infra.ledger_keys import opened
from lmsapp.infra.words import N_, RuleBroken

SUFFIX, MARK = ".checkpoint", ".signed"
LARGEST = 16 * 1024
TURN_WITHIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Outside:
    """A checkpoint found outside: `where` a file name for the user."""

    size: int
    root: bytes
    where: str


class Refusal(RuleBroken):
    """Why nothing is signed. `why`: 'shorter', 'differs', 'altered', 'unknown key', 'missing': a new tree is the way
    out; 'away', 'key', 'busy': it ends by itself once that is mended. `seen`: the checkpoint that does not fit."""

    def __init__(self, why: str, message: str, seen: Outside | None = None, **values: Any) -> None:
        super().__init__(message, **values)
        self.why, self.seen = why, seen


@dataclass(frozen=True, slots=True)
class Places:
    """`keys`: the folder of the key; `export`: where exports go, None where none is set up."""

    keys: Path
    export: Path | None

    def witnesses(self, ledger_id: UUID, keys: Mapping[str, str]) -> list[Outside]:
        """What the tree is to be held against. Raises Refusal when that cannot be told."""
        found = [_mark(self._beside_key(ledger_id), ledger_id, keys)]
        if self.export is not None:
            found += [
                _mark(self.export / f"{ledger_id}{MARK}", ledger_id, keys),
                newest_export(self.export, ledger_id, keys),
            ]
        return [one for one in found if one is not None]

    def note_signed(self, ledger_id: UUID, note: str) -> None:
        """Move the marks on."""
        mark = self._beside_key(ledger_id)
        mark.parent.mkdir(exist_ok=True, mode=0o700)
        beside = mark.with_name(f".{mark.name}.{secrets.token_hex(4)}")
        beside.write_text(note)
        beside.replace(mark)
        if self.export is not None:
            # In place: where nothing may be rewritten, this leaves nothing lying about.
            with contextlib.suppress(OSError):
                (self.export / f"{ledger_id}{MARK}").write_text(note)

    @contextlib.contextmanager
    def turn_to_sign(self) -> Iterator[None]:
        """One process signs with this key at a time, whichever database it works on. Raises Refusal."""
        self.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.keys / ".ledger-turn.lock").open("w") as lock:
            until = time.monotonic() + TURN_WITHIN_S
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    if time.monotonic() > until:
                        raise Refusal("busy", N_("Another process has been signing with this key for long.")) from None
                    time.sleep(0.02)
                else:
                    break
            yield

    def _beside_key(self, ledger_id: UUID) -> Path:
        return self.keys / "signed" / f"{ledger_id}{SUFFIX}"


def export_name(ledger_id: UUID, size: int, at: dt.datetime) -> str:
    """In the order of their sizes; never the same twice, even by a clock that was set back."""
    return f"{ledger_id}-{size:012d}-{at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}{SUFFIX}"


def newest_export(folder: Path, ledger_id: UUID, keys: Mapping[str, str]) -> Outside | None:
    """The largest one of this tree. Raises Refusal when the folder is away, or one was signed by a key unknown here."""
    names = re.compile(rf"{ledger_id}-(\d+)-[\w-]+{re.escape(SUFFIX)}")
    try:
        sized = [(int(fits[1]), name) for name in os.listdir(folder) if (fits := names.fullmatch(name))]
    except OSError as problem:
        raise _away(folder, problem) from problem
    for _size, name in sorted(sized, reverse=True):
        try:
            seen = _read(folder / name, ledger_id, keys)
        except OSError as problem:
            raise _away(folder, problem) from problem
        if seen is not None:
            return seen
    return None


def write_new(folder: Path, name: str, text: str) -> None:
    """A file that was not there before. Raises OSError; one that is cut off then is read as none."""
    with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _mark(file: Path, ledger_id: UUID, keys: Mapping[str, str]) -> Outside | None:
    try:
        return _read(file, ledger_id, keys)
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise _away(file.parent, problem) from problem


def _read(file: Path, ledger_id: UUID, keys: Mapping[str, str]) -> Outside | None:
    """None for what is no checkpoint at all, as a file cut off is. Raises OSError, Refusal."""
    with file.open("rb") as content:
        note = content.read(LARGEST).decode("utf-8", "replace")
    said = read_checkpoint(note.partition("\n\n")[0] + "\n")
    if said is None or "\n\n" not in note:
        return None
    if opened(note, dict(keys)) is None:
        if note.partition("\n")[0] != origin_of(ledger_id) or note.count("\n") < 5:
            return None
        words = N_("%(file)s is a checkpoint of this ledger, signed by a key that is not known here.")
        raise Refusal("unknown key", words, Outside(said.size, said.root, file.name), file=file.name)
    return Outside(said.size, said.root, file.name) if said.origin == origin_of(ledger_id) else None


def _away(folder: Path, problem: OSError) -> Refusal:
    words = N_("The export folder cannot be read: %(folder)s (%(problem)s)")
    return Refusal("away", words, folder=str(folder), problem=problem.strerror or str(problem))
