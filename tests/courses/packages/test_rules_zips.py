"""SCO-1: a ZIP is looked through before it is unpacked; each hostile one gets a sentence of its own."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from lmsapp.courses.packages.manifests import manifest
from lmsapp.courses.packages.manifests.manifest import read_manifest
from lmsapp.courses.packages.zips import directory, foreign, names
from lmsapp.courses.packages.zips import opening as zips
from lmsapp.courses.packages.zips.media_types import Typed
from lmsapp.courses.packages.zips.names import cleaned, decoded, key_of, shown
from lmsapp.courses.packages.zips.opening import Zip
from lmsapp.infra.words import RuleBroken
from tests.courses.packages.building import (
    PAGE,
    SOUND,
    Part,
    hostile,
    hostile_manifests,
    made,
    package,
    with_part,
    zipped,
)
from tests.courses.packages.building import (
    foreign as foreign_zips,
)

FUZZED = 400
SAID = {
    "no zip": directory.NO_ZIP, "nothing": directory.NO_ZIP, "cut off": directory.CUT_OFF, "empty": directory.EMPTY,
    "comment that ends it": directory.EMPTY, "encrypted": directory.LOCKED, "strongly encrypted": directory.LOCKED,
    "link": zips.A_LINK, "pipe": zips.SPECIAL, "device": zips.SPECIAL, "socket": zips.SPECIAL,
    "up": names.LEADS_OUT, "up within": names.LEADS_OUT, "up of windows": names.LEADS_OUT,
    "absolute": names.ABSOLUTE, "absolute of windows": names.ABSOLUTE, "drive": names.ABSOLUTE,
    "drive alone": names.ABSOLUTE, "server": names.ABSOLUTE, "NUL": names.INVISIBLE, "line feed": names.INVISIBLE,
    "escape": names.INVISIBLE, "turned around": names.INVISIBLE, "no name": names.NAMELESS, "a point": names.NAMELESS,
    "broken utf-8": names.UNREADABLE, "long name": names.TOO_LONG, "long path": names.TOO_LONG, "deep": names.TOO_DEEP,
    "twice": zips.TWICE, "twice by a point": zips.TWICE, "twice by windows": zips.TWICE, "alike in case": zips.ALIKE,
    "alike in accents": zips.TWICE, "file and folder": zips.BOTH, "folder of a file": zips.BOTH,
    "folder with content": zips.BOTH, "within another": directory.OVERLAP, "overlap": directory.TWO_NAMES,
    "same bytes": directory.OVERLAP, "beyond": directory.BROKEN, "two names": directory.TWO_NAMES,
    "too short": zips.NOT_AS_LISTED, "too short and right": zips.NOT_AS_LISTED, "too long": zips.NOT_AS_LISTED,
    "stored otherwise": zips.NOT_AS_LISTED, "more behind": zips.NOT_AS_LISTED, "check sum": zips.DAMAGED,
    "no deflate": zips.DAMAGED, "ends early": zips.DAMAGED, "bzip2": zips.ODD_METHOD, "lzma": zips.ODD_METHOD,
    "bomb": zips.A_BOMB, "bombs": zips.ALL_BOMB, "says two gigabytes": zips.UNPACKS_TOO_LARGE,
    "says more in all": zips.A_BOMB, "zip64 without": directory.BROKEN, "count": directory.BROKEN,
    "split": directory.SPLIT, "many": directory.TOO_MANY, "directory of nothing": directory.BROKEN,
    "local of nothing": directory.BROKEN,
}  # fmt: skip
SAID_OF_MANIFESTS = {
    "billion laughs": manifest.HOSTILE, "external entity": manifest.HOSTILE, "parameter entity": manifest.HOSTILE,
    "document type": manifest.HOSTILE, "cut off": manifest.BROKEN, "no xml": manifest.BROKEN, "empty": manifest.BROKEN,
    "deep": manifest.NESTED, "many": manifest.TOO_MUCH, "large": manifest.TOO_LARGE,
    "other root": manifest.NO_MANIFEST, "no organization": manifest.NO_ORGANIZATION,
    "empty organizations": manifest.NO_ORGANIZATION, "no items": manifest.NOTHING_TO_OPEN,
    "only headings": manifest.NOTHING_TO_OPEN, "dangling": manifest.NOTHING_TO_OPEN,
    "file not there": manifest.NO_START, "out of the package": manifest.NO_START,
    "another server": manifest.ALL_OUTSIDE, "script": manifest.ALL_OUTSIDE,
    "cartridge": "This is a Common Cartridge. Only SCORM 1.2 and SCORM 2004 can be played: export it as one of them.",
    "questions": "This package holds questions (QTI), no content to play. Import it where questions are written.",
    "many items": "The package has more than %(most)s items in its outline. Divide it into several packages.",
}  # fmt: skip
SAID_OF_FOREIGN = {
    "one folder down": foreign.ONE_DOWN, "cmi5": foreign.CMI5, "tin can": foreign.XAPI, "aicc": foreign.AICC,
    "web": foreign.WEB_PAGES, "h5p": foreign.H5P, "office": foreign.OFFICE, "course file": foreign.COURSE_FILE,
    "moodle": foreign.BACKUP, "zip in zip": foreign.ZIP_IN_ZIP, "pictures": foreign.NOTHING,
}  # fmt: skip


def contents(data: bytes) -> dict[str, bytes]:
    """Every file, read to its end, with the manifest understood."""
    found = Zip(io.BytesIO(data))
    read_manifest(found, "x.zip")
    return {path: b"".join(found.chunks(path)) for path in found.files}


def test_each_hostile_zip_and_manifest_is_refused_in_its_own_words() -> None:
    """SCO-1: the sentence names what is wrong, belongs to the field of the file, and shows a name shortened."""
    for cases, said in (
        (hostile(), SAID),
        ({name: package(data) for name, data in hostile_manifests().items()}, SAID_OF_MANIFESTS),
        (foreign_zips(), SAID_OF_FOREIGN),
    ):
        assert cases.keys() == said.keys()
        for name, data in cases.items():
            with pytest.raises(RuleBroken) as refused:
                contents(data)
            assert refused.value.message == said[name], name
            assert refused.value.field == "file"
            assert len(str(refused.value)) < 260
            assert str(refused.value).isprintable()


def test_sound_zips_give_what_is_in_them(tmp_path: Path) -> None:
    """SCO-1: as Python and the zip program pack them, stored or deflated, large numbers, with a comment, and streamed."""
    files = {"imsmanifest.xml": SOUND[0].data, "index.html": PAGE, "a b/ü.txt": b"x" * 3_000_000, "empty.txt": b""}
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        assert contents(zipped(files, method)) == files
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packing:
        for name, data in files.items():
            with packing.open(name, "w", force_zip64=True) as into:
                into.write(data)
        packing.comment = b"made by us"
    assert contents(out.getvalue()) == files
    assert contents(out.getvalue() + b"\r\n") == files
    if shutil.which("zip"):
        for name, data in files.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_bytes(data)
        subprocess.run(["zip", "-qr", "made.zip", "."], cwd=tmp_path, check=True)
        assert contents((tmp_path / "made.zip").read_bytes()) == files
        subprocess.run("zip -q - -r . -x made.zip > ../piped.zip", shell=True, cwd=tmp_path, check=True)
        assert contents((tmp_path.parent / "piped.zip").read_bytes()) == files


def test_names_are_read_as_they_are_meant() -> None:
    """SCO-1: backslashes, other systems' letters and accents; what Windows and Macs add is left out."""
    odd = (
        Part("übung.html".encode(), PAGE, flags=0x800), Part("groß.html".encode(), PAGE), Part(b"\x81ben.html", PAGE),
        Part(b"sub\\x.html", PAGE), Part("e\u0301.html".encode(), PAGE, flags=0x800), Part(b"./p//q.html", PAGE),
        Part(b"__MACOSX/._index.html", b"x"), Part(b"img/.DS_Store", b"x"), Part(b"img/Thumbs.db", b"x"),
        Part(b"sub\\", mode=0o40755, method=0), Part(b"p", mode=0o40755, method=0), Part(b"./", mode=0o40755, method=0),
    )  # fmt: skip
    found = set(contents(made((*SOUND, *odd))))
    assert found - {"imsmanifest.xml", "index.html"} == {
        "übung.html", "groß.html", "üben.html", "sub/x.html", "é.html", "p/q.html",
    }  # fmt: skip
    assert decoded(b"?", 0, b"\x75\x70\x09\x00\x01" + b"\0\0\0\0" + "ж.js".encode()[:4]) == "?"  # of another name
    assert key_of("IMG/É.PNG") == key_of("img/e\u0301.png") != key_of("img/e.png")
    assert shown("a" * 100 + ".html") == "a" * 30 + "…" + "a" * 24 + ".html"
    assert cleaned("a/./b") == "a/b"


def test_limits_count_what_really_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """SCO-1: the sum of all, the ZIP itself, many small bombs; never more than the list says is read."""
    monkeypatch.setattr(zips, "LARGEST_UNPACKED", 2 << 20)
    big = random.Random(1).randbytes(1_100_000)
    with pytest.raises(RuleBroken, match="unpacks to more than 2 MB"):
        contents(made((*SOUND, Part(b"a", big), Part(b"b", big))))
    monkeypatch.setattr(zips, "LARGEST_ZIP", 1 << 20)
    with pytest.raises(RuleBroken, match="at most 1 MB"):
        contents(made((*SOUND, Part(b"a", big))))
    liar = Zip(io.BytesIO(with_part(Part(b"a", b"\0" * 5_000_000, size=10))))
    with pytest.raises(RuleBroken, match="more or less"):
        list(liar.chunks("a"))
    directory_bomb = made(SOUND, count=0xFFFE)
    with pytest.raises(RuleBroken, match="20000"):
        contents(directory_bomb)


def test_damaged_at_random_it_is_refused_or_the_same() -> None:
    """SCO-1: bytes changed, cut out or doubled anywhere never raise anything but a sentence."""
    chance = random.Random(6)
    sound = made(
        (*SOUND, Part(b"x/a.js", b"var a = 1;" * 50), Part("ü.txt".encode(), b"ab" * 99, flags=0x800, system=0))
    )
    refused = 0
    for _ in range(FUZZED):
        data = bytearray(sound)
        for _again in range(chance.randint(1, 4)):
            at, what = chance.randrange(len(data)), chance.randrange(4)
            if what == 0:
                data[at] = chance.randrange(256)
            elif what == 1:
                data[at : at + chance.randint(1, 30)] = b""
            elif what == 2:
                data[at:at] = data[at : at + chance.randint(1, 60)]
            else:
                data[at : at + 4] = chance.choice([b"\xff" * 4, b"\0" * 4, b"PK\x05\x06", b"PK\x03\x04", b"\x01\0\0\0"])
        try:
            for path, said in contents(bytes(data)).items():
                assert len(said) < 1 << 20, path
        except RuleBroken:
            refused += 1
    assert FUZZED // 2 < refused < FUZZED


def test_types_come_from_a_fixed_table() -> None:
    """SCO-1, SCO-4: by extension; a text keeps the character set it has; what is unknown is only bytes."""

    def typed(path: str, *pieces: bytes) -> str:
        one = Typed(path)
        for piece in pieces:
            one.see(piece)
        return one.media_type

    assert typed("a/B.HTML", "é".encode()[:1], "é".encode()[1:]) == "text/html; charset=utf-8"
    assert typed("a.html", b"<meta charset=ISO-8859-2>\xe9") == "text/html; charset=iso-8859-2"
    assert typed("a.html", b'<meta charset="utf-7">+ADw-script') == "text/html; charset=utf-8"
    assert typed("a.html", b"caf\xe9") == "text/html; charset=windows-1252"
    assert typed("a.js", b'var charset="iso-8859-2"; // caf\xe9') == "text/javascript; charset=windows-1252"
    assert typed("a.css", b'@charset "shift_jis";') == "text/css; charset=shift_jis"
    assert typed("a.htm", b"\xff\xfe<\0") == "text/html; charset=utf-16le"
    assert typed("a.xml", b'<?xml version="1.0" encoding="windows-1251"?>') == "application/xml; charset=windows-1251"
    assert typed("a.svg", b"<svg/>") == "image/svg+xml; charset=utf-8"
    assert typed("a.mp4", b"<html>") == "video/mp4"
    assert {typed("a.exe"), typed("Makefile"), typed("a.hta"), typed("a.html.bak")} == {"application/octet-stream"}


def test_the_last_part_may_be_a_folder_of_the_first() -> None:
    """SCO-1: the order of entries does not matter to what collides."""
    a, b = Part(b"x/y", PAGE), Part(b"x", PAGE)
    for parts in ((a, b), (b, a)):
        with pytest.raises(RuleBroken, match="file and a folder"):
            contents(made((*SOUND, *parts)))
    assert contents(made((*SOUND, a, replace(a, name=b"X/z"))))["X/z"] == PAGE
