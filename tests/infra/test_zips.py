"""SEC-6: a ZIP whose directory alone would fill the memory is refused before anything is made of it."""

from __future__ import annotations

import ast
import io
import struct
import zipfile
from contextlib import suppress

import pytest

from lmsapp.courses.exchange.formats.package import Package
from lmsapp.courses.moving.archive import CourseFile
from lmsapp.infra.uploads import type_of
from lmsapp.infra.words import RuleBroken
from lmsapp.infra.zips import AN_ENTRY, BESIDE, open_zip
from lmsapp.people.roster.workbook import sheet_rows
from tests.house.code import modules, where

pytestmark = pytest.mark.pure


def long_directory(entries: int) -> bytes:
    """One local header, and a directory that names it so many times: 47 bytes each."""
    local = b"PK\x03\x04" + struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 33, 0, 0, 0, 1, 0) + b"a"
    fixed = (20, 20, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
    directory = (b"PK\x01\x02" + struct.pack("<HHHHHHIIIHHHHHII", *fixed) + b"a") * entries
    count = min(entries, 0xFFFF)
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(local), 0)
    return local + directory + end


def packed(files: int, comment: bytes = b"") -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(files):
            archive.writestr(f"a folder/with a name of some length/{number}.xml", str(number))
        archive.comment = comment
    out.seek(0)
    return out


def test_a_long_directory_is_not_read() -> None:
    """SEC-6: beyond the bound no entry is made; as many as are allowed are there, with the longest comment."""
    bound = 10 * AN_ENTRY + BESIDE
    with pytest.raises(zipfile.BadZipFile, match="longer than it may be"):
        open_zip(io.BytesIO(long_directory(bound // 47 + 1)), most=10)
    with open_zip(packed(10, b"x" * 65535), most=10) as archive:
        assert len(archive.infolist()) == 10
        assert archive.read("a folder/with a name of some length/9.xml") == b"9"
    with pytest.raises(zipfile.BadZipFile):
        open_zip(io.BytesIO(b"no zip at all" * 100_000), most=10)


@pytest.mark.parametrize("take", [type_of, lambda source: list(sheet_rows(source.read())), Package, CourseFile])
def test_nobody_who_reads_a_zip_makes_half_a_million_entries(take: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """SEC-6: hand-ins, rosters, question packages and course files are refused without looking at the entries."""
    made = 0
    genuine = zipfile.ZipInfo

    class Counted(genuine):  # type: ignore[misc,valid-type]
        def __init__(self, *args: object, **more: object) -> None:
            nonlocal made
            made += 1
            super().__init__(*args, **more)

    monkeypatch.setattr(zipfile, "ZipInfo", Counted)
    data = long_directory(500_000)
    found = None
    with suppress(RuleBroken):
        found = take(data if take is Package else io.BytesIO(data))  # type: ignore[operator]
    assert (found, made) == (None, 0)


def test_every_zip_that_is_read_is_opened_so() -> None:
    """SEC-6: `zipfile.ZipFile` itself writes only."""
    wrong = [
        where(module, node.lineno)
        for module in modules()
        if module.name != "lmsapp.infra.zips"
        for node in module.nodes
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"zipfile.ZipFile", "ZipFile"}
        if not (len(node.args) > 1 and ast.literal_eval(node.args[1]) == "w")
    ]
    assert wrong == []
