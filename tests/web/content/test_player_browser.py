"""SCO-2, SCO-3: packages played in a browser, from the lesson's page to the completed course, whichever way out."""

from __future__ import annotations

import io
import zipfile

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import LiveServer
from tests.web.content.played import DESK, PHONE, Played, Window, shared, window

BASIC, PARTS = "01-golf12-runtime-basic.zip", "02-golf12-multisco-minimum.zip"
NEWER, FULL = "05-golf2004-runtime-basic.zip", "06-golf2004-runtime-advanced.zip"
present = pytest.mark.skipif(not shared(BASIC).exists(), reason="the sample packages are not part of the repository")

SCO = """<!doctype html><title>{name}</title><body><h1>{name}</h1><script>
var w = window; while (!w.API_1484_11) w = w.parent; var api = w.API_1484_11;
var begun = api.Initialize(''), found = api.GetValue('cmi.objectives.0.id') + api.GetValue('cmi.objectives.0.success_status');
function pass() {{ api.SetValue('cmi.success_status', 'passed'); api.SetValue('cmi.completion_status', 'completed'); }}
function end(request) {{ if (request) api.SetValue('adl.nav.request', request); api.Terminate(''); }}
</script>"""
ITEM = """<item identifier="{id}" identifierref="r{id}"><title>{id}</title><imsss:sequencing>{rules}</imsss:sequencing></item>"""
WAITS = """<imsss:sequencingRules><imsss:preConditionRule><imsss:ruleConditions conditionCombination="any">
<imsss:ruleCondition referencedObjective="before" operator="not" condition="objectiveStatusKnown"/>
<imsss:ruleCondition referencedObjective="before" operator="not" condition="satisfied"/></imsss:ruleConditions>
<imsss:ruleAction action="disabled"/></imsss:preConditionRule></imsss:sequencingRules>
<imsss:objectives><imsss:primaryObjective objectiveID="own"/><imsss:objective objectiveID="before">
<imsss:mapInfo targetObjectiveID="safe" readSatisfiedStatus="true"/></imsss:objective></imsss:objectives>"""
WRITES = """<imsss:objectives><imsss:primaryObjective objectiveID="safe-own">
<imsss:mapInfo targetObjectiveID="safe" writeSatisfiedStatus="true"/></imsss:primaryObjective></imsss:objectives>"""


def sequenced() -> bytes:
    """SCORM 2004: 'Two' opens once 'One' is passed, known by a global objective; 'Three' is open."""
    rules = {"One": WRITES, "Two": WAITS, "Three": ""}
    items = "".join(ITEM.format(id=name, rules=rule) for name, rule in rules.items())
    linked = "".join(
        f'<resource identifier="r{name}" type="webcontent" adlcp:scormType="sco" href="{name}.html">'
        f'<file href="{name}.html"/></resource>'
        for name in rules
    )
    manifest = f"""<?xml version="1.0"?><manifest identifier="m" version="1"
 xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"
 xmlns:imsss="http://www.imsglobal.org/xsd/imsss"><metadata><schema>ADL SCORM</schema>
 <schemaversion>2004 4th Edition</schemaversion></metadata><organizations default="o"><organization identifier="o">
 <title>In order</title>{items}<imsss:sequencing><imsss:controlMode choice="true" flow="true"/></imsss:sequencing>
 </organization></organizations><resources>{linked}</resources></manifest>"""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("imsmanifest.xml", manifest)
        for name in rules:
            archive.writestr(f"{name}.html", SCO.format(name=name))
    return kept.getvalue()


def to_the_quiz(seen: Window) -> None:
    """The last page of a golf course."""
    onward = seen.content.locator("#butNext")
    onward.wait_for()
    while onward.is_enabled():
        onward.click()


def hand_in(seen: Window) -> None:
    quiz = seen.content.frame_locator("#contentFrame")
    quiz.locator("input[type=button], input[type=submit]").last.click()


@present
def test_left_half_way_resumed_and_finished(live_server: LiveServer, browser: Browser) -> None:
    """SCO-2, SCO-3: SCORM 1.2 with bookmark and quiz: left and resumed on a phone; the end is shown beside the content
    with a countdown that waits while the learner works; without any press the lesson closes, complete."""
    played = Played.of(live_server, "Basic", shared(BASIC).read_bytes(), close_after=2)
    with window(browser, played, DESK) as seen:
        seen.start().content.locator("#butNext").click()
        seen.exit()
    with window(browser, played, PHONE) as seen:
        seen.start()
        to_the_quiz(seen)
        assert seen.dialogs == ["Would you like to resume from where you previously left off?"]
        expect(seen.wrapper.locator("[data-end-title]")).to_have_text("Finished. Your result is saved.")
        assert played.held()[0].completed_at is not None, "complete before anything is pressed"
        end, frame = seen.wrapper.locator("[data-end]").bounding_box(), seen.wrapper.locator(".content").bounding_box()
        assert end and frame and frame["y"] + frame["height"] <= end["y"] + 1, "not over the content"
        assert seen.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        seen.page.set_viewport_size(DESK)
        expect(seen.wrapper.locator("#outline")).to_be_hidden()  # turned: one part has nothing to list
        seen.page.set_viewport_size(PHONE)
        seen.content.locator("#butPrevious").hover()
        expect(seen.wrapper.locator("[data-end-clock]")).to_have_text("Waits while you work")
        seen.page.wait_for_url(f"**{played.lesson}", timeout=15_000)
        expect(seen.page.locator("#package")).to_contain_text("Look again")


@present
def test_many_parts_by_outline_and_keyboard(live_server: LiveServer, browser: Browser) -> None:
    """SCO-2: 18 SCOs that only begin and end: by Next, by the outline, by keyboard, as a sheet on a phone; each is
    finished as it is left, and the list says so."""
    played = Played.of(live_server, "Parts", shared(PARTS).read_bytes())
    with window(browser, played, PHONE) as seen:
        seen.start().content.locator("h1").first.wait_for()
        seen.wrapper.locator("[data-next]").click()
        expect(seen.wrapper.locator("[data-part-title]")).to_have_text("Par?")
        seen.content.locator("h1").first.wait_for()
        opener = seen.wrapper.locator("[data-outline-toggle]")
        expect(opener).to_have_attribute("aria-expanded", "false")
        opener.press("Enter")
        expect(seen.wrapper.locator("[data-count]")).to_have_text("1 of 18 parts done")
        expect(seen.wrapper.locator("[data-part=playing_par_item]")).to_be_focused()
        seen.page.keyboard.press("Escape")
        expect(opener).to_be_focused()
        opener.press("Enter")
        seen.page.keyboard.press("ArrowDown")
        seen.page.keyboard.press("Enter")
        expect(seen.wrapper.locator("[data-part-title]")).to_have_text("Keeping Score")
        seen.content.locator("h1").first.wait_for()
        seen.exit()
        expect(seen.page.locator("main")).to_contain_text("3 of 18 parts done")
    assert [one.completion for one in played.held()[2].values()] == ["completed"] * 3


@present
@pytest.mark.parametrize("package", [NEWER, FULL])
def test_2004_with_objectives_and_interactions(live_server: LiveServer, browser: Browser, package: str) -> None:
    """SCO-2, SCO-3: SCORM 2004, with the objectives its manifest names found from the start; its own Exit closes it."""
    played = Played.of(live_server, f"Golf{package[1]}", shared(package).read_bytes(), done_when="completed")
    with window(browser, played, DESK) as seen:
        seen.start()
        to_the_quiz(seen)
        hand_in(seen)
        seen.content.locator("#butExit").click()
        seen.page.wait_for_url(f"**{played.lesson}")
        assert not seen.dialogs, "no complaint about an objective it could not find"
    enrollment, attempt, parts = played.held()
    assert enrollment.completed_at is not None and attempt.score is not None and attempt.success == "failed"
    cmi = parts["item_1"].cmi
    if package == FULL:
        assert cmi["cmi.objectives.1.id"] == "obj_etiquette" and "cmi.interactions.0.id" in cmi


def test_sequenced_parts_open_by_what_was_passed(live_server: LiveServer, browser: Browser) -> None:
    """SCO-2: a part that waits says so; passing the first opens it, known by a global objective; a course that was cut
    off in the middle goes on where it was; what content asks for (Next, leave) is done."""
    played = Played.of(live_server, "Ordered", sequenced())
    with window(browser, played, DESK) as seen:
        here = seen.start().wrapper.locator("body")
        expect(here).to_have_attribute("data-item", "One")
        seen.content.locator("h1").wait_for()
        expect(seen.wrapper.locator("[data-part=Two]")).to_contain_text("Not open yet")
        seen.content.locator("body").evaluate("() => { pass(); end('continue'); }")
        expect(here).to_have_attribute("data-item", "Two")
        seen.content.locator("h1").wait_for()
        found = seen.content.locator("body").evaluate(
            "() => [0, 1].map((n) => api.GetValue(`cmi.objectives.${n}.id`) + api.GetValue(`cmi.objectives.${n}.success_status`))"
        )
        assert "beforepassed" in found
        seen.page.close()  # cut off
    with window(browser, played, DESK) as seen:
        here = seen.start().wrapper.locator("body")
        expect(here).to_have_attribute("data-item", "Two")
        seen.content.locator("body").evaluate("() => pass()")
        seen.wrapper.locator("[data-next]").click()
        expect(here).to_have_attribute("data-item", "Three")
        seen.content.locator("body").evaluate("() => { pass(); end('suspendAll'); }")
        seen.page.wait_for_url(f"**{played.lesson}")
    enrollment, attempt, _parts = played.held()
    assert enrollment.completed_at is not None and attempt.success == "passed" and attempt.sequencing


def test_the_network_fails_and_the_browser_remembers(live_server: LiveServer, browser: Browser) -> None:
    """SCO-3: offline, the player says so, Commit tells the content the truth, and all arrives when the network is back;
    what a page could not send at all is sent by the next one. Calls out of turn get the errors of the book."""
    played = Played.of(live_server, "Offline", sequenced(), done_when="passed", of="any")
    with window(browser, played, DESK) as seen:
        seen.start()
        say = seen.content.locator("body")
        say.wait_for()
        errors = "() => [api.Initialize(''), api.GetLastError(), api.GetValue('cmi.nothing'), api.GetLastError()]"
        assert say.evaluate(errors) == ["false", "103", "", "401"]
        say.evaluate("() => top.postMessage({ lms: 'player', said: 'exit' }, '*')")  # not the wrapper: not heard
        seen.context.set_offline(True)
        say.evaluate("() => api.SetValue('cmi.location', 'p9')")
        state = seen.page.locator("[data-player-state=unsaved]")
        state.wait_for()
        expect(seen.wrapper.locator("[data-saved]")).to_have_text("Not saved yet – trying again")
        assert say.evaluate("() => [api.Commit(''), api.GetLastError()]") == ["false", "391"]
        say.evaluate("() => pass()")
        assert played.held()[2]["One"].success == "unknown"
        seen.context.set_offline(False)
        seen.saved()
        assert played.held()[2]["One"].success == "passed" and played.held()[0].completed_at is not None
        say.evaluate("() => end()")
        late = "() => [api.SetValue('cmi.location', 'x'), api.GetLastError(), api.Terminate(''), api.GetLastError()]"
        assert say.evaluate(late) == ["false", "133", "false", "113"]
