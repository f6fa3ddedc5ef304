"""The structure of a PDF as it is drawn: which marks on the page are a heading, a paragraph, a cell (ISO 32000-1,
14.7).

The libraries draw and know nothing of it. So each thing that has a meaning says when it begins and ends; whatever
is drawn between two of them is marked as an artifact, which a screen reader leaves out. The tree is written at the
end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from xml.sax.saxutils import escape

pdfdoc: Any = import_module("reportlab.pdfbase.pdfdoc")
ARTIFACT, END = "/Artifact BMC", "EMC"


@dataclass(slots=True, eq=False)
class Element:
    """One element: kids are elements or marked pieces (page, number)."""

    kind: str
    parent: Element | None = None
    kids: list[Any] = field(default_factory=list)
    alt: str = ""
    number: int = 0

    def add(self, kind: str, alt: str = "") -> Element:
        made = Element(kind, self, alt=alt)
        self.kids.append(made)
        return made


class Tags:
    """What one canvas has drawn so far. `code` is the canvas's list of operators for the present page."""

    def __init__(self) -> None:
        self.root = Element("Document")
        self.into = self.root
        self.pages: list[Any] = []
        self.owners: list[list[Element]] = [[]]
        self.table: Element | None = None
        self.beside = Element("Sect", self.root)  # what stands in a frame of its own on the first page: read last
        self.aside = 0  # inside what is no content: page numbers, repeated heads
        self.open = False

    def begin_page(self, code: list[str]) -> None:
        code.append(ARTIFACT)
        self.open = True

    def end_page(self, code: list[str]) -> None:
        if self.open:
            code.append(END)
        self.open = False
        if self.beside.kids and self.beside not in self.root.kids:
            self.root.kids.append(self.beside)

    def page_made(self, page: Any) -> None:
        page.__dict__["__NoDefault__"] = [*type(page).__NoDefault__, "StructParents", "Tabs"]
        page.StructParents, page.Tabs = len(self.pages), pdfdoc.PDFName("S")
        self.pages.append(page)
        self.owners.append([])

    @contextmanager
    def marked(self, code: list[str], kind: str, alt: str = "") -> Iterator[None]:
        """Everything drawn meanwhile is one element of that kind. Inside another one it is part of that."""
        if self.aside or not self.open:
            yield
            return
        element = self.into.add(kind, alt)
        with self.piece(code, element):
            yield

    @contextmanager
    def piece(self, code: list[str], element: Element) -> Iterator[None]:
        """The same for an element that is there already."""
        owners = self.owners[-1]
        element.kids.append((len(self.pages), len(owners)))
        code.append(f"{END} /{element.kind} <</MCID {len(owners)}>> BDC")
        owners.append(element)
        self.open = False
        try:
            yield
        finally:
            code.append(f"{END} {ARTIFACT}")
            self.open = True

    @contextmanager
    def inside(self, element: Element) -> Iterator[None]:
        """What is marked meanwhile belongs to that element."""
        before, self.into = self.into, element
        try:
            yield
        finally:
            self.into = before

    @contextmanager
    def nothing(self) -> Iterator[None]:
        """What is drawn meanwhile is no content."""
        self.aside += 1
        try:
            yield
        finally:
            self.aside -= 1

    def write(self, document: Any, title: str, language: str) -> None:
        """The tree, the table from marks to elements, and what says that there is one."""
        names = [document.Reference(page).format(document) for page in self.pages]
        elements = list(_used(self.root))
        references = [document.Reference(_Raw()) for _ in elements]
        for number, element in enumerate(elements):
            element.number = number
        root, parents = _Raw(), _Raw()
        root_name = document.Reference(root).format(document)
        where = [reference.format(document) for reference in references]
        for element, reference in zip(elements, references, strict=True):
            above = where[element.parent.number] if element.parent else root_name
            document.idToObject[reference.name].text = _element(element, above, where, names)
        rows = b" ".join(
            b"%d [%s]" % (number, b" ".join(where[owner.number] for owner in owners))
            for number, owners in enumerate(self.owners[: len(self.pages)])
        )
        parents.text = b"<< /Nums [%s] >>" % rows
        root.text = b"<< /Type /StructTreeRoot /K %s /ParentTree %s /ParentTreeNextKey %d >>" % (
            where[0],
            document.Reference(parents).format(document),
            len(self.pages),
        )
        catalog = document.Catalog
        catalog.StructTreeRoot = root
        catalog.MarkInfo = _Raw(b"<< /Marked true >>")
        catalog.Lang = pdfdoc.PDFString(language)
        catalog.ViewerPreferences = _Raw(b"<< /DisplayDocTitle true >>")
        catalog.Metadata = _metadata(document, title)


def _used(element: Element) -> Iterator[Element]:
    yield element
    for kid in element.kids:
        if isinstance(kid, Element):
            yield from _used(kid)


class _Raw(pdfdoc.PDFObject):
    """An object of the file whose text we write ourselves: a table has tens of thousands."""

    __RefOnly__ = 1

    def __init__(self, text: bytes = b""):
        self.text = text

    def format(self, _document: Any) -> bytes:
        return self.text


def _element(element: Element, parent: bytes, where: list[bytes], pages: list[bytes]) -> bytes:
    pieces = [kid for kid in element.kids if not isinstance(kid, Element)]
    home = pieces[0][0] if pieces else None
    kids = b" ".join(
        where[kid.number]
        if isinstance(kid, Element)
        else b"%d" % kid[1]
        if kid[0] == home
        else b"<</Type/MCR/Pg %s/MCID %d>>" % (pages[kid[0]], kid[1])
        for kid in element.kids
    )
    more = b"" if home is None else b"/Pg %s" % pages[home]
    if element.alt:
        more += b"/Alt <feff%s>" % element.alt.encode("utf-16-be").hex().encode()
    if element.kind == "TH":
        more += b"/A <</O/Table/Scope/Column>>"
    return b"<</Type/StructElem/S/%s/P %s/K [%s]%s>>" % (element.kind.encode(), parent, kids, more)


XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<pdf:Producer>{producer}</pdf:Producer><xmp:CreateDate>{made}</xmp:CreateDate>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


def _metadata(document: Any, title: str) -> Any:
    info, stamp = document.info, document._timeStamp  # noqa: SLF001
    texts = {
        "title": title,
        "author": info.author,
        "subject": info.subject,
        "language": document.Catalog.Lang.s,
        "producer": info.producer,
        "made": "{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}Z".format(*stamp.YMDhms),
    }
    words = XMP.format(**{name: escape(str(text)) for name, text in texts.items()})
    return pdfdoc.XMP(creator=lambda _document: words.encode())
