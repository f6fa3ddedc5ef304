"""One attempt in a real Chromium with the product's own page, through the proxy.

Playwright lives in a thread of its own: its loop must not be the caller's. What is noted as shown is what a person would
read: the page says 'Saved', and this is what stands in the field.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from contextlib import suppress

from playwright.sync_api import Dialog, Error, Page, sync_playwright

from bench.proofs._faults import Proxy
from bench.proofs._live import Live
from bench.proofs._quiz_oracle import Expected
from bench.proofs._quiz_scene import Attempt, Question
from tests.browser import QUIET, _executable

PATIENCE = 60_000  # ms: until everything that went wrong was tried again
TRIES = 30


def taken_in_chromium(_served: Live, proxy: Proxy, attempt: Attempt, seed: int) -> Expected:
    """Every question answered, some twice; the page reloaded now and then; handed in with a double click."""
    expected = Expected()

    def run() -> None:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=_executable(), args=QUIET)
            context = browser.new_context(base_url=proxy.url, viewport={"width": 390, "height": 800})
            name, _sign, value = attempt.cookie.partition("=")
            context.add_cookies([{"name": name, "value": value, "url": proxy.url}])
            context.on("dialog", _yes)
            try:
                _take(context.new_page(), attempt, random.Random(seed), expected)
            except Error as problem:
                expected.wrong.append(f"in Chromium: {problem.message[:300]}")
            browser.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return expected


def _yes(dialog: Dialog) -> None:
    """To 'Hand in all the same?'; a page that left meanwhile asks no more."""
    with suppress(Error):
        dialog.accept()


def _take(page: Page, attempt: Attempt, chance: random.Random, expected: Expected) -> None:
    base = f"/learn/quiz/{attempt.submission_id}"
    for number, question in enumerate(attempt.questions, start=1):
        _open(page, f"{base}/questions/{number}", "#question")
        for _change in range(chance.choice([1, 1, 2])):
            given = question.right if chance.random() < 0.6 else question.wrong
            GIVE[question.kind](page, question, given)
        if chance.random() < 0.2:  # the tab goes away in the middle
            _open(page, f"{base}/questions/{number}", "#question")
        page.wait_for_selector("[data-saved=done]", timeout=PATIENCE)
        shown = tuple(page.evaluate("QuizKinds.given(document.getElementById('question'))"))
        revision = int(page.get_attribute("#question", "data-revision") or 0)
        expected.shown[question.id] = (revision, shown)
        expected.sent.setdefault(question.id, set()).add((revision, shown))
        expected.saved += 1
    for _try in range(TRIES):
        _open(page, f"{base}/review", "#hand-in, #next-h")
        if page.query_selector("#next-h"):
            return
        with suppress(Error):
            page.dblclick("#hand-in .btn-primary", timeout=3000)
            page.wait_for_url("**/result", timeout=3000)
            page.wait_for_selector("#next-h", timeout=3000)
            return
    expected.wrong.append("never handed in")


def _open(page: Page, path: str, wanted: str) -> None:
    """As somebody who presses Reload until the page is there."""
    for _try in range(TRIES):
        with suppress(Error):
            page.goto(path, timeout=5000)
            page.wait_for_selector(wanted, timeout=1500, state="attached")
            page.wait_for_function("window.QuizKinds?.ready || document.querySelector('#next-h')", timeout=1500)
            return
    raise Error(f"{path} never came")


def _choices(page: Page, _question: Question, given: tuple[str, ...]) -> None:
    for box in page.query_selector_all("#question input[name=answer]"):
        wanted = box.get_attribute("value") in given
        if box.is_checked() != wanted and (wanted or box.get_attribute("type") == "checkbox"):
            box.click()


def _words(page: Page, _question: Question, given: tuple[str, ...]) -> None:
    page.fill("#answer", "")
    page.type("#answer", given[0])


def _matching(page: Page, question: Question, given: tuple[str, ...]) -> None:
    for pair in given:
        page.select_option(f"#match-{pair.partition('=')[0]}", pair)


def _ordering(page: Page, _question: Question, given: tuple[str, ...]) -> None:
    """With the button 'up', each item to its place."""
    for place, key in enumerate(given):
        for _step in range(len(given)):
            keys = page.eval_on_selector_all("[data-order] > li", "items => items.map(item => item.dataset.key)")
            if keys.index(key) <= place:
                break
            page.click(f"[data-key='{key}'] [data-step='-1']")
    if page.is_visible("[data-keep-order]"):
        page.click("[data-keep-order]")


GIVE: dict[str, Callable[[Page, Question, tuple[str, ...]], None]] = {
    **dict.fromkeys(("single", "multiple", "true_false"), _choices),
    **dict.fromkeys(("short", "numeric", "open"), _words),
    "matching": _matching,
    "ordering": _ordering,
}
