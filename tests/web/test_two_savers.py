"""SEC-6, UX-2: two people have the same form open. Whoever saves second is told who changed what and when; what they typed
is still there, and saved when they save once more."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import html5lib
import pytest

from lmsapp.people.labels.rules import field_name
from tests.client import PageClient
from tests.walk.stage import Stage

Fields = dict[str, list[str]]


@dataclass(frozen=True)
class Shared:
    """A page with a form that several people edit; `{x_id}` as the stage has it. `more`: what each save is asked for."""

    page: str
    field: str
    first: str
    second: str
    label: str
    more: dict[str, str] = field(default_factory=dict)


COMPLETED, COMPLETE = field_name("en", "Completed"), field_name("en", "Complete")
WHY = {"reason": "It was wrong."}
AUTHORS = (
    Shared("/studio/courses/{course_id}/settings", "title", "Of the first", "Of the second", "Title"),
    Shared("/studio/courses/{course_id}/rule", "share", "90", "80", "Share of the lessons, in per cent"),
    Shared("/studio/courses/{course_id}/validity", "validity_months", "18", "36", "Valid for (months)"),
    Shared("/studio/courses/{course_id}/certificate", "issuing", "none", "evaluation", "A certificate is issued"),
    Shared("/studio/courses/{course_id}/status-words", COMPLETED, "Done", "Certified", "Completed, English"),
    Shared("/studio/lessons/{quiz_lesson_id}", "passing_percent", "70", "60", "Passing score in per cent"),
    Shared("/studio/lessons/{work_lesson_id}", "max_mb", "5", "6", "Size of a file, in MB"),
    Shared(
        "/studio/lessons/{package_lesson_id}", "close_after", "20", "30", "Seconds until the player closes by itself"
    ),
    Shared("/studio/questions/{question_id}", "prompt", "Which one?", "Which of them?", "Question"),
    Shared("/studio/paths/{path_id}/settings", "title", "Of the first", "Of the second", "Title"),
    Shared("/studio/paths/{path_id}/certificate", "validity_months", "18", "36", "Valid for (months)"),
    Shared("/studio/paths/items/{item_id}", "section", "First steps", "Second steps", "Heading above it"),
    Shared("/studio/bank/pools/{pool_id}/settings", "title", "Of the first", "Of the second", "Name"),
    Shared("/studio/draws/{draw_id}", "points", "2.25", "3.75", "Points each"),
)
MODERATORS = (
    Shared("/studio/reminder-policies/{reminder_policy_id}", "name", "Of the first", "Of the second", "Name"),
    Shared("/studio/audiences/{audience_id}/edit", "name", "Of the first", "Of the second", "Name"),
    Shared("/studio/audiences/rules/{training_rule_id}/edit", "note", "Of the first", "Of the second", "Note"),
    Shared("/go-no-go/{checklist_id}/edit", "name", "Of the first", "Of the second", "Name"),
)
HR = (
    Shared("/hr/compliance-types/{type_id}/edit", "reference", "29 CFR 1", "29 CFR 2", "Reference"),
    Shared("/hr/compliance-types/{type_id}/words", COMPLETE, "Held", "There", "Complete, English"),
    Shared("/hr/onboarding/templates/{template_id}", "name", "Of the first", "Of the second", "Name"),
    Shared("/hr/onboarding/template-tasks/{template_task_id}", "title", "Of the first", "Of the second", "Title"),
    Shared("/hr/documents/{document_id}/about", "title", "Of the first", "Of the second", "Title", WHY),
    Shared("/hr/document-kinds/{kind_id}", "keep_years", "7", "8", "Keep for … years"),
    Shared("/hr/policies/{text_id}/drafts/en", "title", "Of the first", "Of the second", "Title"),
    Shared("/hr/retention/rules/{retention_rule_id}", "months", "84", "96", "Months", WHY),
    Shared("/hr/organisation/departments/{department_id}", "name", "Of the first", "Of the second", "Name"),
    Shared("/hr/organisation/job-roles/{value_id}", "name", "Of the first", "Of the second", "Word"),
    Shared("/hr/records/{record_id}/particulars", "trainer", "Ann One", "Ben Two", "Trainer", WHY),
    Shared("/hr/reports/schedules/{report_schedule_id}/edit", "name", "Of the first", "Of the second", "Name"),
)
ADMINISTRATION = (
    Shared("/admin/settings", "session_idle_minutes", "45", "50", "", WHY),
    Shared("/admin/links", "link_hours", "24", "36", "A link works for (hours)", WHY),
    Shared("/admin/status-words", COMPLETED, "Done", "Certified", "Completed, English"),
    Shared("/admin/channels/{channel_id}", "name", "Of the first", "Of the second", "Name"),
)


@pytest.mark.parametrize(
    ("pages", "one", "other"),
    [
        (AUTHORS, "carla", "milo"),
        (MODERATORS, "milo", "mona"),
        (HR, "hana", "hugo"),
        (ADMINISTRATION, "sam", "sam"),
    ],
    ids=["authors", "moderators", "hr", "administration"],
)
def test_the_second_is_told(client: PageClient, stage: Stage, pages: tuple[Shared, ...], one: str, other: str) -> None:
    """SEC-6, UX-2: on every page where several people edit one record, and nobody's words are lost."""
    ids = stage.of("lena").ids | stage.shared
    people = [stage.caller(name).viewer for name in (one, other)]
    assert people[0] and people[1]
    for shared in pages:
        here = shared.page.format(**ids)
        client.sign_in(people[0].user_id)
        action, opened = shown(client.get(here).text, here)
        name = called(opened, shared.field)
        assert posted(client, action, opened, {name: shared.first, **shared.more}) == 303, here
        client.sign_in(people[1].user_id)
        late = client.post(action, data={**opened, name: shared.second, **shared.more})
        assert late.status_code == 422, here
        said = unescape(late.get_data(as_text=True))
        who = (
            "You saved this in another window" if one == other else f"{people[0].name} saved this while you had it open"
        )
        assert who in said and "Nothing is saved yet." in said, here
        assert re.search(rf"Changed on both sides: {re.escape(shared.label)}[^.]*\(saved now: ", said), here
        assert value_on(client, here, shared.field) == shared.first, f"{here}: it was saved over"
        action, kept = shown(late.text, here)
        assert kept[name] == [shared.second], f"{here}: what was typed is lost"
        assert posted(client, action, kept, shared.more) == 303, here
        assert value_on(client, here, shared.field) == shared.second, here


def test_what_only_the_other_changed_comes_into_the_form(client: PageClient, stage: Stage) -> None:
    """SEC-6, UX-2: saving once more takes nothing back of what the reader left alone."""
    here = "/studio/paths/{path_id}/settings".format(**stage.of("lena").ids)
    client.sign_in(viewer_id(stage, "carla"))
    action, opened = shown(client.get(here).text, here)
    assert posted(client, action, opened, {"summary": "Theirs.", "due_days": "30"}) == 303
    client.sign_in(viewer_id(stage, "milo"))
    late = client.post(action, data={**opened, "title": "Mine"})
    said = unescape(late.get_data(as_text=True))
    assert late.status_code == 422
    assert "Changed only there, and in the form now: Summary; Days to complete it." in said
    assert "Changed on both sides" not in said
    _action, kept = shown(late.text, here)
    assert (kept["title"], kept["summary"], kept["due_days"]) == (["Mine"], ["Theirs."], ["30"])
    assert posted(client, action, kept, {}) == 303
    assert (value_on(client, here, "title"), value_on(client, here, "summary")) == ("Mine", "Theirs.")


def test_who_typed_the_same_is_not_held_up(client: PageClient, stage: Stage) -> None:
    """UX-2: nothing of anybody would be lost, so nobody is asked; nor is who saves alone, twice from one page."""
    here = "/studio/paths/{path_id}/settings".format(**stage.of("lena").ids)
    client.sign_in(viewer_id(stage, "carla"))
    action, opened = shown(client.get(here).text, here)
    assert posted(client, action, opened, {"title": "Agreed"}) == 303
    client.sign_in(viewer_id(stage, "milo"))
    assert posted(client, action, opened, {"title": "Agreed"}) == 303
    assert posted(client, action, opened | {"opened": ["bent"]}, {"title": "Bent"}) == 303


def viewer_id(stage: Stage, name: str) -> int:
    viewer = stage.caller(name).viewer
    assert viewer is not None
    return viewer.user_id


def posted(client: PageClient, action: str, fields: Fields, more: dict[str, str]) -> int:
    """Sent, and agreed to where the numbers are shown first."""
    answer = client.post(action, data={**fields, **more})
    if answer.status_code == 200:
        answer = client.post(action, data=shown(answer.text, action)[1])
    return answer.status_code


def value_on(client: PageClient, page: str, name: str) -> str:
    fields = shown(client.get(page).text, page)[1]
    return fields[called(fields, name)][0]


def called(fields: Fields, name: str) -> str:
    """What a field is called on its page: questions have their number before it."""
    return next(one for one in fields if one == name or one.endswith(f"-{name}"))


def shown(page: str, address: str) -> tuple[str, Fields]:
    """Where the form of a page that says what it showed goes, and all it would send as it stands."""
    tree: Any = html5lib.parse(page, namespaceHTMLElements=False)
    form = next(
        one for one in tree.iter("form") if any((i.get("name") or "").endswith("opened") for i in one.iter("input"))
    )
    sent: Fields = {}
    for one in form.iter():
        name, kind = one.get("name"), one.get("type")
        if not name or one.tag == "button" or kind in ("submit", "file"):
            continue
        if one.tag == "select":
            options = list(one.iter("option"))
            chosen = [o for o in options if o.get("selected") is not None] or options[:1]
            sent.setdefault(name, []).extend(o.get("value") or "" for o in chosen)
        elif one.tag == "textarea":
            sent.setdefault(name, []).append((one.text or "").removeprefix("\n"))
        elif kind not in ("checkbox", "radio") or one.get("checked") is not None:
            sent.setdefault(name, []).append(one.get("value") or "")
    return form.get("action") or address, sent
