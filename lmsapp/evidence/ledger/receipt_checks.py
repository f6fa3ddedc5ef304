"""Whether the ledger holds what a receipt says (EVD-2): for anybody who shows one."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select

from lmsapp.evidence.ledger.keeping import ledger_keys
from lmsapp.evidence.ledger.models import LedgerEpoch, LedgerEvent, LedgerLeaf, LedgerPending
from lmsapp.evidence.ledger.proofs import inclusion_of, root_at
from lmsapp.evidence.ledger.receipts import FORMAT
from lmsapp.evidence.ledger.rules import origin_of, read_checkpoint
from lmsapp.evidence.ledger.troubles import RECEIPT, note_trouble
from lmsapp.infra.db import db
from lmsapp.infra.ledger_keys import opened, public_of, signed_by
from lmsapp.infra.merkle import leaf_hash, root_by
from lmsapp.infra.merkle_paths import TreeBroken
from lmsapp.infra.words import N_, RuleBroken

LARGEST = 64 * 1024


class ReceiptFinding(StrEnum):
    """What became of it."""

    HELD = "held"
    WAITING = "waiting"
    MISSING = "missing"
    CHANGED = "changed"
    NOT_OURS = "not ours"
    NO_RECEIPT = "no receipt"


@dataclass(frozen=True, slots=True)
class ReceiptVerdict:
    """`said`: what the event says, {} where it is not ours. `position`, `size`: of the tree it stands in now."""

    finding: ReceiptFinding
    said: dict[str, Any] = field(default_factory=dict)
    position: int | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class _Shown:
    """A receipt taken apart; `proof`: position, size, path, note."""

    leaf: bytes
    payload: bytes
    signature: bytes
    key_id: str
    proof: tuple[int, int, list[bytes], str] | None


def check_receipt(content: bytes) -> ReceiptVerdict:
    """By the bytes of the file. One that we signed and that the ledger does not hold as it was is noted as trouble."""
    shown = _read(content)
    if shown is None:
        return ReceiptVerdict(ReceiptFinding.NO_RECEIPT)
    keys = ledger_keys()
    if not _is_ours(shown, keys):
        return ReceiptVerdict(ReceiptFinding.NOT_OURS)
    said = json.loads(shown.payload)
    verdict = _held(shown, said)
    if verdict.finding in (ReceiptFinding.MISSING, ReceiptFinding.CHANGED):
        words = N_("A receipt that was signed here was shown. The ledger does not hold its event %(event)s as it was.")
        note_trouble(RECEIPT, RuleBroken(words, event=said["event"]), why=said["event"])
    return verdict


def _read(content: bytes) -> _Shown | None:
    if len(content) > LARGEST:
        return None
    try:
        told = json.loads(content)
        if told["format"] != FORMAT:
            return None
        signature = base64.b64decode(told["signature"], validate=True)
        key_id = str(told["key"]).split("+")[1]
        return _Shown(bytes.fromhex(told["leaf"]), told["payload"].encode(), signature, key_id, _proof(told["proof"]))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, binascii.Error):
        return None


def _proof(told: Any) -> tuple[int, int, list[bytes], str] | None:
    if told is None:
        return None
    path = [base64.b64decode(step, validate=True) for step in told["path"]]
    position, size, note = told["position"], told["size"], told["checkpoint"]
    if not (type(position) is type(size) is int and isinstance(note, str)):
        raise ValueError("not a proof")
    return position, size, path, note


def _is_ours(shown: _Shown, keys: dict[str, str]) -> bool:
    """As it was given: event signed, leaf its hash, and the proof leads to a root that was signed."""
    key = keys.get(shown.key_id)
    if key is None or leaf_hash(shown.payload) != shown.leaf:
        return False
    if not signed_by(public_of(key), shown.signature, shown.payload):
        return False
    return shown.proof is None or _root(shown, keys) is not None


def _root(shown: _Shown, keys: dict[str, str]) -> tuple[str, int, bytes] | None:
    """Origin, size and root of its checkpoint."""
    assert shown.proof is not None
    position, size, path, note = shown.proof
    said = read_checkpoint(opened(note, keys) or "")
    if said is None or said.size != size or root_by(shown.leaf, position, size, path) != said.root:
        return None
    return said.origin, size, said.root


def _held(shown: _Shown, said: dict[str, Any]) -> ReceiptVerdict:
    event = db.session.scalars(select(LedgerEvent).where(LedgerEvent.event_id == UUID(said["event"]))).one_or_none()
    if event is None:
        return ReceiptVerdict(ReceiptFinding.MISSING, said)
    if bytes(event.payload) != shown.payload or bytes(event.leaf) != shown.leaf:
        return ReceiptVerdict(ReceiptFinding.CHANGED, said)
    place = db.session.scalars(select(LedgerLeaf).where(LedgerLeaf.event_id == event.id)).one_or_none()
    if place is None:
        waits = shown.proof is None and db.session.get(LedgerPending, event.id) is not None
        return ReceiptVerdict(ReceiptFinding.WAITING if waits else ReceiptFinding.MISSING, said)
    try:
        proof = inclusion_of(event.id)
        fits = proof is not None and proof.leaf == shown.leaf and _still(shown, place)
    except TreeBroken:
        fits = False
    if not fits or proof is None:
        return ReceiptVerdict(ReceiptFinding.CHANGED, said)
    return ReceiptVerdict(ReceiptFinding.HELD, said, proof.position, proof.size)


def _still(shown: _Shown, place: LedgerLeaf) -> bool:
    """Whether the tree begins as its checkpoint said, and the event stands where it stood."""
    if shown.proof is None:
        return True
    root = _root(shown, ledger_keys())
    assert root is not None
    ledger_id = db.session.scalars(select(LedgerEpoch.ledger_id).where(LedgerEpoch.number == place.epoch)).one()
    same = origin_of(ledger_id) == root[0] and place.position == shown.proof[0]
    return same and root_at(place.epoch, root[1]) == root[2]
