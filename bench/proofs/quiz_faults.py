"""QIZ-3 under fire: quizzes taken through a proxy that delays, cuts off, resets, halves, doubles and reorders requests.

ROUNDS faults at least, between clients and the real server. Most clients speak the protocol of static/quiz.js, two
windows on some attempts, closed and opened again in the middle; some are the real page in a real Chromium. Afterwards
the rows are read: nothing that was shown as saved is lost, each attempt is handed in once, and its points are those of
what was shown as saved, counted here and not by the rules.
"""

from __future__ import annotations

import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from bench.proofs import Outcome
from bench.proofs._faults import Proxy
from bench.proofs._live import Live, live
from bench.proofs._quiz_browser import taken_in_chromium
from bench.proofs._quiz_oracle import Expected, wrongs
from bench.proofs._quiz_scene import Attempt, Scene, set_the_scene
from bench.proofs._quiz_windows import take

ROUNDS = 1000
SEED = 20261128
AT_ONCE = 4
IN_CHROMIUM = 0.1  # of the faults


@dataclass
class Played:
    """What came of it."""

    faults: Counter[str] = field(default_factory=Counter)
    attempts: int = 0
    saved: int = 0
    windows: int = 0
    overtaken: int = 0
    pages: int = 0
    wrong: list[str] = field(default_factory=list)


def prove(rounds: int) -> Outcome:
    with live() as served:
        return outcome(play(served, rounds, chromium=True), rounds)


def outcome(played: Played, rounds: int) -> Outcome:
    """In one line; what is wrong stands above it."""
    for wrong in played.wrong[:20]:
        print(wrong, file=sys.stderr, flush=True)
    faults = sum(played.faults.values())
    figures: dict[str, object] = {
        "faults": faults,
        "kinds of faults": len(played.faults),
        "attempts": played.attempts,
        "windows": played.windows,
        "taken in Chromium": played.pages,
        "answers shown as saved": played.saved,
        "overtaken and told so": played.overtaken,
        "wrong": len(played.wrong),
    }
    return Outcome(figures, not played.wrong and faults >= rounds and played.saved > 0)


def play(served: Live, rounds: int, *, chromium: bool, at_once: int = AT_ONCE) -> Played:
    """Attempt after attempt until there were so many faults."""
    played = Played()
    scene = set_the_scene(served)
    with Proxy(served.port, SEED) as proxy:
        wanted = rounds * (1 - IN_CHROMIUM) if chromium else rounds
        with ThreadPoolExecutor(at_once) as pool:
            while proxy.total < wanted and not played.wrong:
                begun = [scene.begin() for _one in range(at_once)]
                jobs = [pool.submit(take, served, proxy, one, SEED + one.submission_id) for one in begun]
                settle(served, proxy, played, list(zip(begun, (job.result() for job in jobs), strict=True)))
        played.faults += proxy.done
    if chromium:
        in_chromium(served, scene, played, rounds)
    return played


def in_chromium(served: Live, scene: Scene, played: Played, rounds: int) -> None:
    """The same with the page itself."""
    with Proxy(served.port, SEED + 1, share=0.35) as proxy:
        while sum(played.faults.values()) + proxy.total < rounds and not played.wrong:
            attempt = scene.begin()
            told = taken_in_chromium(served, proxy, attempt, SEED + attempt.submission_id)
            played.pages += 1
            settle(served, proxy, played, [(attempt, told)])
        played.faults += proxy.done


def settle(served: Live, proxy: Proxy, played: Played, told: list[tuple[Attempt, Expected]]) -> None:
    """Wait for what is late, then hold the rows against what was shown."""
    proxy.wait_for_late()
    for attempt, expected in told:
        played.attempts += 1
        played.saved += expected.saved
        played.windows += expected.windows
        played.overtaken += expected.overtaken
        played.wrong += [f"attempt {attempt.submission_id}: {one}" for one in expected.wrong]
        played.wrong += [f"attempt {attempt.submission_id}: {one}" for one in wrongs(served.app, attempt, expected)]
