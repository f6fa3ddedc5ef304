"""ZIPs and manifests for imports: sound ones, odd ones, and hostile ones made byte by byte."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

PAGE = b"<!doctype html><title>Page</title><p>Wash your hands."
NS_12 = 'xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"'
NS_2004 = (
    'xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" '
    'xmlns:imsss="http://www.imsglobal.org/xsd/imsss" xmlns:adlnav="http://www.adlnet.org/xsd/adlnav_v1p3"'
)
ONE_ITEM = '<item identifier="i1" identifierref="r1"><title>Part one</title></item>'
ONE_RESOURCE = '<resource identifier="r1" type="webcontent" adlcp:scormtype="sco" href="index.html"/>'


def manifest(
    items: str = ONE_ITEM,
    resources: str = ONE_RESOURCE,
    *,
    version: str | None = "1.2",
    spaces: str = NS_12,
    more: str = "",
    resources_base: str = "",
    base: str = "",
    title: str = "Hand hygiene",
    organizations: str | None = None,
) -> bytes:
    """A manifest as XML; everything has a default that is sound."""
    said = f"<metadata><schema>ADL SCORM</schema><schemaversion>{version}</schemaversion></metadata>" if version else ""
    outline = f'<organizations default="o1"><organization identifier="o1"><title>{title}</title>{items}{more}'
    outline += "</organization></organizations>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><manifest identifier="m1" {spaces}{base}>{said}'
        f"{outline if organizations is None else organizations}"
        f"<resources{resources_base}>{resources}</resources></manifest>"
    ).encode()


def manifest_2004(
    items: str = ONE_ITEM, resources: str = ONE_RESOURCE, *, more: str = "", version: str | None = None
) -> bytes:
    """As `manifest`, of the 3rd edition unless it says otherwise."""
    said = version or "2004 3rd Edition"
    return manifest(items, resources.replace("scormtype", "scormType"), version=said, spaces=NS_2004, more=more)


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """As any program packs it; the same bytes each time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packing:
        for name, data in files.items():
            packing.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


def package(imsmanifest: bytes | None = None, **more: bytes) -> bytes:
    """A small package with a page; `more` by name, with `__` for a point and `_in_` for a slash."""
    files = {"imsmanifest.xml": manifest() if imsmanifest is None else imsmanifest, "index.html": PAGE}
    return zipped(files | {name.replace("_in_", "/").replace("__", "."): data for name, data in more.items()})


@dataclass(frozen=True)
class Part:
    """One entry, every number of which can lie. None: the truth."""

    name: bytes
    data: bytes = b""
    mode: int = stat.S_IFREG | 0o644
    flags: int = 0
    method: int = 8
    packed: bytes | None = None
    size: int | None = None
    packed_size: int | None = None
    crc: int | None = None
    local_name: bytes | None = None
    offset: int | None = None
    extra: bytes = b""
    system: int = 3


def _deflated(data: bytes) -> bytes:
    pack = zlib.compressobj(1, zlib.DEFLATED, -15)
    return pack.compress(data) + pack.flush()


def made(parts: Iterable[Part], *, comment: bytes = b"", count: int | None = None, disk: int = 0) -> bytes:
    """A ZIP written by hand."""
    body, lines, at = [], [], 0
    for part in parts:
        packed = part.packed if part.packed is not None else _deflated(part.data) if part.method == 8 else part.data
        size = len(part.data) if part.size is None else part.size
        packed_size = len(packed) if part.packed_size is None else part.packed_size
        crc = zlib.crc32(part.data) if part.crc is None else part.crc
        local = part.name if part.local_name is None else part.local_name
        offset = at if part.offset is None else part.offset
        facts = (20, part.flags, part.method, 0, 0x21, crc, packed_size, size)
        if part.offset is None:
            body.append(struct.pack("<4s5H3L2H", b"PK\x03\x04", *facts, len(local), 0) + local + packed)
            at += len(body[-1])
        lines.append(struct.pack(
            "<4s6H3L5H2L", b"PK\x01\x02", part.system << 8 | 20, *facts, len(part.name), len(part.extra), 0, disk, 0,
            part.mode << 16, offset,
        ) + part.name + part.extra)  # fmt: skip
    number = len(lines) if count is None else count
    listed = b"".join(lines)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", disk, disk, number, number, len(listed), at, len(comment))
    return b"".join(body) + listed + end + comment


SOUND = (Part(b"imsmanifest.xml", manifest()), Part(b"index.html", PAGE))


def with_part(part: Part) -> bytes:
    """A sound package and one entry more."""
    return made((*SOUND, part))


def hostile() -> dict[str, bytes]:
    """ZIPs that must be refused, each by what is wrong with it."""
    page = Part(b"a.html", PAGE)
    zeros = b"\0" * (11 << 20)
    quoted = _deflated(PAGE)
    sound = made(SOUND)
    shared = made(SOUND[:1]).index(b"PK\x01\x02")
    within = made((page,)).partition(b"PK\x01\x02")[0]
    at = len(made(SOUND).partition(b"PK\x01\x02")[0]) + 31
    return {
        "no zip": b"<html>Not found</html>",
        "cut off": sound[: len(sound) // 2],
        "empty": zipped({}),
        "nothing": b"",
        "encrypted": with_part(replace(page, flags=1)),
        "strongly encrypted": with_part(replace(page, flags=0x40)),
        "link": with_part(replace(page, data=b"/etc/passwd", mode=stat.S_IFLNK | 0o777)),
        "pipe": with_part(replace(page, mode=stat.S_IFIFO | 0o644)),
        "device": with_part(replace(page, mode=stat.S_IFCHR | 0o644)),
        "socket": with_part(replace(page, mode=stat.S_IFSOCK | 0o644)),
        "up": with_part(replace(page, name=b"../evil.html")),
        "up within": with_part(replace(page, name=b"a/../../evil.html")),
        "up of windows": with_part(replace(page, name=b"a\\..\\..\\evil.html")),
        "absolute": with_part(replace(page, name=b"/etc/cron.d/evil")),
        "absolute of windows": with_part(replace(page, name=b"\\evil.html")),
        "drive": with_part(replace(page, name=b"C:\\evil.html")),
        "drive alone": with_part(replace(page, name=b"c:evil.html")),
        "server": with_part(replace(page, name=b"\\\\server\\share\\evil.html")),
        "NUL": with_part(replace(page, name=b"a.html\0.png")),
        "line feed": with_part(replace(page, name=b"a\nb.html")),
        "escape": with_part(replace(page, name=b"a\x1b[2Jb.html")),
        "turned around": with_part(replace(page, name="a\u202elmth.exe".encode(), flags=0x800)),
        "no name": with_part(replace(page, name=b"")),
        "a point": with_part(replace(page, name=b".")),
        "broken utf-8": with_part(replace(page, name=b"\xff\xfe.html", flags=0x800)),
        "long name": with_part(replace(page, name=b"a" * 300 + b".html")),
        "long path": with_part(replace(page, name=b"a folder with a rather long name/" * 35 + b"a.html")),
        "deep": with_part(replace(page, name=b"a/" * 50 + b"a.html")),
        "twice": made((*SOUND, page, replace(page, data=b"other"))),
        "twice by a point": made((*SOUND, page, replace(page, name=b"./a.html"))),
        "twice by windows": made((*SOUND, replace(page, name=b"x/a.html"), replace(page, name=b"x\\a.html"))),
        "alike in case": made((*SOUND, page, replace(page, name=b"A.HTML"))),
        "alike in accents": made(
            (
                *SOUND,
                replace(page, name="é.html".encode(), flags=0x800),
                replace(page, name="e\u0301.html".encode(), flags=0x800),
            )
        ),
        "file and folder": made((*SOUND, replace(page, name=b"a"), replace(page, name=b"a/b.html"))),
        "folder of a file": made((*SOUND, replace(page, name=b"x"), Part(b"x/", mode=stat.S_IFDIR | 0o755, method=0))),
        "folder with content": with_part(replace(page, name=b"x/")),
        "within another": made((*SOUND, replace(page, name=b"b", data=within, method=0), replace(page, offset=at))),
        "overlap": with_part(replace(page, name=b"index.html", offset=0, local_name=b"imsmanifest.xml")),
        "same bytes": made((*SOUND, *(replace(SOUND[1], name=SOUND[1].name, offset=shared) for _ in range(3)))),
        "beyond": with_part(replace(page, packed_size=len(quoted) + 5000)),
        "two names": with_part(replace(page, local_name=b"b.html")),
        "too short": with_part(replace(page, size=5)),
        "too short and right": with_part(replace(page, size=5, crc=zlib.crc32(PAGE[:5]))),
        "too long": with_part(replace(page, size=len(PAGE) + 9)),
        "stored otherwise": with_part(replace(page, method=0, size=len(PAGE) + 9)),
        "more behind": with_part(replace(page, packed=quoted + b"more")),
        "check sum": with_part(replace(page, crc=1)),
        "no deflate": with_part(replace(page, packed=b"\xff" * 30)),
        "ends early": with_part(replace(page, packed=quoted[:-4])),
        "bzip2": with_part(replace(page, method=12)),
        "lzma": with_part(replace(page, method=14)),
        "bomb": with_part(replace(page, data=zeros)),
        "bombs": made((*SOUND, *(Part(b"%d.bin" % n, zeros[: 9 << 20]) for n in range(2)))),
        "says two gigabytes": with_part(replace(page, size=2 << 30)),
        "says more in all": made((*SOUND, *(replace(page, name=b"%d" % n, size=900 << 20) for n in range(2)))),
        "zip64 without": with_part(replace(page, size=0xFFFFFFFF)),
        "count": made(SOUND, count=7),
        "split": made(SOUND, disk=1),
        "many": made(Part(b"%d" % n, method=0) for n in range(20_001)),
        "comment that ends it": made(SOUND, comment=made(())),
        "directory of nothing": made(SOUND).replace(b"PK\x01\x02", b"PK\x01\x09"),
        "local of nothing": b"PK\x03\x04" + made(SOUND)[4:].replace(b"PK\x03\x04", b"PK\x03\x09"),
    }


def hostile_manifests() -> dict[str, bytes]:
    """Manifests that must be refused: of ZIPs that are sound."""
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 9}">' for n in range(1, 9))
    declared = '<?xml version="1.0"?>'
    plain = manifest().decode().partition("?>")[2]
    return {
        "billion laughs": f'{declared}<!DOCTYPE m [<!ENTITY l0 "lol">{lol}]>{plain.replace("Part one", "&l8;")}'.encode(),
        "external entity": f'{declared}<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]>{plain.replace("Part one", "&x;")}'.encode(),
        "parameter entity": f'{declared}<!DOCTYPE m [<!ENTITY % x SYSTEM "http://127.0.0.1/x"> %x;]>{plain}'.encode(),
        "document type": f'{declared}<!DOCTYPE manifest SYSTEM "http://127.0.0.1/x.dtd">{plain}'.encode(),
        "cut off": manifest()[:-20],
        "no xml": b"\x89PNG",
        "empty": b"",
        "deep": manifest("<item>" * 500 + "</item>" * 500),
        "many": manifest("<x/>" * 100_001),
        "many items": manifest(ONE_ITEM * 5001),
        "large": manifest() + b" " * (6 << 20),
        "other root": b"<courseStructure/>",
        "no organization": manifest(organizations=""),
        "empty organizations": manifest(organizations="<organizations/>"),
        "no items": manifest(""),
        "only headings": manifest("<item><title>A</title><item><title>B</title></item></item>"),
        "dangling": manifest('<item identifierref="gone"/>'),
        "file not there": manifest(resources=ONE_RESOURCE.replace("index.html", "gone.html")),
        "out of the package": manifest(resources=ONE_RESOURCE.replace("index.html", "../../../etc/passwd")),
        "another server": manifest(resources=ONE_RESOURCE.replace("index.html", "https://example.com/a.html")),
        "script": manifest(resources=ONE_RESOURCE.replace("index.html", "javascript:alert(1)")),
        "cartridge": manifest().replace(b"ADL SCORM", b"IMS Common Cartridge"),
        "questions": manifest("", '<resource identifier="q" type="imsqti_xmlv1p1" href="q.xml"/>'),
    }


def foreign() -> dict[str, bytes]:
    """Sound ZIPs that are something else."""
    return {
        "one folder down": zipped({"course/imsmanifest.xml": manifest(), "course/index.html": PAGE}),
        "cmi5": zipped({"cmi5.xml": b"<courseStructure/>", "index.html": PAGE}),
        "tin can": zipped({"tincan.xml": b"<tincan/>", "index.html": PAGE}),
        "aicc": zipped({"course.au": b"", "course.crs": b"", "course.des": b"", "course.cst": b""}),
        "web": zipped({"index.html": PAGE}),
        "h5p": zipped({"h5p.json": b"{}", "content/content.json": b"{}"}),
        "office": zipped({"[Content_Types].xml": b"", "ppt/presentation.xml": b""}),
        "course file": zipped({"manifest.json": b"{}", "files/" + "a" * 64: b""}),
        "moodle": zipped({"moodle_backup.xml": b""}),
        "zip in zip": zipped({"package.zip": package()}),
        "pictures": zipped({"a.png": b"\x89PNG"}),
    }
