"""Story 2 of the specification, from an empty database: sales onboarding on a gated path.

ORG-4, ORG-5, CRS-4, CRS-5, ENR-8, ASG-1, CRT-1: who writes the path, who hires and who learns, each in a real browser,
with real PostgreSQL, queue, worker and SMTP.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect

from lmsapp.people.calendar.rules import add_working_days
from lmsapp.people.roles import Role
from tests.browser import LiveServer
from tests.stories.moderating import make_audience, open_rule, save_rule
from tests.stories.people import PASSWORD, first_account, letters, link_in, sign_in
from tests.stories.roster import REGIONS, sales
from tests.stories.small import Small, read_and_pass, small_course

PATIENCE = 60_000  # milliseconds: a busy machine is slow, not wrong
AUTHOR = "carla@saas.example"
PATH = "Sales Readiness"
FIRST = ("Core Product Features", "Competitive Positioning")
THEN = ("Product Demo Skills", "Live Demo Certification")
DAYS, NEWCOMERS = 10, 4
REP = "s30005@saas.example"  # starts today, where it is Berlin


def test_new_hires_walk_a_gated_path(live_server: LiveServer, new_page: Callable[..., Page]) -> None:
    """Story 2, CRS-4, CRS-5: hired, put on the path with a date, locked and open as they learn, certified."""
    expect.set_options(timeout=PATIENCE)
    first_account(live_server, "Hana Novák", "hana@saas.example", Role.HR_MANAGER)
    first_account(live_server, "Carla Reyes", AUTHOR, Role.COURSE_CREATOR)
    first_account(live_server, "Milo Brandt", "milo@saas.example", Role.MODERATOR)
    live_server.start_worker()
    courses = {
        title: small_course(live_server, AUTHOR, title, months=12 if title == THEN[1] else None)
        for title in (*FIRST, *THEN)
    }
    today = dt.datetime.now(ZoneInfo(live_server.environment["LMS_TIME_ZONE"])).date()
    hr, moderator, rep = (patient(new_page) for _one in range(3))

    sign_in(hr, "hana@saas.example")
    import_people(hr, sales(today, 0))
    sign_in(moderator, "milo@saas.example")
    path = write_the_path(moderator)
    audience = name_who_takes_it(moderator)
    import_people(hr, sales(today, NEWCOMERS), known=True)
    moderator.goto(audience)
    expect(moderator.get_by_role("table", name="Training rules")).to_contain_text(
        "10 working days after the day of hire"
    )
    begun = where_it_has_begun(today)
    expect(moderator.get_by_role("table", name="Training rules").get_by_role("cell").nth(2)).to_have_text(str(begun))

    accept_the_invitation(live_server, rep)
    see_what_is_locked(rep, courses, add_working_days(today, DAYS, frozenset()))
    for title in FIRST:
        read_and_pass(rep, courses[title])
    open_path(rep)
    for title in THEN:
        expect(item(rep, title)).to_contain_text("Open")
    for title in THEN:
        read_and_pass(rep, courses[title])
    everything_is_proven(rep, courses)
    the_moderator_sees_it(moderator, path, audience, left=begun - 1)


def patient(new_page: Callable[..., Page]) -> Page:
    page = new_page()
    page.set_default_timeout(PATIENCE)
    return page


def import_people(page: Page, content: bytes, *, known: bool = False) -> None:
    """ORG-5: the workbook of HR, dry run and all."""
    page.goto("/hr/roster")
    page.locator("input[type=file]").set_input_files({"name": "sales.xlsx", "mimeType": "", "buffer": content})
    page.get_by_role("button", name="Upload").click()
    if not known:
        page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_role("heading", name="Dry run")).to_be_visible()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", name="Roster applied")).to_be_visible()


def write_the_path(page: Page) -> str:
    """CRS-4: four courses, the last two after the first two; published. The address of its page."""
    page.goto("/studio/paths/new")
    page.get_by_label("Title").fill(PATH)
    page.get_by_label("Summary").fill("From knowing the product to showing it alone.")
    page.get_by_role("button", name="Create the path").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(PATH)
    home = page.url
    for title in (*FIRST, *THEN):
        page.get_by_role("button", name=f"Add {title}").click()
        expect(page.locator("#outline ol.rows").first).to_contain_text(title)
    for title in THEN:
        page.goto(home)
        page.locator("#outline ol.rows").first.get_by_role("link", name=re.compile(title)).click()
        for needed in FIRST:
            page.get_by_role("checkbox", name=needed).check()
        page.get_by_role("button", name="Save").click()
        expect(page.locator("#outline")).to_contain_text(f"Opens after ‘{FIRST[0]}’ and ‘{FIRST[1]}’")
    page.goto(f"{home}/publication")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Learners have it as it stands here.")).to_be_visible()
    return home


def name_who_takes_it(page: Page) -> str:
    """CRS-5: whoever is hired into sales has to take the path, so many business days from the day of hire."""
    audience = make_audience(page, "Sales hires", "Sales", 0, hired_within=90)
    open_rule(page, audience, PATH)
    page.get_by_label("So many days after the day of hire").check()
    page.locator("#days").fill(str(DAYS))
    page.get_by_label("Count working days").check()
    expect(page.locator("#rule-preview")).to_contain_text("0 are assigned")
    save_rule(page, PATH, 0)
    return audience


def accept_the_invitation(server: LiveServer, page: Page) -> None:
    """ORG-4: and one letter tells of the whole path."""
    (invitation,) = letters(server, REP, "Your training account", seconds=60)
    page.goto(link_in(invitation, "/invitation/"))
    page.locator("input[type=password]").first.fill(PASSWORD)
    page.get_by_role("button", name="Set password and sign in").click()
    page.wait_for_url(lambda url: "/invitation/" not in url)
    (letter,) = letters(server, REP, PATH, seconds=60)
    assert "/learn/paths/" in link_in(letter, "/learn/paths/")


def open_path(page: Page) -> None:
    page.goto("/learn/")
    page.locator("a.course").filter(has_text=PATH).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(PATH)


def item(page: Page, title: str) -> Locator:
    return page.locator(".path-items li").filter(has=page.get_by_role("heading", name=title))


def see_what_is_locked(page: Page, courses: dict[str, Small], due_on: dt.date) -> None:
    """CRS-4: locked courses say what is missing, on the path, on their own page and at every other address."""
    page.goto("/learn/")
    expect(page.locator(f".due time[datetime='{due_on.isoformat()}']")).to_have_count(4)
    open_path(page)
    for title in FIRST:
        expect(item(page, title)).to_contain_text("Open")
    for title in THEN:
        expect(item(page, title)).to_contain_text("Locked")
        expect(item(page, title)).to_contain_text(f"opens when ‘{FIRST[0]}’ and ‘{FIRST[1]}’ are completed")
    page.get_by_role("link", name=THEN[0]).click()
    expect(page.get_by_text("This course is locked for you")).to_be_visible()
    answer = page.goto(courses[THEN[1]].first_lesson)
    assert answer is not None and answer.status == 403
    expect(page.locator("main")).to_contain_text(FIRST[0])


def everything_is_proven(page: Page, courses: dict[str, Small]) -> None:
    """CRS-4, CRT-1: the path is completed, and each course has its certificate as a PDF."""
    open_path(page)
    expect(page.get_by_text("You have completed this path")).to_be_visible()
    for one in courses.values():
        page.goto(one.page)
        link = page.locator("[id^=paper-certificate]").get_by_role("link", name="PDF")
        expect(link).to_be_visible()
        with page.expect_download() as download:
            link.click()
        assert download.value.path().read_bytes().startswith(b"%PDF")


def where_it_has_begun(today: dt.date) -> int:
    """A rule begins with its day where each person is: in the West that may be tomorrow only."""
    zones = list(REGIONS.values())
    living = [zones[n % len(zones)] for n in range(len(zones), len(zones) + NEWCOMERS)]
    return sum(dt.datetime.now(ZoneInfo(zone)).date() >= today for zone in living)


def the_moderator_sees_it(page: Page, path: str, audience: str, *, left: int) -> None:
    """CRS-4, CRS-5: the others are still on it, one is done, on both pages."""
    page.goto(audience)
    cells = page.get_by_role("table", name="Training rules").get_by_role("cell")
    expect(cells.nth(2)).to_have_text(str(left))
    expect(cells.nth(3)).to_have_text("1")
    page.goto(f"{path}/people")
    expect(page.get_by_text("Completed").first).to_be_visible()
