"""The drawing process: reads one request after the other, answers each, ends when nobody is there any more.

Started as a program by `lmsapp.infra.pdf`; with the word "view" by `lmsapp.infra.looking`, which shows files that came
from outside. A message is its length (8 bytes) and itself. Asked in JSON; answered
with one byte, 'P' and the PDF or 'E' and words. Memory and files are bounded once; each request has a clock of its
own, which ends the process from outside Python, so that no loop in a library outlasts it.
"""

from __future__ import annotations

import json
import os
import signal
import struct
import sys
import types
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

HERE = Path(__file__).resolve()
FONTS = HERE.parent.parent.parent / "fonts"
LENGTH = struct.Struct(">Q")


def main() -> None:
    """Until standard input ends."""
    asked, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    _without_the_product()
    draw = _viewing() if sys.argv[1:] == ["view"] else _drawing()
    sent(answers, b"P")  # ready
    while (head := asked.read(LENGTH.size)) and len(head) == LENGTH.size:
        request = json.loads(asked.read(LENGTH.unpack(head)[0]))
        signal.setitimer(signal.ITIMER_REAL, request.pop("seconds"))  # its alarm ends the process
        sent(answers, _answer(draw, request))
        signal.setitimer(signal.ITIMER_REAL, 0)


def sent(stream: BinaryIO, message: bytes) -> None:
    stream.write(LENGTH.pack(len(message)) + message)
    stream.flush()


def _answer(draw: Any, request: dict[str, Any]) -> bytes:
    try:
        pdf: bytes = draw[request.pop("asked")](**request)
    except MemoryError:
        return b"Ethe document needs more memory than a document may have"
    except RecursionError:
        return b"Ethe document is nested too deeply"
    except Exception as problem:
        return f"E{type(problem).__name__}: {problem}"[:2000].encode()
    return b"P" + pdf


def _without_the_product() -> None:
    """`import lmsapp` would load all of it; its drawing modules need none of it."""
    sys.path.insert(0, str(HERE.parent.parent.parent.parent))
    bare = types.ModuleType("lmsapp")
    bare.__path__ = [str(HERE.parent.parent.parent)]
    sys.modules["lmsapp"] = bare


def _drawing() -> dict[str, Any]:
    """The drawing functions, warm: everything that opens files for the first time has done so."""
    # Only now, and by name: what is imported here must not load the product.
    guard, pages, tables = (import_module(f"lmsapp.infra.printing.{name}") for name in ("guard", "pages", "tables"))
    pages.warm()
    guard.close_doors([FONTS, *map(Path, {*sys.path, sys.prefix, sys.base_prefix} - {""})])
    return {"page": pages.page, "table": tables.table}


def _viewing() -> dict[str, Any]:
    """The looking functions, warm as well; behind the same doors."""
    guard, views = (import_module(f"lmsapp.infra.printing.{name}") for name in ("guard", "views"))
    views.warm()
    guard.close_doors([FONTS, *map(Path, {*sys.path, sys.prefix, sys.base_prefix} - {""})])
    return {"inspect": views.inspect, "page": views.page, "picture": views.picture}


if __name__ == "__main__":
    main()
