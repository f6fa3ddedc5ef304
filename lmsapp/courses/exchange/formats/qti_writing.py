"""Drafts -> a QTI 2.2 package: an item for each question, one test with a section for each category, a manifest."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from lmsapp.courses.exchange.formats.draft import QuestionDraft, shortened
from lmsapp.courses.exchange.formats.qti_writing_items import item_xml
from lmsapp.infra.xml import element, safe

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p2"
CP = "http://www.imsglobal.org/xsd/imscp_v1p1"
LOM = "http://ltsc.ieee.org/xsd/LOM"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
ONE_DATE = (1980, 1, 1, 0, 0, 0)  # so that the same questions give the same bytes
TITLE = "Questions"


def write_qti(drafts: Sequence[QuestionDraft]) -> bytes:
    """The package as a ZIP."""
    names = [f"items/q{number:04}.xml" for number in range(1, len(drafts) + 1)]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:

        def put(name: str, text: str) -> None:
            entry = zipfile.ZipInfo(name, ONE_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, HEAD + text)

        put("imsmanifest.xml", _manifest(drafts, names))
        put("test.xml", _test(drafts, names))
        for number, (draft, name) in enumerate(zip(drafts, names, strict=True), 1):
            put(name, item_xml(draft, f"q{number:04}", QTI))
    return out.getvalue()


def _manifest(drafts: Iterable[QuestionDraft], names: Sequence[str]) -> str:
    items = [
        element(
            "resource",
            _keywords(draft),
            element("file", href=name),
            identifier=f"r{number:04}",
            type="imsqti_item_xmlv2p2",
            href=name,
        )
        for number, (draft, name) in enumerate(zip(drafts, names, strict=True), 1)
    ]
    needed = [element("dependency", identifierref=f"r{number:04}") for number in range(1, len(names) + 1)]
    test = element(
        "resource",
        element("file", href="test.xml"),
        *needed,
        identifier="test",
        type="imsqti_test_xmlv2p2",
        href="test.xml",
    )
    about = element("schema", "QTIv2.2 Package") + element("schemaversion", "1.0.0")
    return element(
        "manifest",
        element("metadata", about),
        element("organizations"),
        element("resources", test, *items),
        xmlns=CP,
        identifier="questions",
    )


def _keywords(draft: QuestionDraft) -> str:
    if not draft.tags:
        return ""
    words = [element("keyword", element("string", safe(tag))) for tag in draft.tags]
    return element("metadata", element("lom", element("general", *words), xmlns=LOM))


def _test(drafts: Sequence[QuestionDraft], names: Sequence[str]) -> str:
    """Sections in order; the same category again later is a section again."""
    by_category: Callable[[tuple[int, QuestionDraft]], str] = lambda pair: pair[1].category  # noqa: E731
    sections = []
    for at, (category, pairs) in enumerate(groupby(enumerate(drafts), key=by_category), 1):
        refs = [
            element("assessmentItemRef", identifier=f"i{number + 1:04}", href=names[number]) for number, _one in pairs
        ]
        sections.append(
            element("assessmentSection", *refs, identifier=f"s{at}", title=shortened(category, 200), visible="true")
        )
    part = element("testPart", *sections, identifier="part", navigationMode="nonlinear", submissionMode="simultaneous")
    return element("assessmentTest", part, xmlns=QTI, identifier="test", title=TITLE)
