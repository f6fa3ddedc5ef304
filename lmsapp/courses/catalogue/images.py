"""Pictures: opened, checked and written anew, so that what learners get is a picture and nothing else (CRS-1, SEC-6).

Writing anew leaves behind where and with what a photograph was taken, and whatever else was hidden in the file.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from lmsapp.courses.catalogue.media import Upload
from lmsapp.infra import files, filetypes
from lmsapp.infra.files import StoredFile
from lmsapp.infra.filetypes import FileType
from lmsapp.infra.words import N_, RuleBroken

KINDS = (filetypes.PNG, filetypes.JPEG, filetypes.WEBP)
FORMATS = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}
MAX_IMAGE = 10 << 20  # bytes
MAX_PIXELS = 40_000_000
WIDEST = 2000  # pixels: sharp at twice the width a text is read at
TALLEST = 6000


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture written anew."""

    content: bytes
    name: str
    kind: FileType
    width: int
    height: int

    def store(self) -> StoredFile:
        """Keep it."""
        return files.store(self.content, name=self.name, media_type=self.kind.media_type)


def read_picture(upload: Upload, *, field: str = "upload") -> Picture:
    """Check a picture and write it anew. Raises RuleBroken in words for what is none, or too large."""
    with _opened(upload, field) as (image, kind):
        turned = ImageOps.exif_transpose(image)
        turned.thumbnail((WIDEST, TALLEST))
        return Picture(_written(turned, kind), filetypes.fitting_name(upload.name, kind), kind, *turned.size)


def check_picture(upload: Upload, *, field: str = "upload") -> FileType:
    """The kind of a picture that was read in whole and is one; its bytes stay as they are."""
    with _opened(upload, field) as (image, kind):
        image.load()
        return kind


@contextmanager
def _opened(upload: Upload, field: str) -> Iterator[tuple[Image.Image, FileType]]:
    content = upload.source.read(MAX_IMAGE + 1)
    kind = filetypes.sniff(content[: filetypes.HEAD])
    if kind not in KINDS or kind is None:
        raise RuleBroken(N_("This is not a PNG, JPEG or WebP picture."), field=field)
    if len(content) > MAX_IMAGE:
        raise RuleBroken(N_("The picture is too large: at most %(most)s MB."), field=field, most=MAX_IMAGE >> 20)
    try:
        with Image.open(io.BytesIO(content), formats=[FORMATS[kind.name]]) as image:
            if image.width * image.height > MAX_PIXELS:
                words = N_("The picture has too many pixels: at most %(most)s million.")
                raise RuleBroken(words, field=field, most=MAX_PIXELS // 1_000_000)
            yield image, kind
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise RuleBroken(N_("This picture cannot be opened; it may be damaged."), field=field) from None


def _written(image: Image.Image, kind: FileType) -> bytes:
    out = io.BytesIO()
    if kind is filetypes.JPEG:
        image.convert("RGB").save(out, "JPEG", quality=88, optimize=True, progressive=True)
    elif kind is filetypes.WEBP:
        image.convert("RGBA" if image.has_transparency_data else "RGB").save(out, "WEBP", quality=88)
    else:
        plain = image if image.mode in {"L", "RGB", "RGBA", "P"} else image.convert("RGBA")
        plain.info = {name: value for name, value in plain.info.items() if name == "transparency"}
        plain.save(out, "PNG", optimize=True)
    return out.getvalue()
