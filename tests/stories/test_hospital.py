"""Story 1 of the specification, from an empty database: annual HIPAA privacy training for a hospital of 500.

ORG-4, ORG-5, CRS-1, CRS-3, QIZ-3, ASG-4, REM-2, CRT-1, EVD-7, DSH-1, HRD-2, HRD-4, REP-1: nine steps, each by the
person whose work it is, in a real browser, with real PostgreSQL, queue, worker and SMTP.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from lmsapp.demo.content import CourseContent, load_courses
from lmsapp.people.roles import Role
from tests.browser import LiveServer
from tests.stories.authoring import state_the_rule, write_course
from tests.stories.learning import goes_on, take_lesson, take_quiz
from tests.stories.people import PASSWORD, first_account, letters, link_in, sign_in
from tests.stories.roster import as_file, hospital

PATIENCE = 60_000  # milliseconds: a busy machine is slow, not wrong
ROLES = ("RN", "LPN", "Admin", "Technician")


def test_from_roster_to_filed_evidence(live_server: LiveServer, new_page: Callable[..., Page]) -> None:
    """Story 1: 500 auditable records, no spreadsheet."""
    expect.set_options(timeout=PATIENCE)
    visitor = patient(new_page)
    first_account(live_server, "Hana Novák", "hana@hospital.example", Role.HR_MANAGER)
    first_account(live_server, "Carla Reyes", "carla@hospital.example", Role.COURSE_CREATOR)
    first_account(live_server, "Milo Brandt", "milo@hospital.example", Role.MODERATOR)
    live_server.start_worker()
    live_server.start_scheduler()
    content = next(course for course in load_courses() if course.slug == "hipaa-privacy-basics")
    hr = sign_in(visitor(), "hana@hospital.example")

    people = import_the_roster(hr)
    nurse = next(row for row in people.values() if row["Job Title"] == "RN")
    write_and_publish(sign_in(visitor(), "carla@hospital.example"), content)
    reached = sum(row["Job Title"] in ROLES for row in people.values())
    due_on = dt.datetime.now(ZoneInfo(live_server.environment["LMS_TIME_ZONE"])).date() + dt.timedelta(days=30)
    assign_by_role(sign_in(visitor(), "milo@hospital.example"), content, reached, due_on)

    learner = accept_the_invitation(live_server, visitor(), nurse)
    the_reminder_arrives(live_server, nurse, content)
    learn_and_pass(learner, content, due_on)
    the_certificate_arrives(live_server, learner, nurse, content)

    manager = people[nurse["Manager Number"]]
    filter_the_team(accept_the_invitation(live_server, visitor(), manager), people, manager, nurse, content)
    file_and_mark_complete(hr, nurse, content)
    download_the_report(hr, content, reached, nurse)


def patient(new_page: Callable[..., Page]) -> Callable[[], Page]:
    def make() -> Page:
        page = new_page()
        page.set_default_timeout(PATIENCE)
        return page

    return make


def import_the_roster(page: Page) -> dict[str, dict[str, str]]:
    """Step 1: dry run, bad rows named by line, nothing half-imported, then applied; again changes nothing."""
    good, people = hospital()
    rows = [dict(row) for row in people.values()]
    rows[41]["Hire Date"] = "31/31/2020"
    rows[77]["Manager Number"] = "H99999"
    upload(page, "hospital-with-mistakes.csv", as_file(rows))
    expect(page.get_by_text("This file cannot be applied yet")).to_be_visible()
    problems = page.get_by_role("table", name="Lines to correct")
    for line in ("43", "79"):
        expect(problems.get_by_role("cell", name=line, exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Apply")).to_have_count(0)
    upload(page, "hospital.csv", good)
    expect(page.locator("a.tile[href*='show=joiner']")).to_contain_text("500")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", name="Roster applied")).to_be_visible(timeout=60_000)
    upload(page, "hospital.csv", good, known=True)
    expect(page.get_by_text("Columns as on")).to_be_visible()
    expect(page.get_by_text("No changes")).to_be_visible()
    return people


def upload(page: Page, name: str, content: bytes, *, known: bool = False) -> None:
    """Up to the dry run; `known` columns are not asked for again."""
    page.goto("/hr/roster")
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Upload").click()
    if not known:
        page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_role("heading", name="Dry run")).to_be_visible()


def write_and_publish(page: Page, content: CourseContent) -> None:
    """Step 2: chapters, texts, a PDF, a video, a signature, ten questions, the rule; then published."""
    write_course(page, content)
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)
    outline = page.url
    state_the_rule(page, 80)
    page.goto(outline)
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Learners see what you see here.")).to_be_visible()


def assign_by_role(page: Page, content: CourseContent, reached: int, due_on: dt.date) -> None:
    """Step 3: to RN, LPN, Admin, Technician, due in exactly 30 days; a second time nothing is doubled."""
    for created in (reached, 0):
        page.goto("/studio/assignments/new")
        page.get_by_label("Course").select_option(label=content.title)
        for role in ROLES:
            page.get_by_role("checkbox", name=re.compile(rf"^{role}\b")).check()
        expect(page.locator("#reach")).to_contain_text(f"This reaches {reached} people")
        page.get_by_label("Due").fill(due_on.isoformat())
        page.get_by_label(re.compile("Remind")).fill("30, 14, 3")
        page.get_by_role("button", name="Assign").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(f"Assigned to {created} people", timeout=60_000)
    page.goto("/studio/assignments")
    expect(page.get_by_text("TA-0001").first).to_be_visible()


def accept_the_invitation(server: LiveServer, page: Page, row: dict[str, str]) -> Page:
    """Day one: the link of the letter sets a password, once, and signs in."""
    (letter,) = letters(server, row["Work E-mail"], "", seconds=60)[:1]
    link = link_in(letter, "/invitation/")
    page.goto(link)
    page.locator("input[type=password]").first.fill(PASSWORD)
    page.get_by_role("button", name="Set password and sign in").click()
    page.wait_for_url(lambda url: "/invitation/" not in url)
    return page


def the_reminder_arrives(server: LiveServer, row: dict[str, str], content: CourseContent) -> None:
    """Step 4: 30 days before the due date, over SMTP, with one link to the course; once."""
    found = letters(server, row["Work E-mail"], f"Training Reminder: {content.title}", seconds=120)
    assert len(found) == 1
    assert link_in(found[0], "/learn/courses/")


def learn_and_pass(page: Page, content: CourseContent, due_on: dt.date) -> None:
    """Step 5: the assignment on the home page, the lessons, the quiz; progress and status change at once."""
    page.goto("/learn/")
    due = page.locator(".due").filter(has_text=content.title)
    expect(due).to_contain_text("TA-")
    expect(due.locator("time")).to_have_attribute("datetime", due_on.isoformat())
    expect(due).to_contain_text("Pending")
    due.get_by_role("link", name=content.title).first.click()
    page.get_by_role("link", name="Start").first.click()
    lessons = [lesson for chapter in content.chapters for lesson in chapter.lessons]
    for number, lesson in enumerate(lessons, start=1):
        if lesson.kind == "quiz":
            assert lesson.quiz is not None
            take_quiz(page, lesson.quiz)
            expect(page.get_by_role("heading", level=1)).to_contain_text("You passed with 100")
        else:
            take_lesson(page, lesson)
            expect(page.locator(".focus-progress")).to_contain_text(f"{number} of {len(lessons)} done")
        if number < len(lessons) and not goes_on(lesson):
            page.get_by_role("link", name="Next lesson").first.click()


def the_certificate_arrives(server: LiveServer, page: Page, row: dict[str, str], content: CourseContent) -> None:
    """Step 6: waiting, then ready without a reload; certificate and quiz report as PDFs; the certificate by mail."""
    page.goto("/learn/")
    expect(page.locator(".due").filter(has_text=content.title)).to_have_count(0)
    page.get_by_role("link", name=content.title).first.click()
    ready = page.locator("[id^=paper-certificate]")
    expect(ready.get_by_role("link", name="PDF")).to_be_visible(timeout=60_000)
    with page.expect_download() as download:
        ready.get_by_role("link", name="PDF").click()
    pdf = download.value.path().read_bytes()
    assert pdf.startswith(b"%PDF") and b"/ByteRange" in pdf, "signed"
    (letter,) = letters(server, row["Work E-mail"], content.title, at_least=3, seconds=60)[-1:]
    attached = [part for part in letter.iter_attachments() if part.get_content_type() == "application/pdf"]
    assert [part.get_payload(decode=True) for part in attached] == [pdf]


def filter_the_team(
    page: Page,
    people: dict[str, dict[str, str]],
    manager: dict[str, str],
    nurse: dict[str, str],
    content: CourseContent,
) -> None:
    """Step 7: own line only; filters change the table in place, the address bar follows, back works."""
    own = [row for row in people.values() if row["Manager Number"] == manager["Employee Number"]]
    assigned = [row for row in own if row["Job Title"] in ROLES]
    page.goto("/team")
    expect(page.get_by_text(f"{len(own)} people on your line")).to_be_visible()
    expect(page.get_by_text(f"{len(assigned) - 1} open assignments")).to_be_visible()
    page.evaluate("window.unreloaded = true")
    page.locator("summary").filter(has_text="Role").click()
    page.get_by_role("checkbox", name=re.compile(r"^LPN\b")).check()
    lpn = sum(row["Job Title"] == "LPN" for row in own)
    expect(page.get_by_text(f"{lpn} assignments match")).to_be_visible()
    assert "role=LPN" in page.url
    page.go_back()
    expect(page.get_by_text(f"{len(assigned) - 1} open assignments")).to_be_visible()
    assert "role=" not in page.url
    page.goto("/team?status=Completed")
    table = page.get_by_role("table", name="People and training")
    expect(table.locator("tbody tr")).to_have_count(1)
    expect(table).to_contain_text(f"{nurse['First Name']} {nurse['Last Name']}")
    expect(table).to_contain_text("Completed")


def file_and_mark_complete(page: Page, nurse: dict[str, str], content: CourseContent) -> None:
    """Step 8: both PDFs filed in one step each; compliance marked with evidence and a computed renewal date."""
    page.goto("/hr/compliance-types/new")
    page.get_by_label("Name").fill("HIPAA privacy")
    page.get_by_label("Regulator").fill("HHS")
    page.get_by_label(re.compile("Renew")).fill("12")
    page.get_by_label("Training that supports it").select_option(label=content.title)
    page.get_by_role("button", name="Save").click()
    page.goto(f"/hr/employees?q={nurse['Employee Number']}")
    page.get_by_role("link", name=f"{nurse['First Name']} {nurse['Last Name']}").first.click()
    for left in (2, 1):
        expect(page.get_by_role("button", name="File it")).to_have_count(left, timeout=60_000)
        page.get_by_role("button", name="File it").first.click()
    expect(page.locator("#unfiled")).to_have_count(0)
    page.locator(".ledger").get_by_role("link", name="HIPAA privacy", exact=True).click()
    today = page.get_by_label("Completed on").input_value()
    assert today, "proposed from learning"
    renewal = dt.date.fromisoformat(today).replace(year=int(today[:4]) + 1)
    expect(page.locator("#renewal")).to_contain_text(str(renewal.year))
    page.get_by_label("Evidence").select_option(index=1)
    page.get_by_role("button", name="Mark complete").click()
    expect(page.get_by_text("Complete").first).to_be_visible()
    expect(page.get_by_text(str(renewal.year)).first).to_be_visible()


def download_the_report(page: Page, content: CourseContent, reached: int, nurse: dict[str, str]) -> None:
    """Step 9: the completion report by department, as CSV."""
    page.goto("/hr/reports/completion")
    page.locator("summary").filter(has_text="Course").click()
    page.get_by_role("checkbox", name=re.compile(re.escape(content.title))).check()
    page.wait_for_url(re.compile("course="))
    expect(page.get_by_role("table", name="Completion by department")).to_contain_text(nurse["Department"])
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").first.click()
    text = download.value.path().read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == reached
    done = [row for row in rows if row["Status"] == "Completed"]
    assert [row["Employee number"] for row in done] == [nurse["Employee Number"]]
    assert done[0]["Department"] == nurse["Department"]
