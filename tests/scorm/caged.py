"""A hostile package in a real browser, in the player of a learner who is signed in; and what the world looks like after
each thing it tried (SCO-4).

An attack succeeded when its own script says so, or when anything changed that is not its own: a page, a cookie, a row.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from itsdangerous import BadSignature
from playwright.sync_api import Browser, BrowserContext, Dialog, Error, Frame, Page, Request
from sqlalchemy import delete, func, select

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import LessonProgress
from lmsapp.learning.notes.models import LessonNote
from lmsapp.learning.scorm.launches.tokens import LATE, digest_of, token_of
from lmsapp.learning.scorm.models import ScormAttempt, ScormCommit, ScormLaunch, ScormSco
from lmsapp.web.two_hosts import OurSessions
from tests.client import PageClient
from tests.scorm import hostile
from tests.scorm.launched import Launched

MARKER = "a-secret-of-the-application"
# Devices say yes to whoever the policy lets ask, and windows open unasked: it is not the browser's caution we try.
BOLD = [
    "--disable-popup-blocking",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--ignore-certificate-errors",
    "--auto-select-desktop-capture-source=Entire screen",
]
GRANTED = ["geolocation", "notifications", "clipboard-read", "camera", "microphone"]
MARK = f"""() => {{ window.secretOfOurs = "{MARKER}"; document.cookie = "ours={MARKER}; path=/";
  localStorage.setItem("ours", "{MARKER}"); indexedDB.open("ours") }}"""
CSRF = re.compile(r'"X-CSRFToken": ?"([^"]+)"|name="csrf_token"[^>]* value="([^"]+)"')
# What has to succeed in a page of the application itself, by the same script and the same eyes. No
# script of ours would run as a service worker; that the content's is refused for what it is: tests/web/content/test_hosts.
MUST_SUCCEED = (
    "read the cookies",
    "read the cookies by the cookie store",
    "read the page above",
    "read a variable above",
    "read the address above",
    "read the storage above",
    "read the storage",
    "read the databases",
    "walk over all frames",
    "fetch a page with the session",
    "ask for a page by XMLHttpRequest",
    "show a picture of ours",
    "run a script of ours",
    "use a style of ours",
    "read a page of ours in a window",
    "post by fetch",
    "post by fetch without asking",
    "post with the token as a header",
    "post by XMLHttpRequest",
    "post by beacon",
    "post when leaving",
    "post a form into a window",
    "navigate the top",
    "replace the top",
    "open at the top",
    "press a link at the top",
    "write into the page above",
    "write a variable above",
)
POLICY_ALONE = ("send what it knows elsewhere",)  # nothing but the content security policy stands against it


@dataclass
class Stage:
    """Lena in the hostile package; Fred in another; launches of hers that are old, or were revoked."""

    app: Flask
    url: str
    content: str
    lena: dict[str, Any] = field(default_factory=dict)
    fred: dict[str, Any] = field(default_factory=dict)
    expired: str = ""
    revoked: str = ""

    def set_up(self) -> None:
        """Everything committed."""
        with self.app.app_context():
            lena, fred = Launched("Lena Fischer", hostile.FILES), Launched("Fred Other", hostile.OTHER_FILES, "S-2")
            old, gone = lena.open(), lena.open()
            old.last_seen_at = old.created_at = clock.now() - LATE - dt.timedelta(hours=1)
            gone.revoked_at = clock.now()
            lena.launch = lena.open()
            self.expired, self.revoked = token_of(old.id), token_of(gone.id)
            self.lena, self.fred = _facts(lena), _facts(fred)
            db.session.commit()
            db.session.remove()

    def cookie(self) -> dict[str, Any]:
        """A session of Lena's, as a browser keeps it."""
        client = PageClient(self.app)
        client.sign_in(self.lena["user_id"])
        client.get("/account", buffered=True, base_url=self.url.replace("http://", "https://"))
        name = self.app.config["SESSION_COOKIE_NAME"]
        host = urlsplit(self.url).hostname or ""
        found = client.get_cookie(name, host) or client.get_cookie(name)
        assert found is not None
        kept = {"name": name, "value": found.value, "url": self.url, "httpOnly": True, "sameSite": "Lax"}
        return kept | {"secure": self.app.config["SESSION_COOKIE_SECURE"]}

    @property
    def page(self) -> str:
        """A page of the application that names Lena."""
        return f"{self.url}/account"

    @property
    def player(self) -> str:
        lena = self.lena
        return f"{self.url}/learn/courses/{lena['course_id']}/lessons/{lena['lesson_id']}/launches/{lena['launch_id']}"

    @property
    def note(self) -> str:
        return f"{self.url}/learn/courses/{self.lena['course_id']}/lessons/{self.lena['lesson_id']}/note"

    def aims(self, csrf: str, canary: str) -> dict[str, Any]:
        """What there is to gain."""
        own, other = self.lena["token"], self.fred["token"]
        guesses = ["1", "A" * 43, own[:-1], own[::-1], own.swapcase(), digest_of(own), digest_of(other)]
        others = [{name: self.fred[name] for name in ("attempt_id", "launch_id", "lesson_id", "package_id", "user_id")}]
        return {
            "lms": self.url,
            "page": self.page,
            "picture": f"{self.url}/static/badge.png",
            "note": self.note,
            "name": self.lena["name"],
            "marker": MARKER,
            "csrf": csrf,
            "elsewhere": f"{self.url}/help/privacy",
            "canary": canary,
            "own": own,
            "guesses": guesses,
            "expired": self.expired,
            "revoked": self.revoked,
            "others": [*others, {**others[0], "token": digest_of(other), "enrollment_id": self.fred["enrollment_id"]}],
            "paths": hostile.ways_to(digest_of(own), digest_of(other)),
            "treasure": hostile.TREASURE,
        }

    def rows(self) -> dict[str, Any]:
        """What nobody but the application itself may change, and what only others may."""
        with self.app.app_context():
            fred, own = self.fred, self.lena["enrollment_id"]
            others = (LessonProgress.done_at.is_not(None), LessonProgress.enrollment_id != own)
            told = {
                "notes": _count(LessonNote),
                "Fred's attempt": db.session.scalar(
                    select(ScormAttempt.completion).where(ScormAttempt.id == fred["attempt_id"])
                ),
                "Fred's part": db.session.scalar(
                    select(ScormSco.completion).where(ScormSco.attempt_id == fred["attempt_id"])
                ),
                "commits of other launches": _count(ScormCommit, ScormCommit.launch_id != self.lena["launch_id"]),
                "launches": _count(ScormLaunch),
                "lessons of others done": _count(LessonProgress, *others),
            }
            db.session.remove()
            return told

    def forget_notes(self) -> None:
        with self.app.app_context():
            db.session.execute(delete(LessonNote))
            db.session.commit()
            db.session.remove()


def _count(model: Any, *where: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def _facts(scene: Launched) -> dict[str, Any]:
    return {
        "name": scene.name,
        "user_id": scene.person.user.id,
        "course_id": scene.course.id,
        "lesson_id": scene.lesson.id,
        "enrollment_id": scene.enrollment.id,
        "attempt_id": scene.launch.attempt_id,
        "launch_id": scene.launch.id,
        "package_id": scene.package.id,
        "token": scene.token,
    }


class Canary(ThreadingHTTPServer):
    """Somebody else's host; counts who calls."""

    daemon_threads = True
    hits = 0


@contextmanager
def canary() -> Iterator[Canary]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.hits += 1
            self.send_response(204)
            self.end_headers()

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    server = Canary(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Try:
    """One browser window of Lena's, and the place in it from which attacks are made."""

    stage: Stage
    browser: Browser
    listener: Canary
    inside: bool = True  # in the frame of the content; else in a page of the application
    options: dict[str, Any] = field(default_factory=dict)
    context: BrowserContext = field(init=False)
    page: Page = field(init=False)
    csrf: str = ""
    url: str = ""
    leaving: set[Request] = field(default_factory=set)  # asked for in the place of the page, and not answered yet

    def __enter__(self) -> Try:
        self.context = self.browser.new_context(**{"locale": "en-US", "ignore_https_errors": True, **self.options})
        self.context.set_default_timeout(30_000)
        self.context.grant_permissions(GRANTED, origin=self.stage.content)
        self.context.on("dialog", _dismiss)
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def open(self) -> None:
        """From the start: signed in, the secrets laid out, the package playing."""
        self.context.clear_cookies()
        self.context.add_cookies([self.stage.cookie()])  # type: ignore[list-item]
        others, self.page = self.context.pages, self.context.new_page()  # the old one may be on its way elsewhere
        for other in others:
            other.close()
        self.leaving.clear()
        self.page.on("request", self._goes)
        self.page.on("requestfinished", self._went)
        self.page.on("requestfailed", self._went)
        self.page.goto(self.stage.page)
        found = CSRF.search(self.page.content().replace("&#34;", '"').replace("&quot;", '"'))
        assert found is not None
        self.csrf = found[1] or found[2]
        if self.inside:
            self.page.goto(self.stage.player)
        self.page.evaluate(MARK)
        self.url = self.page.url
        self.place().evaluate(hostile.SCRIPT)

    def _goes(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame == self.page.main_frame:
            self.leaving.add(request)

    def _went(self, request: Request) -> None:
        self.leaving.discard(request)

    def _arrive(self) -> None:
        """A page that is on its way elsewhere is there, however long the answer takes: else it would count as staying."""
        for _try in range(300):
            if not self.leaving:
                return
            self.page.wait_for_timeout(100)
        raise Error(f"never answered: {[one.url for one in self.leaving]}")

    def place(self) -> Page | Frame:
        """Where attacks are made."""
        if not self.inside:
            return self.page
        for _try in range(100):
            for frame in self.page.frames:
                if f"/files/{hostile.START}" in frame.url and frame.url.startswith(self.stage.content):
                    frame.wait_for_load_state()
                    return frame
            self.page.wait_for_timeout(100)
        raise Error(f"the package never played: {[frame.url for frame in self.page.frames]}")

    def attempt(self, name: str) -> str:
        """Try one. '' when nothing was achieved, else what."""
        before, hits = self.stage.rows(), self.listener.hits
        aims = self.stage.aims(self.csrf, f"http://127.0.0.1:{self.listener.server_port}")
        if not self.inside:
            aims["serviceWorker"] = "/static/theme.js"
        said: object = ""
        with suppress(Error):  # where the page is gone, the world says so
            said = self.place().evaluate("([name, aims]) => window.tryOne(name, aims)", [name, aims])
        self._arrive()
        changed = [*self.changes(before, hits)]
        if changed or self.moved():
            self.stage.forget_notes()
            self.open()
        return ", ".join([*(["its own word"] if said is True else []), *changed])

    def changes(self, before: dict[str, Any], hits: int) -> Iterable[str]:
        """What is not as it was."""
        after = self.stage.rows()
        yield from (f"{name}: {before[name]} -> {after[name]}" for name in before if before[name] != after[name])
        if self.listener.hits != hits:
            yield "somebody else was called"
        if self.moved():
            yield f"the page is now {self.page.url}"
        elif self._is_written_on():
            yield "the page above was changed"
        name = self.stage.app.config["SESSION_COOKIE_NAME"]
        ours = [one for one in self.context.cookies(self.stage.url) if one["name"] == name]  # type: ignore[typeddict-item]
        if [self._whose(one["value"]) for one in ours] != [self.stage.lena["user_id"]]:
            yield "the session's cookie was changed"
        if any(self.stage.lena["name"] in _text(frame) for frame in self._foreign_frames()):
            yield "a page of ours is shown in a frame"

    def _whose(self, cookie: str) -> int:
        """The id of the user whose session it is; 0 for nobody's."""
        reader = OurSessions().get_signing_serializer(self.stage.app)
        assert reader is not None
        try:
            kept = reader.loads(cookie)
        except BadSignature:
            return 0
        return int(str(kept.get("_user_id", "0")).partition(".")[0])

    def _is_written_on(self) -> bool:
        try:
            return bool(self.page.evaluate("() => window.takenBy || document.body.innerText.includes('taken')"))
        except Error:  # it is leaving just now
            self.page.wait_for_load_state()
            return True

    def moved(self) -> bool:
        return self.page.url.partition("#")[0] != self.url.partition("#")[0]

    def _foreign_frames(self) -> list[Frame]:
        return [one for one in self.page.frames[1:] if one.url.startswith(self.stage.url)] if self.inside else []

    def signed_out(self) -> str:
        """'' while the learner's session outlives it all, else what they see instead."""
        other = self.context.new_page()
        try:
            answer = other.goto(self.stage.page)
            there = self.stage.lena["name"] in other.content()
            return "" if there else f"{answer.status if answer else ''} {other.url} {other.title()}"
        finally:
            other.close()


def _text(frame: Frame) -> str:
    try:
        return frame.content()
    except Error:
        return ""


def _dismiss(dialog: Dialog) -> None:
    with suppress(Error):
        dialog.dismiss()


def names() -> list[str]:
    """Every attack there is."""
    return re.findall(r'^    "([^"]+)":', hostile.SCRIPT, re.MULTILINE)


def attacks(trying: Try, which: Iterable[str]) -> dict[str, str]:
    """What each achieved; '' nothing."""
    return {name: trying.attempt(name) for name in which}
