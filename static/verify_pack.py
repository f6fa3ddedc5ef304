#!/usr/bin/env python3
"""Check an evidence pack without trusting whoever made it, and without a network:

    python verify_pack.py pack.zip [--key FILE] [--checkpoint FILE]

Needs Python 3.9 or newer and one library: pip install cryptography. What is checked, and what that proves, stands in
evidence-pack.md. Ends with 0: valid, 1: something was altered, 2: something is missing.

  --key FILE          public keys of the ledger, one a line, had from the organisation by another way than this pack
  --checkpoint FILE   a checkpoint kept from earlier: the tree of the pack has to go on from it
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import io
import json
import re
import struct
import sys
import zlib
from collections import Counter
from mmap import ACCESS_READ, mmap
from pathlib import Path

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    print("NOT CHECKED: a library is missing. Install it with: pip install cryptography")
    sys.exit(2)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

FORMAT = "evidence-pack/1"
TABLES = ("people", "completions", "assignments", "decisions", "notifications", "changes", "gaps")
LEDGER = tuple(f"ledger/{name}" for name in ("checkpoints.txt", "events.jsonl", "keys.txt", "leaves.bin", "salts.json"))
NEEDED = ("README.txt", "index.html", "records.jsonl", "verify_pack.py", *(f"{t}.csv" for t in TABLES), *LEDGER)
NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
NOTE = re.compile("((?:[^\n]+\n)+)\n\u2014 ([^ +\n]+) ([A-Za-z0-9+/]{91}=)\n")
FULL = 0xFFFFFFFF


class AlteredError(Exception):
    """Something is not as it was made; exit 1."""


class MissingError(Exception):
    """Something that belongs here is not there; exit 2."""


# The zip file: nothing in it but what its members say, so that each byte is accounted for.


def local(name: bytes, crc: int, size: int) -> bytes:
    return struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 33, crc, size, size, len(name), 0)


def ending(members: list[tuple[bytes, int, int, int]], start: int) -> bytes:
    """Central directory and end records of members (name, crc, size, offset); the directory begins at `start`."""
    out = []
    for name, crc, size, offset in members:
        far = struct.pack("<2HQ", 1, 8, offset) if offset >= FULL else b""
        out.append(
            struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 45 if far else 20, 0, 0, 0, 33, crc, size, size, len(name),
                        len(far), 0, 0, 0, 0, FULL if far else offset) + name + far
        )  # fmt: skip
    count, size = len(members), sum(map(len, out))
    if count >= 0xFFFF or size >= FULL or start >= FULL:
        out.append(struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, start))
        out.append(struct.pack("<4sLQL", b"PK\6\7", 0, start + size, 1))
        count, size, start = 0xFFFF, FULL, FULL
    out.append(struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, size, start, 0))
    return b"".join(out)


def members_of(data: bytes | mmap) -> dict[str, tuple[int, int, int]]:
    """Name -> (first byte, size, crc), in their order."""
    found: dict[str, tuple[int, int, int]] = {}
    listed, at = [], 0
    while data[at : at + 4] == b"PK\3\4":
        head = data[at : at + 30]
        if len(head) < 30:
            raise _cut(data)
        crc, size, length = struct.unpack_from("<14xL4xLH", head)
        raw, first = data[at + 30 : at + 30 + length], at + 30 + length
        if first + size > len(data):
            raise _cut(data)
        if head != local(raw, crc, size):
            raise AlteredError(f"the zip file: the header at byte {at} is not as it was made")
        name = raw.decode("ascii", "replace")
        if not NAME.fullmatch(name) or len(name) > 200:
            raise AlteredError(f"the zip file: a member is called {name!r}")
        found[name] = first, size, crc
        listed.append((raw, crc, size, at))
        at = first + size
    if len({name.lower() for name in found}) < len(listed):
        raise AlteredError("the zip file: two members bear the same name")
    _check_ending(data[at:], ending(listed, at))
    return found


def _check_ending(rest: bytes, expected: bytes) -> None:
    if rest == expected:
        return
    if expected.startswith(rest) or (len(rest) < 4 and b"PK\3\4".startswith(rest)):
        raise MissingError("the zip file ends too early: was it copied to the end?")
    raise AlteredError("the zip file: its list of members is not as it was made, or something was added to it")


def _cut(data: bytes | mmap) -> Exception:
    if data[-22:][:4] == b"PK\5\6":
        return AlteredError("the zip file: a member claims to be longer than the file")
    return MissingError("the zip file ends too early: was it copied to the end?")


# Keys and signed notes (C2SP signed-note).


class Key:
    """A line of keys.txt: name+id+base64, then from when to when it signed, parted by tabs."""

    def __init__(self, line: str) -> None:
        verifier, self.since, self.until = [*line.split("\t"), "", "-"][:3]
        self.name, self.id, coded = verifier.split("+", 2)
        raw = base64.b64decode(coded, validate=True)
        if len(raw) != 33 or raw[0] != 1:
            raise ValueError("not an Ed25519 key")
        if hashlib.sha256(self.name.encode() + b"\n" + raw).hexdigest()[:8] != self.id:
            raise ValueError("the id does not belong to the key")
        self.public = Ed25519PublicKey.from_public_bytes(raw[1:])
        self.print = hashlib.sha256(raw[1:]).hexdigest()

    def check(self, signature: bytes, data: bytes, what: str) -> None:
        try:
            self.public.verify(signature, data)
        except InvalidSignature:
            raise AlteredError(f"{what}: the signature is not of key {self.id}") from None


def read_keys(text: str) -> dict[str, Key]:
    return {key.id: key for key in map(Key, text.splitlines())}


def opened(note: str, keys: dict[str, Key], what: str) -> tuple[str, Key]:
    """The text of a note and who signed it."""
    parts = NOTE.fullmatch(note)
    if parts is None:
        raise AlteredError(f"{what}: not a signed note")
    text, name, coded = parts.groups()
    raw = base64.b64decode(coded)
    key = keys.get(raw[:4].hex())
    if key is None or key.name != name:
        raise AlteredError(f"{what}: signed by key {raw[:4].hex()}, which is not among those to trust")
    if base64.b64encode(raw).decode() != coded:
        raise AlteredError(f"{what}: the signature is not written as it was made")
    key.check(raw[4:], text.encode(), what)
    return text, key


# JSON.


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def parsed(text: str | bytes) -> Any:
    return json.loads(text, object_pairs_hook=_once)


def canonical(value: object) -> bytes:
    """RFC 8785, of text, null, true, false, lists and objects with ASCII names."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def committed(salt: str, value: object) -> str:
    return hashlib.sha256(bytes.fromhex(salt) + canonical(value)).hexdigest()


# The tree (RFC 6962).


def roots(leaves: memoryview, sizes: set[int]) -> dict[int, bytes]:
    """The root of the first n leaves, for each n asked for."""
    peaks: list[bytes] = []
    found = {}
    for count in range(1, len(leaves) // 32 + 1):
        node, n = bytes(leaves[32 * count - 32 : 32 * count]), count
        while not n & 1:
            node = hashlib.sha256(b"\1" + peaks.pop() + node).digest()
            n >>= 1
        peaks.append(node)
        if count in sizes:
            root = peaks[-1]
            for peak in reversed(peaks[:-1]):
                root = hashlib.sha256(b"\1" + peak + root).digest()
            found[count] = root
    return found


def checkpoint(note: str, keys: dict[str, Key]) -> tuple[str, int, bytes]:
    """Tree, size, root."""
    text, key = opened(note, keys, "a checkpoint")
    parts = re.fullmatch(r"training-ledger/([0-9a-f-]{36})\n([1-9][0-9]*)\n([A-Za-z0-9+/]{43}=)\n", text)
    if parts is None or key.name != f"training-ledger/{parts[1]}":
        raise AlteredError("a checkpoint: it does not say which tree it is of, or is signed for another one")
    return parts[1], int(parts[2]), base64.b64decode(parts[3])


def notes_of(text: str) -> list[str]:
    """Notes are parted by an empty line; each has one inside."""
    parts = text.split("\n\n") if text else []
    if len(parts) % 2:
        raise AlteredError("ledger/checkpoints.txt: not signed notes")
    return [f"{body}\n\n{sign.rstrip()}\n" for body, sign in zip(parts[::2], parts[1::2])]  # noqa: B905 - 3.9


# The pack.


class Pack:
    """First that it is what was signed, then what is in it. `trusted`: keys from outside, or none."""

    def __init__(self, data: bytes | mmap, trusted: dict[str, Key]) -> None:
        self.view, self.members = memoryview(data), members_of(data)
        self.trusted = trusted
        missing = [name for name in ("manifest.json", "manifest.sig") if name not in self.members]
        if not trusted and "ledger/keys.txt" not in self.members:
            missing.append("ledger/keys.txt")
        if missing:
            raise MissingError(f"not in the pack: {', '.join(missing)}")
        said = read_keys(self.text("ledger/keys.txt")) if "ledger/keys.txt" in self.members else {}
        self.keys = trusted or said
        for id_, key in trusted.items():  # from the pack only the time it was in use: an id alone can be forged
            if id_ in said and said[id_].print == key.print:
                key.since, key.until = said[id_].since, said[id_].until
        text, self.key = opened(self.text("manifest.sig"), self.keys, "manifest.sig")
        if text != f"{FORMAT}\n{hashlib.sha256(self.part('manifest.json')).hexdigest()}\n":
            raise AlteredError("manifest.json: not the one that was signed")
        self.manifest = parsed(self.text("manifest.json"))
        self.check_files()

    def part(self, name: str) -> memoryview:
        first, size, _crc = self.members[name]
        return self.view[first : first + size]

    def text(self, name: str) -> str:
        return bytes(self.part(name)).decode()

    def check_files(self) -> None:
        """Every member is the one the manifest lists, in its order; anything altered is said before what is missing."""
        listed = {one["name"]: one for one in self.manifest["files"]}
        ends = ("manifest.json", "manifest.sig")
        for name, (_first, size, crc) in self.members.items():
            one = listed.get(name)
            if one is None and name not in ends:
                raise AlteredError(f"{name}: not in the manifest")
            if zlib.crc32(self.part(name)) != crc:
                raise AlteredError(f"{name}: its checksum in the zip file is wrong")
            if one and (str(size), hashlib.sha256(self.part(name)).hexdigest()) != (one["size"], one["sha256"]):
                raise AlteredError(f"{name}: not the file that was signed for")
        if len(listed) != len(self.manifest["files"]) or set(ends) & set(listed):
            raise AlteredError("manifest.json: a file is listed twice")
        if list(self.members) != [name for name in (*listed, *ends) if name in self.members]:
            raise AlteredError("the zip file: the members are not in their order")
        missing = [name for name in listed if name not in self.members]
        missing += [name for name in NEEDED if name not in listed]
        if missing:
            raise MissingError(f"not in the pack: {', '.join(missing[:9])}")

    def lines(self, name: str) -> Iterator[Any]:
        return (parsed(line) for line in io.BytesIO(self.part(name)))

    def rows(self, table: str) -> Iterator[dict[str, str]]:
        return csv.DictReader(io.TextIOWrapper(io.BytesIO(self.part(f"{table}.csv")), "utf-8-sig", newline=""))

    def check(self, kept: list[str]) -> None:
        """Whatever follows from the bytes, now that they are the ones that were signed. `kept`: checkpoints."""
        if self.manifest["format"] != FORMAT:
            raise AlteredError(f"another format: {self.manifest['format']}")
        self.salts = parsed(self.text("ledger/salts.json"))
        self.counts = Counter({"files/": 0, "courses/": 0, "records.jsonl": 0, "ledger/events.jsonl": 0})
        self.check_tree(kept)
        self.check_events()
        self.check_subjects()
        self.check_records()
        self.check_tables()
        for name in self.members:
            if name.startswith(("files/", "courses/")):
                self.counts[name.split("/")[0] + "/"] += 1
        if self.manifest["counts"] != {name: str(count) for name, count in self.counts.items()}:
            raise AlteredError("manifest.json: it counts otherwise than what is there")

    def check_tree(self, kept: list[str]) -> None:
        """`trees`: ledger id -> (its place among the trees, its leaves)."""
        leaves, at = self.part("ledger/leaves.bin"), 0
        self.trees: dict[str, tuple[int, memoryview]] = {}
        old = [checkpoint(note, self.keys) for note in kept]
        for note in notes_of(self.text("ledger/checkpoints.txt")):
            tree, size, root = checkpoint(note, self.keys)
            mine = leaves[at : at + 32 * size]
            earlier = {n: hash_ for name, n, hash_ in old if name == tree and n <= size}
            found = roots(mine, {size, *earlier})
            if found.get(size) != root or tree in self.trees:
                raise AlteredError("ledger/leaves.bin: the leaves do not give the root that was signed")
            if any(found[n] != hash_ for n, hash_ in earlier.items()):
                raise AlteredError("the tree does not go on from the checkpoint you kept: it was begun anew")
            self.trees[tree], at = (len(self.trees), mine), at + 32 * size
        if at != len(leaves):
            raise AlteredError("ledger/leaves.bin: more leaves than were signed for")
        if any(tree not in self.trees for tree, _n, _root in old):
            raise MissingError("the tree of the checkpoint you kept is not in the pack")
        self.counts["ledger/leaves.bin"] = at // 32

    def check_events(self) -> None:
        """Each at its place, in order. `latest`: (kind, id) of a row -> the last event about it."""
        self.latest: dict[tuple[str, str], dict[str, Any]] = {}
        self.of = Counter[str]()
        before = (-1, -1)
        shown = {one["sha256"] for one in self.manifest["files"]} | set(self.manifest["absent"])
        for line in self.lines("ledger/events.jsonl"):
            what, payload = f"event {line['event']}", line["payload"].encode()
            tree, leaves = self.trees.get(line["tree"], (-1, self.view[:0]))
            place = int(line["position"])
            if (tree, place) <= before or not 0 <= place < len(leaves) // 32:
                raise AlteredError(f"{what}: it has no such place in the ledger")
            if leaves[32 * place : 32 * place + 32] != hashlib.sha256(b"\0" + payload).digest():
                raise AlteredError(f"{what}: not the one at its place in the ledger")
            said, before = parsed(payload), (tree, place)
            if (said["v"], said["ledger"], said["event"]) != ("1", line["tree"], line["event"]):
                raise AlteredError(f"{what}: it speaks of another ledger or event")
            self.check_signer(line, payload, said["recorded_at"], what)
            if set(said["evidence"]) - shown:
                raise MissingError(f"{what}: its evidence is not in the pack")
            self.latest[said["record"][0], said["record"][1]] = said
            self.of[said["subject"]] += 1
            self.counts["ledger/events.jsonl"] += 1

    def check_signer(self, line: dict[str, Any], payload: bytes, at: str, what: str) -> None:
        key = self.keys.get(line["key"])
        if key is None or key.name != f"training-ledger/{line['tree']}":
            raise AlteredError(f"{what}: signed by key {line['key']}, which is not among those to trust")
        key.check(base64.b64decode(line["signature"], validate=True), payload, what)
        if at < key.since or (key.until != "-" and at > key.until):
            raise AlteredError(f"{what}: signed when key {key.id} was not in use")

    def check_records(self) -> None:
        """The columns of each row say what its last event says; personal ones by their commitment."""
        self.records: dict[str, dict[str, Any]] = {}
        seen = set()
        for line in self.lines("records.jsonl"):
            row = line["kind"], line["id"]
            what, said = f"{row[0]} {row[1]}", self.latest.get(row)
            if said is None or said["event"] != line["event"] or row in seen:
                raise AlteredError(f"{what}: not the row of that event")
            if line["facts"] is not None and line["facts"] != said["facts"]:
                raise AlteredError(f"{what}: the row says otherwise than the ledger")
            if line["personal"] is not None:
                self.check_personal(line["personal"], said, what)
            if line["kind"] == "completion_record":
                self.records[line["id"]] = line
            seen.add(row)
            self.counts["records.jsonl"] += 1
        if len(seen) < len(self.latest):
            raise MissingError("records.jsonl: rows of some events are not in it")

    def check_personal(self, personal: dict[str, Any], said: dict[str, Any], what: str) -> None:
        salt, subject = self.salts["events"].get(said["event"]), self.salts["subjects"].get(said["subject"])
        if salt is None:
            raise MissingError(f"{what}: the salt of its personal facts is not in the pack")
        if committed(salt, personal) != said["personal"]:
            raise AlteredError(f"{what}: its personal facts are not those of the ledger")
        if subject and personal.get("employee_id", subject["employee_id"]) != subject["employee_id"]:
            raise AlteredError(f"{what}: about somebody else than its event")

    def check_subjects(self) -> None:
        for subject, one in self.salts["subjects"].items():
            if committed(one["salt"], one["employee_id"]) != subject:
                raise AlteredError(f"employee {one['employee_id']}: not who the ledger means")

    def check_tables(self) -> None:
        checks = {"people": self.check_person, "completions": self.check_completion}
        for table in TABLES:
            self.counts[f"{table}.csv"] = 0
            for row in self.rows(table):
                self.counts[f"{table}.csv"] += 1
                if table in checks:
                    checks[table](row)
        if self.counts["completions.csv"] != len(self.records):
            raise AlteredError("completions.csv: other completions than in records.jsonl")
        if any(self.of[subject] for subject in self.of if subject):
            raise AlteredError("people.csv: an event is about somebody who is not in it")

    def check_person(self, row: dict[str, str]) -> None:
        """Counts each subject once."""
        count = self.of.pop(row["subject"], 0) if row["subject"] else 0
        if row["events_in_pack"] != str(count) or int(row["events_in_ledger"]) < count:
            raise AlteredError(f"people.csv: {row['subject']} has other events than it says")

    def check_completion(self, row: dict[str, str]) -> None:
        line = self.records[row["record"]]
        said = {**(line["personal"] or {}), **(line["facts"] or {}), "record": line["id"], "event": line["event"]}
        for column, cell in row.items():
            value = said.get(column, "")
            text = value if isinstance(value, str) else "" if value is None else canonical(value).decode()
            if cell not in (text, f"'{text}"):
                raise AlteredError(f"completions.csv: {column} of record {line['id']} is not what the record says")


def look(path: str, keys: str | None, kept: list[str]) -> int:
    """Check one pack and say what came of it."""
    try:
        trusted = read_keys(Path(keys).read_text()) if keys else {}
        with Path(path).open("rb") as file:
            data = mmap(file.fileno(), 0, access=ACCESS_READ) if file.seek(0, 2) else b""
            pack = Pack(data, trusted)
        pack.check([note for name in kept for note in notes_of(Path(name).read_text())])
    except AlteredError as wrong:
        print(f"ALTERED. {wrong}")
        return 1
    except MissingError as wrong:
        print(f"INCOMPLETE. {wrong}")
        return 2
    except OSError as wrong:
        print(f"NOT CHECKED. {wrong}")
        return 2
    except Exception as wrong:  # what was not written by the product is read here
        print(f"ALTERED. It cannot be read: {type(wrong).__name__}: {wrong}")
        return 1
    tell(pack, bool(keys))
    return 0


def tell(pack: Pack, given: bool) -> None:
    asked = pack.manifest["asked"]
    print(f"VALID. {asked.get('title', '')}, {asked['since']} to {asked['until']}, made at {pack.manifest['made_at']}.")
    for name, count in sorted(pack.counts.items()):
        print(f"  {name}: {count}")
    print(f"Signed by key {pack.key.id}, SHA-256 of the key {pack.key.print}.")
    if not given:
        print("The key came with the pack itself: ask the organisation for its own by another way, and use --key.")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Check an evidence pack. 0: valid, 1: altered, 2: something missing.")
    parser.add_argument("pack")
    parser.add_argument("--key", help="file with the ledger's public keys, one a line")
    parser.add_argument("--checkpoint", action="append", default=[], help="file with a checkpoint kept from earlier")
    given = parser.parse_args(arguments)
    limit = csv.field_size_limit(1 << 30)  # of the whole process, which may not be ours alone
    try:
        return look(given.pack, given.key, given.checkpoint)
    finally:
        csv.field_size_limit(limit)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
