"""Packages for the proof of importing: a large one, one to be killed over, and any number that are broken at random."""

from __future__ import annotations

import random
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.courses.packages.building import (
    ONE_ITEM,
    PAGE,
    foreign,
    hostile,
    hostile_manifests,
    manifest,
    manifest_2004,
    package,
    zipped,
)

MB = 1 << 20
WORDS = [
    "hand",
    "wash",
    "dry",
    "soap",
    "water",
    "nurse",
    "ward",
    "rule",
    "glove",
    "mask",
    "patient",
    "ready",
    "safe",
    "clean",
    "every",
    "before",
    "after",
    "touch",
]
TWISTS = (
    b"../", b"..%2f", b"&#0;", b"<!DOCTYPE x>", b"<item>", b"</item>", b"\0", b'"', b"xml:base='//x/'", b"identifierref",
    b"javascript:", b"\xff\xfe", b"]]>", b"<![CDATA[", b"&amp;", b"&x;", b"%00", b"<manifest>", b" xmlns=''", "é".encode(),
)  # fmt: skip

ODD = (
    "", "..", "../../etc/passwd", "http://[", "https://example.org/", "//x", "r1", "i1", "o1", "true", "2004 4th Edition", "1.2", "-1",
    "1e999", "80", "x" * 700, "index.html", "INDEX.HTML?a#b", "a%2fb.js", "%00", "é", "&#x202e;", "&amp;amp;", "C:\\a", "a/",
)  # fmt: skip
NAMES = ("item", "manifest", "resource", "organization", "title", "x", "sequencing", "adlcp:data", "file")


def large(into: Path, size: int, count: int, seed: int = 1) -> int:
    """A package of about `size` bytes and `count` files: pages and scripts, pictures, a few videos. Bytes unpacked."""
    chance, written = random.Random(seed), 0
    small, pictures, videos = count * 8 // 10, count * 2 // 10, 8
    for_pictures = size // 3 // pictures
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as out:
        out.writestr("imsmanifest.xml", manifest(_outline(30), _resources(30)))
        for number in range(small):
            data = " ".join(chance.choices(WORDS, k=chance.randint(300, 2500))).encode()
            out.writestr(f"pages/{number // 100}/page {number}.{chance.choice(['html', 'js', 'css', 'svg'])}", data)
            written += len(data)
        for number in range(pictures):
            data = chance.randbytes(chance.randint(for_pictures // 2, for_pictures * 3 // 2))
            out.writestr(f"media/Picture-{number}.jpg", data, zipfile.ZIP_STORED)
            written += len(data)
        for number in range(videos):
            with out.open(f"media/film-{number}.mp4", "w", force_zip64=True) as film:
                for _ in range(max(1, (size - written) // (videos - number) // MB)):
                    written += film.write(chance.randbytes(MB))
    return written


def _outline(count: int) -> str:
    return "".join(f'<item identifier="i{n}" identifierref="r{n}"><title>Unit {n}</title></item>' for n in range(count))


def _resources(count: int) -> str:
    line = '<resource identifier="r{0}" type="webcontent" adlcp:scormtype="sco" href="imsmanifest.xml?unit={0}"/>'
    return "".join(line.format(number) for number in range(count))


def named() -> Iterator[tuple[str, bytes]]:
    """Each of those that are wrong in one way."""
    yield from hostile().items()
    yield from ((f"manifest: {name}", package(data)) for name, data in hostile_manifests().items())
    yield from ((f"foreign: {name}", data) for name, data in foreign().items())


def fuzzed(count: int, seed: int = 6) -> Iterator[tuple[str, bytes]]:
    """Sound packages, the ZIP or the manifest of which is changed at random; the same ones for the same seed."""
    chance = random.Random(seed)
    terms = (
        "<adlcp:dataFromLMS>x</adlcp:dataFromLMS><imsss:sequencing><imsss:controlMode flow='true'/></imsss:sequencing>"
    )
    manifests = (manifest(ONE_ITEM * 2), manifest_2004(ONE_ITEM.replace("</item>", terms + "</item>")))
    for number in range(count):
        if number % 2:
            yield f"zip {number}", bytes(_damaged(chance, package(chance.choice(manifests), x_in_a__js=b"var a;" * 40)))
        else:
            twisted = bytes(_twisted(chance, chance.choice(manifests)))
            yield f"xml {number}", zipped({"imsmanifest.xml": twisted, "index.html": PAGE, "a/b.js": b"var b;"})


def _damaged(chance: random.Random, sound: bytes) -> bytearray:
    data = bytearray(sound)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(data))
        match chance.randrange(4):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                del data[at : at + chance.randint(1, 40)]
            case 2:
                data[at:at] = data[at : at + chance.randint(1, 60)]
            case _:
                data[at : at + 4] = chance.choice([b"\xff" * 4, b"\0" * 4, b"PK\x05\x06", b"PK\x01\x02"])
    return data


def _twisted(chance: random.Random, sound: bytes) -> bytearray:
    """One in four as bytes, of which little can be read; the others as XML that says something else."""
    if chance.randrange(4) == 0:
        data = bytearray(sound)
        at, other = chance.randrange(len(data)), chance.randrange(len(data))
        data[at : at + chance.randrange(3)] = chance.choice((*TWISTS, sound[other : other + chance.randint(5, 90)]))
        return data
    said = sound.decode()
    for _ in range(chance.randint(1, 4)):
        said = chance.choice((_other_value, _other_text, _other_name, _doubled, _without))(chance, said)
    return bytearray(said.encode())


def _other_value(chance: random.Random, said: str) -> str:
    return _at_one(chance, said, r'="[^"]*"', lambda _found: f'="{chance.choice(ODD)}"')


def _other_text(chance: random.Random, said: str) -> str:
    return _at_one(chance, said, r">[^<>]*</", lambda _found: f">{chance.choice(ODD)}</")


def _without(chance: random.Random, said: str) -> str:
    return _at_one(chance, said, r' [\w:]+="[^"]*"', lambda _found: "")


def _other_name(chance: random.Random, said: str) -> str:
    name = chance.choice(re.findall(r"</([\w:]+)>", said))
    return re.sub(rf"(</?){name}\b", rf"\g<1>{chance.choice(NAMES)}", said)


def _doubled(chance: random.Random, said: str) -> str:
    pattern = rf"<({chance.choice(('item', 'organization', 'resources', 'metadata'))})\b.*?</\1>"
    return _at_one(chance, said, pattern, lambda found: found * chance.randint(0, 3))


def _at_one(chance: random.Random, said: str, pattern: str, change: Callable[[str], str]) -> str:
    places = [one.span() for one in re.finditer(pattern, said, re.DOTALL)]
    if not places:
        return said
    begins, ends = chance.choice(places)
    return said[:begins] + change(said[begins:ends]) + said[ends:]
