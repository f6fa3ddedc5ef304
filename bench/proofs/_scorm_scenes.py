"""What happens to a learner by mishap, once each and exactly: every scene returns what was wrong in words.

`SCENES` by name. A scene gets a `Place`: the stage, the server to restart, a browser to kill, how long things may take.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Error, Playwright

from bench.proofs._network import HANGS, RESETS, Network
from bench.proofs._scorm_oracle import wrongs_when_finished
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.scorm.commits.finalising import finalise_silent
from tests.scorm.manifests import Item
from tests.scorm.packages import DONE, Package, Plan, Sco, big, one, several
from tests.scorm.playing import Machine, Window
from tests.scorm.stage import Held, Learner, Played, Stage, as_text
from tests.scorm.variants import VARIANTS, Said

SILENCE = dt.timedelta(minutes=6)  # more than the sweep waits
STAYS = {"close_after": 0}
TWO_LONG = 187_569  # seconds: 26:03:04.50 twice
STATUS = {"1.2": "cmi.core.lesson_status", "2004": "cmi.completion_status"}
NO_UNLOAD = "--enable-features=DeprecateUnload"


@dataclass
class Place:
    """`outage` in seconds: how long the network is away. `restart` stops the server and starts it again."""

    stage: Stage
    port: int
    playwright: Playwright
    restart: Callable[[Callable[[], None]], None]
    outage: float = 30.0
    machine: Machine = field(init=False)

    def __post_init__(self) -> None:
        self.machine = Machine(self.playwright)

    @contextmanager
    def somebody(self, course: Played, machine: Machine | None = None) -> Iterator[tuple[Window, Network, Learner]]:
        """A learner of their own, with the content open."""
        learner = self.stage.learner(course)
        with Network(self.port, 1, share=0.0) as net:
            own = machine or self.machine
            context = own.context(self.stage.url, learner, proxy=net.options())
            yield Window(own, context, course).open(), net, learner
            with suppress(Error):
                context.close()

    def variant(self, name: str, edition: str, **terms: Any) -> Played:
        """A course of that variant; the player closes by itself only where `close_after` is given."""
        title = f"{name} {edition} {sorted(terms.items())}"
        return self.stage.course(title, VARIANTS[name].make(edition), STAYS | terms)

    def sweep(self) -> None:
        """As the worker does, six minutes from now."""
        with self.stage.app.app_context(), clock.set_to(clock.now() + SILENCE):
            finalise_silent()
            db.session.remove()

    def finished(self, course: Played, learner: Learner, said: Said, seconds: float = 6) -> list[str]:
        """What is wrong with a finish, once everything had time to arrive."""
        return self.until(course, learner, lambda held: wrongs_when_finished(held, said), seconds)

    def until(
        self, course: Played, learner: Learner, look: Callable[[Held], list[str]], seconds: float = 6
    ) -> list[str]:
        """What `look` finds wrong, asked again until nothing is or the time is over."""
        return self.stage.until(course, learner, look, seconds)


def expect(held: Held, **wanted: Any) -> list[str]:
    """What is held otherwise than wanted."""
    found = {name: getattr(held, name) for name in wanted}
    return [] if found == wanted else [f"wanted {wanted}, held {found}: {as_text(held)}"]


def countdown_closes(place: Place) -> list[str]:
    """Nobody presses anything: the player says that it is done, counts, and leaves."""
    course = place.variant("never commits", "2004", close_after=2)
    with place.somebody(course) as (window, _net, learner):
        window.turn(2)
        shown = window.wrapper().locator("[data-end]")
        shown.wait_for()
        words = shown.inner_text()
        window.leave("countdown")
        wrong = [] if "done" in words.lower() or "finished" in words.lower() else [f"the player said: {words}"]
        return wrong + place.finished(course, learner, Said())


def signed_out_half_way(place: Place) -> list[str]:
    """The session ends while the content plays: what is finished after that counts, and leaving asks to sign in."""
    course = place.variant("finishes", "1.2")
    with place.somebody(course) as (window, _net, learner):
        window.turn()
        window.context.clear_cookies()
        window.turn()
        window.saved()
        window.leave("exit")
        asked = [] if "/sign-in" in window.page.url else [f"left to {window.page.url}"]
        return asked + place.finished(course, learner, Said())


def two_tabs(place: Place) -> list[str]:
    """The older one finishes while the newer one is elsewhere: done once, and the newer one's place stands."""
    course = place.variant("finishes", "2004")
    with place.somebody(course) as (old, _net, learner):
        new = Window(old.machine, old.context, course).open()
        new.turn()
        new.saved()
        old.turn(2)
        old.press_finish()
        wrong = place.finished(course, learner, Said())
        new.sco.evaluate("sco.play([['state', 'of the newer window'], ['commit']])")
        new.saved()
        new.leave("close tab")
        old.leave("close tab")
        look = place.stage.held(course, learner)
        part = look.parts["ITEM-one"]
        if (part.place, part.state) != ("2", "of the newer window"):
            wrong.append(f"the older window wrote over the newer one: {as_text(look)}")
        return wrong + place.finished(course, learner, Said())


def two_tabs_both_finish(place: Place) -> list[str]:
    """At one moment: one record, one certificate."""
    course = place.variant("finishes", "1.2")
    with place.somebody(course) as (first, _net, learner):
        second = Window(first.machine, first.context, course).open()
        for window in (first, second):
            window.turn(2)
        for window in (first, second):
            window.leave("close tab")
        return place.finished(course, learner, Said())


def asleep_and_back(place: Place) -> list[str]:
    """The laptop is shut, the sweep closes the visit, the laptop wakes: the rest of the visit counts."""
    course = place.variant("finishes", "2004")
    with place.somebody(course) as (window, _net, learner):
        window.turn()
        window.saved()
        window.freeze()
        place.sweep()
        wrong = expect(place.stage.held(course, learner), open_launches=0, complete=False, completion="incomplete")
        window.wake()
        window.turn()
        wrong += place.finished(course, learner, Said())
        window.leave("close tab")
        return wrong


def late_word(place: Place) -> list[str]:
    """Offline long enough for the sweep; the word that it is done comes after that, and counts once."""
    course = place.variant("never commits", "1.2")
    with place.somebody(course) as (window, net, learner):
        window.turn()
        window.saved()
        net.cut(RESETS)
        window.turn()
        place.sweep()
        wrong = expect(place.stage.held(course, learner), complete=False, open_launches=0)
        net.back()
        wrong += place.finished(course, learner, Said(), 40)
        window.leave("close tab")
        return wrong


def without_network(place: Place) -> list[str]:
    """The network is away while the content is finished, and comes back: the learner was told, and it counts."""
    course = place.variant("large state", "2004")
    with place.somebody(course) as (window, net, learner):
        window.turn()
        net.cut(HANGS)
        window.turn()
        window.press_finish()
        window.page.wait_for_timeout(place.outage * 1000)
        told = window.wrapper().evaluate("document.body.dataset.state")
        before = place.stage.held(course, learner)
        net.back()
        window.saved()
        window.leave("exit")
        wrong = [] if told in ("unsaved", "saving") else [f"the player said {told} without a network"]
        wrong += expect(before, complete=False)
        wrong += place.finished(course, learner, Said())
        state = next(iter(place.stage.held(course, learner).parts.values())).state
        return wrong + ([] if state == big(60_000) else [f"{len(state)} characters of suspend data"])


def server_restarted(place: Place) -> list[str]:
    """It stops in the middle; the content is finished meanwhile; it starts again."""
    course = place.variant("completed and passed", "2004")
    with place.somebody(course) as (window, _net, learner):
        window.turn()

        def meanwhile() -> None:
            window.turn()
            window.page.wait_for_timeout(500)

        place.restart(meanwhile)
        window.saved()
        window.leave("close tab")
        return place.finished(course, learner, Said("completed", "passed", 85))


def unload_forbidden(place: Place) -> list[str]:
    """Content that reports in `unload` only, in a browser that allows it nowhere by default: the tab is closed."""
    return _by_unload(place, "1.2", ("close tab",), NO_UNLOAD)


def unload_everywhere(place: Place) -> list[str]:
    """The same by every way out, in both editions, in browsers that forbid it and that do not."""
    ways = ("exit", "close tab", "navigate away")
    cases = (("1.2", (NO_UNLOAD,)), ("2004", (NO_UNLOAD,)), ("1.2", ()))
    return [one for edition, flags in cases for one in _by_unload(place, edition, ways, *flags)]


def _by_unload(place: Place, edition: str, ways: tuple[str, ...], *flags: str) -> list[str]:
    course = place.variant("only in unload", edition)
    machine, wrong = Machine(place.playwright, flags), list[str]()
    for way in ways:
        with place.somebody(course, machine) as (window, _net, learner):
            window.turn(2)
            window.leave(way)
            said = place.finished(course, learner, Said())
            wrong += [f"{edition} {flags} {way}: {one}" for one in said]
    machine.close()
    return wrong


def visited_again(place: Place) -> list[str]:
    """Passed with 85; another day it says incomplete, 10 points and failed: what was reached stays, and so does the
    suspend data it finds."""
    wrong = []
    for edition in ("1.2", "2004"):
        course = place.variant("completed and passed", edition)
        with place.somebody(course) as (window, _net, learner):
            window.turn(2)
            read = window.says(f"sco.get('{STATUS[edition]}')")
            if read != ("passed" if edition == "1.2" else "completed"):
                wrong.append(f"{edition}: after Commit the status reads back as {read!r}")
            window.leave("exit")
            again = Window(window.machine, window.context, course).open()
            if again.says("sco.get('cmi.suspend_data')") != "kept at page 3":
                wrong.append(f"{edition}: the suspend data is gone")
            again.sco.evaluate("sco.play([['status', 'incomplete'], ['score', 10], ['status', 'failed'], ['commit']])")
            again.saved()
            again.leave("close tab")
            wrong += [f"{edition}: {one}" for one in place.finished(course, learner, Said("completed", "passed", 85))]
    return wrong


def left_while_offline(place: Place) -> list[str]:
    """'Save and exit' without a network: the player says that it cannot save, and asks. What was saved before stays."""
    course = place.variant("finishes", "1.2")
    with place.somebody(course) as (window, net, learner):
        window.turn()
        window.saved()
        net.cut(RESETS)
        window.turn()
        window.page.locator("[data-exit]").first.click()
        notice = window.wrapper().locator("[data-notice]")
        notice.wait_for(timeout=20_000)
        asked = notice.locator("button").count()
        window.page.wait_for_timeout(5000)
        stayed = "/launches/" in window.page.url
        net.back()
        notice.locator("button").first.click()  # try again
        window.leave("countdown")
        wrong = [] if asked == 2 and stayed else [f"{asked} ways to go on, stayed: {stayed}"]
        return wrong + place.finished(course, learner, Said())


def in_its_own_window(place: Place) -> list[str]:
    """Content that opens a window of its own and plays there."""
    course = place.variant("own pop-up", "1.2")
    with place.somebody(course) as (window, _net, learner):
        with window.page.expect_popup() as opened:
            window.sco.locator("#open").click()
        pop_up = opened.value
        pop_up.wait_for_selector("body[data-ready]")
        for _page in range(2):
            pop_up.locator("#next").click()
        wrong = place.finished(course, learner, Said())
        pop_up.close(run_before_unload=True)
        window.leave("exit")
        return wrong + place.finished(course, learner, Said())


def without_a_frame(place: Place) -> list[str]:
    """Content that stumbles over the frame of another site plays in a window of its own."""
    course = place.variant("other name first", "2004")
    learner = place.stage.learner(course)
    context = place.machine.context(place.stage.url, learner)
    page = context.new_page()
    page.goto(course.lesson)
    with page.expect_popup() as opened:
        page.locator("button[name=alone]").click()
    alone = Window.__new__(Window)
    alone.machine, alone.context, alone.course, alone.page = place.machine, context, course, opened.value
    alone.sco = alone.content()
    alone.turn(2)
    alone.leave("close tab")
    wrong = place.finished(course, learner, Said())
    context.close()
    return wrong


def all_its_parts(place: Place) -> list[str]:
    """Of three parts two are not enough, left at any time; the third is."""
    wrong = []
    for edition in ("1.2", "2004"):
        package = several(edition, 3, Plan(pages=2))
        course = place.stage.course(f"three parts {edition}", package, STAYS)
        with place.somebody(course) as (window, _net, learner):
            for following in ("part2", "part3"):
                window.turn()
                window.saved()
                window.go_to(following)
            wrong += expect(place.stage.held(course, learner), complete=False, records=0)
            window.leave("close tab")
            wrong += expect(place.stage.held(course, learner), complete=False, records=0)
            again = Window(window.machine, window.context, course).open()
            if again.part() != "part3":
                wrong.append(f"came back to {again.part()}")
            again.turn()
            again.leave("close tab")
            wrong += [f"{edition}: {one}" for one in place.finished(course, learner, Said())]
    return wrong


def asked_by_content(place: Place) -> list[str]:
    """Continue, choice, exitAll and suspendAll, as the content asks for them."""
    wrong = []
    for name, order in (("continue", (1, 2, 3)), ("choice", (1, 3, 2))):
        course = place.variant(name, "2004")
        with place.somebody(course) as (window, _net, learner):
            for at, number in enumerate(order):
                if window.part() != f"part{number}":
                    wrong.append(f"{name}: at {window.part()}, asked for part{number}")
                window.turn(2)
                window.press_finish()
                if at < 2:
                    window.moved_to(f"part{order[at + 1]}")
            if name == "continue":
                window.leave("countdown")  # exitAll leaves
            wrong += [f"{name}: {one}" for one in place.finished(course, learner, Said())]
    course = place.variant("suspendAll", "2004")
    with place.somebody(course) as (window, _net, learner):
        window.turn(1)
        window.press_finish()
        window.leave("countdown")
        wrong += expect(place.stage.held(course, learner), complete=False)
        again = Window(window.machine, window.context, course).open()
        if again.part() != "part1" or again.says("sco.page()") != 2:
            wrong.append(f"after suspendAll: {again.part()}, page {again.says('sco.page()')}")
    return wrong


def calls_in_any_order(place: Place) -> list[str]:
    """Initialize twice, Finish twice, calls after Finish: the errors of the books, and no second counted twice."""
    wrong = []
    codes = {"1.2": {"init": "101", "finish": "301", "set": "301", "commit": "301"}}
    codes["2004"] = {"init": "103", "finish": "113", "set": "133", "commit": "143"}
    for edition, wanted in codes.items():
        course = place.variant("everything twice", edition)
        with place.somebody(course) as (window, _net, learner):
            window.turn(2)
            window.press_finish()
            said = {call[0]: call[-1] for call in window.errors() if call[0] != "get"}  # what was never set has none
            if said != wanted:
                wrong.append(f"{edition}: errors {said}, the books say {wanted}")
            window.leave("exit")
            wrong += place.finished(course, learner, Said())
            held = place.stage.held(course, learner)
            if held.seconds != 60 or held.parts["ITEM-one"].state == "late":
                wrong.append(f"{edition}: {as_text(held)}")
    return wrong


def times_add_up(place: Place) -> list[str]:
    """More than a day, twice; and the second visit of what was passed takes nothing back."""
    wrong = []
    for edition in ("1.2", "2004"):
        steps = VARIANTS["long time"].make(edition).scos[0].plan.finish
        course = place.stage.course(f"long {edition}", one(edition, Plan(finish=steps, end=DONE)), STAYS)
        with place.somebody(course) as (window, _net, learner):
            window.turn()
            window.press_finish()
            window.leave("exit")
            again = Window(window.machine, window.context, course).open()
            again.turn(1)
            again.press_finish()
            again.leave("exit")
            wrong += place.until(course, learner, lambda held: expect(held, seconds=TWO_LONG, complete=True))
    return wrong


def odd_content(place: Place) -> list[str]:
    """Slow to come, in a tiny window, climbing on, never calling: each plays, and what it said is held."""
    wrong = []
    for name in ("loads slowly", "tiny window", "finder until it fails", "opener first", "no status", "score only"):
        for edition in VARIANTS[name].editions:
            course = place.variant(name, edition)
            with place.somebody(course) as (window, _net, learner):
                window.turn(2)
                window.press_finish()
                window.leave("exit")
                wrong += [
                    f"{name} {edition}: {said}"
                    for said in place.finished(course, learner, VARIANTS[name].said(edition))
                ]
    course = place.variant("never calls", "1.2")
    with place.somebody(course) as (window, _net, learner):
        window.turn(2)
        window.leave("exit")
        place.sweep()
        wrong += expect(place.stage.held(course, learner), complete=False, records=0)
    return wrong


def mixed_outline(place: Place) -> list[str]:
    """Assets count when opened, hidden parts are played by nobody, prerequisites hold until they are met."""
    scos = (
        Sco(Item("intro", "Before you begin", kind="asset")),
        Sco(Item("part1", "Part 1"), Plan(pages=2)),
        Sco(Item("part2", "Part 2", after="part1"), Plan(pages=2)),
    )
    course = place.stage.course("mixed", Package("1.2", scos, title="Mixed"), STAYS)
    learner = place.stage.learner(course)
    context = place.machine.context(place.stage.url, learner)
    window = Window(place.machine, context, course)
    window.start()
    window.go_to("part1")
    wrong = [] if window.part() == "part1" else [f"at {window.part()}"]
    window.turn()
    window.saved()
    window.go_to("part2")
    window.turn()
    window.leave("close tab")
    wrong += place.until(course, learner, lambda held: expect(held, complete=True, records=1, certificates=1))
    context.close()
    return wrong


SCENES: dict[str, Callable[[Place], list[str]]] = {
    "the countdown closes by itself": countdown_closes,
    "signed out half-way": signed_out_half_way,
    "two tabs, the older one finishes": two_tabs,
    "two tabs, both finish": two_tabs_both_finish,
    "asleep, swept, and back": asleep_and_back,
    "swept while offline, then the late word": late_word,
    "without a network and back": without_network,
    "the server is restarted": server_restarted,
    "unload forbidden": unload_forbidden,
    "unload by every way out": unload_everywhere,
    "visited again": visited_again,
    "left while offline": left_while_offline,
    "content in its own window": in_its_own_window,
    "content that cannot stand a frame": without_a_frame,
    "all of its parts": all_its_parts,
    "navigation asked by content": asked_by_content,
    "calls in any order": calls_in_any_order,
    "times add up": times_add_up,
    "odd content": odd_content,
    "assets and prerequisites": mixed_outline,
}
