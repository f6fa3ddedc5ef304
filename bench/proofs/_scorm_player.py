"""One round of `scorm-finish` in a browser: opened, turned, left, read; and come back to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from playwright.sync_api import Error

from bench.proofs._network import HANGS, OF_REPORTS, RESETS, Network, is_report
from bench.proofs._scorm_oracle import said_by, state_of, wrongs_when_finished, wrongs_when_left
from bench.proofs._scorm_rounds import Round
from tests.scorm.playing import Machine, Window
from tests.scorm.stage import Held, Learner, Played, Stage

SETTLES = 6.0  # seconds: until what was sent last is kept
GONE_ON = 0.25  # of the rounds: what happens after coming back is played too


@dataclass
class Result:
    """What came of a round. `page` was the last one turned to."""

    round: Round
    course: Played
    learner: Learner
    page: int = 1
    done: bool = False
    resumed: bool = False
    wrong: list[str] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)

    def look(self, held: Held) -> list[str]:
        """What is wrong with what is held now."""
        one = self.round
        if self.done:
            return wrongs_when_finished(held, said_by(one.variant, one.edition))
        return wrongs_when_left(held, one.variant, self.page)

    def again(self, stage: Stage) -> list[str]:
        """The same, later."""
        held = stage.held(self.course, self.learner)
        open_still = [f"OPEN: {held.open_launches} launches"] if held.open_launches else []
        return self.look(held) + open_still


def play_round(stage: Stage, port: int, machine: Machine, one: Round) -> Result:
    """Never raises: what the browser could not do is wrong, too."""
    course = stage.courses[one.course]
    result = Result(one, course, stage.learner(course))
    share, patience, faults = NETWORKS[one.network]
    with Network(
        port, one.seed * 1000 + one.number, share=share, patience=patience, picks=is_report, faults=faults
    ) as net:
        try:
            _play(stage, machine, one, result, net)
        except Error as problem:
            result.wrong.append(f"BROWSER: {problem.message[:400]}")
            machine.close()
        except AssertionError as problem:
            result.wrong.append(f"BROWSER: {problem}")
            machine.close()
        result.faults += net.done + Counter({"outage": net.refused})
    return result


NETWORKS = {
    "fine": (0.0, 0.25, ("delay",)),
    "slow": (1.0, 0.4, ("delay",)),
    "faulty": (0.4, 0.25, OF_REPORTS),
    "outage": (0.0, 0.25, ("delay",)),
}


def _play(stage: Stage, machine: Machine, one: Round, result: Result, net: Network) -> None:
    context = machine.context(stage.url, result.learner, proxy=net.options())
    window = Window(machine, context, result.course).open()
    through_it(window, one, net)
    result.page, result.done = one.pages + 1, one.finishes
    if one.saved_first:
        window.saved()
    elif one.after:
        window.page.wait_for_timeout(one.after * 1000)
    window.leave(one.way)
    net.wait_for_late()
    result.wrong += settled(stage, result)
    if machine.browser is not None:
        context.close()
    if not one.finishes or one.number % 4 == 0:
        come_back(stage, machine, result, net)


def through_it(window: Window, one: Round, net: Network) -> None:
    """As many pages as the round has; the last one in the outage, where there is one."""
    window.turn(one.pages - 1)
    if one.network == "outage":
        net.cut(HANGS if one.number % 2 else RESETS)
    window.turn()
    if one.press:
        window.press_finish()
    if one.network == "outage":
        window.page.wait_for_timeout(one.outage * 1000)
        net.back()


def settled(stage: Stage, result: Result) -> list[str]:
    """What is wrong once everything had time to arrive."""
    return stage.until(result.course, result.learner, result.look, SETTLES)


def come_back(stage: Stage, machine: Machine, result: Result, net: Network) -> None:
    """Another day: the place and the state are there. Some go on to the end; who was done stays done, once."""
    one = result.round
    net.calm()
    context = machine.context(stage.url, result.learner, proxy=net.options())
    window = Window(machine, context, result.course).open()
    if not one.finishes:
        _at_its_place(window, result)
        if one.number % 2:
            window.turn()
            window.page.wait_for_timeout(100)
            result.page, result.done = 3, True
    window.leave("close tab")
    net.wait_for_late()
    result.wrong += [f"after coming back: {wrong}" if wrong else "" for wrong in settled(stage, result)]
    context.close()


def _at_its_place(window: Window, result: Result) -> None:
    page = window.says("sco.page()")
    state = window.says("sco.get('cmi.suspend_data')")
    wanted = state_of(result.round.variant, result.page)
    if page != result.page:
        result.wrong.append(f"PLACE: resumed at page {page}, left at {result.page}")
    elif state != wanted:
        result.wrong.append(f"STATE: resumed with {len(state)} characters, left with {len(wanted)}")
    else:
        result.resumed = True
