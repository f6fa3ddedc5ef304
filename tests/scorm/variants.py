"""One package for each habit of content at which systems have lost a finish, or invented one.

`said` is what must be held of the SCO in the end, when its pages were turned, its button pressed where `press` is
true, and the window left in whichever way. It is what the content said, and not what a library makes of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.scorm.manifests import Item
from tests.scorm.packages import BARE, DONE, EDITIONS, INIT, Package, Plan, Sco, Steps, one, several

LONG_12, LONG_2004, LONG_SECONDS = "0026:03:04.50", "P1DT2H3M4.5S", 93784
COMMIT: Steps = (("commit",),)
FINISH: Steps = (("finish",),)
LEAVING: Steps = (("last", DONE), ("clock",), ("exit", "suspend"), ("commit",), ("finish",))


@dataclass(frozen=True)
class Said:
    """What is held of the SCO: completion, success, and its score in per cent."""

    completion: str = "completed"
    success: str = "unknown"
    score: int | None = 90


@dataclass(frozen=True)
class Variant:
    """`said` may differ by edition: a function of it. `press`: the learner presses the content's own 'Finish'."""

    make: Callable[[str], Package]
    said: Callable[[str], Said] = lambda _edition: Said()
    press: bool = True
    editions: tuple[str, ...] = EDITIONS


def _plan(**plan: Any) -> Callable[[str], Package]:
    return lambda edition: one(edition, Plan(**plan))


def _leaving(*events: str) -> Variant:
    return Variant(_plan(end=(), finish=(), leave=LEAVING, leave_by=events), press=False)


def _ending(*steps: tuple[Any, ...], finish: Steps = FINISH) -> Callable[[str], Package]:
    return _plan(end=steps, finish=finish)


def _always(said: Said) -> Callable[[str], Said]:
    return lambda _edition: said


def _asking(*requests: str) -> Callable[[str], Package]:
    """Each SCO completes at its last page and asks for the next by a navigation request as its button is pressed."""

    def make(edition: str) -> Package:
        scos = tuple(
            Sco(Item(f"part{n}", f"Part {n}"), Plan(finish=(("nav", request), ("finish",))))
            for n, request in enumerate(requests, start=1)
        )
        return Package(edition, scos, title="Moving patients safely")

    return make


def _spent(edition: str) -> Package:
    element, value = ("cmi.core.session_time", LONG_12) if edition == "1.2" else ("cmi.session_time", LONG_2004)
    return one(edition, Plan(finish=(("set", element, value), ("commit",), ("finish",))))


def _scored(edition: str) -> Package:
    return one(edition, Plan(start=BARE, end=(("score", 85), ("commit",)), finish=FINISH), item=Item(mastery=80))


def _measured(_edition: str) -> Package:
    steps: Steps = (("set", "cmi.progress_measure", "0.9"), ("commit",))
    plan = Plan(start=BARE, end=steps, finish=FINISH)
    return one("2004", plan, version="2004 4th Edition", item=Item(threshold=0.8))


def _mixed(edition: str) -> Package:
    scos = (
        Sco(Item("intro", "Before you begin", kind="asset", group="Basics")),
        Sco(Item("part1", "Part 1", group="Basics")),
        Sco(Item("part2", "Part 2", group="In depth", launch_data="level=2", parameters="?level=2")),
        Sco(Item("hidden", "Not shown", visible=False)),
    )
    return Package(edition, scos, title="Moving patients safely")


VARIANTS: dict[str, Variant] = {
    # ways of finishing
    "finishes": Variant(_plan()),
    "only in unload": _leaving("unload"),
    "only in beforeunload": _leaving("beforeunload"),
    "only in pagehide": _leaving("pagehide"),
    "wherever it can": _leaving("beforeunload", "pagehide", "unload"),
    "never commits": Variant(_plan(finish=()), press=False),
    "commits only": Variant(_ending(*DONE, ("commit",), finish=()), press=False),
    "after a time": Variant(_plan(pages=1, end=(("wait", 500), *DONE)), press=False),
    # what it says
    "completed only": Variant(_ending(("status", "completed"), ("commit",)), _always(Said(score=None))),
    "passed only": Variant(
        _ending(("score", 85), ("status", "passed"), ("commit",)),
        lambda edition: Said("completed" if edition == "1.2" else "incomplete", "passed", 85),
    ),
    "completed and passed": Variant(
        _ending(("score", 85), ("status", "completed"), ("status", "passed"), ("commit",)),
        _always(Said("completed", "passed", 85)),
    ),
    "failed": Variant(
        _ending(("score", 20), ("status", "failed"), ("commit",)),
        lambda edition: Said("completed" if edition == "1.2" else "incomplete", "failed", 20),
    ),
    "completed, then failed": Variant(
        _ending(("status", "completed"), ("commit",), ("score", 20), ("status", "failed"), ("commit",)),
        _always(Said("completed", "failed", 20)),
    ),
    "browsed": Variant(
        _ending(("status", "browsed"), ("commit",)), _always(Said("browsed", "unknown", None)), editions=("1.2",)
    ),
    "score only": Variant(_scored, _always(Said("completed", "passed", 85))),
    "progress only": Variant(_measured, _always(Said(score=None)), editions=("2004",)),
    "no status": Variant(_plan(start=BARE, end=(), finish=FINISH), _always(Said(score=None))),
    "never calls": Variant(
        _plan(start=(), each=(), end=(), finish=()), _always(Said("unknown", "unknown", None)), press=False
    ),
    "leaves it open": Variant(
        _plan(end=(("status", "incomplete"), ("commit",))), _always(Said("incomplete", "unknown", None))
    ),
    # how much it says
    "large state": Variant(_plan(each=(("place", "{page}"), ("big", 60_000), ("commit",)))),
    "4,097 characters": Variant(_plan(each=(("place", "{page}"), ("big", 4097), ("commit",)))),
    "many answers": Variant(_ending(("interactions", 300), ("objectives", 40), *DONE, ("commit",))),
    "long time": Variant(_spent),
    # how it behaves
    "asks to resume": Variant(_plan(start=(("init",), ("ask", "Resume?")))),
    "everything twice": Variant(
        _plan(
            start=(("init",), ("init",), ("resume",)),
            finish=(
                ("spent", 60),
                ("commit",),
                ("finish",),
                ("finish",),
                ("set", "cmi.suspend_data", "late"),
                ("commit",),
            ),
        )
    ),
    "reads by sync": Variant(_plan(start=(("read by sync", "../data.json"), *INIT))),
    "careful finder": Variant(_plan(finder="careful")),
    "opener first": Variant(_plan(finder="opener")),
    "finder until it fails": Variant(_plan(finder="until it fails")),
    "other name first": Variant(_plan(finder="other first")),  # throws inside a frame of another site
    "nested frames": Variant(lambda edition: one(edition, frames=2)),
    "own pop-up": Variant(lambda edition: one(edition, pop_up=True)),
    "loads slowly": Variant(_plan(wait=3000)),
    "tiny window": Variant(lambda edition: one(edition, style="width: 200px; height: 120px; overflow: scroll")),
    # several SCOs
    "several": Variant(several),
    "with assets": Variant(_mixed),
    "continue": Variant(_asking("continue", "continue", "exitAll"), editions=("2004",)),
    "choice": Variant(
        _asking("{target=ITEM-part3}choice", "continue", "{target=ITEM-part2}choice"), editions=("2004",)
    ),
    "suspendAll": Variant(_asking("suspendAll", "exitAll"), editions=("2004",)),
}


def every() -> list[tuple[str, str]]:
    """Each variant with each edition that has it."""
    return [(name, edition) for name, variant in VARIANTS.items() for edition in variant.editions]
