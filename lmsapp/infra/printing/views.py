"""Looking into files that came from outside, in the process that has no way out: what they hold, and pictures of them.

PDFs become pictures page by page, pictures are written anew: nothing of the file itself reaches a browser. Sizes are
bounded before anything is drawn.
"""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import pypdfium2 as pdfium
from PIL import Image, ImageFile, ImageOps, PngImagePlugin
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

MOST_PIXELS = 12_000_000  # of a picture that is drawn
MOST_TAKEN = 80_000_000  # of a picture that is taken in
MOST_OBJECTS = 50_000
SCRIPTS = {"/JavaScript", "/JS"}
ATTACHED = {"/EmbeddedFiles", "/EmbeddedFile", "/EF", "/RichMedia", "/FileAttachment"}
LAUNCHES = {"/Launch"}
FORMATS = {"PNG": "png", "JPEG": "jpg"}


def warm() -> None:
    """Load what is loaded late; bound what Pillow takes in."""
    Image.MAX_IMAGE_PIXELS = MOST_TAKEN
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.init()
    PngImagePlugin.MAX_TEXT_MEMORY = 1 << 20
    blank = pdfium.PdfDocument.new()
    blank.new_page(10, 10)
    blank[0].render(scale=1).to_pil().save(io.BytesIO(), "PNG")
    written = io.BytesIO()
    blank.save(written)
    inspect(kind="pdf", data=base64.b64encode(written.getvalue()).decode())


def inspect(kind: str, data: str) -> bytes:
    """JSON: {"wrong": "" | "password" | "broken" | "large", "pages": int, "holds": ["script" | "file" | "launch"]}."""
    content = base64.b64decode(data)
    found = _inspect_pdf(content) if kind == "pdf" else _inspect_picture(kind, content)
    return json.dumps({"wrong": "", "pages": 1, "holds": []} | found).encode()


def page(data: str, number: int, width: int) -> bytes:
    """PNG of one page (1 is the first), `width` pixels wide unless that makes it too large."""
    with pdfium.PdfDocument(base64.b64decode(data)) as document:
        one = document[number - 1]
        wide, high = one.get_size()
        if wide <= 0 or high <= 0:
            raise ValueError("the page has no size")
        scale = min(width / wide, (MOST_PIXELS / (wide * high)) ** 0.5)
        return _png(one.render(scale=scale, may_draw_forms=True).to_pil())


def picture(data: str, width: int) -> bytes:
    """PNG of a picture, turned as the camera says, at most `width` wide; without anything else its file held."""
    with Image.open(io.BytesIO(base64.b64decode(data)), formats=tuple(FORMATS)) as image:
        image.draft("RGB", (width * 2, width * 2))
        turned = ImageOps.exif_transpose(image)
        turned.thumbnail((width, width * 2))
        plain = turned.convert("RGBA" if "A" in turned.getbands() or "transparency" in turned.info else "RGB")
        clean = Image.new(plain.mode, plain.size)
        clean.paste(plain)
        return _png(clean)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=3)
    return out.getvalue()


def _inspect_picture(kind: str, content: bytes) -> dict[str, Any]:
    try:
        with Image.open(io.BytesIO(content), formats=tuple(FORMATS)) as image:
            if image.width * image.height > MOST_TAKEN:
                return {"wrong": "large"}
            if FORMATS.get(image.format or "") != kind:
                return {"wrong": "broken"}
            image.load()
    except Image.DecompressionBombError:
        return {"wrong": "large"}
    except Exception:
        return {"wrong": "broken"}
    return {}


def _inspect_pdf(content: bytes) -> dict[str, Any]:
    try:
        with pdfium.PdfDocument(content) as document:
            pages = len(document)
    except pdfium.PdfiumError as problem:
        return {"wrong": "password" if "password" in str(problem).lower() else "broken"}
    return {"pages": pages, "holds": sorted(_held(content)), "wrong": "" if pages else "broken"}


def _held(content: bytes) -> set[str]:
    """What in it is more than pages. What a second reader cannot follow is called a script: better careful."""
    held: set[str] = set()
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            reader.decrypt("")
        places = {number for table in reader.xref.values() for number in table} | set(reader.xref_objStm)
        if len(places) > MOST_OBJECTS:
            return {"script"}
        for number in places:
            held |= _names(reader.get_object(number), 0)
        return held | _names(reader.trailer.get("/Root", {}), 0)
    except Exception:
        return held | {"script"}


def _names(thing: Any, depth: int) -> set[str]:
    """What one object says of itself; others are looked at by themselves."""
    found: set[str] = set()
    if depth > 20:
        return found
    if isinstance(thing, ArrayObject):
        return set().union(*(_names(one, depth + 1) for one in list.__iter__(thing)))
    if not isinstance(thing, DictionaryObject):
        return found
    for key, value in dict.items(thing):
        words = {str(key), str(value)} if str(key) in ("/S", "/Type", "/Subtype") else {str(key)}
        found |= {"script"} if words & SCRIPTS else set()
        found |= {"file"} if words & ATTACHED else set()
        found |= {"launch"} if words & LAUNCHES else set()
        found |= _names(value, depth + 1)
    return found
