"""With which type a file of a package is sent: by its extension from a fixed table, never by what it says itself."""

from __future__ import annotations

import codecs
import re
from pathlib import PurePosixPath

UNKNOWN = "application/octet-stream"
LOOKED_AT = 4096  # bytes in which a page names its character set

TEXTS = {
    ".htm": "text/html", ".html": "text/html", ".xhtml": "application/xhtml+xml", ".xht": "application/xhtml+xml",
    ".css": "text/css", ".js": "text/javascript", ".mjs": "text/javascript", ".json": "application/json",
    ".map": "application/json", ".xml": "application/xml", ".xsd": "application/xml", ".dtd": "application/xml-dtd",
    ".xsl": "application/xml", ".svg": "image/svg+xml", ".txt": "text/plain", ".csv": "text/csv", ".md": "text/plain",
    ".vtt": "text/vtt", ".srt": "text/plain", ".webmanifest": "application/manifest+json", ".properties": "text/plain",
}  # fmt: skip
OTHERS = {
    ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".jpe": "image/jpeg", ".gif": "image/gif",
    ".webp": "image/webp", ".avif": "image/avif", ".bmp": "image/bmp", ".ico": "image/x-icon", ".cur": "image/x-icon",
    ".apng": "image/apng", ".tif": "image/tiff", ".tiff": "image/tiff",
    ".mp4": "video/mp4", ".m4v": "video/mp4", ".webm": "video/webm", ".ogv": "video/ogg", ".mov": "video/quicktime",
    ".mpg": "video/mpeg", ".mpeg": "video/mpeg", ".avi": "video/x-msvideo", ".wmv": "video/x-ms-wmv",
    ".flv": "video/x-flv",
    ".m3u8": "application/vnd.apple.mpegurl", ".ts": "video/mp2t", ".mpd": "application/dash+xml",
    ".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".aac": "audio/aac", ".ogg": "audio/ogg", ".oga": "audio/ogg",
    ".opus": "audio/ogg", ".wav": "audio/wav", ".weba": "audio/webm", ".flac": "audio/flac", ".mid": "audio/midi",
    ".woff": "font/woff", ".woff2": "font/woff2", ".ttf": "font/ttf", ".otf": "font/otf",
    ".eot": "application/vnd.ms-fontobject", ".wasm": "application/wasm", ".pdf": "application/pdf",
    ".swf": "application/x-shockwave-flash", ".zip": "application/zip", ".rtf": "application/rtf",
    ".doc": "application/msword", ".xls": "application/vnd.ms-excel", ".ppt": "application/vnd.ms-powerpoint",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".epub": "application/epub+zip", ".glb": "model/gltf-binary", ".gltf": "model/gltf+json",
}  # fmt: skip
UTF_8, OLD = "utf-8", "windows-1252"  # what a browser takes for text that says nothing and is no UTF-8
# Character sets in which markup is markup for everybody: UTF-7 and its like are not among them.
KNOWN_SETS = re.compile(
    r"utf-8|utf-16(-[bl]e)?|us-ascii|iso-8859-\d{1,2}|windows-125\d|windows-874|shift_jis|euc-(jp|kr|cn)|gb2312|gbk|gb18030|big5|koi8-[ru]"
)
_SAID = re.compile(
    rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})|@charset\s+"([A-Za-z0-9_:.-]{2,40})\""""
)
_MARKS = ((codecs.BOM_UTF8, UTF_8), (codecs.BOM_UTF16_LE, "utf-16le"), (codecs.BOM_UTF16_BE, "utf-16be"))


class Typed:
    """The type of one file, found while its bytes go by: call `see` with each piece, then ask `media_type`."""

    def __init__(self, path: str):
        suffix = PurePosixPath(path).suffix.lower()
        self._text = TEXTS.get(suffix)
        self._other = OTHERS.get(suffix, UNKNOWN)
        self._head = b""
        self._decoder = codecs.getincrementaldecoder("utf-8")() if self._text else None
        self._utf8 = True

    def see(self, piece: bytes) -> None:
        """The next bytes of the file."""
        if self._decoder is None:
            return
        if len(self._head) < LOOKED_AT:
            self._head += piece[: LOOKED_AT - len(self._head)]
        if self._utf8:
            try:
                self._decoder.decode(piece)
            except UnicodeDecodeError:
                self._utf8 = False

    @property
    def media_type(self) -> str:
        """For the Content-Type header."""
        if self._decoder is None:
            return self._other
        if self._utf8:
            try:
                self._decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                self._utf8 = False
        return f"{self._text}; charset={self._charset()}"

    def _charset(self) -> str:
        for mark, name in _MARKS:
            if self._head.startswith(mark):
                return name
        said = _SAID.search(self._head) if self._text not in ("text/javascript", "application/json") else None
        name = (said[1] or said[2]).decode().lower() if said else ""
        if KNOWN_SETS.fullmatch(name) and not name.startswith("utf-"):
            return name
        return UTF_8 if self._utf8 else OLD
