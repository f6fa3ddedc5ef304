"""Which bytes a path of a package names (SCO-1, SCO-4). Only rows are asked: no path ever reaches the disk."""

from __future__ import annotations

import unicodedata
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from sqlalchemy import bindparam, func, select

from lmsapp.courses.packages.models import PackageFile
from lmsapp.infra.db import db

MOST_KEPT = 20_000
LONGEST = 1000


@dataclass(frozen=True, slots=True)
class ServedFile:
    """`sha256` where the bytes lie, `size` in bytes, `media_type` as it was fixed at the import."""

    sha256: str
    size: int
    media_type: str


FILE = select(PackageFile.sha256, PackageFile.size, PackageFile.media_type).where(
    PackageFile.package_id == bindparam("package_id")
)
EXACT = FILE.where(PackageFile.path == bindparam("path"))
ANY_CASE = FILE.where(func.lower(PackageFile.path) == func.lower(bindparam("path"))).limit(2)


def find_file(package_id: int, path: str) -> ServedFile | None:
    """The file of that package, or None. A package never changes, so that what was found stays found.

    Content made on Windows writes 'Images\\\\Logo.PNG' for images/logo.png: other slashes and another case are forgiven
    where they leave no doubt.
    """
    if (found := _kept.get((package_id, path))) is not None:
        return found
    if not path or path.endswith("/") or len(path) > LONGEST or "\x00" in path:
        return None
    plain = _plain(path)
    for statement, name in ((EXACT, path), (EXACT, plain), (ANY_CASE, plain)):
        rows = db.session.execute(statement, {"package_id": package_id, "path": name}).all()
        if len(rows) == 1:
            return _keep((package_id, path), ServedFile(*rows[0]))
    return None


def forget_files() -> None:
    """Nothing is remembered any more."""
    _kept.clear()


_kept: OrderedDict[tuple[int, str], ServedFile] = OrderedDict()
_lock = Lock()


def _keep(key: tuple[int, str], found: ServedFile) -> ServedFile:
    with _lock:
        _kept[key] = found
        if len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return found


def _plain(path: str) -> str:
    """Without '.', empty parts and backslashes. What climbs ('..') stays, and is in no package."""
    parts = unicodedata.normalize("NFC", path.replace("\\", "/")).split("/")
    return "/".join(part for part in parts if part not in ("", "."))
