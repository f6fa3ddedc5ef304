"""What others wrote and we serve is exactly what they published (SEC-3)."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[2] / "static" / "vendor"
ROW = re.compile(
    r"^\| (?P<file>\S+) \| (?P<package>\S+) \| (?P<version>\S+) \| \S+ \| (?P<sum>[0-9a-f]{64}) \|$", re.MULTILINE
)
FONTS = VENDOR.parents[1] / "lmsapp" / "fonts"
FONT = re.compile(r"^\| (\S+\.ttf) \| \S+ \| \S+ \| (\S+) \| ([0-9a-f]{64}) \|$", re.MULTILINE)
OURS = {"VENDORED.md", "package.json", "package-lock.json"}


def rows() -> dict[str, re.Match[str]]:
    """File -> its row in the table."""
    return {row["file"]: row for row in ROW.finditer((VENDOR / "VENDORED.md").read_text(encoding="utf-8"))}


def files() -> dict[str, str]:
    """File -> its SHA-256."""
    found = (path for path in sorted(VENDOR.rglob("*")) if path.is_file() and path.name not in OURS)
    return {path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def test_every_vendored_file_is_in_the_table_with_its_sum() -> None:
    """SEC-3: no file was added, lost or changed."""
    assert files() == {file: row["sum"] for file, row in rows().items()}


def test_the_table_names_the_versions_of_the_lock_file() -> None:
    """SEC-3: the sums belong to the locked versions, and the lock tells no download address."""
    lock = json.loads((VENDOR / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for row in rows().values():
        assert lock[f"node_modules/{row['package']}"]["version"] == row["version"]
    assert not any("resolved" in package for package in lock.values())


def test_every_package_brings_its_licence() -> None:
    """SEC-3: what we pass on, we pass on with its terms."""
    for folder in {file.partition("/")[0] for file in rows()}:
        assert (VENDOR / folder / "LICENSE").is_file(), folder


def test_every_font_is_in_its_table_with_its_licence() -> None:
    """CRT-3: what PDFs are drawn with is what was published, and its terms lie beside it."""
    said = FONT.findall((FONTS / "FONTS.md").read_text(encoding="utf-8"))
    there = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FONTS.glob("*.ttf")}
    assert {file: sum_ for file, _licence, sum_ in said} == there
    assert all((FONTS / licence).is_file() for _file, licence, _sum in said)


if __name__ == "__main__":
    for name, digest in files().items():
        print(name, digest)
