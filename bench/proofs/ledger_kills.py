"""No gap and no double, whenever a sequencer is killed (EVD-2).

Writers complete training all the while; several sequencers at once give the events their places, and one after the
other is killed (SIGKILL): at a step that is drawn (before and after places are written, around each commit, half way
through the mark beside the key) or from outside at any moment. Then one that lives brings it to an end, and everything
is recomputed through another connection.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from bench.proofs import Outcome
from bench.proofs._killing import OUTSIDE, end, fork
from bench.proofs._ledger import complete, hire, look
from bench.proofs._place import application
from lmsapp.evidence.ledger import sequencing
from lmsapp.evidence.ledger.keeping import ledger_keys
from lmsapp.infra.scheduling import Every, run_beside
from lmsapp.people.employees.models import Employee

ROUNDS = 200
AT_ONCE = 3
STEPS = ("before the places", "after the places", "before the commit", "after the commit", "half of the mark")
WITHIN_S = 60.0


def prove(rounds: int) -> Outcome:
    """So many kills."""
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
    print(f"SEED={seed}", flush=True)
    with application() as app:
        return play(app, rounds, seed)


def play(app: Flask, kills: int, seed: int, *, writers: int = 8, at_once: int = AT_ONCE) -> Outcome:
    """On an application whose commits are commits, in a process without threads."""
    chance = random.Random(seed)
    people = hire(app, writers)
    out, into = os.pipe()
    writer = fork(app, lambda: _write(app, people, into))
    os.close(into)
    try:
        killed = _kill(app, kills, chance, at_once)
    finally:
        os.kill(writer, signal.SIGTERM)
    with os.fdopen(out) as pipe:
        written = int(pipe.read() or 0)
    os.waitpid(writer, 0)
    with app.app_context():
        while sequencing.sequence_all():
            pass
        seen = look(app, ledger_keys())
    for words in seen.wrong:
        print(words, flush=True)
    print(f"killed {', '.join(f'{name} {n}' for name, n in killed.most_common())}", flush=True)
    figures: dict[str, object] = {
        "seed": seed,
        "kills": killed.total(),
        "kinds of step": len(killed),
        "completions": written,
        "events": seen.events,
        "leaves": seen.leaves,
        "checkpoints": seen.checkpoints,
        "wrong": len(seen.wrong),
    }
    return Outcome(figures, not seen.wrong and written == seen.events == seen.leaves and killed.total() == kills)


def _kill(app: Flask, kills: int, chance: random.Random, at_once: int) -> Counter[str]:
    """Several live at a time; the oldest is the next to die."""
    killed: Counter[str] = Counter()
    lives: list[tuple[int, str]] = []
    while killed.total() < kills:
        while len(lives) < at_once:
            step = OUTSIDE if chance.random() < 0.4 else chance.choice(STEPS)
            lives.append((_begin(app, step, chance.randint(1, 3)), step))
        pid, step = lives.pop(0)
        if step == OUTSIDE:
            time.sleep(chance.uniform(0, 0.15))
            end(pid)
        else:
            step = _wait_for(pid, step)
        killed[step] += 1
    for pid, _step in lives:
        end(pid)
    return killed


def _wait_for(pid: int, step: str) -> str:
    """Until it has killed itself there; one that never comes to it is killed from outside."""
    until = time.monotonic() + 3
    while time.monotonic() < until:
        if os.waitpid(pid, os.WNOHANG)[0]:
            return step
        time.sleep(0.005)
    end(pid)
    return OUTSIDE


def _begin(app: Flask, step: str, times: int) -> int:
    """A sequencer, as fast as it can, that ends with the so-manieth `step` of batches it places."""

    def work() -> None:
        _watch(step, times)
        run_beside(app, Every("places", 0, sequencing.sequence_all), threading.Event())

    return fork(app, work)


def _watch(step: str, times: int) -> None:
    left = [times]

    def reach(name: str) -> None:
        if name == step:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

    _around(sequencing, "_extend", lambda: reach("before the places"), lambda: reach("after the places"))
    placing = [False]
    _around(sequencing, "tree_that_fits", lambda: placing.__setitem__(0, True), lambda: None)

    def committed() -> None:
        if placing[0]:
            placing[0] = False
            reach("after the commit")

    _around(Session, "commit", lambda: reach("before the commit") if placing[0] else None, committed)
    replace = Path.replace

    def half(file: Path, target: Any) -> Path:
        reach("half of the mark")
        return replace(file, target)

    Path.replace = half  # type: ignore[assignment,method-assign]


def _around(owner: Any, name: str, before: Callable[[], object], after: Callable[[], object]) -> None:
    """For a process of its own: nothing is put back."""
    inner = getattr(owner, name)

    def watched(*given: Any, **named: Any) -> Any:
        before()
        result = inner(*given, **named)
        after()
        return result

    setattr(owner, name, watched)


def _write(app: Flask, people: list[Employee], into: int) -> None:
    """Until it is told to end; how many completions were committed goes into the pipe."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    counts: list[int] = []

    def one(employee: Employee) -> None:
        count = 0
        with app.app_context():
            while not stop.is_set():
                complete(employee)
                count += 1
        counts.append(count)

    threads = [threading.Thread(target=one, args=(employee,)) for employee in people]
    for thread in threads:
        thread.start()
    stop.wait(WITHIN_S * 10)
    for thread in threads:
        thread.join()
    os.write(into, str(sum(counts)).encode())
