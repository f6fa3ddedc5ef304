"""The key the completion ledger is signed with (Ed25519), and checkpoints as signed notes (C2SP signed-note).

It lies in DATA_DIR/keys/ledger.key, outside the database, made once; a key that is put there later takes over. Public
halves stay in DATA_DIR/keys/known-ledger by their key id, so that what was signed once stays checkable.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lmsapp.infra.keyfiles import write_whole
from lmsapp.infra.words import N_, RuleBroken

KEY, KNOWN = "ledger.key", "known-ledger"
ALGORITHM = "Ed25519"
NOTE_TYPE = b"\x01"  # Ed25519 in the signed-note format
RAW = serialization.Encoding.Raw
SIGNED = re.compile(r"\u2014 ([^\s+]+) ((?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)\n")


class LedgerKeyTrouble(RuleBroken):
    """The ledger cannot be signed, and why."""


@dataclass(frozen=True, slots=True)
class LedgerKey:
    """`name`: the origin it signs for, without blanks or plus. `id`: 4 bytes in hex, of name and public key."""

    name: str
    private: Ed25519PrivateKey
    public: bytes

    @property
    def id(self) -> str:
        return key_id(self.name, self.public)

    def sign(self, data: bytes) -> bytes:
        return self.private.sign(data)

    def note(self, text: str) -> str:
        """`text` (whole lines) as a signed note: an empty line and the signature follow."""
        signed = base64.b64encode(bytes.fromhex(self.id) + self.sign(text.encode())).decode()
        return f"{text}\n\u2014 {self.name} {signed}\n"


def key_id(name: str, public: bytes) -> str:
    """C2SP signed-note: the first 4 bytes of SHA-256 of name, newline, type and key."""
    return hashlib.sha256(name.encode() + b"\n" + NOTE_TYPE + public).digest()[:4].hex()


def verifier_key(name: str, public: bytes) -> str:
    """The public half in one line, as tools for signed notes take it: name+id+base64."""
    return f"{name}+{key_id(name, public)}+{base64.b64encode(NOTE_TYPE + public).decode()}"


def load_ledger_key(data_dir: Path, name: str) -> LedgerKey:
    """The key in use, made by whoever comes first. Raises LedgerKeyTrouble."""
    file = f"{data_dir}/keys/{KEY}"  # as text, for speed: each event passes here
    if not os.path.exists(file):
        _make_once(Path(file))
    try:
        return _loaded(file, name, os.stat(file).st_mtime_ns)
    except OSError as problem:
        raise LedgerKeyTrouble(N_("The key of the ledger cannot be read: %(file)s"), file=file) from problem


def known_keys(data_dir: Path) -> dict[str, str]:
    """Every public half that has signed here, by key id: the line `verifier_key` gives."""
    folder = data_dir / "keys" / KNOWN
    return {file.stem: file.read_text().strip() for file in sorted(folder.glob("*.pub"))}


def public_of(verifier: str) -> Ed25519PublicKey:
    """The key in such a line; neither name nor id holds a plus. Raises ValueError."""
    kept = base64.b64decode(verifier.split("+", 2)[2], validate=True)
    if kept[:1] != NOTE_TYPE or len(kept) != 33:
        raise ValueError("not an Ed25519 key")
    return Ed25519PublicKey.from_public_bytes(kept[1:])


def signed_by(public: Ed25519PublicKey, signature: bytes, data: bytes) -> bool:
    try:
        public.verify(signature, data)
    except InvalidSignature:
        return False
    return True


def opened(note: str, keys: dict[str, str]) -> str | None:
    """The text of a signed note, when one of our keys (as `known_keys` gives them) signed it; else None.

    Below the text stand signatures in their one form and nothing else, so that no letter of a note can be another one.
    """
    text, _, lines = note.rpartition("\n\n")
    found = [SIGNED.fullmatch(line) for line in lines.splitlines(keepends=True)]
    ours = False
    for line in found:
        kept = base64.b64decode(line[2]) if line is not None else b""
        if line is None or base64.b64encode(kept).decode() != line[2]:
            return None
        verifier = keys.get(kept[:4].hex(), "")
        if verifier.startswith(f"{line[1]}+"):
            ours = ours or signed_by(public_of(verifier), kept[4:], f"{text}\n".encode())
    return f"{text}\n" if ours else None


@lru_cache(maxsize=4)
def _loaded(name: str, origin: str, _version: int) -> LedgerKey:
    file = Path(name)
    try:
        private = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except (ValueError, TypeError) as problem:
        raise LedgerKeyTrouble(N_("The key of the ledger cannot be opened: %(file)s"), file=name) from problem
    if not isinstance(private, Ed25519PrivateKey):
        raise LedgerKeyTrouble(N_("The key of the ledger must be Ed25519: %(file)s"), file=name)
    public = private.public_key().public_bytes(RAW, serialization.PublicFormat.Raw)
    key = LedgerKey(origin, private, public)
    known = file.parent / KNOWN / f"{key.id}.pub"
    if not known.exists():
        known.parent.mkdir(exist_ok=True, mode=0o700)
        write_whole(known, f"{verifier_key(origin, public)}\n".encode(), 0o644)
    return key


def _make_once(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (file.parent / ".ledger.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            _make(file)


def _make(file: Path) -> None:
    made = Ed25519PrivateKey.generate()
    form, bare = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    write_whole(file, made.private_bytes(serialization.Encoding.PEM, form, bare), 0o600)
