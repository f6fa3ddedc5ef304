"""Logos and pictures of signatures, made safe: whatever comes in is drawn and written anew as a PNG (CRT-2, SEC-6).

Raster pictures are opened and written anew. An SVG is read with a parser that knows no entities, kept only where every
element and attribute is on a short list (shapes and colours; no script, style, text, picture or address), and drawn.
"""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree as ET

import pypdfium2 as pdfium
from PIL import Image

from lmsapp.courses.catalogue.images import read_picture
from lmsapp.courses.catalogue.media import Upload, pdfium_held
from lmsapp.infra import files
from lmsapp.infra.files import StoredFile
from lmsapp.infra.later import Later
from lmsapp.infra.words import N_, RuleBroken

svglib, canvas, render = Later("svglib.svglib"), Later("reportlab.pdfgen.canvas"), Later("reportlab.graphics.renderPDF")

MAX_UPLOAD = 2 << 20  # bytes
MAX_SVG = 200 << 10
MAX_ELEMENTS = 3000
LARGEST = (1400, 700)  # pixels: sharp at the size it is printed
RATIO = 12  # of the longer to the shorter side
SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = frozenset(("svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "title", "desc"))
PLACES = ("d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width", "height", "viewBox", "points")
PAINTS = ("fill", "stroke", "stroke-width", "fill-rule", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit")
OPACITIES = ("opacity", "fill-opacity", "stroke-opacity")
ATTRIBUTES = frozenset((*PLACES, *PAINTS, *OPACITIES, "transform", "id", "version"))
VALUE = re.compile(r"[-#(),.\w\s%+]*", re.ASCII)
REFUSED = N_("This SVG holds more than shapes and colours. Save it as plain paths, or send a PNG.")


def keep_picture(upload: Upload, *, field: str) -> StoredFile:
    """The picture as a PNG on white. Raises RuleBroken for what is none, is hostile, or is too large."""
    content = upload.source.read(MAX_UPLOAD + 1)
    if len(content) > MAX_UPLOAD:
        raise RuleBroken(N_("The picture is too large: at most %(most)s MB."), field=field, most=MAX_UPLOAD >> 20)
    if not content:
        raise RuleBroken(N_("This file is empty. Choose it again."), field=field)
    image = _svg(content, field) if _looks_like_svg(content) else _raster(content, upload.name, field)
    if max(image.size) > RATIO * min(image.size):
        raise RuleBroken(N_("This picture is far wider than high, or the other way round."), field=field)
    return files.store(_png(image), name="picture.png", media_type="image/png")


def _raster(content: bytes, name: str, field: str) -> Image.Image:
    picture = read_picture(Upload.of(content, name), field=field)
    return Image.open(io.BytesIO(picture.content))


def _png(image: Image.Image) -> bytes:
    image = image.convert("RGBA")
    image.thumbnail(LARGEST)
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    out = io.BytesIO()
    white.save(out, "PNG", optimize=True)
    return out.getvalue()


def _looks_like_svg(content: bytes) -> bool:
    head = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"<") and (b"<svg" in content[:4096] or head.startswith((b"<?xml", b"<!")))


def _svg(content: bytes, field: str) -> Image.Image:
    clean = _checked(content, field)
    try:
        drawing = svglib.svg2rlg(io.BytesIO(clean))
        if drawing is None or not 0 < drawing.width < 20_000 or not 0 < drawing.height < 20_000:
            raise RuleBroken(N_("This SVG says no size that can be drawn."), field=field)
        drawn = io.BytesIO()
        page = canvas.Canvas(drawn, pagesize=(drawing.width, drawing.height))
        render.draw(drawing, page, 0, 0)
        page.save()
        scale = min(LARGEST[0] / drawing.width, LARGEST[1] / drawing.height)
        with pdfium_held:
            bitmap = pdfium.PdfDocument(drawn.getvalue())[0].render(scale=scale)
            return bitmap.to_pil().convert("RGBA")
    except (ValueError, TypeError, KeyError, AttributeError, ZeroDivisionError, pdfium.PdfiumError):
        raise RuleBroken(N_("This SVG cannot be drawn; it may be damaged."), field=field) from None


def _checked(content: bytes, field: str) -> bytes:
    """The SVG with what is known, and nothing else. Raises RuleBroken for the first thing that is not."""
    if len(content) > MAX_SVG:
        raise RuleBroken(N_("The SVG is too large: at most %(most)s KB."), field=field, most=MAX_SVG >> 10)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"<?xml-stylesheet" in content:
        raise RuleBroken(REFUSED, field=field)
    try:
        root = ET.fromstring(content)  # noqa: S314 - no DOCTYPE, so no entity, gets here
    except (ET.ParseError, ValueError, LookupError):
        raise RuleBroken(N_("This SVG cannot be drawn; it may be damaged."), field=field) from None
    if root.tag != f"{SVG}svg" or sum(1 for _one in root.iter()) > MAX_ELEMENTS or not _cleaned(root):
        raise RuleBroken(REFUSED, field=field)
    return ET.tostring(root)


def _cleaned(one: ET.Element) -> bool:
    """Take away what drawing programs note for themselves. False where there is more than shapes and colours."""
    if any(_acts(name) for name in one.attrib):
        return False
    style = one.attrib.pop("style", "")
    pairs = [pair.partition(":")[::2] for pair in style.split(";") if ":" in pair]
    given = {**one.attrib, **{name.strip(): value.strip() for name, value in pairs}}
    one.attrib.clear()
    one.attrib.update({name: value for name, value in given.items() if name in ATTRIBUTES and VALUE.fullmatch(value)})
    for child in list(one):
        if isinstance(child.tag, str) and (not child.tag.startswith(SVG) or child.tag == f"{SVG}metadata"):
            one.remove(child)
        elif not isinstance(child.tag, str) or child.tag.removeprefix(SVG) not in ELEMENTS or not _cleaned(child):
            return False
    return True


def _acts(name: str) -> bool:
    """Handlers and addresses."""
    plain = name.rpartition("}")[2].lower()
    return plain.startswith("on") or plain.endswith("href")
