"""One attempt taken through the proxy by one or two windows that are closed and opened again, then handed in."""

from __future__ import annotations

import random

from bench.proofs._faults import Proxy
from bench.proofs._live import Live
from bench.proofs._quiz_client import Window
from bench.proofs._quiz_oracle import Expected
from bench.proofs._quiz_scene import Attempt, Question

CHANGES = 14
TWO_WINDOWS = 0.3
CLOSED = 0.08
LOOKED_AT = 0.4


def take(_served: Live, proxy: Proxy, attempt: Attempt, seed: int) -> Expected:
    """Answers at random, changed and changed again; then everything settles, and it is handed in."""
    chance = random.Random(seed)
    windows = [Window(proxy.port, attempt.cookie, attempt.submission_id)]
    if chance.random() < TWO_WINDOWS:
        windows.append(Window(proxy.port, attempt.cookie, attempt.submission_id))
    expected = Expected(windows=len(windows))
    for window in windows:
        window.look(1)
    for _change in range(CHANGES):
        place = chance.randrange(len(windows))
        _change_one(windows[place], attempt, chance)
        if chance.random() < CLOSED:
            windows[place] = _opened_again(windows[place])
            expected.windows += 1
    for window in windows:
        window.settle()
    _hand_in(windows, chance)
    _gather(windows, expected)
    return expected


def _change_one(window: Window, attempt: Attempt, chance: random.Random) -> None:
    question, given = _choose(chance, attempt.questions)
    if chance.random() < LOOKED_AT:
        window.look_at(attempt.questions.index(question) + 1, question.id)
    window.give(question.id, given)
    for _send in range(chance.choice([0, 1, 1, 2])):
        if window.waiting:
            window.send()


def _choose(chance: random.Random, questions: tuple[Question, ...]) -> tuple[Question, tuple[str, ...]]:
    question = chance.choice(questions)
    if question.kind == "open":
        return question, (f"I tell the nurse {chance.randrange(10**6)} times.",)
    return question, question.right if chance.random() < 0.6 else question.wrong


def _opened_again(window: Window) -> Window:
    """The tab is closed and opened again: what was not saved was kept in the browser, and is sent first."""
    again = Window(window.port, window.cookie, window.submission_id)
    again.waiting, again.shown, again.sent = dict(window.waiting), window.shown, window.sent
    again.known = {key: one.revision for key, one in window.waiting.items()}
    again.known |= {key: max(again.known.get(key, 0), revision) for key, (revision, _given) in window.shown.items()}
    again.overtaken, again.refusals, again.wrong = window.overtaken, window.refusals, window.wrong
    again.look(1)
    return again


def _hand_in(windows: list[Window], chance: random.Random) -> None:
    """From the window used last, with a double click now and then; the other window clicks too."""
    result = windows[-1].hand_in(clicks=chance.choice([1, 1, 2, 3]))
    for window in windows[:-1]:
        window.hand_in()
    if not result:
        windows[-1].wrong.append("no result was shown")


def _gather(windows: list[Window], expected: Expected) -> None:
    for window in windows:
        for question, sent in window.sent.items():
            expected.sent.setdefault(question, set()).update(sent)
        for question, (revision, given) in window.shown.items():
            if revision >= expected.shown.get(question, (0, ()))[0]:
                expected.shown[question] = (revision, given)
        expected.saved += len(window.shown)
        expected.overtaken += window.overtaken
        expected.wrong += window.wrong + [f"refused: {one}" for one in window.refusals]
