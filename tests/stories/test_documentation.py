"""Story 4 of the specification, from an empty database: a documentation team before a sprint.

CRS-5, CRS-6, QIZ-3, ENR-7, ENR-8, ASG-2, CRT-1: due five business days before the sprint, who blocks it is seen, what
was passed lapses after a year and is renewed. The clock is moved; everything else is real.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from lmsapp.people.calendar.rules import add_working_days
from lmsapp.people.roles import Role
from tests.browser import LiveServer
from tests.stories.learning import take_quiz
from tests.stories.moderating import make_audience, open_rule, save_rule, words_of
from tests.stories.people import PASSWORD, first_account, letters, link_in, sign_in
from tests.stories.roster import HEADINGS, as_file
from tests.stories.small import Small, answer_wrong, read, read_and_pass, small_course

PATIENCE = 60_000  # milliseconds: a busy machine is slow, not wrong
AUTHOR = "carla@docs.example"
TITLE = "House Style for Writers"
TEAM, DAYS, ATTEMPTS = 25, 5, 2
PASSES, FAILS = "w101@docs.example", "w102@docs.example"


def test_who_blocks_the_sprint_and_what_lapses(live_server: LiveServer, new_page: Callable[..., Page]) -> None:
    """Story 4: go or no-go by status, Overdue when the day is over, renewed when the year is."""
    expect.set_options(timeout=PATIENCE)
    first_account(live_server, "Hana Novák", "hana@docs.example", Role.HR_MANAGER)
    first_account(live_server, "Carla Reyes", AUTHOR, Role.COURSE_CREATOR)
    first_account(live_server, "Milo Brandt", "milo@docs.example", Role.MODERATOR)
    live_server.start_worker()
    course = small_course(live_server, AUTHOR, TITLE, questions=5, minutes=20, attempts=ATTEMPTS, months=12)
    today = dt.datetime.now(ZoneInfo(live_server.environment["LMS_TIME_ZONE"])).date()
    sprint = today + dt.timedelta(days=21)
    due_on = add_working_days(sprint, -DAYS, frozenset())
    hr, moderator, passes, fails = (patient(new_page) for _one in range(4))

    import_the_team(sign_in(hr, "hana@docs.example"))
    ask_the_team(sign_in(moderator, "milo@docs.example"), sprint, due_on)
    accept_the_invitation(live_server, passes, PASSES)
    see_the_module(passes, course, due_on)
    read_and_pass(passes, course)
    the_certificate_is_there(passes, course)
    accept_the_invitation(live_server, fails, FAILS)
    use_up_the_attempts(fails, course)
    blocked_by(moderator, course, {"Completed": 1, "Failed": 1, "Not Started": 23})

    live_server.stop("worker", "mail")  # what follows is true by the date alone, whether a job has run or not
    live_server.move_clock((due_on - today).days + 1)
    sign_in(moderator, "milo@docs.example")
    who_is_late(moderator, course)

    live_server.move_clock(345)
    sign_in(passes, PASSES)
    renew(passes, course)
    sign_in(moderator, "milo@docs.example")
    blocked_by(moderator, course, {"Completed": 1, "Failed": 1, "Not Started": 23})


def patient(new_page: Callable[..., Page]) -> Page:
    page = new_page()
    page.set_default_timeout(PATIENCE)
    return page


def import_the_team(page: Page) -> None:
    """ORG-5: 25 contributors, as HR lists them."""
    names = HEADINGS.split(";")
    rows = []
    for n in range(101, 101 + TEAM):
        row = dict.fromkeys(names, "") | {"Employee Number": f"W{n}", "First Name": "Writer", "Last Name": f"No{n}"}
        row |= {"Work E-mail": f"w{n}@docs.example", "Department": "Documentation", "Job Title": "Contributor"}
        rows.append(row | {"Hire Date": "2022-03-01", "Status": "Active"})
    page.goto("/hr/roster")
    page.locator("input[type=file]").set_input_files(
        {"name": "team.csv", "mimeType": "text/csv", "buffer": as_file(rows)}
    )
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_role("heading", name="Dry run")).to_be_visible()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", name="Roster applied")).to_be_visible()


def ask_the_team(page: Page, sprint: dt.date, due_on: dt.date) -> None:
    """CRS-5: five business days before the sprint; the date that makes is shown before anything is saved."""
    audience = make_audience(page, "Contributors", "Documentation", TEAM)
    open_rule(page, audience, TITLE)
    page.get_by_label("So many days before a fixed day").check()
    page.locator("#days").fill(str(DAYS))
    page.get_by_label("Count working days").check()
    page.locator("#on").fill(sprint.isoformat())
    page.locator("#on").blur()
    preview = page.locator("#rule-preview")
    expect(preview).to_contain_text(f"{TEAM} are assigned")
    expect(preview).to_contain_text(words_of(due_on))
    save_rule(page, TITLE, TEAM)


def accept_the_invitation(server: LiveServer, page: Page, address: str) -> None:
    (letter,) = letters(server, address, "Your training account", seconds=90)
    page.goto(link_in(letter, "/invitation/"))
    page.locator("input[type=password]").first.fill(PASSWORD)
    page.get_by_role("button", name="Set password and sign in").click()
    page.wait_for_url(lambda url: "/invitation/" not in url)


def see_the_module(page: Page, course: Small, due_on: dt.date) -> None:
    """ASG-2: on the home page with its date; twenty minutes, five questions."""
    page.goto("/learn/")
    due = page.locator(".due").filter(has_text=TITLE)
    expect(due.locator("time")).to_have_attribute("datetime", due_on.isoformat())
    due.get_by_role("link", name=TITLE).first.click()
    expect(page.get_by_text("20 min").first).to_be_visible()


def the_certificate_is_there(page: Page, course: Small) -> None:
    """CRT-1: as a PDF, and until when it is valid."""
    page.goto(course.page)
    link = page.locator("[id^=paper-certificate]").get_by_role("link", name="PDF")
    expect(link).to_be_visible()
    with page.expect_download() as download:
        link.click()
    assert download.value.path().read_bytes().startswith(b"%PDF")


def use_up_the_attempts(page: Page, course: Small) -> None:
    """QIZ-3, ENR-8: wrong twice, and the course is Failed, in words."""
    read(page, course)
    page.get_by_role("button", name="Start").click()
    for attempt in range(1, ATTEMPTS + 1):
        answer_wrong(page, course.quiz)
        expect(page.get_by_role("heading", level=1)).to_contain_text("you need 80")
        if attempt < ATTEMPTS:
            page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("All attempts are used").first).to_be_visible()
    page.goto(course.page)
    expect(page.locator("main")).to_contain_text("Failed")


def blocked_by(page: Page, course: Small, counts: dict[str, int]) -> None:
    """ENR-7: go or no-go: how many of the team stand where, and who has failed."""
    for status, count in counts.items():
        page.goto(f"/studio/enrollments?course={course.id}&status={status.replace(' ', '+')}")
        expect(page.get_by_text(re.compile(rf"^{count} enrollments?$")).first).to_be_visible()
        if status == "Failed":
            expect(page.get_by_role("table", name="Enrollments")).to_contain_text("Writer No102")


def who_is_late(page: Page, course: Small) -> None:
    """ASG-2, ASG-3: the day is over: Overdue for whoever is not done, whatever else, and for nobody else."""
    page.goto(f"/studio/assignments?course={course.id}&status=Overdue")
    rows = page.get_by_role("table", name="Assignments").locator("tbody tr")
    expect(rows).to_have_count(TEAM - 1)
    expect(rows.filter(has_text="Overdue")).to_have_count(TEAM - 1)
    expect(rows.filter(has_text="Writer No102")).to_have_count(1)
    expect(rows.filter(has_text="Writer No101")).to_have_count(0)


def renew(page: Page, course: Small) -> None:
    """CRS-6: eleven months on it asks for renewal, stays valid while it is renewed, and begins another year."""
    page.goto(course.page)
    expect(page.get_by_text("Renewal Required").first).to_be_visible()
    page.get_by_role("button", name="Renew now").click()
    read(page, course)
    take_quiz(page, course.quiz)
    expect(page.get_by_role("heading", level=1)).to_contain_text("You passed with 100")
    page.goto(course.page)
    expect(page.get_by_text("Renewal Required")).to_have_count(0)
    expect(page.get_by_role("heading", name="Earlier periods")).to_be_visible()
