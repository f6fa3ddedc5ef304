"""Words that stand nowhere else, and looking for them in bytes: as they are, and in every dress that matters."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from math import erfc, sqrt
from urllib.parse import unquote_plus

from pypdf import PdfReader


def canary(number: int, what: str) -> str:
    """A word nobody writes: it begins and ends with letters, so that it is one word in any text."""
    return f"Zq{hashlib.sha256(f'{what}:{number}'.encode()).hexdigest()[:14]}xW"


def dresses(word: str) -> dict[str, bytes]:
    """How the word could be sent. Base64 in each of the three places it can begin at, without the edges."""
    raw = word.encode()
    found = {
        "as it is": raw,
        "backwards": raw[::-1],
        "hex": raw.hex().encode(),
        "percent": "".join(f"%{byte:02x}" for byte in raw).encode(),
        "entities": "".join(f"&#{byte};" for byte in raw).encode(),
        "hex entities": "".join(f"&#x{byte:x};" for byte in raw).encode(),
        "escapes": "".join(f"\\u{byte:04x}" for byte in raw).encode(),
        "utf-16": word.encode("utf-16-le"),
        "utf-16 big": word.encode("utf-16-be"),
        "rot13": word.translate(ROT13).encode(),
    }
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + raw)
        found[f"base64 {shift}"] = coded[4:-4]
        found[f"base64url {shift}"] = coded[4:-4].translate(bytes.maketrans(b"+/", b"-_"))
    for name in ("md5", "sha1", "sha256"):
        found[name] = hashlib.new(name, raw, usedforsecurity=False).hexdigest().encode()
    return found


ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
ROT13 = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "NOPQRSTUVWXYZABCDEFGHIJKLMnopqrstuvwxyzabcdefghijklm"
)


@dataclass
class Watch:
    """Looks at everything sent. `secrets`: word -> what it is. `found`: where one was seen, in words."""

    secrets: dict[str, str] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)
    answers: int = 0
    bytes_read: int = 0
    _dressed: list[tuple[bytes, str]] = field(default_factory=list)

    def plant(self, number: int, what: str) -> str:
        """A new word to look for."""
        word = canary(number, what)
        self.secrets[word] = what
        self._dressed = []
        return word

    def allow(self, *words: str) -> None:
        """From now on these may be seen."""
        for word in words:
            self.secrets.pop(word, None)
        self._dressed = []

    def look(self, where: str, content: bytes, head: bytes = b"") -> None:
        """Search one answer: its headers, its body, and what is packed in it."""
        self.answers += 1
        for layer, data in layers(head + b"\n" + content if not _packed(content) else content):
            self.bytes_read += len(data)
            self.found += [f"{where} ({layer}): {hit}" for hit in self._search(data)]
        if head and _packed(content):
            self.found += [f"{where} (head): {hit}" for hit in self._search(head)]

    def _search(self, data: bytes) -> Iterator[str]:
        """One look for each dress: far quicker than one pattern of all."""
        if not self._dressed:
            self._dressed = [
                (dressed.lower(), f"{what} ({name})")
                for word, what in self.secrets.items()
                for name, dressed in dresses(word).items()
            ]
        low = data.lower()
        return (what for dressed, what in self._dressed if dressed in low)


def layers(content: bytes) -> Iterable[tuple[str, bytes]]:
    """The bytes, and what they unpack to."""
    yield "bytes", content
    if content[:2] == b"\x1f\x8b":
        yield "gzip", gzip.decompress(content)
    if content[:4] == b"%PDF":
        yield from _of_pdf(content)
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for name in packed.namelist():
                yield name, name.encode() + packed.read(name)
    text = content.decode("utf-8", "replace") if not _packed(content) else ""
    if "&#" in text:
        yield "unescaped", html.unescape(text).encode()
    if re.search("%[0-9a-fA-F]{2}", text):
        yield "unquoted", unquote_plus(text, errors="replace").encode()
    if "\\u" in text:
        yield "unescaped", ESCAPE.sub(lambda found: chr(int(found[1], 16)), text).encode("utf-8", "replace")


def _packed(content: bytes) -> bool:
    return content[:2] == b"\x1f\x8b" or content[:4] in (b"%PDF", b"PK\x03\x04")


def _of_pdf(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Its text, its metadata, and each stream unpacked."""
    reader = PdfReader(io.BytesIO(content))
    yield "text of the PDF", "".join("".join((page.extract_text() or "").split()) for page in reader.pages).encode()
    yield "metadata of the PDF", repr(reader.metadata).encode() + repr(reader.xmp_metadata).encode()
    for match in re.finditer(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
        try:
            yield "stream of the PDF", zlib.decompressobj().decompress(match[1])
        except zlib.error:
            continue


def of_mail(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """The parts of a message as its reader has them."""
    for part in message_from_bytes(raw).walk():
        if not part.is_multipart():
            yield part.get_content_type(), part.get_payload(decode=True) or b""


def uniform(counts: Iterable[int]) -> float:
    """The chance that uniform draws differ at least so much (chi-squared, Wilson and Hilferty's approximation)."""
    seen = list(counts)
    expected = sum(seen) / len(seen)
    squared = sum((one - expected) ** 2 / expected for one in seen)
    free = len(seen) - 1
    spread = (2 / (9 * free)) ** 0.5
    z = ((squared / free) ** (1 / 3) - (1 - 2 / (9 * free))) / spread
    return _above(z)


def _above(z: float) -> float:
    """The upper tail of the normal distribution."""
    return 0.5 * erfc(z / sqrt(2))
