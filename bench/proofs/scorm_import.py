"""SCO-1: 200 MB in a worker of its own; hostile ZIPs and manifests leave nothing; a killed worker leaves all or nothing."""

from __future__ import annotations

import os
import random
import signal
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from flask import current_app

from bench.proofs import Outcome
from bench.proofs._package_desk import Desk, end_leases, is_whole, look, most_memory, run_of, wait_until_running, worker
from bench.proofs._packages import MB, fuzzed, large, named
from bench.proofs._place import application
from bench.proofs.pdf import busy
from lmsapp.courses.catalogue.media import Upload
from lmsapp.courses.packages.work import sweep_packages, work_on_package
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.queue import connect
from lmsapp.infra.words import RuleBroken

ROUNDS = 12  # workers killed; forty ZIPs broken at random for each
SIZE, FILES = 200 * MB, 5200
TO_KILL = 24 * MB
LONGEST_S, MOST_MB = 60.0, 300
SLOWEST_S = 20.0


@dataclass
class Series:
    """What came of ZIPs that are broken or hostile. `wrong`: words about each that is not as it should be."""

    sent: int = 0
    refused: int = 0
    imported: int = 0
    slowest: float = 0.0
    wrong: list[str] = field(default_factory=list)


def prove(rounds: int) -> Outcome:
    with application() as app, app.app_context(), tempfile.TemporaryDirectory() as place:
        desk = Desk.new()
        all_named = series(desk, named())
        broken = series(desk, fuzzed(40 * rounds))
        connect(app.config["REDIS_URL"]).flushdb()
        sent_s, took, memory, cpu, size, count, good = whole_import(desk, Path(place))
        kept, gone, wrong = killings(desk, Path(place), rounds)
        db.session.remove()
    for one in (*all_named.wrong, *broken.wrong, *wrong):
        print(one)
    figures = {
        "MB": round(size / 1e6), "files": count, "sent s": round(sent_s, 1), "import s": round(took, 1), "import CPU s": round(cpu, 1),
        "peak MB": memory, "hostile": all_named.sent, "refused": all_named.refused, "fuzzed": broken.sent,
        "fuzzed refused": broken.refused, "fuzzed imported": broken.imported,
        "slowest s": round(max(all_named.slowest, broken.slowest), 1), "killed": rounds, "then whole": kept,
        "then nothing": gone, "wrong": len(all_named.wrong) + len(broken.wrong) + len(wrong), "load": round(os.getloadavg()[0]),
    }  # fmt: skip
    sound = good and not (all_named.wrong or broken.wrong or wrong) and all_named.refused == all_named.sent >= 60
    quick = (cpu if busy() else took) < LONGEST_S and memory < MOST_MB and broken.slowest < SLOWEST_S
    return Outcome(figures, sound and quick and bool(broken.refused and broken.imported) and kept + gone == rounds)


def series(desk: Desk, cases: Iterable[tuple[str, bytes]]) -> Series:
    """Each sent and worked on by itself: refused in words with nothing left, or imported whole."""
    came = Series()
    for name, data in cases:
        lesson_id, before, begun = desk.lesson(), look(), time.perf_counter()
        came.sent += 1
        try:
            run_id = desk.send(lesson_id, Upload.of(data, f"{name}.zip"))
        except RuleBroken as broken:
            came.refused += 1
            came.wrong += _left(name, before) + _odd_words(name, broken.message, broken.values)
            continue
        work_on_package(run_id)
        came.slowest = max(came.slowest, time.perf_counter() - begun)
        run = run_of(run_id)
        if run.status == "taken":
            came.imported += 1
            came.wrong += [] if is_whole(run_id) else [f"{name}: imported, and not whole"]
        elif run.status == "refused":
            came.refused += 1
            came.wrong += _left(name, before) + _odd_words(name, run.error or "", run.error_values)
        else:
            came.wrong.append(f"{name}: {run.status}, {run.state}: {run.error}")
    return came


def _left(name: str, before: object) -> list[str]:
    return [] if look() == before else [f"{name}: refused, and something is left behind"]


def _odd_words(name: str, words: str, values: dict[str, object]) -> list[str]:
    try:
        said = words % values if values else words
    except (KeyError, TypeError, ValueError):
        return [f"{name}: words without values: {words}"]
    good = 20 < len(said) < 300 and said.isprintable() and "our side" not in said and "%(" not in said
    return [] if good else [f"{name}: no sentence: {said!r}"]


def whole_import(desk: Desk, place: Path) -> tuple[float, float, int, float, int, int, bool]:
    """Seconds to send and to import, MB at the most, CPU seconds, bytes, files, and whether all is there."""
    path = place / "large.zip"
    size = large(path, SIZE, FILES)
    begun = time.perf_counter()
    with path.open("rb") as source:
        run_id = desk.send(desk.lesson(), Upload(source, "large.zip"))
    sent, spent = time.perf_counter() - begun, os.times()
    with worker(run_id) as process:
        wait_until_running(run_id)
        begun = time.perf_counter()
        ended: list[float] = []

        def done() -> None:
            if not ended and run_of(run_id).state != "running":
                ended.append(time.perf_counter())

        memory = most_memory(process, done)
    cpu = sum(os.times()[2:4]) - sum(spent[2:4])
    run = run_of(run_id)
    good = run.status == "taken" and is_whole(run_id) and not _staged()
    took = (ended[0] if ended else time.perf_counter()) - begun
    return sent, took, memory, cpu, size, FILES, good


def killings(desk: Desk, place: Path, rounds: int) -> tuple[int, int, list[str]]:
    """Workers killed somewhere between the claim and a moment after the end: how often all was there, how often nothing."""
    chance, path, wrong, kept, gone = random.Random(9), place / "kill.zip", list[str](), 0, 0
    longest = 1.0
    for number in range(rounds):
        large(path, TO_KILL, 700, seed=number)
        lesson_id = desk.lesson()
        with path.open("rb") as source:
            run_id = desk.send(lesson_id, Upload(source, "kill.zip"))
        before = look()
        with worker(run_id) as process:
            wait_until_running(run_id)
            time.sleep(longest * chance.random() ** 0.5)
            process.send_signal(signal.SIGKILL)
            process.wait()
        end_leases()
        with unit_of_work():
            sweep_packages()
        if run_of(run_id).status == "taken":
            kept += 1
        else:
            gone += 1
            if look() != before:
                wrong.append(f"round {number}: something is left behind")
            begun = time.perf_counter()
            work_on_package(run_id)
            longest = max(0.5, 1.8 * (time.perf_counter() - begun))
        if run_of(run_id).status != "taken" or not is_whole(run_id) or _staged():
            wrong.append(f"round {number}: in the end it is not whole: {run_of(run_id).error}")
    return kept, gone, wrong


def _staged() -> list[str]:
    folder = Path(current_app.config["DATA_DIR"]) / "files" / "staging"
    return [str(path) for path in folder.rglob("*")] if folder.exists() else []
