"""Documents that want what no document may have: the network, files, time, memory. Each as (name, HTML).

`doors`: addresses of a listening canary and of canary files, a link and a way round among them.
"""

from __future__ import annotations

import base64
import io
import zlib
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

PNG = b"\x89PNG\r\n\x1a\n"
WHOLE = '<html lang="en"><head><meta charset="utf-8"><title>Hostile</title><style>{style}</style></head><body>{body}</body></html>'
# Where an address may stand: {a} is the address.
BODIES = (
    '<img src="{a}">', '<p style="background-image: url({a})">x</p>', '<p style="background: url(\'{a}\')">x</p>',
    '<table background="{a}"><tr><td background="{a}">x</td></tr></table>', '<link rel="stylesheet" href="{a}">',
    '<iframe src="{a}"></iframe>', '<object data="{a}"></object>', '<embed src="{a}">', '<script src="{a}"></script>',
    '<pdf:insertpdf src="{a}"/>', '<pdf:include src="{a}"/>', '<pdf:barcode value="{a}" type="qr"/>', '<base href="{a}">',
    '<pdf:watermark src="{a}"/>', '<ul style="list-style-image: url({a})"><li>x</li></ul>', '<img src=" {a}">',
    '<p style="-pdf-background: url({a})">x</p>', '<p style="b\\61 ckground: u\\72l({a})">x</p>', '<img srcset="{a} 2x" src="{a}">',
    '<p>x<style>@import "{a}";</style></p>', '<input type="image" src="{a}">', '<video poster="{a}"></video>',
)  # fmt: skip
STYLES = (
    '@import "{a}";', "@import url({a});", "@font-face {{ font-family: noto; src: url({a}) }}", "/**/@im/**/port '{a}';",
    "@page {{ background-image: url({a}) }}", "@page {{ -pdf-page-background: url({a}) }}", "p {{ content: url({a}) }}",
)  # fmt: skip
# Addresses inside a drawing that is in the document itself.
DRAWINGS = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9"><image xlink:href="{a}" width="9" height="9"/><rect width="3" height="3"/></svg>',
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><style>@import url({a});</style><rect width="3" height="3"/></svg>',
    '<!DOCTYPE svg [<!ENTITY x SYSTEM "{a}">]><svg xmlns="http://www.w3.org/2000/svg" width="99" height="9"><text y="8">&x;</text></svg>',
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9"><use xlink:href="{a}#x"/><rect width="3" height="3"/></svg>',
    '<?xml-stylesheet href="{a}"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="3" height="3"/></svg>',
)  # fmt: skip


def doors(http: str, secret: Path, linked: Path) -> tuple[str, ...]:
    """The same canaries by every way an address can be written."""
    way_round = f"/usr/share/../..{secret}"
    return (
        http,
        f"{http}#x.svg",
        f"file://{secret}",
        str(secret),
        way_round,
        str(linked),
        f"file://{linked}",
        "//" + http.partition("//")[2],
    )


def reaching(addresses: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Every place with every address."""
    for address in addresses:
        for body in BODIES:
            yield f"{body} {address}", WHOLE.format(style="", body=body.format(a=address))
        for style in STYLES:
            yield f"{style} {address}", WHOLE.format(style=style.format(a=address), body="<p>x</p>")
        for drawing in DRAWINGS:
            data = base64.b64encode(drawing.format(a=address).encode()).decode()
            yield f"{drawing} {address}", _picture(f"data:image/svg+xml;base64,{data}")


def devouring() -> Iterator[tuple[str, str]]:
    """What would take all the time or memory there is."""
    for span in ("colspan", "rowspan"):
        yield (
            f"{span} of a hundred million",
            WHOLE.format(style="", body=f'<table><tr><td {span}="99999999">x</td></tr></table>'),
        )
        yield (
            f"{span} of forty, often",
            WHOLE.format(style="", body="<table>" + f'<tr><td {span}="40">x</td></tr>' * 300 + "</table>"),
        )
    yield "nested ten thousand deep", WHOLE.format(style="", body="<div>" * 10_000 + "x")
    yield "tables in tables", WHOLE.format(style="", body="<table><tr><td>" * 40 + "x" + "</td></tr></table>" * 40)
    yield "a million elements", WHOLE.format(style="", body="<br>" * 1_000_000)
    yield "one endless word", WHOLE.format(style="", body=f"<p>{'x' * 500_000}</p>")
    yield "an endless page", WHOLE.format(style="@page { size: 999999999mm 999999999mm }", body="<p>x</p>")
    yield "letters a mile high", WHOLE.format(style="", body='<p style="font-size: 999999999pt">x</p>')
    yield "picture of a billion points", _picture(_png(50_000, 50_000))
    yield "picture that unpacks", _picture(f"data:image/png;base64,{base64.b64encode(_real_png(4000, 4000)).decode()}")
    yield "entities of entities", _drawing(_laughs())
    yield "uses of uses", _drawing(_uses())
    yield (
        "a drawing of a hundred thousand paths",
        _drawing(
            '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
            + '<path d="M0 0L9 9"/>' * 100_000
            + "</svg>"
        ),
    )


def _picture(address: str) -> str:
    return WHOLE.format(style="", body=f'<img src="{address}" width="90" height="90">')


def _drawing(svg: str) -> str:
    return _picture(f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}")


def _png(width: int, height: int) -> str:
    """A picture whose head promises more than there is."""
    head = b"IHDR" + width.to_bytes(4) + height.to_bytes(4) + b"\x08\x06\0\0\0"
    data = b"IDAT" + zlib.compress(b"\0" * 1000)
    chunks = b"".join(len(c[4:]).to_bytes(4) + c + zlib.crc32(c).to_bytes(4) for c in (head, data, b"IEND"))
    return "data:image/png;base64," + base64.b64encode(PNG + chunks).decode()


def _real_png(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("1", (width, height)).save(out, "PNG")
    return out.getvalue()


def _laughs() -> str:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE svg [<!ENTITY l0 "ha">{lines}]><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>&l9;</text></svg>'


def _uses() -> str:
    lines = "".join(f'<g id="g{n}">' + f'<use href="#g{n - 1}"/>' * 10 + "</g>" for n in range(1, 9))
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><defs><rect id="g0" width="1" height="1"/>{lines}</defs><use href="#g8"/></svg>'
