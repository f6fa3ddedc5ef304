"""The certificate as a PDF, from `templates/documents/certificate.html` (CRT-2, CRT-3)."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import segno
from flask import current_app
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.seals.drawing import draw
from lmsapp.infra import files, glyphs, site
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile
from lmsapp.infra.numerals import numeral
from lmsapp.learning.certificates import layout
from lmsapp.learning.certificates.addresses import verify_address
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.certificates.templates.models import CertificateTemplateVersion
from lmsapp.learning.certificates.templates.rules import Border, Design, darker, tint
from lmsapp.learning.certificates.templates.wording import filled, names
from lmsapp.learning.certificates.words import long_date, standard_words

COURSE_SIZE = 8.5
QR_SCALE = 10  # printed at some 270 dots an inch


@dataclass(frozen=True, slots=True)
class Printed:
    """What is to be printed. `score` is a percentage; `courses`: of a learning path, each a line."""

    holder_name: str
    title: str
    number: str
    address: str
    issued_on: dt.date
    valid_until: dt.date | None
    score: Decimal | None = None
    minutes: int = 0
    path: bool = False
    courses: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """A design with its pictures as PNG."""

    design: Design = field(default_factory=Design)
    logo: bytes | None = None
    signatures: tuple[bytes | None, bytes | None] = (None, None)


def draw_certificate(certificate_id: int, language: str) -> bytes:
    """Unsigned PDF of the certificate with that id."""
    one = db.session.get_one(Certificate, certificate_id)
    record = db.session.get_one(CompletionRecord, one.record_id)
    printed = Printed(
        holder_name=one.holder_name,
        title=one.title,
        number=one.number,
        address=verify_address(one.token),
        issued_on=one.issued_on,
        valid_until=one.valid_until,
        score=record.score,
        minutes=int(one.printed.get("minutes") or 0),
        path=one.path_id is not None,
        courses=one.printed.get("courses", ()),
    )
    return certificate_pdf(printed, look_of(one.template_id, one.template_version), language)


def look_of(template_id: int | None, version: int | None) -> Look:
    """How a version of a template looks; the built-in look where none is named."""
    found = db.session.get(CertificateTemplateVersion, (template_id, version)) if template_id and version else None
    if found is None:
        return Look()
    signatures = (_picture(found.signature_id), _picture(found.second_signature_id))
    return Look(Design.from_json(found.design), _picture(found.logo_id), signatures)


def certificate_pdf(printed: Printed, look: Look, language: str) -> bytes:
    """One page. What no font can print is written in Latin letters, and the page says so."""
    design, organisation = look.design, site.organisation()
    with force_locale(language):
        words = _words(printed, design, language, organisation)
        note = _note(printed)
    hands = [one for one in (design.signatory, design.second) if one.name]
    pictures = [
        image for one, image in zip((design.signatory, design.second), look.signatures, strict=True) if one.name
    ]
    frames = layout.frames(design, hands=len(hands))
    middle = layout.Words(
        organisation=organisation,
        heading=words["heading"],
        lead_in=words["lead_in"],
        name=glyphs.printable(printed.holder_name),
        sentence=words["sentence"],
        title="" if words["names_course"] else glyphs.printable(printed.title),
        logo=look.logo is not None,
        courses=len(printed.courses),
    )
    sizes = layout.fitted(middle, frames.words, measure)
    with force_locale(language):
        listed = _courses(printed, sizes.courses, frames.words.width / 2 * layout.POINTS - 12, language)
    return draw(
        "certificate.html",
        language,
        printed=printed,
        design=design,
        frames=frames,
        sizes=sizes,
        middle=middle,
        foot=words["foot"],
        note=note,
        hands=[
            (glyphs.printable(one.name), glyphs.printable(one.position), _data(image))
            for one, image in zip(hands, pictures, strict=True)
        ],
        hand_size=layout.hand_size([glyphs.printable(one.name) for one in hands], frames.first, measure),
        logo=_data(look.logo),
        listed=listed,
        issued_on=long_date(printed.issued_on, language),
        valid_until=long_date(printed.valid_until, language) if printed.valid_until else "",
        dark=darker(design.colour),
        ground=svg("ground", design),
        ornament=svg("ornament", design),
        qr=segno.make(printed.address, error="m").png_data_uri(scale=QR_SCALE, border=0, dark=darker(design.colour)),
    )


def measure(text: str, bold: bool) -> float:
    """The width of a text at one point."""
    return glyphs.width(text, bold=bold)


def unprintable(text: str) -> tuple[str, str] | None:
    """(the characters no font has, what is printed instead), or None where all of it can be printed."""
    found = glyphs.missing(text)
    return (found, glyphs.printable(text)) if found else None


def svg(name: str, design: Design) -> str:
    """A drawing of the page as a data: address; documents may not read files. `name`: 'ground' or 'ornament'."""
    wide, high = design.size
    template = current_app.jinja_env.get_template(f"documents/certificate_{name}.svg")
    drawn = template.render(
        wide=wide, high=high, border=design.border.value, colour=design.colour, faint=tint(design.colour, 0.09),
        classic=design.border is Border.CLASSIC,
    )  # fmt: skip
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}"


def _words(printed: Printed, design: Design, language: str, organisation: str) -> dict[str, Any]:
    standard = standard_words(path=printed.path)
    values = {
        "name": printed.holder_name,
        "course": printed.title,
        "date": long_date(printed.issued_on, language),
        "valid_until": long_date(printed.valid_until, language) if printed.valid_until else "",
        "score": f"{numeral(printed.score)} %" if printed.score is not None else "",
        "number": printed.number,
        "organisation": organisation,
        "hours": numeral(Decimal(printed.minutes) / 60, 1) if printed.minutes else "",
    }
    chosen = {part: design.words(language, part) or words for part, words in standard.items()}
    said = {part: glyphs.printable(filled(text, values)) for part, text in chosen.items()}
    return {**said, "names_course": "course" in names(chosen["sentence"])}


def _note(printed: Printed) -> str:
    """Where a name or title had to be written in Latin letters."""
    if glyphs.missing(printed.holder_name) or glyphs.missing(printed.title):
        return _("Written here in Latin letters; the address shows the words in their own script.")
    return ""


def _courses(printed: Printed, most: int, wide: float, language: str) -> list[tuple[str, str]]:
    """As many as there is room for, each with its day; how many more there are."""
    lines = []
    for one in printed.courses:
        day = long_date(dt.date.fromisoformat(one["completed_on"]), language) if one.get("completed_on") else ""
        room = wide - glyphs.width(f" · {day}") * COURSE_SIZE
        title = layout.shortened(
            glyphs.printable(one["title"]), COURSE_SIZE, room, lambda text, _bold: glyphs.width(text)
        )
        lines.append(f"{title} · {day}" if day else title)
    if len(lines) <= most:
        return layout.columns(lines, "")
    more = len(lines) - max(0, most - 1)
    words = ngettext("and %(num)s more course", "and %(num)s more courses", more)
    return layout.columns(lines[: max(0, most - 1)], words) if most else []


def _picture(file_id: int | None) -> bytes | None:
    kept = db.session.get(StoredFile, file_id) if file_id else None
    return files.read(kept.sha256) if kept else None


def _data(image: bytes | None) -> str:
    return f"data:image/png;base64,{base64.b64encode(image).decode()}" if image else ""
