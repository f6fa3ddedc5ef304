"""Files of lessons: checked by what they contain, then kept. A PDF becomes page images with their text (CRS-1)."""

from __future__ import annotations

import io
import math
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, BinaryIO

import pypdfium2 as pdfium
from PIL import Image

from lmsapp.courses.catalogue.lengths import video_seconds
from lmsapp.infra import files, filetypes
from lmsapp.infra.files import StoredFile
from lmsapp.infra.filetypes import FileType
from lmsapp.infra.words import N_, RuleBroken

PAGE_WIDTH = 1400  # pixels: sharp at twice the width a page is read at
MAX_PAGES = 200
MAX_PDF = 50 << 20
MAX_CAPTIONS = 1 << 20
MAX_RATIO = 5  # height to width; a strip of paper would make an image of any size
SMALL_PNG = 300 << 10
pdfium_held = threading.Lock()  # the library must not be entered by two threads


@dataclass(frozen=True, slots=True)
class Upload:
    """A file somebody sent. `source` is at its beginning; `name` is theirs and not to be trusted."""

    source: BinaryIO
    name: str

    @classmethod
    def of(cls, content: bytes, name: str) -> Upload:
        """From bytes at hand."""
        return cls(io.BytesIO(content), name)


@dataclass(frozen=True, slots=True)
class Media:
    """A checked file, stored, and what `Lesson.detail` says of it."""

    file: StoredFile
    detail: dict[str, Any]


Page = tuple[bytes, tuple[int, int], str]
"""Image, (width, height) and text of a page."""


def read_pdf(upload: Upload) -> Media:
    """Check and keep a PDF, and draw its pages. Raises RuleBroken in words for a file that cannot be read."""
    content, drawn = draw_pdf(upload)
    return keep_pdf(content, upload.name, drawn)


def draw_pdf(upload: Upload) -> tuple[bytes, list[Page]]:
    """Check a PDF and draw its pages; nothing is kept yet. Raises RuleBroken."""
    _expect(upload, (filetypes.PDF,), N_("This is not a PDF file."))
    content = upload.source.read(MAX_PDF + 1)
    if len(content) > MAX_PDF:
        raise RuleBroken(N_("The PDF is too large: at most %(most)s MB."), field="upload", most=MAX_PDF >> 20)
    with pdfium_held:
        return content, _draw(content)


def keep_pdf(content: bytes, name: str, drawn: Iterable[Page]) -> Media:
    """Keep a PDF that was checked, and its pages."""
    pages = []
    for number, (image, size, text) in enumerate(drawn, 1):
        kind = filetypes.sniff(image[:16]) or filetypes.PNG
        kept = files.store(image, name=f"page-{number}{kind.suffix}", media_type=kind.media_type)
        pages.append({"image": kept.id, "width": size[0], "height": size[1], "text": text})
    return Media(_keep(content, name, filetypes.PDF), {"pages": len(pages), "page_files": pages})


def _draw(content: bytes) -> list[Page]:
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as problem:
        if "password" in str(problem).lower():
            raise RuleBroken(
                N_("This PDF is protected by a password. Save a copy without one."), field="upload"
            ) from None
        raise RuleBroken(N_("This PDF cannot be opened; it may be damaged."), field="upload") from None
    try:
        count = len(document)
        if not 1 <= count <= MAX_PAGES:
            raise RuleBroken(
                N_("The PDF has %(n)s pages; between 1 and %(most)s are possible."),
                field="upload",
                n=count,
                most=MAX_PAGES,
            )
        return [_draw_page(document[index]) for index in range(count)]
    except pdfium.PdfiumError:
        raise RuleBroken(N_("This PDF cannot be opened; it may be damaged."), field="upload") from None
    finally:
        document.close()


def _draw_page(page: Any) -> Page:
    width, height = page.get_size()
    if not (math.isfinite(width) and math.isfinite(height)) or width < 1 or height > width * MAX_RATIO:
        raise RuleBroken(N_("A page of this PDF has an unusual size."), field="upload")
    image = page.render(scale=PAGE_WIDTH / width).to_pil().convert("RGB")
    textpage = page.get_textpage()
    text = textpage.get_text_range().replace("\x00", "").replace("\r\n", "\n").strip()
    textpage.close()
    page.close()
    return _packed(image), image.size, text


def _packed(image: Image.Image) -> bytes:
    """PNG for print, JPEG for what holds photographs."""
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=5)
    if out.tell() > SMALL_PNG:
        out = io.BytesIO()
        image.save(out, "JPEG", quality=85, optimize=True, progressive=True)
    return out.getvalue()


def read_video(upload: Upload, seconds: float | None) -> Media:
    """Check and keep a video. Its length is read from the file, else `seconds` counts."""
    kind, length = check_video(upload, seconds)
    stored = files.store(upload.source, name=filetypes.fitting_name(upload.name, kind), media_type=kind.media_type)
    return Media(stored, {"seconds": length, "captions": None})


def check_video(upload: Upload, seconds: float | None) -> tuple[FileType, float]:
    """Its kind and its length in seconds; the upload is at its beginning afterwards."""
    kind = _expect(upload, (filetypes.WEBM, filetypes.MP4), N_("This is not a WebM or MP4 video."))
    length = video_seconds(upload.source, kind.name) or seconds
    if not length or not 1 <= length <= 6 * 3600:
        words = N_("The file does not say how long the video is. Give its length in seconds.")
        raise RuleBroken(words, field="seconds")
    upload.source.seek(0)
    return kind, round(length, 1)


def read_captions(upload: Upload) -> StoredFile:
    """Check and keep captions (WebVTT)."""
    return _keep(check_captions(upload), upload.name, filetypes.VTT)


def check_captions(upload: Upload) -> bytes:
    """The captions, if they are WebVTT."""
    _expect(upload, (filetypes.VTT,), N_("Captions must be a WebVTT file (.vtt)."), field="captions")
    content = upload.source.read(MAX_CAPTIONS + 1)
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RuleBroken(N_("The captions must be in UTF-8."), field="captions") from None
    if len(content) > MAX_CAPTIONS or b"-->" not in content:
        raise RuleBroken(N_("Captions must be a WebVTT file (.vtt)."), field="captions")
    return content


def _expect(upload: Upload, kinds: tuple[FileType, ...], words: str, *, field: str = "upload") -> FileType:
    kind = filetypes.sniff(upload.source.read(filetypes.HEAD))
    upload.source.seek(0)
    if kind is None or kind not in kinds:
        raise RuleBroken(words, field=field)
    return kind


def _keep(content: bytes, name: str, kind: FileType) -> StoredFile:
    return files.store(content, name=filetypes.fitting_name(name, kind), media_type=kind.media_type)
