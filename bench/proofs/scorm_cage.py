"""SCO-4, SEC-3: everything a hostile package tries, in a real browser against the product as in production.

Four settings: the content on another site and on a sibling subdomain, each with the content's policy in force and
without it, so that what stands behind the policy is tried as well. The same script in a page of the application has to
succeed, thing by thing: a harness that sees nothing proves nothing. ROUNDS: how often all of it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Error, sync_playwright

from bench.proofs import Outcome
from bench.proofs._cage_served import NAMES_HERE, SITES, served
from tests import servers
from tests.browser import QUIET, _executable
from tests.scorm.caged import BOLD, MUST_SUCCEED, POLICY_ALONE, Canary, Stage, Try, canary, names

ROUNDS = 1


@dataclass
class Tally:
    """What was tried and what came of it."""

    attacks: int = 0
    achieved: list[str] = field(default_factory=list)
    sane: int = 0
    blind: list[str] = field(default_factory=list)  # what should have succeeded and did not


def prove(rounds: int) -> Outcome:
    began, tally = time.monotonic(), Tally()
    servers.begin_run()
    try:
        with sync_playwright() as playwright, canary() as listener:
            browser = playwright.chromium.launch(executable_path=_executable(), args=[*QUIET, *BOLD, NAMES_HERE])
            for _round in range(rounds):
                for place, host in SITES.items():
                    with served(host) as stage:
                        play(tally, stage, browser, listener, place)
            browser.close()
    finally:
        servers.end_run()
    return outcome(tally, time.monotonic() - began)


def outcome(tally: Tally, seconds: float) -> Outcome:
    for one in (*tally.achieved, *tally.blind):
        print(one, file=sys.stderr, flush=True)
    figures: dict[str, object] = {
        "attacks": tally.attacks,
        "achieved": len(tally.achieved),
        "sane": f"{tally.sane} of {tally.sane + len(tally.blind)}",
        "seconds": round(seconds),
    }
    return Outcome(figures, bool(tally.attacks and tally.sane) and not tally.achieved and not tally.blind)


def play(tally: Tally, stage: Stage, browser: Browser, listener: Canary, place: str) -> None:
    """One place of the content: with the policy, without it, and the application's own page."""
    for options in ({}, {"bypass_csp": True}):
        how = f"{place}, {'without its policy' if options else 'as it is'}"
        which = [one for one in names() if not (options and one in POLICY_ALONE)]
        with Try(stage, browser, listener, options=options) as trying:
            for name, achieved in _tried(trying, which):
                tally.attacks += 1
                tally.achieved += [f"{how}: {name}: {achieved}"] if achieved else []
            tally.attacks += 2
            out = trying.signed_out()
            tally.achieved += [f"{how}: the learner was signed out: {out}"] if out else []
            tally.achieved += [] if stays_usable(trying) else [f"{how}: an endless loop of alerts keeps the learner"]
    with Try(stage, browser, listener, inside=False) as trying:
        for name, first in _tried(trying, MUST_SUCCEED):
            achieved = first or trying.attempt(name)  # on a busy machine a page may leave after we looked
            tally.sane += bool(achieved)
            tally.blind += [] if achieved else [f"{place}, in our own page: {name}: nothing was seen"]


def _tried(trying: Try, which: Any) -> Iterator[tuple[str, str]]:
    for name in which:
        print(f"  {name}", file=sys.stderr, flush=True)
        yield name, trying.attempt(name)


def stays_usable(trying: Try) -> bool:
    """Whether the learner can go on to another page while the content alerts without end."""
    trying.open()
    try:
        trying.place().evaluate("() => { location.href = 'loop.html' }")
        trying.page.wait_for_timeout(500)
        trying.page.goto(trying.stage.page, timeout=15_000)
    except Error:
        return False
    return trying.stage.lena["name"] in trying.page.content()
