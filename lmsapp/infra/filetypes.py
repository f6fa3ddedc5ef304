"""What a file is, by its first bytes. Neither its name nor what the browser says of it counts (SEC-6)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HEAD = 4096


@dataclass(frozen=True, slots=True)
class FileType:
    """A type the product takes in. `suffix` with its dot."""

    name: str
    media_type: str
    suffix: str


PDF = FileType("pdf", "application/pdf", ".pdf")
PNG = FileType("png", "image/png", ".png")
JPEG = FileType("jpg", "image/jpeg", ".jpg")
WEBM = FileType("webm", "video/webm", ".webm")
MP4 = FileType("mp4", "video/mp4", ".mp4")
DOCX = FileType("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx")
XLSX = FileType("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx")
PPTX = FileType("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx")
VTT = FileType("vtt", "text/vtt", ".vtt")


def sniff(head: bytes) -> FileType | None:
    """The type of a file from its first 4096 bytes, or None: not one of ours."""
    for signature, kind in SIGNATURES:
        if head.startswith(signature):
            return kind
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:64]:
        return WEBM
    if head[4:8] == b"ftyp" and head[8:12] in MP4_BRANDS:
        return MP4
    if head.startswith(b"PK\x03\x04") and b"word/" in head:
        return DOCX
    if head.removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT"):
        return VTT
    return None


SIGNATURES = ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))
MP4_BRANDS = {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"M4VH", b"dash"}


def fitting_name(name: str, kind: FileType) -> str:
    """The name without folders, with the suffix its content asks for."""
    stem = Path(name.replace("\\", "/")).name.strip() or "file"
    return stem if stem.lower().endswith(kind.suffix) else Path(stem).stem + kind.suffix
