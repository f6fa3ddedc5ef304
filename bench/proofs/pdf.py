"""CRT-3, CRT-4, EVD-7: what is drawn is signed, tagged, whole and ours; nothing is fetched; and how fast it is."""

from __future__ import annotations

import http.server
import os
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pypdfium2

from bench.proofs import Outcome
from bench.proofs._hostile_documents import devouring, doors, reaching
from bench.proofs._papers import backlog, cpu_seconds, look, make_all, pdfsig
from bench.proofs._place import application
from lmsapp.infra import pdf as printing
from lmsapp.infra.db import db
from lmsapp.infra.pdf import PdfError, render_pdf, render_table
from lmsapp.infra.signature_checks import Finding, check_pdf
from lmsapp.infra.signing_keys import known_certificates
from tests.clock import Clock

ROUNDS = 1000  # altered bytes in each kind of document
TABLE_ROWS, TABLE_S, TABLE_MB = 5000, 20.0, 400
BACKLOG, A_SECOND = 200, 5.0
LONGEST_HOSTILE_S = 30.0
SECRET = "canary-of-the-proof"
SCRIPTS = (
    "Łukasz Żółć", "Νίκος Παπάς", "Богуслава Ґоляш", "Nguyễn Thị Thảo", "محمد", "שלום כהן", "王秀华", "山田太郎", "김민준",
    "สมชาย", "Ångström ñ ß œ", "Ĳsbrand ş ğ", "Ђорђе",
)  # fmt: skip
SHAPED = ("इन्द्रजित", "क्षत्रिय")  # its glyphs are not letters one by one: it must be drawn, and need not be copied


def prove(rounds: int) -> Outcome:
    with application() as app, app.app_context(), Clock().running() as clock, tempfile.TemporaryDirectory() as place:
        data_dir, folder = Path(app.config["DATA_DIR"]), Path(place)
        kinds = make_all(clock)
        wrong = [f"{kind}: {one}" for kind, pdf in kinds.items() for one in look(pdf, data_dir).wrong]
        said = {kind: pdfsig(pdf, folder) for kind, pdf in kinds.items()}
        good_by_pdfsig = sum("Signature is Valid" in one and "Total document signed" in one for one in said.values())
        missed = altered(kinds, rounds, data_dir)
        blank = unreadable()
        hits, leaks, slowest = hostile(folder)
        seconds, by_cpu, megabytes, size = long_table()
        pace, pace_by_cpu = backlog(BACKLOG)
        db.session.remove()
    for one in wrong:
        print(one)
    figures = {
        "kinds": len(kinds), "wrong": len(wrong), "pdfsig valid": good_by_pdfsig, "altered bytes": rounds * len(kinds),
        "missed": missed, "scripts": len(SCRIPTS) + len(SHAPED), "unreadable": blank, "fetched": hits, "leaked": leaks,
        "slowest hostile s": round(slowest, 1), "table rows": TABLE_ROWS, "table s": round(seconds, 1), "table CPU s": round(by_cpu, 1),
        "table MB": megabytes, "table file MB": round(size / 1e6, 1), "certificates/s": round(pace, 1), "certificates/CPU s": round(pace_by_cpu, 1), "load": round(os.getloadavg()[0]),
    }  # fmt: skip
    if not any(said.values()):
        print("pdfsig is not installed (Debian: apt-get install poppler-utils); the proof falls short without it.")
    sound = len(kinds) == 4 and good_by_pdfsig == 4 and not (wrong or missed or blank or hits or leaks)
    if busy():  # other people's work is no fault of ours: then CPU time counts
        seconds, pace = by_cpu, pace_by_cpu
    quick = seconds < TABLE_S and megabytes < TABLE_MB and pace >= A_SECOND and slowest < LONGEST_HOSTILE_S
    return Outcome(figures, sound and quick)


def busy() -> bool:
    """Whether more wants to run than there are processors."""
    return os.getloadavg()[0] > (os.cpu_count() or 1)


def altered(kinds: dict[str, bytes], rounds: int, data_dir: Path) -> int:
    """How many documents with one other byte are still taken for ours."""
    chance, known, missed = random.Random(1), known_certificates(data_dir), 0
    for pdf in kinds.values():
        assert check_pdf(pdf, known).finding is Finding.INTACT
        for _ in range(rounds):
            place, made = chance.randrange(len(pdf)), bytearray(pdf)
            made[place] = (made[place] + chance.randrange(1, 256)) % 256
            missed += check_pdf(bytes(made), known).finding is Finding.INTACT
    return missed


def unreadable() -> int:
    """Names of which something is missing: no glyph (an error when strict), or other text than was given."""
    page = '<html lang="en"><head><meta charset="utf-8"><title>x</title><style>p {{ }}</style></head><body><p>{}</p></body></html>'
    count = 0
    for name in (*SCRIPTS, *SHAPED):
        try:
            pdf = render_pdf(page.format(name), strict=True)
        except PdfError:
            count += 1
            continue
        text = "".join(one.get_textpage().get_text_range() for one in pypdfium2.PdfDocument(pdf))
        count += name not in SHAPED and not set(name.split()) & set(text.split()) and name not in text
    return count


def hostile(folder: Path, addresses: int | None = None) -> tuple[int, int, float]:
    """Requests at the canary, documents with the canary file inside, and the slowest of all in seconds."""
    secret, linked = folder / "secret.txt", printing.FONTS / ".canary-link.ttf"
    secret.write_text(SECRET)
    linked.unlink(missing_ok=True)
    linked.symlink_to(secret)
    leaks, slowest = 0, 0.0
    try:
        with canary() as (address, hits):
            for _name, html in (*reaching(doors(address, secret, linked)[:addresses]), *devouring()):
                for draw in (render_pdf, unchecked):
                    begun = time.perf_counter()
                    with suppress(PdfError):
                        leaks += SECRET in _text(draw(html, longest_s=10))
                    slowest = max(slowest, time.perf_counter() - begun)
            return len(hits), leaks, slowest
    finally:
        linked.unlink()


def unchecked(html: str, longest_s: float) -> bytes:
    """Past the look at the HTML: what the drawing process itself keeps out."""
    facts = {"language": "en", "title": "x", "author": "x", "subject": "x", "made_at": 0}
    return printing.PRINTER.draw("page", longest_s, html=html, strict=False, **facts)


def _text(pdf: bytes) -> str:
    return "".join(one.get_textpage().get_text_range() for one in pypdfium2.PdfDocument(pdf)) + pdf.decode("latin-1")


@contextmanager
def canary() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine that notes whoever comes."""
    hits: list[str] = []

    class Door(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_error(404)

        def log_message(self, *_words: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/x.svg", hits
        server.shutdown()


def long_table(rows: int = TABLE_ROWS) -> tuple[float, float, int, int]:
    """Seconds by the clock and of CPU, most memory of the drawing process in MB, bytes."""
    lines = [
        [SCRIPTS[n % 8], f"E{n:05d}", f"Department of Surgery {n % 40}", f"Infection Control Basics {n % 9}", "Completed",
         "Nov 2, 2026", f"{n % 101} %", "Nov 2, 2027", f"NH-2026-{n:05d}"]
        for n in range(rows)
    ]  # fmt: skip
    begun, spent = time.perf_counter(), cpu_seconds()
    pdf = render_table(
        "Completion report", intro=["Everybody."], heads=["A", "B", "C", "D", "E", "F", "G", "H", "I"], rows=lines,
        shares=[15, 8, 13, 19, 11, 9, 6, 9, 11], right=[6], author="Northgate Hospital", subject="Completion report",
    )  # fmt: skip
    took, cpu = time.perf_counter() - begun, cpu_seconds() - spent
    return took, cpu, most_memory(printing.PRINTER.pid), len(pdf)


def most_memory(pid: int) -> int:
    """The high-water mark in MB, where the system tells it."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) // 1024
    except (OSError, IndexError):
        return int(psutil.Process(pid).memory_info().rss) >> 20
