"""What must be held after a round, and what is wrong with what is. Shares no code with the product's rules."""

from __future__ import annotations

from tests.scorm.packages import big
from tests.scorm.stage import Held, as_text
from tests.scorm.variants import VARIANTS, Said


def wrongs_when_finished(held: Held, said: Said) -> list[str]:
    """The content said that it is done: done it is, once, with its score."""
    found = []
    if not (held.lesson_done and held.complete and held.progress == 100):
        found.append("LOST: the content said that it is done")
    found += _once(held)
    heard = {part.completion for part in held.parts.values()}
    if held.completion != "completed" or heard != {said.completion}:
        found.append(f"completion {held.completion} of {heard}, said was {said.completion}")
    if held.success != said.success:
        found.append(f"success {held.success}, said was {said.success}")
    if held.score != said.score:
        found.append(f"score {held.score}, said was {said.score}")
    return [f"{one}: {as_text(held)}" for one in found]


def wrongs_when_left(held: Held, variant: str, page: int) -> list[str]:
    """The content was left before its end: nothing is done, and where it was is known."""
    found = []
    if held.lesson_done or held.complete or held.records or held.certificates:
        found.append("FALSE: nothing was done")
    if held.completion == "completed" or held.success == "passed" or held.score is not None:
        found.append("FALSE: the content said nothing of the kind")
    part = next(iter(held.parts.values()), None)
    wanted = state_of(variant, page)
    if part is None or part.place != str(page):
        found.append(f"PLACE: page {page} was left")
    elif part.state != wanted:
        found.append(f"STATE: {len(wanted)} characters, held are {len(part.state)}")
    return [f"{one}: {as_text(held)}" for one in found]


def state_of(variant: str, page: int) -> str:
    """What the content writes when it turns to that page."""
    sizes = {"large state": 60_000, "4,097 characters": 4097}
    return big(sizes[variant]) if variant in sizes else f"kept at page {page}"


def _once(held: Held) -> list[str]:
    counted = {"records": held.records, "certificates": held.certificates, "attempts": held.attempts}
    return [f"TWICE: {number} {name}" for name, number in counted.items() if number > 1] + [
        f"LOST: no {name}" for name, number in counted.items() if number < 1
    ]


def said_by(variant: str, edition: str) -> Said:
    """At its end."""
    return VARIANTS[variant].said(edition)
