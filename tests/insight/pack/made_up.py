"""Packs made up from a seed, without a database, as various as the format lets them be: for holding two verifiers together."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import io
import json
from dataclasses import dataclass, field
from hashlib import sha256
from random import Random
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lmsapp.evidence.ledger.rules import Statement, checkpoint_text, commitment, origin_of, payload_of
from lmsapp.infra.canonical import canonical, instant, plain
from lmsapp.infra.ledger_keys import RAW, LedgerKey, serialization, verifier_key
from lmsapp.infra.merkle import leaf_hash, root_of
from lmsapp.insight.pack.archive import PlainZip
from lmsapp.insight.pack.rows import Sheet

TABLES = ("people", "completions", "assignments", "decisions", "notifications", "changes", "gaps")
BEGUN = dt.datetime(2026, 1, 5, 8, tzinfo=dt.UTC)
NAMES = ("Zoë Späth", "=1+1", "王秀华", 'O\'Neil, "Pat"', "-x\ny", "", "Nguyễn\r\nAn")


def new_key(chance: Random, ledger_id: UUID) -> LedgerKey:
    private = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
    return LedgerKey(
        origin_of(ledger_id), private, private.public_key().public_bytes(RAW, serialization.PublicFormat.Raw)
    )


@dataclass
class Tree:
    ledger_id: UUID
    keys: list[LedgerKey]
    leaves: list[bytes] = field(default_factory=list)
    signed: dict[str, list[str]] = field(default_factory=dict)

    def checkpoint(self, size: int | None = None) -> str:
        leaves = self.leaves[:size]
        root = base64.b64encode(root_of(leaves)).decode()
        return self.keys[-1].note(checkpoint_text(origin_of(self.ledger_id), len(leaves), root))


@dataclass
class MadeUp:
    """`files`: what the manifest lists, in order. `sealed()` gives the pack; edit first what a liar with the key would."""

    seed: int
    files: dict[str, bytes] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        self.personal = self.chance.random() < 0.75
        self.trees = [self.tree() for _one in range(self.chance.choice((1, 1, 1, 2, 3)))]
        self.key = self.trees[-1].keys[-1]
        self.subjects = [(id_, self.chance.randbytes(32)) for id_ in range(1, self.chance.randint(2, 7))]
        self.lines: list[dict[str, Any]] = []
        self.rows: dict[tuple[str, int], dict[str, Any]] = {}
        self.salts: dict[str, str] = {}
        self.papers = {
            f"files/certificates/C-{n}.pdf": b"%PDF " + self.chance.randbytes(40 + n)
            for n in range(self.chance.randint(0, 4))
        }
        self.fill()
        self.write()

    def tree(self) -> Tree:
        ledger_id = UUID(bytes=self.chance.randbytes(16), version=4)
        return Tree(ledger_id, [new_key(self.chance, ledger_id) for _key in range(self.chance.choice((1, 1, 2)))])

    def fill(self) -> None:
        at, record = BEGUN, 0
        for tree in self.trees:
            size = self.chance.choice((1, 2, 3, 5, 8, 13, 31, 64, 100))
            for place in range(size):
                at += dt.timedelta(seconds=self.chance.randint(1, 90_000), microseconds=self.chance.randint(0, 999_999))
                if self.chance.random() < 0.5:
                    tree.leaves.append(self.chance.randbytes(32))
                    continue
                again = self.rows and self.chance.random() < 0.2
                record = self.chance.choice(list(self.rows))[1] if again else len(self.rows) + 1
                self.event(tree, place, at, record, tree.keys[min(place * len(tree.keys) // size, len(tree.keys) - 1)])
            for key in tree.keys:
                tree.signed.setdefault(key.id, [instant(at), instant(at)])

    def event(self, tree: Tree, place: int, at: dt.datetime, record: int, key: LedgerKey) -> None:
        kind = ("completion_record", "employee_document")[record % 3 == 0]
        employee_id, who = self.subjects[record % len(self.subjects)]
        event_id, salt = UUID(bytes=self.chance.randbytes(16), version=4), self.chance.randbytes(32)
        facts = plain(
            {
                "title": self.chance.choice(NAMES),
                "score": self.chance.choice(("80", None)),
                "criteria": [{"met": True}],
                "attempt": 1,
            }
        )
        personal = plain({"employee_id": employee_id, "employee_name": self.chance.choice(NAMES), "reason": ""})
        evidence = [
            sha256(content).hexdigest()
            for content in self.papers.values()
            if self.personal and self.chance.random() < 0.3
        ]
        if self.chance.random() < 0.1:
            evidence.append(sha256(str(place).encode()).hexdigest())
            self.absent[evidence[-1]] = "Not for whoever asked."
        said = Statement("completed", (kind, record), commitment(who, employee_id), at, facts, personal, evidence)
        payload = payload_of(said, ledger_id=tree.ledger_id, event_id=event_id, salt=salt, recorded_at=at)
        tree.leaves.append(leaf_hash(payload))
        self.lines.append(
            {
                "event": str(event_id),
                "key": key.id,
                "payload": payload.decode(),
                "position": str(place),
                "signature": base64.b64encode(key.sign(payload)).decode(),
                "tree": str(tree.ledger_id),
            }
        )
        tree.signed.setdefault(key.id, [instant(at), instant(at)])[1] = instant(at)
        shown = self.personal and self.chance.random() < 0.9
        row = {
            "kind": kind,
            "id": str(record),
            "event": str(event_id),
            "facts": facts,
            "personal": personal if shown else None,
        }
        self.rows[kind, record] = row if self.chance.random() < 0.95 else row | {"facts": None, "personal": None}
        if shown:
            self.salts[str(event_id)] = salt.hex()

    def write(self) -> None:
        chance, files = self.chance, self.files
        files["README.txt"] = b"How to check."
        files["verify_pack.py"] = b"print('not this one')"
        ends = {row["event"] for row in self.rows.values()}
        self.salts = {event: salt for event, salt in self.salts.items() if event in ends}
        files["ledger/events.jsonl"] = jsonl(self.lines)
        files["records.jsonl"] = jsonl(self.rows[row] for row in sorted(self.rows))
        files["ledger/leaves.bin"] = b"".join(leaf for tree in self.trees for leaf in tree.leaves)
        files["ledger/checkpoints.txt"] = "\n".join(tree.checkpoint() for tree in self.trees).encode()
        files["ledger/keys.txt"] = self.key_lines(times=True).encode()
        who = {
            commitment(salt, id_): {"employee_id": str(id_), "salt": salt.hex()}
            for id_, salt in self.subjects
            if self.personal
        }
        files["ledger/salts.json"] = canonical({"events": self.salts, "subjects": who})
        self.write_tables()
        for name, content in self.papers.items() if self.personal else ():
            files[name] = content
        for n in range(chance.randint(0, 3)):
            files[f"courses/{n}-version-1.json"] = b"{}"
        if chance.random() < 0.2:
            files["unproven.jsonl"] = b""
        files["index.html"] = b"<!doctype html><title>Pack</title>"
        self.counts |= {"records.jsonl": len(self.rows), "ledger/events.jsonl": len(self.lines)}
        self.counts["ledger/leaves.bin"] = sum(len(tree.leaves) for tree in self.trees)
        for folder in ("files/", "courses/"):
            self.counts[folder] = sum(name.startswith(folder) for name in files)

    def write_tables(self) -> None:
        for table in TABLES:
            heads, rows = (
                ["subject", "about"],
                [["", self.chance.choice(NAMES)] for _row in range(self.chance.randint(0, 3))],
            )
            if table == "people":
                heads, rows = ["subject", "name", "events_in_pack", "events_in_ledger"], self.people()
            elif table == "completions":
                heads = [
                    "record",
                    "event",
                    "title",
                    "score",
                    "criteria",
                    "attempt",
                    *(["employee_id", "employee_name", "reason"] if self.personal else []),
                ]
                rows = [
                    self.completion(row, heads[2:]) for row in self.rows.values() if row["kind"] == "completion_record"
                ]
            out = io.BytesIO()
            sheet = Sheet(out.write, heads)
            for row in rows:
                sheet.add(row)
            sheet.close()
            self.files[f"{table}.csv"], self.counts[f"{table}.csv"] = out.getvalue(), sheet.count

    def people(self) -> list[list[Any]]:
        said = [json.loads(line["payload"])["subject"] for line in self.lines]
        rows: list[list[Any]] = [["", "Nobody yet", 0, 0]]
        for id_, salt in self.subjects:
            subject = commitment(salt, id_)
            rows.append(
                [
                    subject,
                    self.chance.choice(NAMES),
                    said.count(subject),
                    said.count(subject) + self.chance.randint(0, 2),
                ]
            )
        return rows

    def completion(self, row: dict[str, Any], columns: list[str]) -> list[Any]:
        known = {**(row["personal"] or {}), **(row["facts"] or {})}
        return [row["id"], row["event"], *(known.get(name) for name in columns)]

    def key_lines(self, *, times: bool = False) -> str:
        return "".join(
            verifier_key(key.name, key.public)
            + (
                "\t" + "\t".join(tree.signed[key.id] if key is not self.key else [tree.signed[key.id][0], "-"])
                if times
                else ""
            )
            + "\n"
            for tree in self.trees
            for key in tree.keys
        )

    def manifest(self) -> bytes:
        asked = {"scope": "person", "title": "Somebody", "since": "2026-01-01", "until": "2026-12-31"}
        listed = [
            {"name": name, "sha256": sha256(content).hexdigest(), "size": len(content)}
            for name, content in self.files.items()
        ]
        return canonical(
            {
                "format": "evidence-pack/1", "product": "1.0.0", "made_at": BEGUN, "personal": self.personal, "asked": asked,
                "counts": self.counts, "absent": self.absent, "files": listed,
            }
        )  # fmt: skip

    def sealed(self, key: LedgerKey | None = None) -> bytes:
        manifest = self.manifest()
        note = (key or self.key).note(f"evidence-pack/1\n{sha256(manifest).hexdigest()}\n")
        return zipped([*self.files.items(), ("manifest.json", manifest), ("manifest.sig", note.encode())])


def zipped(parts: list[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    archive = PlainZip(out)
    for name, content in parts:
        archive._names.clear()  # a pack that lies may have one twice
        archive.add(name, content)
    archive.close()
    return out.getvalue()


def jsonl(lines: Any) -> bytes:
    return b"".join(canonical(line) + b"\n" for line in lines)


def read_jsonl(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.splitlines()]


def read_table(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
