"""A second verifier, written from docs/evidence-pack.md alone: it reads all at once and gathers what is wrong.

`verdict(bytes, keys, kept)` -> (exit code, findings). Used by the proof and the tests, to hold the first one against it.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from base64 import b64decode, b64encode
from csv import reader
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ALWAYS = [
    "README.txt",
    "index.html",
    "records.jsonl",
    "verify_pack.py",
    "people.csv",
    "completions.csv",
    "assignments.csv",
    "decisions.csv",
    "notifications.csv",
    "changes.csv",
    "gaps.csv",
    "ledger/checkpoints.txt",
    "ledger/events.jsonl",
    "ledger/keys.txt",
    "ledger/leaves.bin",
    "ledger/salts.json",
]
LAST = ["manifest.json", "manifest.sig"]


class Bad(Exception):
    """(exit code, words)."""


def le(width: int, *values: int) -> bytes:
    return b"".join(value.to_bytes(width // 8, "little") for value in values)


def header(name: bytes, content: bytes) -> bytes:
    numbers = le(16, 20, 0, 0, 0, 33) + le(32, zlib.crc32(content), len(content), len(content))
    return b"PK\x03\x04" + numbers + le(16, len(name), 0) + name


def tail(parts: list[tuple[bytes, bytes]]) -> bytes:
    """Everything after the members, made anew from names and contents."""
    directory, offset = b"", 0
    for name, content in parts:
        far = offset >= 0xFFFFFFFF
        extra = le(16, 1, 8) + le(64, offset) if far else b""
        directory += b"PK\x01\x02" + le(16, 20, 45 if far else 20, 0, 0, 0, 33)
        directory += le(32, zlib.crc32(content), len(content), len(content))
        directory += le(16, len(name), len(extra), 0, 0, 0) + le(32, 0, 0xFFFFFFFF if far else offset) + name + extra
        offset += 30 + len(name) + len(content)
    count, size = len(parts), len(directory)
    if count >= 0xFFFF or size >= 0xFFFFFFFF or offset >= 0xFFFFFFFF:
        big = b"PK\x06\x06" + le(64, 44) + le(16, 45, 45) + le(32, 0, 0) + le(64, count, count, size, offset)
        big += b"PK\x06\x07" + le(32, 0) + le(64, offset + size) + le(32, 1)
        return directory + big + b"PK\x05\x06" + le(16, 0, 0) + b"\xff" * 12 + le(16, 0)
    return directory + b"PK\x05\x06" + le(16, 0, 0, count, count) + le(32, size, offset) + le(16, 0)


def unpack(raw: bytes) -> list[tuple[str, bytes]]:
    early = Bad(1, "too long a member") if raw[-22:-18] == b"PK\x05\x06" else Bad(2, "ends early")
    parts: list[tuple[bytes, bytes]] = []
    at = 0
    while raw.startswith(b"PK\x03\x04", at):
        if at + 30 > len(raw):
            raise early
        size, name_size = (
            int.from_bytes(raw[at + 18 : at + 22], "little"),
            int.from_bytes(raw[at + 26 : at + 28], "little"),
        )
        end = at + 30 + name_size + size
        if end > len(raw):
            raise early
        name, content = raw[at + 30 : at + 30 + name_size], raw[at + 30 + name_size : end]
        if int.from_bytes(raw[at + 14 : at + 18], "little") != zlib.crc32(content):
            # A wrong CRC is found with the others of step 4 by a reader who goes on; altered either way.
            raise Bad(1, "crc")
        if raw[at : at + 30 + name_size] != header(name, content):
            raise Bad(1, f"header at {at}")
        parts.append((name, content))
        at = end
    rest, due = raw[at:], tail(parts)
    if rest != due:
        short = due.startswith(rest) or (len(rest) < 4 and b"PK\x03\x04".startswith(rest))
        raise Bad(2 if short else 1, "what comes after the members")
    names = [name.decode("ascii", "replace") for name, _content in parts]
    segment = r"[A-Za-z0-9_-][A-Za-z0-9._-]*"
    for name in names:
        if len(name) > 200 or not re.fullmatch(f"{segment}(/{segment})*", name):
            raise Bad(1, f"name {name!r}")
    if len({name.casefold() for name in names}) != len(names):
        raise Bad(1, "names twice")
    return [(name, content) for name, (_raw, content) in zip(names, parts, strict=True)]


def load(text: bytes) -> Any:
    def strict(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _value in pairs}) != len(pairs):
            raise Bad(1, "a name twice")
        return dict(pairs)

    return json.loads(text.decode("utf-8"), object_pairs_hook=strict)


def digest(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def form(value: Any) -> bytes:
    if isinstance(value, dict):
        return b"{" + b",".join(form(name) + b":" + form(value[name]) for name in sorted(value)) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(form, value)) + b"]"
    return json.dumps(value, ensure_ascii=False).encode()


@dataclass
class PublicKey:
    name: str
    raw: bytes
    since: str = ""
    until: str = "-"

    def signed(self, signature: bytes, data: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, data)
        except InvalidSignature:
            return False
        return True


def key_lines(text: str) -> dict[str, PublicKey]:
    found = {}
    for line in text.split("\n"):
        if not line:
            continue
        first, *times = line.split("\t")
        name, key_id, coded = first.split("+", 2)
        raw = b64decode(coded, validate=True)
        if len(raw) != 33 or raw[:1] != b"\x01" or digest(name.encode(), b"\n", raw)[:4].hex() != key_id:
            raise Bad(1, "not a key")
        found[key_id] = PublicKey(name, raw[1:], *times)
    return found


def note(text: str, keys: dict[str, PublicKey]) -> tuple[list[str], str]:
    """Lines of its text, and the name it is signed in."""
    *body, empty, last, end = text.split("\n")
    dash, name, coded = last.split(" ")
    raw = b64decode(coded, validate=True)
    sound = (
        not empty and not end and all(body) and dash == "\u2014" and len(raw) == 68 and b64encode(raw).decode() == coded
    )
    key = keys.get(raw[:4].hex())
    if not sound or "+" in name or key is None or key.name != name:
        raise Bad(1, "a note")
    if not key.signed(raw[4:], "".join(f"{line}\n" for line in body).encode()):
        raise Bad(1, "the signature of a note")
    return body, name


def tree_hash(leaves: list[bytes]) -> bytes:
    """RFC 6962 2.1, level by level: an odd one at the end goes up as it is."""
    while len(leaves) > 1:
        up = [digest(b"\x01", leaves[n], leaves[n + 1]) for n in range(0, len(leaves) - 1, 2)]
        leaves = up + leaves[len(leaves) - len(leaves) % 2 :]
    return leaves[0]


@dataclass
class Second:
    files: dict[str, bytes]
    keys: dict[str, PublicKey]
    manifest: Any
    kept: str
    altered: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def hold(self, true: bool, words: str) -> None:
        if not true:
            self.altered.append(words)

    def trees(self) -> dict[str, list[bytes]]:
        raw = self.files["ledger/leaves.bin"]
        all_leaves = [raw[n : n + 32] for n in range(0, len(raw), 32)]
        found: dict[str, list[bytes]] = {}
        old = [self.checkpoint(one) for one in apart(self.kept)]
        for one in apart(self.files["ledger/checkpoints.txt"].decode()):
            tree, size, root = self.checkpoint(one)
            self.hold(tree not in found and len(all_leaves) >= size, "more leaves signed than there are")
            found[tree], all_leaves = all_leaves[:size], all_leaves[size:]
            self.hold(tree_hash(found[tree]) == root, "root")
        self.hold(not all_leaves, "leaves too many")
        for tree, size, root in old:
            if tree not in found:
                self.missing.append("the tree of the kept checkpoint")
            elif size <= len(found[tree]):
                self.hold(tree_hash(found[tree][:size]) == root, "kept checkpoint")
        return found

    def checkpoint(self, text: str) -> tuple[str, int, bytes]:
        (origin, size, root), name = note(text, self.keys)
        hash_ = b64decode(root, validate=True)
        sound = origin == name and origin.startswith("training-ledger/") and len(hash_) == 32
        self.hold(
            sound and str(int(size)) == size and int(size) > 0 and b64encode(hash_).decode() == root, "checkpoint"
        )
        return origin.partition("/")[2], int(size), hash_

    def events(self, trees: dict[str, list[bytes]]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        found, order, last = [], list(trees), (-1, -1)
        evidence = {one["sha256"] for one in self.manifest["files"]} | self.manifest["absent"].keys()
        for line in self.files["ledger/events.jsonl"].splitlines():
            one = load(line)
            said, payload = load(one["payload"].encode()), one["payload"].encode()
            here = order.index(one["tree"]), int(one["position"])
            self.hold(here > last and here[1] >= 0, "order of events")
            self.hold(trees[one["tree"]][here[1]] == digest(b"\x00", payload), "leaf")
            self.hold(
                [said[n] for n in ("v", "ledger", "event")] == ["1", one["tree"], one["event"]], "event says otherwise"
            )
            key, signature = self.keys.get(one["key"]), b64decode(one["signature"], validate=True)
            if key is None or key.name != f"training-ledger/{one['tree']}":
                raise Bad(1, "key of an event")
            self.hold(key.signed(signature, payload), "signature of an event")
            at = said["recorded_at"]
            self.hold(at >= key.since and (key.until == "-" or at <= key.until), "time of a key")
            if not set(said["evidence"]) <= evidence:
                self.missing.append("evidence")
            found.append((one, said))
            last = here
        return found

    def rows(self, events: list[tuple[dict[str, Any], dict[str, Any]]]) -> list[dict[str, Any]]:
        latest = {tuple(said["record"]): said for _line, said in events}
        salts = load(self.files["ledger/salts.json"])
        for subject, who in salts["subjects"].items():
            self.hold(digest(bytes.fromhex(who["salt"]), form(who["employee_id"])).hex() == subject, "subject")
        found = [load(line) for line in self.files["records.jsonl"].splitlines()]
        for row in found:
            said = latest.pop((row["kind"], row["id"]), None)
            if said is None:
                raise Bad(1, "a row no event speaks of")
            self.hold(said["event"] == row["event"], "last event")
            self.hold(row["facts"] in (None, said["facts"]), "facts")
            if row["personal"] is None:
                continue
            salt = salts["events"].get(row["event"])
            if salt is None:
                self.missing.append("salt")
                continue
            self.hold(digest(bytes.fromhex(salt), form(row["personal"])).hex() == said["personal"], "personal")
            who = salts["subjects"].get(said["subject"])
            if who and "employee_id" in row["personal"]:
                self.hold(who["employee_id"] == row["personal"]["employee_id"], "who")
        if latest:
            self.missing.append("rows")
        return found

    def table(self, name: str) -> list[dict[str, str]]:
        text = self.files[f"{name}.csv"].decode("utf-8")
        heads, *rows = reader(StringIO(text.removeprefix("\ufeff"), newline=""))
        return [dict(zip(heads, row, strict=True)) for row in rows]

    def check(self) -> None:
        self.hold(self.manifest["format"] == "evidence-pack/1", "format")
        events = self.events(trees := self.trees())
        rows = self.rows(events)
        counts = {name: len(self.table(name[:-4])) for name in ALWAYS if name.endswith(".csv")}
        counts |= {"records.jsonl": len(rows), "ledger/events.jsonl": len(events)}
        counts["ledger/leaves.bin"] = sum(map(len, trees.values()))
        for folder in ("files/", "courses/"):
            counts[folder] = sum(name.startswith(folder) for name in self.files)
        self.hold(self.manifest["counts"] == {name: str(n) for name, n in counts.items()}, "counts")
        self.people([said["subject"] for _line, said in events])
        self.completions({row["id"]: row for row in rows if row["kind"] == "completion_record"})

    def people(self, subjects: list[str]) -> None:
        listed = [row["subject"] for row in self.table("people") if row["subject"]]
        self.hold(len(set(listed)) == len(listed) and set(subjects) - {""} <= set(listed), "people")
        for row in self.table("people"):
            here = subjects.count(row["subject"]) if row["subject"] else 0
            self.hold(row["events_in_pack"] == str(here) and here <= int(row["events_in_ledger"]), "events of a person")

    def completions(self, rows: dict[str, dict[str, Any]]) -> None:
        table = self.table("completions")
        self.hold(sorted(row["record"] for row in table) == sorted(rows), "completions")
        for row in table:
            line = rows[row["record"]]
            for column, cell in row.items():
                if column in ("record", "event"):
                    value: Any = line["id" if column == "record" else "event"]
                else:
                    value = ((line["facts"] or {}) | (line["personal"] or {})).get(column)
                text = "" if value is None else value if isinstance(value, str) else form(value).decode()
                self.hold(cell in (text, "'" + text), f"cell {column}")


def apart(text: str) -> list[str]:
    """Notes one after the other: five lines and an empty one between."""
    lines = text.splitlines(keepends=True)
    return ["".join(lines[n : n + 5]) for n in range(0, len(lines), 6)]


def authentic(raw: bytes, given: str) -> tuple[dict[str, bytes], dict[str, PublicKey], Any]:
    """Steps 1 to 4."""
    parts = unpack(raw)
    files = dict(parts)
    if not {*LAST, *([] if given else ["ledger/keys.txt"])} <= files.keys():
        raise Bad(2, "manifest or keys")
    own = key_lines(files["ledger/keys.txt"].decode()) if "ledger/keys.txt" in files else {}
    keys = key_lines(given) if given else own
    for one in keys.values():
        for other in own.values():
            if (one.name, one.raw) == (other.name, other.raw):
                one.since, one.until = other.since, other.until
    lines, _name = note(files["manifest.sig"].decode(), keys)
    if lines != ["evidence-pack/1", digest(files["manifest.json"]).hex()]:
        raise Bad(1, "manifest")
    manifest = load(files["manifest.json"])
    listed = [one["name"] for one in manifest["files"]]
    for one in manifest["files"]:
        if one["name"] in files:
            content = files[one["name"]]
            if (one["size"], one["sha256"]) != (str(len(content)), digest(content).hex()):
                raise Bad(1, one["name"])
    if (
        len(set(listed)) != len(listed)
        or set(LAST) & set(listed)
        or [n for n, _c in parts] != [n for n in listed + LAST if n in files]
    ):
        raise Bad(1, "members")
    if not set(listed) <= files.keys() or not set(ALWAYS) <= set(listed):
        raise Bad(2, "members")
    return files, keys, manifest


def verdict(raw: bytes, keys: str = "", kept: str = "") -> tuple[int, list[str]]:
    try:
        second = Second(*authentic(raw, keys), kept)
        second.check()
    except Bad as bad:
        return int(bad.args[0]), [str(bad.args[1])]
    except (ValueError, LookupError, TypeError, AttributeError) as bad:
        return 1, [repr(bad)]
    if second.altered:
        return 1, second.altered
    return (2 if second.missing else 0), second.missing
