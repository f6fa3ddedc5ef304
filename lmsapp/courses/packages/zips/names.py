"""Names in a ZIP: how they are read, and which of them are refused. None becomes a path on disk (SCO-1). Pure."""

from __future__ import annotations

import re
import struct
import unicodedata
import zlib

from lmsapp.infra.words import N_, RuleBroken

LONGEST_PATH = 1000  # bytes of UTF-8: a row of the index holds no more, and no request asks for more
LONGEST_PART = 255
DEEPEST = 40
SHOWN = 60
UTF8 = 0x800  # the flag that says so
UNICODE_PATH = 0x7075  # Info-ZIP's field with the name in UTF-8
LEFT_OUT = {".ds_store", "thumbs.db"}
FOLDERS_LEFT_OUT = {"__macosx"}
_DRIVE = re.compile(r"[A-Za-z]:")
_TURNED = set(
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029"
)  # shown in another order than they stand

LEADS_OUT = N_("The package holds a name that leads out of it (“%(name)s”). Nothing was imported.")
ABSOLUTE = N_("The package holds a name that begins at the root of a disk (“%(name)s”). Nothing was imported.")
INVISIBLE = N_("The package holds a name with control characters (“%(name)s”). Nothing was imported.")
NAMELESS = N_("The package holds a file without a name. Nothing was imported. Export it again.")
TOO_LONG = N_(
    "A name in the package is too long (“%(name)s”). Shorten the names of files and folders, and export again."
)
TOO_DEEP = N_("Folders in the package are nested too deep (“%(name)s”). Nothing was imported.")
UNREADABLE = N_("The package holds a name that cannot be read (“%(name)s”). Export it again.")


def decoded(raw: bytes, flags: int, extra: bytes = b"") -> str:
    """A name as it is meant: UTF-8 where the entry says so or where it can be nothing else, else code page 437.

    Raises RuleBroken.
    """
    if flags & UTF8:
        try:
            return raw.decode()
        except UnicodeDecodeError:
            raise RuleBroken(UNREADABLE, field="file", name=shown(raw.decode("latin-1"))) from None
    told = _unicode_path(raw, extra)
    if told is not None:
        return told
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp437")


def _unicode_path(raw: bytes, extra: bytes) -> str | None:
    """Version 1, CRC-32 of the plain name, the name."""
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == UNICODE_PATH and len(field) > 5 and field[0] == 1:
            if struct.unpack_from("<L", field, 1)[0] != zlib.crc32(raw):
                return None
            try:
                return field[5:].decode()
            except UnicodeDecodeError:
                return None
    return None


def cleaned(name: str) -> str:
    """The path from the package's root, composed (NFC), with `/` between its parts; a folder ends in one.

    Raises RuleBroken (field 'file').
    """
    if any(unicodedata.category(c) in ("Cc", "Cs") or c in _TURNED for c in name):
        raise RuleBroken(INVISIBLE, field="file", name=shown(name))
    path = unicodedata.normalize("NFC", name).replace("\\", "/")
    if path.startswith("/") or _DRIVE.match(path):
        raise RuleBroken(ABSOLUTE, field="file", name=shown(name))
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if ".." in (part.strip() for part in parts):
        raise RuleBroken(LEADS_OUT, field="file", name=shown(name))
    if not parts and not path.endswith("/"):
        raise RuleBroken(NAMELESS, field="file")
    if len(parts) > DEEPEST:
        raise RuleBroken(TOO_DEEP, field="file", name=shown(name))
    joined = "/".join(parts)
    if len(joined.encode()) > LONGEST_PATH or any(len(part.encode()) > LONGEST_PART for part in parts):
        raise RuleBroken(TOO_LONG, field="file", name=shown(name))
    return joined + "/" if path.endswith("/") else joined


def key_of(path: str) -> str:
    """The same for names that a file system without case, or with another spelling of accents, takes for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).lower())


def left_out(path: str) -> bool:
    """Whether it is what Windows or a Mac puts beside the files, not part of the content."""
    *folders, name = path.rstrip("/").lower().split("/")
    return name in LEFT_OUT or name in FOLDERS_LEFT_OUT or any(one in FOLDERS_LEFT_OUT for one in folders)


def shown(name: str) -> str:
    """As it can be put into a sentence: short, without what does not print."""
    plain = "".join(c if c.isprintable() and c not in _TURNED else "\ufffd" for c in name)
    return plain if len(plain) <= SHOWN else f"{plain[: SHOWN // 2]}…{plain[1 - SHOWN // 2 :]}"
