"""What lies outside the database and says what the tree once was: exported checkpoints, the mark beside the key."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from pathlib import Path

from lmsapp.evidence.ledger.checking.places import Remembered
from lmsapp.evidence.ledger.rules import origin_of
from lmsapp.infra.ledger_keys import opened

LARGEST = 16 * 1024
FILES = ("*.checkpoint", "*.signed")


def remembered_outside(folders: list[Path], trees: Mapping[int, str], keys: Mapping[str, str]) -> Iterator[Remembered]:
    """Every checkpoint of our trees found there that a key of ours signed. A folder that is away says nothing."""
    epochs = {origin_of(name): number for number, name in trees.items()}  # type: ignore[arg-type]
    for file in sorted({file for folder in folders for pattern in FILES for file in folder.glob(pattern)}):
        read = _read(file, keys)
        if read is not None and read[0] in epochs:
            epoch = epochs[read[0]]
            yield Remembered(epoch, read[1], read[2], "exported", ("ledger_checkpoint", read[1]))


def _read(file: Path, keys: Mapping[str, str]) -> tuple[str, int, bytes] | None:
    """Origin, size and root."""
    try:
        if file.stat().st_size > LARGEST:
            return None
        text = opened(file.read_text(), dict(keys))
        origin, size, root, *_rest = (text or "").split("\n")
        return origin, int(size), base64.b64decode(root, validate=True)
    except (OSError, ValueError, binascii.Error):
        return None
