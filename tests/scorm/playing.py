"""A learner's browser and the ways out of a lesson: pressed, closed, walked away from, killed.

A `Machine` is one Chromium process of its own that can be killed; a `Window` is one tab with the player in it.
"""

from __future__ import annotations

import contextlib
import signal
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psutil
from playwright.sync_api import Browser, BrowserContext, Dialog, Error, Frame, Page, Playwright

from tests.browser import QUIET, _executable
from tests.scorm.stage import Learner, Played

PATIENCE = 20_000  # ms
TRIES = 8


@dataclass
class Machine:
    """One Chromium; `start` again after `kill`."""

    playwright: Playwright
    flags: tuple[str, ...] = ()
    browser: Browser | None = None
    mark: str = ""

    def start(self) -> Browser:
        """The running one, or a new one."""
        if self.browser is None or not self.browser.is_connected():
            self.mark = f"--lms-machine={uuid.uuid4().hex}"
            self.browser = self.playwright.chromium.launch(
                executable_path=_executable(), args=[*QUIET, *self.flags, self.mark], handle_sighup=False
            )
        return self.browser

    def context(self, url: str, learner: Learner, **options: Any) -> BrowserContext:
        """Theirs, signed in."""
        viewport = {"width": 1000, "height": 800}
        context = self.start().new_context(**({"base_url": url, "locale": "en-US", "viewport": viewport} | options))
        context.set_default_timeout(PATIENCE)
        name, value = learner.cookie
        context.add_cookies([{"name": name, "value": value, "url": url}])
        context.on("page", _answer)
        return context

    def kill(self) -> None:
        """As pulling the plug: no page hears of it."""
        self.signal()
        self.close()

    def signal(self, kind: str = "") -> None:
        """SIGKILL to its main process, or to those of its children that have `kind` in their command."""
        main = [one for one in psutil.Process().children(recursive=True) if _says(one, self.mark)]
        of_kind = [child for one in main for child in one.children(recursive=True) if _says(child, kind)]
        for one in of_kind if kind else main:
            with contextlib.suppress(psutil.Error):
                one.send_signal(signal.SIGKILL)

    def close(self) -> None:
        """Whatever is left of it."""
        if self.browser is not None:
            with contextlib.suppress(Error):
                self.browser.close()
        self.browser = None


def _says(process: psutil.Process, words: str) -> bool:
    """Whether they stand in its command; one that is gone says nothing."""
    try:
        return words in process.cmdline()
    except psutil.Error:
        return False


def _answer(page: Page) -> None:
    page.on("dialog", _yes)


def _yes(dialog: Dialog) -> None:
    """To 'Resume?', and to 'Leave this page?'."""
    with contextlib.suppress(Error):
        dialog.accept()


@dataclass
class Window:
    """One tab. `sco` is the frame the content plays in, once it is open."""

    machine: Machine
    context: BrowserContext
    course: Played
    page: Page = field(init=False)
    sco: Frame = field(init=False)

    def __post_init__(self) -> None:
        self.page = self.context.new_page()

    def open(self) -> Window:
        """From the lesson's page into the player, as somebody who presses Reload until it is there."""
        for left in reversed(range(TRIES)):
            try:
                self._open()
            except Error:
                if not left:
                    raise
                time.sleep(0.3)
            else:
                return self
        raise AssertionError

    def _open(self) -> None:
        self.start()
        self.sco = self.content()

    def start(self) -> None:
        """The player, whatever its content is."""
        self.page.goto(self.course.lesson, timeout=PATIENCE, wait_until="domcontentloaded")
        self.page.locator("[data-launch]").first.click()
        self.page.wait_for_url("**/launches/*", wait_until="commit")

    def content(self, part: str = "") -> Frame:
        """The frame with our script in it, ready; of that part, where one is named."""
        deadline = time.monotonic() + PATIENCE / 1000
        while time.monotonic() < deadline:
            for frame in self.page.frames:
                with contextlib.suppress(Error):
                    ours = f"/files/{part}" in frame.url and (not part or f"/{part}/" in frame.url)
                    if ours and frame.evaluate("document.body?.dataset.ready === 'yes'"):
                        return frame
            self.page.wait_for_timeout(50)
        raise Error(f"no content came: {[frame.url for frame in self.page.frames]}")

    # ---- from part to part

    def part(self) -> str:
        """The key of the item that plays."""
        return self.sco.url.partition("/files/")[2].partition("/")[0]

    def go_to(self, part: str) -> None:
        """By the outline."""
        self.wrapper().locator(f"[data-part='ITEM-{part}']").click()
        self.moved_to(part)

    def moved_to(self, part: str) -> None:
        """Until that part plays."""
        self.sco = self.content(part)

    # ---- what the learner does in the content

    def turn(self, pages: int = 1) -> None:
        """So many times 'Next page'."""
        for _page in range(pages):
            self.sco.evaluate("sco.turn()")

    def press_finish(self) -> None:
        """The content's own button."""
        self.sco.evaluate("document.getElementById('finish').click()")

    def says(self, expression: str) -> Any:
        """In the content's frame."""
        return self.sco.evaluate(expression)

    def errors(self) -> list[list[str]]:
        """Calls of the run-time that were refused."""
        return [one for one in self.says("sco.log") if one[-1] not in ("", "0")]

    # ---- what the player says

    def saved(self, seconds: float = 60) -> None:
        """Until it says that nothing is unsaved. What is not urgent is sent, and owed in words, within a second."""
        self.page.wait_for_timeout(1000)
        self.wrapper().wait_for_selector("body[data-state=saved]", timeout=seconds * 1000)

    def wrapper(self) -> Frame:
        """The frame around the content."""
        for _try in range(100):
            for one in self.page.frames:
                if "/c/" in one.url and "/files/" not in one.url:
                    return one
            self.page.wait_for_timeout(50)
        raise Error(f"no player came: {[frame.url for frame in self.page.frames]}")

    # ---- ways out

    def leave(self, way: str) -> None:
        """In one of WAYS."""
        WAYS[way](self)

    def _exit(self) -> None:
        self.page.locator("[data-exit]").first.click()
        self._is_left()

    def _save_and_exit(self) -> None:
        self.wrapper().locator("[data-end] [data-exit]").click()
        self._is_left()

    def _is_left(self) -> None:
        self.page.wait_for_url(lambda url: "/launches/" not in url)

    def _close_tab(self) -> None:
        with self.page.expect_event("close"):
            self.page.close(run_before_unload=True)

    def _navigate(self) -> None:
        self.page.goto("/learn", wait_until="commit")

    def _elsewhere(self) -> None:
        self.page.goto("about:blank")

    def _back(self) -> None:
        self.page.go_back(wait_until="commit")

    def _browser_ended(self) -> None:
        """The whole profile at once: Chromium asks no page."""
        self.context.close()

    def _reload(self) -> None:
        self.page.reload(wait_until="commit")
        self._elsewhere()

    def _crash(self) -> None:
        """Every tab breaks, the browser stays; it is ended afterwards, since it waits for its tabs."""
        self.machine.signal("--type=renderer")
        time.sleep(0.2)
        self.machine.kill()

    def freeze(self) -> None:
        """The laptop is shut: no script runs any more."""
        self.context.new_cdp_session(self.page).send("Page.setWebLifecycleState", {"state": "frozen"})

    def wake(self) -> None:
        self.context.new_cdp_session(self.page).send("Page.setWebLifecycleState", {"state": "active"})

    def _asleep_and_killed(self) -> None:
        self.freeze()
        self.machine.kill()

    def _kill(self) -> None:
        self.machine.kill()


WAYS: dict[str, Callable[[Window], None]] = {
    "exit": Window._exit,
    "save and exit": Window._save_and_exit,  # as the player offers once the content is done
    "countdown": Window._is_left,
    "close tab": Window._close_tab,
    "navigate away": Window._navigate,
    "another site": Window._elsewhere,
    "back": Window._back,
    "browser ended": Window._browser_ended,
    "reload": Window._reload,
    "kill": Window._kill,
    "crash": Window._crash,
    "asleep and killed": Window._asleep_and_killed,
}
