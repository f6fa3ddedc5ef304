"""SCO-3: no finish is lost, and none is invented. Real browsers, real packages, bad networks, every way out.

First each mishap of `_scorm_scenes` once. Then ROUNDS rounds finish the content and leave by a random way while the
network breaks things; as many leave before the end by the same ways, come back, and find their place. Then the sweep
closes what fell silent, and everything is read once more. SEED repeats the rounds of a run.
"""

from __future__ import annotations

import datetime as dt
import os
import queue
import random
import sys
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from playwright.sync_api import Error, Playwright, sync_playwright

from bench.proofs import Outcome
from bench.proofs._live import Live, live
from bench.proofs._scorm_player import Result, play_round
from bench.proofs._scorm_rounds import Round, drawn
from bench.proofs._scorm_scenes import SCENES, Place
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.scorm.commits.finalising import finalise_silent
from tests.scorm.playing import Machine
from tests.scorm.stage import Stage
from tests.scorm.variants import VARIANTS

ROUNDS = 200
AT_ONCE = 4
SILENCE = dt.timedelta(minutes=6)  # more than the sweep waits


@dataclass
class Played:
    """What came of it."""

    seed: int
    finished: int = 0
    left: int = 0
    lost: int = 0
    false: int = 0
    resumed: int = 0
    wrong: list[str] = field(default_factory=list)
    ways: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    results: list[Result] = field(default_factory=list)
    scenes: int = 0


def prove(rounds: int) -> Outcome:
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
    print(f"seed {seed}", file=sys.stderr, flush=True)
    with live() as served:
        played = Played(seed)
        with sync_playwright() as playwright:
            stage_scenes(served, playwright, played)
        return outcome(play(served, rounds, seed, played=played), rounds)


def outcome(played: Played, rounds: int) -> Outcome:
    """In one line; what is wrong stands above it."""
    for wrong in played.wrong[:40]:
        print(wrong, file=sys.stderr, flush=True)
    figures: dict[str, object] = {
        "seed": played.seed,
        "scenes": played.scenes,
        "rounds to the end": played.finished,
        "lost finishes": played.lost,
        "rounds left before": played.left,
        "false completions": played.false,
        "resumed at their place": played.resumed,
        "ways out": len(played.ways),
        "faults": sum(played.faults.values()),
        "wrong in all": len(played.wrong),
    }
    return Outcome(figures, not played.wrong and min(played.finished, played.left) >= rounds)


def stage_scenes(
    served: Live, playwright: Playwright, played: Played, names: Iterable[str] = SCENES, *, outage: float = 30
) -> None:
    """Each mishap once."""
    place = Place(Stage(served.app, served.url, prefix="M"), served.port, playwright, served.restart, outage)
    for name in names:
        try:
            wrong = SCENES[name](place)
        except Error as problem:
            wrong = [f"BROWSER: {problem.message[:400]}"]
            place.machine.close()
        played.scenes += 1
        played.wrong += [f"{name}: {one}" for one in wrong]
        print(f"{name}: {'; '.join(wrong) or 'as it should be'}", file=sys.stderr, flush=True)
    place.machine.close()


def play(served: Live, rounds: int, seed: int, *, at_once: int = AT_ONCE, played: Played | None = None) -> Played:
    """As many rounds of each kind, at random in turn; then the sweep, and all is read again."""
    stage = Stage(served.app, served.url)
    todo: queue.Queue[Round] = queue.Queue()
    for number in range(rounds):
        todo.put(drawn(number, seed, finishes=True))
        todo.put(drawn(number, seed, finishes=False))
    prepare(stage, list(todo.queue))
    played, told = played or Played(seed), threading.Lock()

    def work() -> None:
        with sync_playwright() as playwright:
            machine = Machine(playwright)
            while not todo.empty():
                with told:
                    if todo.empty():
                        break
                    one = todo.get()
                result = play_round(stage, served.port, machine, one)
                with told:
                    note(played, result)
            machine.close()

    threads = [threading.Thread(target=work, daemon=True) for _one in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with served.app.app_context(), clock.set_to(clock.now() + SILENCE):
        finalise_silent()
        db.session.remove()
    for result in played.results:
        played.wrong += [f"after the sweep, {result.round.words}: {one}" for one in result.again(stage)]
    return played


def prepare(stage: Stage, rounds: list[Round]) -> None:
    """The courses that are played, before anybody plays."""
    for one in rounds:
        if one.course not in stage.courses:
            stage.course(one.course, VARIANTS[one.variant].make(one.edition), one.terms)


def note(played: Played, result: Result) -> None:
    """In the counts; what is wrong in words."""
    played.results.append(result)
    played.ways[result.round.way] += 1
    played.faults += result.faults
    played.finished += result.round.finishes
    played.left += not result.round.finishes
    played.lost += any(one.startswith("LOST") for one in result.wrong)
    played.false += any(one.startswith("FALSE") for one in result.wrong)
    played.resumed += result.resumed
    if len(played.results) % 25 == 0:
        print(f"{len(played.results)} rounds, {len(played.wrong)} wrong", file=sys.stderr, flush=True)
    for one in result.wrong:
        played.wrong.append(f"{result.round.words}: {one}")
        print(played.wrong[-1], file=sys.stderr, flush=True)
