"""Hostile, broken and merely odd roster files, made by code, the same every time; each with words its refusal holds."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

import openpyxl

HEAD = "id;name;email;department;manager id;hire date;status\n"
GOOD = "1;Ann One;ann@x.example;A;;2024-01-02;Active\n"
LONG = "x" * 1_000_000


@dataclass(frozen=True, slots=True)
class Hostile:
    """`words`: part of the message that must come. '' means: must be read, as the `people` (number, name) given."""

    name: str
    data: bytes
    words: str = ""
    people: tuple[tuple[str, str], ...] = ()


def files() -> Iterator[Hostile]:
    for make in (_odd, _encodings, _not_tables, _shapes, _cells, _identities, _dates, _managers, _workbooks):
        yield from make()


def _line(**told: str) -> str:
    usual = {
        "id": "2",
        "name": "Bob Two",
        "email": "",
        "department": "A",
        "manager": "",
        "hired": "",
        "status": "Active",
    }
    return ";".join((usual | told).values()) + "\n"


def _with(name: str, words: str, *lines: str) -> Hostile:
    return Hostile(name, (HEAD + GOOD + "".join(lines)).encode(), words)


def _odd() -> Iterator[Hostile]:
    """What must work although it looks odd."""
    text, people = "id{0}name\r\n1{0}José Muñoz\r\n2{0}Zoë Brontë\r\n", (("1", "José Muñoz"), ("2", "Zoë Brontë"))
    for mark in ";,\t|":
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"):
            yield Hostile(f"works: {mark!r} {encoding}", text.format(mark).encode(encoding), people=people)
    for end in ("\n", "\r", "\r\n"):
        yield Hostile(f"works: line end {end!r}", f"id;name{end}1;Ann One{end}".encode(), people=(("1", "Ann One"),))
    yield Hostile(
        "works: mixed ends",
        b"id;name\r\n1;Ann One\n2;Bob Two\r3;Cid Three",
        people=(("1", "Ann One"), ("2", "Bob Two"), ("3", "Cid Three")),
    )
    yield Hostile("works: quoted newline", b'id,name\n1,"Ann\nOne"\n', people=(("1", "Ann One"),))
    yield Hostile("works: Spanish", "número empleado;nombre completo\n1;Ana Uno\n".encode(), people=(("1", "Ana Uno"),))
    yield Hostile("works: blank lines", b"\n\nid;name\n\n1;Ann One\n\n", people=(("1", "Ann One"),))
    yield Hostile("works: empty tail", b"id;name;;;\n1;Ann One;;;\n", people=(("1", "Ann One"),))


def _encodings() -> Iterator[Hostile]:
    good = (HEAD + GOOD).encode()
    yield Hostile("utf-8 with an error", (HEAD + "1;Zoë;;;;;\n").encode() + b"2;Jos\xe9;;;;;\n", "another encoding")
    yield Hostile(
        "mixed encodings", good + "2;Zoë B;;;;;\n".encode() + "3;José M;;;;;\n".encode("cp1252"), "another encoding"
    )
    yield Hostile("utf-16 cut short", good.decode().encode("utf-16")[:-1], "not a table")
    yield Hostile("utf-16 without its marks in a row", b"\xff\xfe" + b"\xd8\x00" * 50, "No columns")
    yield Hostile("cp1252 with holes", b"id;name\n1;\x81\x8d\x8f\x90\n", "not a table")
    for code in (0, 1, 7, 8, 14, 27, 31, 127):
        yield Hostile(f"control {code}", good + f"2;Bo{chr(code)}b;;;;;\n".encode(), "no text")
    yield _with("letters lost", "were lost", _line(name="Jos� M"))


def _not_tables() -> Iterator[Hostile]:
    for name, data, words in (
        ("empty", b"", "is empty"), ("blank", b"\n \n\t\n", "is empty"), ("zeros", b"\0" * 5000, "not a table"),
        ("only a mark", b"\xef\xbb\xbf", "is empty"), ("pdf", b"%PDF-1.7\n...", "PDF"), ("png", b"\x89PNG\r\n\x1a\n....", "picture"),
        ("jpeg", b"\xff\xd8\xff\xe0....", "picture"), ("gzip", gzip.compress(b"id;name\n1;A\n", mtime=0), "gzip"),
        ("json list", json.dumps([{"id": 1, "name": "Ann"}]).encode(), "JSON"),
        ("json object", json.dumps({"people": [1, 2]}).encode(), "JSON"),
        ("html as xls", b"<html><table><tr><td>id</td></tr></table></html>", "web page"),
        ("xml", b"<?xml version='1.0'?><people/>", "web page"),
        ("e-mail", b"From: hr@x.example\nSubject: roster\n\nid,name\n1,Ann\n", "e-mail"),
        ("old xls", b"\xd0\xcf\x11\xe0" + b"\0" * 3000, "old Excel"),
        ("locked", b"\xd0\xcf\x11\xe0" + b"\0" * 900 + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("prose", b"Dear colleague, please find attached the list.", "no row of people"), ("junk", bytes(range(256)) * 40, "not a table"),
        ("header only", b"id;name;email\n", "no row of people"), ("one column", b"id\n1\n2\n3\n", "No columns"),
        ("no header", b"10017;Lena Fischer;lena@x.example\n10018;Ann;ann@x.example\n", "a person already"),
        ("script", b"#!/bin/sh\nrm -rf /\n", "No columns"),
    ):  # fmt: skip
        yield Hostile(name, data, words)


def _shapes() -> Iterator[Hostile]:
    yield Hostile("no number", b"name;email\nAnn;ann@x.example\n", "employee number")
    yield Hostile("no name", b"id;email\n1;ann@x.example\n", "full name")
    yield Hostile("headings unknown", b"foo;bar\n1;2\n", "employee number")
    yield Hostile("number twice", b"id;id;name\n1;2;Ann One\n", "employee number")
    yield Hostile("name twice", b"id;name;name\n1;Ann;Bob\n", "full name")
    yield Hostile("blank headings", b"id;;\n1;Ann;\n2;Bob;x\n", "No columns")
    for wide in (201, 250, 1000, 5000):
        yield Hostile(f"{wide} columns", (";".join(f"c{n}" for n in range(wide)) + "\n1;2\n").encode(), "columns")
    yield Hostile(
        "100,001 rows", b"id;name\n" + b"".join(b"%d;Ann One\n" % n for n in range(100_001)), "more than 100000 rows"
    )
    yield Hostile("quote open", b'id;name\n1;"Ann\n2;Bob\n3;Cid\n', "quotation marks")
    yield Hostile("quote in the middle", b'id;name\n1;"Ann" One\n2;Bob\n', "quotation marks")
    for extra in (1, 5, 50):
        yield _with(f"{extra} cells too many", "more cells", _line().rstrip("\n") + ";x" * extra + "\n")
    for many in (1, 3, 20):
        yield Hostile(f"a cell of {many} MB", (HEAD + f"1;{LONG * many};;;;;\n").encode(), "too long")
    yield Hostile("51 MB", b"id;name\n" + b"1;Ann One\n" * 5_400_000, "larger than 50 MB")
    for size in (201, 10_000, 100_000):
        yield _with(f"a name of {size}", "characters", _line(name="x" * size))


def _cells() -> Iterator[Hostile]:
    for text in (
        "=cmd|' /C calc'!A0",
        "=1+1",
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        '=HYPERLINK("http://x")',
        "=IMPORTXML(1)",
        "-",
        "+A1",
    ):
        for field in ("id", "name", "department"):
            yield _with(f"formula {text} in {field}", "formula", _line(**{field: text.replace('"', "'")}))
    for status in ("Perhaps", "Moved to Mars", "2", "ActiveTerminated"):
        yield _with(f"status {status}", "not a known status", _line(status=status))
    yield _with("no name", "name is missing", _line(name=""))
    yield _with("name without letters", "name is missing", _line(name="12345"))
    yield _with("no number", "number is missing", _line(id=""))
    for mark in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069":
        yield _with(f"turning mark {ord(mark):x}", "hidden control", _line(name=f"Bo{mark}b Two"))
    yield _with("C1 control", "hidden control", _line(name="Bo\u0090b"))


def _identities() -> Iterator[Hostile]:
    for mark in "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f":
        yield _with(f"invisible {ord(mark):x} in a number", "invisible", _line(id=f"1{mark}0"))
        yield _with(f"invisible {ord(mark):x} in an address", "invisible", _line(email=f"an{mark}n@x.example"))
    for number in ("А10b", "1０", "Κ3x", "①", "ﬁ1"):
        yield _with(f"look-alike {number}", "look like others", _line(id=number))
    for email in ("аnn@x.example", "ann@х.example", "ａnn@x.example"):
        yield _with(f"look-alike {email}", "look like others", _line(email=email))
    for email in (
        "not an address",
        "a@b",
        "@x.example",
        "a@@x.example",
        "a b@x.example",
        "a@x..example",
        "a@x.example,b@x.example",
        "<a@x.example>",
        "a@x.example>",
        "javascript:alert(1)",
    ):
        words = "formula" if email.startswith("@") else "not an e-mail"
        yield _with(f"address {email}", words, _line(email=email))
    yield _with("number twice", "is on line 2 already", _line(id="1"))
    yield _with("address twice", "is on line 2 already", _line(email="ann@x.example"))
    yield _with("address in capitals", "is on line 2 already", _line(email="ANN@X.Example"))
    yield _with(
        "address composed twice",
        "is on line 3 already",
        _line(email="josé@x.example"),
        _line(id="3", email="jose\u0301@x.example"),
    )
    yield _with("address of the manager of all", "somebody else", _line(email="sam@proof.example"))
    yield _with("a known person takes it", "somebody else", _line(id="K1", name="Kay One", email="sam@proof.example"))
    yield _with("address of an employee", "another employee", _line(email="k1@proof.example"))
    yield _with(
        "the only manager of all leaves", "only System Manager", _line(id="K9", name="Mia Only", status="Terminated")
    )


def _dates() -> Iterator[Hostile]:
    for day in (
        "31/02/2024",
        "2024-02-30",
        "2023-02-29",
        "0000-01-01",
        "0001-01-01",
        "9999-12-31",
        "1929-12-31",
        "2024-13-01",
        "soon",
        "2024",
        "00/00/2024",
    ):
        yield _with(f"day {day}", "not a date", _line(hired=day))
    for day in ("45123", "45123.5", "20000"):
        yield _with(f"serial {day}", "as Excel counts", _line(hired=day))
    for day in ("1/2/24", "01.02.24", "31-12-99"):
        yield _with(f"short {day}", "two digits", _line(hired=day))
    for day in ("03/04/2024", "1/2/2024", "12-11-2024"):
        yield _with(f"two days {day}", "may be two days", _line(hired=day))
    yield Hostile("zone", b"id;name;time zone\n1;Ann One;Mars/Base\n", "not a time zone")
    yield Hostile("zone of a path", b"id;name;time zone\n1;Ann One;../../etc/passwd\n", "not a time zone")


def _managers() -> Iterator[Hostile]:
    yield _with("own manager", "themselves", _line(manager="2"))
    for size in (2, 3, 50, 2000):
        ring = (_line(id=f"R{n}", name=f"Ring {n}x", manager=f"R{(n + 1) % size}") for n in range(size))
        yield _with(f"circle of {size}", "circle", *ring)
    yield _with(
        "5000 own managers", "themselves", *(_line(id=f"S{n}", name="Self Made", manager=f"S{n}") for n in range(5000))
    )
    for manager in ("99", "nobody", "K404"):
        yield _with(f"unknown manager {manager}", "Nobody has", _line(manager=manager))


def _workbooks() -> Iterator[Hostile]:
    good = _book([["id", "name"], [1, "Ann One"]])
    yield Hostile("works: workbook", good, people=(("1", "Ann One"),))
    yield Hostile("works: empty first sheet", _book([], [["id", "name"], [2, "Bob Two"]]), people=(("2", "Bob Two"),))
    yield Hostile(
        "works: hidden first sheet",
        _book([["id", "name"], [9, "Old One"]], [["id", "name"], [2, "Bob Two"]], hide=True),
        people=(("2", "Bob Two"),),
    )
    yield Hostile(
        "works: macros", _with_part(good, "xl/vbaProject.bin", b"\xd0\xcf\x11\xe0"), people=(("1", "Ann One"),)
    )
    yield Hostile("formulas never computed", _book([["id", "name"], [1, "=A1"]]), "name is missing")
    yield Hostile("blank sheets", _book([], []), "No columns")
    yield Hostile("no workbook inside", _zip({"list.csv": b"id;name\n1;Ann\n"}), "packed folder")
    yield Hostile("nested zip", _zip({"inner.zip": _zip({"a": b"0" * 10_000})}), "packed folder")
    yield Hostile("zip bomb", _with_part(good, "xl/media/zeros.bin", b"\0" * 60_000_000), "unpacks to far more")
    yield Hostile(
        "bomb in the sheet",
        _with_part(good, "xl/worksheets/sheet1.xml", b"<a>" + b" " * 60_000_000),
        "unpacks to far more",
    )
    yield Hostile(
        "3000 parts", _zip({"[Content_Types].xml": b"x", **{f"xl/{n}.xml": b"x" for n in range(3000)}}), "too large"
    )
    laughs = (
        b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>'
    )
    outside = (
        b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><sst><si><t>&x;</t></si></sst>'
    )
    for name, part in (
        ("billion laughs", laughs),
        ("file from outside", outside),
        ("utf-16 laughs", laughs.decode().encode("utf-16")),
    ):
        for where in ("xl/sharedStrings.xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"):
            yield Hostile(f"{name} in {where}", _with_part(good, where, part), "definitions")
    for missing, words in (
        ("xl/workbook.xml", "workbook that can be read"),
        ("xl/worksheets/sheet1.xml", "No columns"),
        ("[Content_Types].xml", "packed folder"),
        ("xl/_rels/workbook.xml.rels", "workbook that can be read"),
    ):
        yield Hostile(f"without {missing}", _with_part(good, missing, None), words)
    yield Hostile("cut in half", good[: len(good) // 2], "workbook that can be read")
    yield Hostile("only its first bytes", b"PK\x03\x04" + b"\0" * 500, "workbook that can be read")
    rows = b"".join(b'<row r="%d"/>' % n for n in range(2, 1_048_577))
    yield Hostile(
        "a million blank rows",
        _sheet(
            good,
            b'<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1" t="inlineStr"><is><t>name</t></is></c></row>'
            + rows,
        ),
        "empty rows",
    )
    yield Hostile("row a billion", _sheet(good, b'<row r="1000000000"><c r="A1"><v>1</v></c></row>'), "empty rows")
    yield Hostile("the widest sheet", _sheet(good, b'<row r="1"><c r="XFD1"><v>1</v></c></row>' * 3), "columns")


def _book(*sheets: list[list[object]], hide: bool = False) -> bytes:
    book = openpyxl.Workbook()
    for number, rows in enumerate(sheets):
        sheet = book.active if number == 0 else book.create_sheet()
        for row in rows:
            sheet.append(row)
    if hide:
        book.active = 1
        book.worksheets[0].sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _zip(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    return out.getvalue()


def _with_part(book: bytes, name: str, data: bytes | None) -> bytes:
    with zipfile.ZipFile(io.BytesIO(book)) as packed:
        parts = {one: packed.read(one) for one in packed.namelist() if one != name}
    return _zip(parts if data is None else {**parts, name: data})


def _sheet(book: bytes, rows: bytes) -> bytes:
    space = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return _with_part(
        book, "xl/worksheets/sheet1.xml", b"<worksheet %s><sheetData>%s</sheetData></worksheet>" % (space, rows)
    )
