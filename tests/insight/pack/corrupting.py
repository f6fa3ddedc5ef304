"""Ways to spoil a pack: from outside, and by somebody who has the key of the ledger and signs anew."""

from __future__ import annotations

import io
import json
import zipfile
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from random import Random
from typing import Any
from uuid import UUID

from lmsapp.evidence.ledger.rules import origin_of
from lmsapp.infra.canonical import canonical
from lmsapp.infra.ledger_keys import LedgerKey, verifier_key
from lmsapp.insight.pack.rows import Sheet
from tests.insight.pack.made_up import MadeUp, jsonl, new_key, read_jsonl, read_table, zipped

Spoil = Callable[[MadeUp, Random], bytes]


def parts_of(raw: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return [(one.filename, archive.read(one)) for one in archive.infolist()]


def flip(raw: bytes, at: int, bit: int) -> bytes:
    spoiled = bytearray(raw)
    spoiled[at] ^= 1 << bit
    return bytes(spoiled)


# From outside.


def one_bit(pack: MadeUp, chance: Random) -> bytes:
    raw = pack.sealed()
    return flip(raw, chance.randrange(len(raw)), chance.randrange(8))


def one_bit_of_the_end(pack: MadeUp, chance: Random) -> bytes:
    """In the directory or the end record, where other readers do not look."""
    raw = pack.sealed()
    return flip(raw, chance.randrange(raw.rindex(b"manifest.sig") - 4000, len(raw)), chance.randrange(8))


def one_byte(pack: MadeUp, chance: Random) -> bytes:
    raw = pack.sealed()
    at = chance.randrange(len(raw))
    return raw[:at] + bytes([(raw[at] + chance.randrange(1, 256)) % 256]) + raw[at + 1 :]


def put_in(pack: MadeUp, chance: Random) -> bytes:
    raw = pack.sealed()
    at = chance.randrange(len(raw) + 1)
    return raw[:at] + chance.randbytes(chance.choice((1, 1, 9))) + raw[at:]


def cut_out(pack: MadeUp, chance: Random) -> bytes:
    raw = pack.sealed()
    at = chance.randrange(len(raw))
    return raw[:at] + raw[at + chance.choice((1, 1, 100)) :]


def cut_short(pack: MadeUp, chance: Random) -> bytes:
    raw = pack.sealed()
    return raw[: chance.randrange(len(raw))]


def comment(pack: MadeUp, chance: Random) -> bytes:
    out = io.BytesIO(pack.sealed())
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = b"checked, all is well"
    return out.getvalue()


def packed(pack: MadeUp, chance: Random) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts_of(pack.sealed()):
            archive.writestr(name, content)
    return out.getvalue()


def removed(pack: MadeUp, chance: Random) -> bytes:
    parts = parts_of(pack.sealed())
    del parts[chance.randrange(len(parts))]
    return zipped(parts)


def added(pack: MadeUp, chance: Random) -> bytes:
    parts = parts_of(pack.sealed())
    parts.insert(
        chance.randrange(len(parts) + 1),
        (chance.choice(("more.txt", "files/x.pdf", "../x", ".hidden", "a//b", "README.TXT")), b"more"),
    )
    return zipped(parts)


def renamed(pack: MadeUp, chance: Random) -> bytes:
    parts = parts_of(pack.sealed())
    at = chance.randrange(len(parts))
    parts[at] = chance.choice(("other.txt", "x/" + parts[at][0], parts[at][0].upper())), parts[at][1]
    return zipped(parts)


def twice(pack: MadeUp, chance: Random) -> bytes:
    parts = parts_of(pack.sealed())
    parts.insert(chance.randrange(len(parts)), (chance.choice(parts)[0], b"another"))
    return zipped(parts)


def reordered(pack: MadeUp, chance: Random) -> bytes:
    parts = parts_of(pack.sealed())
    one, other = chance.sample(range(len(parts)), 2)
    parts[one], parts[other] = parts[other], parts[one]
    return zipped(parts)


def exchanged(pack: MadeUp, chance: Random) -> bytes:
    """Two contents under each other's name."""
    parts = parts_of(pack.sealed())
    while True:
        (one, left), (other, right) = chance.sample(parts, 2)
        if left != right:
            return zipped([(n, right if n == one else left if n == other else content) for n, content in parts])


def fixed_up(pack: MadeUp, chance: Random) -> bytes:
    """A table edited and the manifest with it, but nobody to sign."""
    manifest_signed = dict(parts_of(pack.sealed()))["manifest.sig"]
    name = chance.choice(("gaps.csv", "people.csv", "index.html", "ledger/checkpoints.txt"))
    pack.files[name] += b"\n"
    parts = [*pack.files.items(), ("manifest.json", pack.manifest()), ("manifest.sig", manifest_signed)]
    return zipped(parts)


def other_key(pack: MadeUp, chance: Random) -> bytes:
    """All signed anew with a key of one's own, which is put among the keys."""
    key = new_key(chance, pack.trees[-1].ledger_id)
    pack.files["ledger/keys.txt"] += f"{verifier_key(key.name, key.public)}\t2020-01-01T00:00:00.000000Z\t-\n".encode()
    return pack.sealed(key)


def of_another(pack: MadeUp, chance: Random) -> bytes:
    """The signature of another pack of the same key."""
    older = dict(parts_of(pack.sealed()))
    pack.files["README.txt"] += b" And more."
    newer = dict(parts_of(pack.sealed()))
    return zipped([(name, older[name] if name == "manifest.sig" else content) for name, content in newer.items()])


# By whoever holds the key: the pack is signed anew, and lies.


def edit_line(
    pack: MadeUp,
    name: str,
    chance: Random,
    change: Callable[[dict[str, Any]], None],
    want: Callable[[dict[str, Any]], Any] = bool,
) -> bytes:
    lines = read_jsonl(pack.files[name])
    fit = [line for line in lines if want(line)]
    if not fit:
        return leaf(pack, chance)
    change(chance.choice(fit))
    pack.files[name] = jsonl(lines)
    return pack.sealed()


def leaf(pack: MadeUp, chance: Random) -> bytes:
    raw = pack.files["ledger/leaves.bin"]
    pack.files["ledger/leaves.bin"] = flip(raw, chance.randrange(len(raw)), chance.randrange(8))
    return pack.sealed()


def fewer_leaves(pack: MadeUp, chance: Random) -> bytes:
    pack.files["ledger/leaves.bin"] = pack.files["ledger/leaves.bin"][: -chance.choice((1, 31, 32))]
    pack.counts["ledger/leaves.bin"] = len(pack.files["ledger/leaves.bin"]) // 32
    return pack.sealed()


def old_checkpoint(pack: MadeUp, chance: Random) -> bytes:
    tree = pack.trees[-1]
    size = len(tree.leaves)
    note = (
        tree.checkpoint(chance.randrange(1, size))
        if size > 1
        else tree.keys[-1].note(f"{origin_of(tree.ledger_id)}\n0\n\n")
    )
    pack.files["ledger/checkpoints.txt"] = "\n".join([*(one.checkpoint() for one in pack.trees[:-1]), note]).encode()
    return pack.sealed()


def strange_checkpoint(pack: MadeUp, chance: Random) -> bytes:
    """Of a tree by another name, signed by its own key."""
    other = UUID(bytes=chance.randbytes(16), version=4)
    key = new_key(chance, other)
    tree = pack.trees[-1]
    note = LedgerKey(key.name, key.private, key.public).note(
        tree.checkpoint().split("\n\n")[0].replace(str(tree.ledger_id), str(other)) + "\n"
    )
    pack.files["ledger/checkpoints.txt"] = "\n".join([*(one.checkpoint() for one in pack.trees[:-1]), note]).encode()
    return pack.sealed()


def salts(pack: MadeUp, chance: Random) -> bytes:
    """Swapped, changed or left out, of events or of people."""
    kept = json.loads(pack.files["ledger/salts.json"])
    part = kept[chance.choice(("events", "subjects"))]
    if not part:
        return leaf(pack, chance)
    one, other = chance.choice(list(part)), chance.choice(list(part))
    if one == other:
        part[one] = "00" * 32 if isinstance(part[one], str) else part[one] | {"employee_id": "999"}
    else:
        part[one], part[other] = part[other], part[one]
    pack.files["ledger/salts.json"] = canonical(kept)
    return pack.sealed()


def no_salt(pack: MadeUp, chance: Random) -> bytes:
    kept = json.loads(pack.files["ledger/salts.json"])
    used = [line["event"] for line in read_jsonl(pack.files["records.jsonl"]) if line["personal"] is not None]
    if not used:
        return leaf(pack, chance)
    del kept["events"][chance.choice(used)]
    pack.files["ledger/salts.json"] = canonical(kept)
    return pack.sealed()


def facts(pack: MadeUp, chance: Random) -> bytes:
    return edit_line(
        pack, "records.jsonl", chance, lambda line: line["facts"].update(score="100"), lambda line: line["facts"]
    )


def who(pack: MadeUp, chance: Random) -> bytes:
    change = chance.choice(({"employee_name": "Somebody Else"}, {"employee_id": "998"}, {"reason": "because"}))
    return edit_line(
        pack, "records.jsonl", chance, lambda line: line["personal"].update(change), lambda line: line["personal"]
    )


def payload(pack: MadeUp, chance: Random) -> bytes:
    return edit_line(
        pack,
        "ledger/events.jsonl",
        chance,
        lambda line: line.update(payload=line["payload"].replace('"attempt":"1"', '"attempt":"2"')),
    )


def place(pack: MadeUp, chance: Random) -> bytes:
    by = chance.choice((1, -1, 1000, -1000))
    return edit_line(
        pack, "ledger/events.jsonl", chance, lambda line: line.update(position=str(int(line["position"]) + by))
    )


def signature(pack: MadeUp, chance: Random) -> bytes:
    return edit_line(
        pack, "ledger/events.jsonl", chance, lambda line: line.update(signature=b64encode(bytes(64)).decode())
    )


def event_gone(pack: MadeUp, chance: Random) -> bytes:
    """With its number in the counts, and of the person."""
    lines = read_jsonl(pack.files["ledger/events.jsonl"])
    if not lines:
        return leaf(pack, chance)
    del lines[chance.randrange(len(lines))]
    pack.files["ledger/events.jsonl"] = jsonl(lines)
    pack.counts["ledger/events.jsonl"] -= 1
    return pack.sealed()


def event_twice(pack: MadeUp, chance: Random) -> bytes:
    lines = read_jsonl(pack.files["ledger/events.jsonl"])
    if not lines:
        return leaf(pack, chance)
    lines.append(chance.choice(lines))
    pack.files["ledger/events.jsonl"] = jsonl(lines)
    pack.counts["ledger/events.jsonl"] += 1
    return pack.sealed()


def row_gone(pack: MadeUp, chance: Random) -> bytes:
    lines = read_jsonl(pack.files["records.jsonl"])
    fit = [line for line in lines if line["kind"] == "employee_document"]
    if not fit:
        return leaf(pack, chance)
    lines.remove(chance.choice(fit))
    pack.files["records.jsonl"] = jsonl(lines)
    pack.counts["records.jsonl"] -= 1
    return pack.sealed()


def sheet(pack: MadeUp, chance: Random) -> bytes:
    """A cell of the completions or people, a row more or less."""
    name = chance.choice(("completions.csv", "people.csv"))
    heads, *rows = read_table(pack.files[name])
    if not rows:
        return leaf(pack, chance)
    at = chance.randrange(len(rows))
    how = chance.choice(("cell", "gone", "twice"))
    if how == "cell":
        column = chance.randrange(len(heads)) if name == "completions.csv" else heads.index("events_in_pack")
        rows[at][column] += "7"
    elif how == "gone" and (name == "completions.csv" or rows[at][2] != "0"):
        del rows[at]
        pack.counts[name] -= 1
    else:
        rows.append(rows[at] if rows[at][0] else ["f" * 64, "New", "1", "1"])
        pack.counts[name] += 1
    out = io.BytesIO()
    made = Sheet(out.write, heads)
    for row in rows:
        made.add(row)
    made.close()
    pack.files[name] = out.getvalue()
    return pack.sealed()


def counts(pack: MadeUp, chance: Random) -> bytes:
    name = chance.choice(list(pack.counts))
    if chance.random() < 0.5:
        pack.counts[name] += 1
    else:
        del pack.counts[name]
    return pack.sealed()


def file_exchanged(pack: MadeUp, chance: Random) -> bytes:
    """Evidence that is another file now: the event names a hash nobody shows."""
    named = {
        one for line in read_jsonl(pack.files["ledger/events.jsonl"]) for one in json.loads(line["payload"])["evidence"]
    }
    shown = named & set(pack.absent)
    if shown:
        del pack.absent[chance.choice(sorted(shown))]
        return pack.sealed()
    return counts(pack, chance)


def key_times(pack: MadeUp, chance: Random) -> bytes:
    text = pack.files["ledger/keys.txt"].decode().replace("\t2026-", "\t2031-")
    if not pack.lines:
        return leaf(pack, chance)
    pack.files["ledger/keys.txt"] = text.encode()
    return pack.sealed()


def needed_gone(pack: MadeUp, chance: Random) -> bytes:
    """A part that always has to be there, taken out of the manifest too."""
    names = [
        name
        for name in ("README.txt", "gaps.csv", "records.jsonl", "ledger/leaves.bin", "ledger/salts.json", "index.html")
        if name in pack.files
    ]
    del pack.files[chance.choice(names)]
    return pack.sealed()


def format_two(pack: MadeUp, chance: Random) -> bytes:
    manifest = pack.manifest().replace(b'"evidence-pack/1"', b'"evidence-pack/2"')
    note = pack.key.note(f"evidence-pack/1\n{sha256(manifest).hexdigest()}\n")
    return zipped([*pack.files.items(), ("manifest.json", manifest), ("manifest.sig", note.encode())])


OUTSIDE: tuple[Spoil, ...] = (
    one_bit, one_bit_of_the_end, one_byte, put_in, cut_out, cut_short, comment, packed, removed, added, renamed, twice,
    reordered, exchanged, fixed_up, other_key, of_another,
)  # fmt: skip
LIARS: tuple[Spoil, ...] = (
    leaf, fewer_leaves, old_checkpoint, strange_checkpoint, salts, no_salt, facts, who, payload, place, signature, event_gone,
    event_twice, row_gone, sheet, counts, file_exchanged, key_times, needed_gone, format_two,
)  # fmt: skip
