"""SCO-2: the run-time that content finds, against a server of a few lines: errors by the book, pages that each begin and
end, the time a package allows, storage that tells nobody else anything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.web.content.standin import Package, StandIn

PAGE = b"""<!doctype html><title>SCO</title><body><h1>SCO</h1><script>
var w = window; while (!w.API) w = w.parent; var api = w.API;
function say(name) { var answer = api['LMS' + name].apply(null, [].slice.call(arguments, 1)); return answer + '/' + api.LMSGetLastError(); }
</script>"""


def item(name: str, **more: Any) -> dict[str, Any]:
    known = {
        "parent": None,
        "kind": "sco",
        "visible": True,
        "completion": "unknown",
        "success": "unknown",
        "hide_ui": [],
    }
    return {"id": name, "title": name.title(), "href": "a.html", **known, **more}


@contextmanager
def playing(browser: Browser, *items: dict[str, Any], **said: Any) -> Iterator[tuple[StandIn, Page]]:
    """A package of two pages in a window of its own."""
    stand = StandIn(Package("1.2", "Small", list(items), {"a.html": PAGE, "b.html": PAGE}), **said)
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(stand.url)
    page.frame_locator("iframe.content").locator("h1").wait_for()
    yield stand, page
    page.close()
    stand.stop()


def said(page: Page, *calls: str) -> list[str]:
    """Answers and error codes of these calls, in the content's own frame."""
    frame = next(one for one in page.frames if "/files/" in one.url)
    return [str(frame.evaluate(f"say({call})")) for call in calls]


def test_calls_out_of_turn_get_the_errors_of_the_book(browser: Browser) -> None:
    """SCO-2: SCORM 1.2 RTE 3.3: before it begins, twice, wrong arguments, what may not be read or written, after it
    ended; the next page of the same SCO may begin again where it left."""
    with playing(browser, item("a")) as (stand, page):
        early = said(
            page, "'GetValue','cmi.core.entry'", "'SetValue','cmi.core.exit','suspend'", "'Commit',''", "'Finish',''"
        )
        assert early == ["/301", "false/301", "false/301", "false/301"]
        assert said(page, "'Initialize','x'", "'Initialize',''", "'Initialize',''") == [
            "false/201",
            "true/0",
            "false/101",
        ]
        names = (
            "'GetValue','cmi.core.student_name'",
            "'GetValue','cmi.core.entry'",
            "'GetValue','cmi.core.lesson_status'",
        )
        assert said(page, *names) == ["Learner, Lena/0", "ab-initio/0", "not attempted/0"]
        wrong = (
            "'SetValue','cmi.core.student_name','Me'",
            "'SetValue','cmi.core.lesson_status','great'",
            "'GetValue','cmi.core.exit'",
            "'GetValue','cmi.no.such'",
        )
        assert said(page, *wrong) == ["false/403", "false/405", "/404", "/401"]
        right = (
            "'SetValue','cmi.core.lesson_location','p3'",
            "'SetValue','cmi.suspend_data','x'.repeat(9000)",
            "'Commit',''",
        )
        assert said(page, *right) == ["true/0"] * 3
        assert said(
            page, "'Finish',''", "'Finish',''", "'SetValue','cmi.core.lesson_location','p4'", "'Commit',''"
        ) == [
            "true/0",
            "false/301",
            "false/301",
            "false/301",
        ]
        expect(page.locator("[data-end-title]")).to_have_text("Finished. Your result is saved.")
        assert stand.said["cmi.core.lesson_location"] == "p3" and len(stand.said["cmi.suspend_data"]) == 9000
        assert [one["how"] for one in stand.commits].count("finish") == 1
        page.evaluate("document.querySelector('iframe.content').contentWindow.location = 'files/b.html'")
        page.frame_locator("iframe.content").locator("h1").wait_for()
        page.wait_for_function(
            "document.querySelector('iframe.content').contentWindow.location.pathname.endsWith('b.html')"
        )
        again = (
            "'Initialize',''",
            "'GetValue','cmi.core.entry'",
            "'GetValue','cmi.core.lesson_location'",
            "'Finish',''",
        )
        assert said(page, *again) == ["true/0", "resume/0", "p3/0", "true/0"]


def test_what_waits_says_for_what_and_time_that_is_over_says_so(browser: Browser) -> None:
    """SCO-2: a prerequisite in words, opened as soon as it is met; the time limit of the manifest, with its message; a
    value that must wait for the network lies in the browser unreadable, and goes with the next visit."""
    limits = {"cmi.student_data.max_time_allowed": "00:00:01", "cmi.student_data.time_limit_action": "continue,message"}
    items = item("a"), item("b", prerequisites="a")
    with playing(browser, *items, kept={"a": limits}) as (stand, page):
        expect(page.locator("[data-part=b]")).to_contain_text("First finish: A")
        page.locator("[data-part=b]").press("Enter")
        expect(page.locator("[data-notice-words]")).to_have_text("First finish: A")
        expect(page.locator("[data-notice-words]")).to_contain_text("The time for this part is over.")
        said(page, "'Initialize',''")
        stand.fault = lambda _body: ({}, 503)
        said(page, "'SetValue','cmi.suspend_data','my secret'", "'SetValue','cmi.core.lesson_status','completed'")
        page.wait_for_function("Object.keys(localStorage).length > 0")
        assert "secret" not in page.evaluate("JSON.stringify(localStorage)") and not stand.commits
        stand.fault = lambda body: None if body["sitting"] == 1 else ({}, 503)
        page.goto("about:blank")
        page.goto(stand.url)
        expect(page.locator("[data-part=b]")).to_contain_text("Not begun")
        assert stand.commits[-1]["sitting"] == 1 and stand.said["cmi.suspend_data"] == "my secret"
        assert page.evaluate("Object.keys(localStorage)") == []
