"""A ZIP of question files, read as if somebody hostile had packed it: nothing is unpacked to disk."""

from __future__ import annotations

import io
import posixpath
import stat
import zipfile
import zlib
from urllib.parse import unquote

from lmsapp.infra.words import N_, RuleBroken
from lmsapp.infra.zips import open_zip

MOST_ENTRIES = 5000
MOST_ONE = 20 << 20
MOST_ALL = 100 << 20
MOST_RATIO, SMALL = 200, 1 << 20  # XML packs well; a bomb packs better
ENCRYPTED = 0x1
TEXTS = (".xml", ".txt", ".gift", ".csv", ".qti")

NO_ZIP = N_("The package cannot be opened, or was not sent to its end.")
TOO_MUCH = N_("The package unpacks to far more than questions need. Nothing was read.")
A_LINK = N_("The package holds a link (“%(name)s”). Nothing was read.")
LEADS_OUT = N_("The package holds a name that leads out of it (“%(name)s”). Nothing was read.")
TWICE = N_("The package holds “%(name)s” twice. Nothing was read.")
LOCKED = N_("The package is protected by a password. Save it without one.")


class Package:
    """The texts of a ZIP by name. Raises RuleBroken (field 'file') in words."""

    def __init__(self, data: bytes):
        try:
            self._zip = open_zip(io.BytesIO(data), most=MOST_ENTRIES)
            listed = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, OverflowError, EOFError, IndexError):
            raise RuleBroken(NO_ZIP, field="file") from None
        self._left = MOST_ALL
        self._entries = _looked_through(listed)

    @property
    def texts(self) -> list[str]:
        """Names of what may hold questions, in the order of the package."""
        return [
            name
            for name in self._entries
            if name.lower().endswith(TEXTS) and not posixpath.basename(name).startswith(".") and "__MACOSX/" not in name
        ]

    @property
    def names(self) -> list[str]:
        """Every name."""
        return list(self._entries)

    def read(self, name: str) -> bytes:
        """One of them; never more than the list says it holds. Raises KeyError for a name that is not there."""
        entry = self._entries[name]
        self._left -= entry.file_size
        if entry.file_size > MOST_ONE or self._left < 0:
            raise RuleBroken(TOO_MUCH, field="file")
        try:
            with self._zip.open(entry) as source:
                data = source.read(entry.file_size + 1)
        except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError, zlib.error, RuntimeError):
            raise RuleBroken(NO_ZIP, field="file") from None
        if len(data) > entry.file_size:
            raise RuleBroken(TOO_MUCH, field="file")
        return data

    def beside(self, name: str, href: str) -> str | None:
        """The entry that `href` in the file `name` means, or None."""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(href.partition("#")[0])))
        return path if path in self._entries else None


def _looked_through(listed: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    if len(listed) > MOST_ENTRIES:
        raise RuleBroken(TOO_MUCH, field="file")
    found: dict[str, zipfile.ZipInfo] = {}
    for entry in listed:
        _check(entry)
        if entry.is_dir():
            continue
        if entry.filename in found:
            raise RuleBroken(TWICE, field="file", name=_shown(entry.filename))
        found[entry.filename] = entry
    return found


def _check(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise RuleBroken(A_LINK, field="file", name=_shown(name))
    if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or name[1:2] == ":":
        raise RuleBroken(LEADS_OUT, field="file", name=_shown(name))
    if entry.flag_bits & ENCRYPTED:
        raise RuleBroken(LOCKED, field="file")
    if entry.file_size > SMALL and entry.file_size > MOST_RATIO * max(1, entry.compress_size):
        raise RuleBroken(TOO_MUCH, field="file")


def _shown(name: str) -> str:
    return "".join(c if c.isprintable() else "\ufffd" for c in name)[:80]
