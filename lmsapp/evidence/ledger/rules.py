"""What an event is made of, and what follows from its bytes. Pure.

    {"v": "1", "ledger": "<uuid>", "event": "<uuid>", "what": "completed", "record": ["completion_record", "12"],
     "subject": "<hex>", "occurred_at": "2026-11-29T06:53:00.000000Z", "recorded_at": "…", "facts": {…},
     "personal": "<hex>", "evidence": ["<SHA-256 hex>", …]}

`facts` are the columns of the row as text (see `infra.canonical`). `personal` is SHA-256 over the event's salt (32
bytes) and the canonical JSON of the personal columns: whoever has both can check it, whoever has lost the salt can tell
nothing from it.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from lmsapp.infra.canonical import canonical

VERSION = "1"
SALT_BYTES = 32
# Words of `what` after which less is there than before: personal columns and salts, or the row itself.
ERASED, DISPOSED = "erased", "disposed"


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said of one row. `subject`: a commitment, hex, '' for nobody. `evidence`: SHA-256 of files, hex."""

    what: str
    record: tuple[str, int]
    subject: str
    occurred_at: dt.datetime
    facts: Mapping[str, Any]
    personal: Mapping[str, Any]
    evidence: Sequence[str] = ()


def commitment(salt: bytes, identity: object) -> str:
    """SHA-256 over salt and canonical JSON, lower-case hex."""
    return hashlib.sha256(salt + canonical(identity)).hexdigest()


def payload_of(said: Statement, *, ledger_id: UUID, event_id: UUID, salt: bytes, recorded_at: dt.datetime) -> bytes:
    """The bytes that are hashed and signed."""
    return canonical(
        {
            "v": VERSION,
            "ledger": ledger_id,
            "event": event_id,
            "what": said.what,
            "record": said.record,
            "subject": said.subject,
            "occurred_at": said.occurred_at,
            "recorded_at": recorded_at,
            "facts": said.facts,
            "personal": commitment(salt, said.personal),
            "evidence": sorted(said.evidence),
        }
    )


def origin_of(ledger_id: UUID) -> str:
    """The name of a tree in its checkpoints, and of the key that signs them."""
    return f"training-ledger/{ledger_id}"


def checkpoint_text(origin: str, size: int, root_base64: str) -> str:
    """C2SP tlog-checkpoint: three lines."""
    return f"{origin}\n{size}\n{root_base64}\n"


@dataclass(frozen=True, slots=True)
class CheckpointText:
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes


def read_checkpoint(text: str) -> CheckpointText | None:
    """The three lines, taken apart; None for any other text. Lines after the third are let be, as C2SP asks."""
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0] or not (lines[1].isascii() and lines[1].isdigit()) or len(lines[1]) > 18:
        return None
    try:
        root = base64.b64decode(lines[2], validate=True)
    except (binascii.Error, ValueError):
        return None
    return CheckpointText(lines[0], int(lines[1]), root) if len(root) == 32 else None


def epoch_text(
    ledger_id: UUID, number: int, before: UUID, seen: CheckpointText | None, held: CheckpointText, why: str
) -> str:
    """The statement with which a tree begins in place of another, as it is signed. Its second line is no number: it can
    be taken for no checkpoint.

        training-ledger/<new id>
        new epoch 2
        before training-ledger/<old id>
        seen 150 <root, base64>
        held 140 <root, base64>
        reason The database was restored from the backup of 3 March.

    `seen`: what lies outside and does not fit; `held`: what the database says of itself.
    """
    lines = [
        origin_of(ledger_id),
        f"new epoch {number}",
        f"before {origin_of(before)}",
        f"seen {seen.size} {base64.b64encode(seen.root).decode()}" if seen else "seen nothing",
        f"held {held.size} {base64.b64encode(held.root).decode()}",
        f"reason {' '.join(why.split())}",
    ]
    return "\n".join(lines) + "\n"
