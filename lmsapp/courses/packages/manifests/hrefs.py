"""To which file of the package an address in its manifest leads. Pure.

Sources: SCORM 1.2 CAM 2.3.2, SCORM 2004 4th Edition CAM 3.4 (`xml:base`, `parameters`), RFC 3986. Programs write these
addresses in many ways (encoded, with the capitals of Windows, with its backslashes); the file that is there counts.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

from lmsapp.courses.packages.zips.names import key_of

LONGEST = 3500  # characters of an address
STARTS = ("index.html", "index.htm", "default.htm", "default.html")  # of a folder
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|//|\\\\", re.IGNORECASE)
IN_PATH = "/!$&'()*+,;=:@-._~"
IN_TAIL = IN_PATH + "?%[]|"


@dataclass(frozen=True, slots=True)
class Found:
    """`href`: encoded, relative to the root of the package, with query and fragment. `path`: the file's name.

    `as_written`: the manifest spells the name as it is.
    """

    href: str
    path: str
    as_written: bool


class Files:
    """The files of a package, found by name."""

    def __init__(self, paths: Iterable[str]):
        self._paths = dict.fromkeys(paths)
        self._keys = {key_of(path): path for path in self._paths}

    def __contains__(self, path: str) -> bool:
        return path in self._paths

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def like(self, path: str) -> str | None:
        """The file of that name, whatever its capitals."""
        return self._keys.get(key_of(path))


def outside(bases: Sequence[str], href: str) -> bool:
    """Whether the address leads to another computer, or is none of a file."""
    return any(_SCHEME.match(one.strip()) for one in (*bases, href))


def find(files: Files, bases: Sequence[str], href: str, parameters: str = "") -> Found | None:
    """The file that `href` means below these `xml:base` (outermost first), or None where there is none."""
    href = href.strip()
    path, tail = _parted(href)
    for wanted, rest in ((path, tail), (href, "")) if tail else ((path, tail),):
        exact = next((one for one in _candidates(bases, wanted) if one in files), None)
        there = exact or next((like for one in _candidates(bases, wanted) if (like := files.like(one))), None)
        if there is not None:
            address = quote(there, safe=IN_PATH) + joined(rest, parameters)
            return Found(address[:LONGEST], there, exact is not None)
    return None


def joined(tail: str, parameters: str) -> str:
    """Query and fragment of an address with the item's `parameters` added (CAM 3.4.1.5)."""
    query, mark, fragment = tail.partition("#")
    more = parameters.strip().lstrip("?&")
    if more.startswith("#"):
        fragment, mark = (fragment, mark) if mark else (more[1:], "#")
    elif more:
        more, own, last = more.partition("#")
        query = f"{query}&{more}" if len(query) > 1 else f"?{more}"
        fragment, mark = (fragment, mark) if mark else (last, own)
    return quote(query if query != "?" else "", safe=IN_TAIL) + mark + quote(fragment, safe=IN_TAIL + "#")


def _parted(href: str) -> tuple[str, str]:
    at = min((place for place in (href.find("?"), href.find("#")) if place >= 0), default=len(href))
    return href[:at], href[at:]


def _candidates(bases: Sequence[str], path: str) -> Iterator[str]:
    """As the standard joins them, as folders one in the other, and without bases; as written, and decoded."""
    strict = ""
    for base in (*bases, path):
        strict = posixpath.join(posixpath.dirname(strict), base.replace("\\", "/").lstrip("/"))
    loose = posixpath.join(
        "", *(base.replace("\\", "/").strip("/") for base in bases), path.replace("\\", "/").lstrip("/")
    )
    for one in (strict, loose, path.replace("\\", "/").lstrip("/")):
        for said in (one, unquote(one)):
            plain = unicodedata.normalize("NFC", posixpath.normpath(said))
            if plain != "." and not plain.startswith("../"):
                yield plain
            yield from (posixpath.normpath(posixpath.join(plain, start)) for start in STARTS)
