"""The people of the four situations, set up in the browser by HR alone, from an empty database.

ORG-3, ORG-4, ORG-5, ORG-6, ORG-7: rosters of three shapes, a tree of departments, hiring by hand, bulk change, leavers
and joiners of the next day, onboarding that begins by itself, a policy and its round; real PostgreSQL, worker and SMTP.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect

from lmsapp.people.roles import Role
from tests.browser import LiveServer
from tests.stories.people import first_account, letters, link_in, sign_in
from tests.stories.roster import construction, crew_file, hospital, sales

PATIENCE = 60_000  # milliseconds: a busy machine is slow, not wrong
INVITATION = "Your training account"


def test_hr_alone_sets_up_the_people_of_the_four_stories(
    live_server: LiveServer, new_page: Callable[..., Page]
) -> None:
    """ORG-3, ORG-4, ORG-5, ORG-6, ORG-7: one account with HR Manager alone is enough, and everything is seen."""
    expect.set_options(timeout=PATIENCE)
    hr = new_page()
    hr.set_default_timeout(PATIENCE)
    first_account(live_server, "Hana Novák", "hana@work.example", Role.HR_MANAGER)
    live_server.start_worker()
    sign_in(hr, "hana@work.example")
    expect(hr.get_by_text("Nobody here yet")).to_be_visible()
    today = dt.datetime.now(ZoneInfo(live_server.environment["LMS_TIME_ZONE"])).date()

    construction_workers_without_e_mail(hr)
    the_next_day_some_left_and_some_came(hr, live_server)
    people = a_hospital_with_a_tree(hr)
    a_nurse_is_hired_by_hand(hr, people, today)
    new_sales_people_by_cohort_and_region(hr, today)
    a_documentation_team_by_bulk_change(hr, people)
    a_policy_is_written_published_and_asked_for(hr, today)
    the_invitations_arrived(live_server, people)


# -- Construction ------------------------------------------------------------------------------------------------------


def construction_workers_without_e_mail(page: Page) -> None:
    """Story 3: 'Last, First' and a phone are enough; nobody without an address is invited."""
    upload(page, "crew.csv", crew_file(construction(1, 30)), full=True)
    says(page, Join=30, Leave=0)
    expect(page.get_by_text("29 people have no e-mail, so no account yet.")).to_be_visible()
    apply(page)
    found(page, "account=none", 29)
    found(page, "account=none&q=C20002", 1)
    expect(row(page, "C20002")).to_contain_text("no e-mail")
    expect(row(page, "C20002")).not_to_contain_text(",")


def the_next_day_some_left_and_some_came(page: Page, server: LiveServer) -> None:
    """Story 3: the dry run says who goes and who comes, and asks before so many go; who left keeps the record."""
    tomorrow = [*construction(1, 26), *construction(31, 2)]  # four of thirty are missing, two are new
    tomorrow[5]["crew"] = "Crew 09"
    upload(page, "crew-next-day.csv", crew_file(tomorrow), known=True)
    says(page, Join=2, Change=1, Leave=4)
    page.get_by_role("link", name=re.compile("^Leave")).first.click()
    for number in ("C20027", "C20030"):
        expect(page.get_by_role("table", name="People in this file")).to_contain_text(number)
    expect(page.get_by_text("Is this the right file?")).to_be_visible()
    apply(page, 4)
    found(page, "", 28)
    found(page, "status=left", 4)
    row(page, "C20030").get_by_role("link").first.click()
    expect(page.get_by_text("Left ").first).to_be_visible()
    assert not [one for one in letters(server, "@build.example", INVITATION) if "foreman" not in one["To"]]


# -- Hospital ----------------------------------------------------------------------------------------------------------


def a_hospital_with_a_tree(page: Page) -> dict[str, dict[str, str]]:
    """Story 1: 68 from a roster, wards beneath a department made by hand, a head; the numbers follow."""
    content, people = hospital(68)
    upload(page, "hospital.csv", content)
    says(page, Join=68, Leave=0)
    expect(page.get_by_text("None of the 28 employees is in this file").first).to_be_visible()
    apply(page, 68)
    found(page, "", 96)
    page.goto("/hr/organisation")
    page.locator("summary").filter(has_text="Add a department").click()
    page.get_by_label("Name").fill("Patient Care")
    page.get_by_role("button", name="Add department").click()
    head = next(one for one in people.values() if one["Job Title"] == "Director")
    for ward in ("Cardiology", "Emergency"):
        page.get_by_role("link", name=ward, exact=True).click()
        page.get_by_label("Beneath").select_option(label="Patient Care")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", level=2, name=f"Patient Care / {ward}")).to_be_visible()
        page.goto("/hr/organisation")
    page.get_by_role("link", name="Patient Care", exact=True).click()
    page.get_by_role("combobox", name="Head").fill(head["Employee Number"])
    page.get_by_role("button", name="Save").click()
    page.goto("/hr/organisation")
    below = sum(one["Department"] in ("Cardiology", "Emergency") for one in people.values())
    care = page.get_by_role("row").filter(has=page.get_by_role("link", name="Patient Care", exact=True))
    expect(care).to_contain_text(named(head))
    care.get_by_role("link", name=re.compile(rf"^{below}\b")).click()
    expect(page.get_by_text(f"{below} people found")).to_be_visible()
    return people


def a_nurse_is_hired_by_hand(page: Page, people: dict[str, dict[str, str]], today: dt.date) -> None:
    """Story 1: a slip is said at the field; her line is the manager and the director above."""
    manager = next(
        one for one in people.values() if one["Department"] == "Cardiology" and one["Manager Number"] == "H10001"
    )
    hire(page, "Nia Okonkwo", "H10001", email="nia@hospital.example")
    expect(page.get_by_text("Employee number H10001 is taken.").first).to_be_visible()
    page.get_by_label("Employee number").fill("H90001")
    page.get_by_label("Department").select_option(label="Patient Care / Cardiology")
    page.get_by_label("Job role").fill("RN")
    page.get_by_label("Hire date").fill((today - dt.timedelta(days=400)).isoformat())
    page.get_by_role("combobox", name="Manager").fill(manager["Employee Number"])
    page.get_by_role("button", name="Hire", exact=True).click()
    expect(page.get_by_text("Nia Okonkwo was hired. The invitation goes to nia@hospital.example.")).to_be_visible()
    above = page.locator("section").filter(has=page.get_by_role("heading", name="Managers above"))
    expect(above).to_contain_text(named(manager))
    expect(above).to_contain_text(named(people["H10001"]))
    found(page, f"q={manager['Employee Number']}", 1)


# -- Sales -------------------------------------------------------------------------------------------------------------


def new_sales_people_by_cohort_and_region(page: Page, today: dt.date) -> None:
    """Story 2: a workbook; onboarding has begun by itself for every new hire and for nobody else."""
    page.goto("/hr/onboarding")
    page.get_by_role("button", name="Start with the usual list").first.click()
    expect(page.get_by_text("This is the usual list.")).to_be_visible()
    upload(page, "sales.xlsx", sales(today))
    says(page, Join=23, Leave=0)
    apply(page, 23)
    found(page, "region=EMEA&cohort=2026-A", 3)
    for chip in ("EMEA", "2026-A"):
        expect(page.get_by_role("link", name=f"Remove filter {chip}")).to_be_visible()
    page.get_by_role("link", name="Remove filter EMEA").click()
    expect(page.get_by_text("10 people found")).to_be_visible()
    page.goto("/hr/onboarding")
    expect(page.get_by_text("20 onboardings")).to_be_visible()
    expect(page.get_by_role("table", name="Onboardings")).to_contain_text("Sales Rep")
    page.goto("/hr/onboarding/not-started")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("Sales Rep")).to_have_count(0)  # theirs began by themselves


# -- Documentation -----------------------------------------------------------------------------------------------------


def a_documentation_team_by_bulk_change(page: Page, people: dict[str, dict[str, str]]) -> None:
    """Story 4: 22 are moved at once from a filter, three are hired by hand; all report to one manager."""
    page.goto("/hr/organisation")
    page.locator("summary").filter(has_text="Add a department").click()
    page.get_by_label("Name").fill("Documentation")
    page.get_by_role("button", name="Add department").click()
    movers = sum(one["Department"] in ("Laboratory", "Oncology") and one["Job Title"] != "Nurse Manager"
                 for one in people.values())  # fmt: skip
    assert movers == 22
    laboratory, oncology, documentation = (number_of(page, one) for one in ("Laboratory", "Oncology", "Documentation"))
    staff = "&".join(f"role={role}" for role in ("RN", "LPN", "Admin", "Technician", "Physician"))
    of_wards = f"department={laboratory}&department={oncology}&{staff}"
    changes = (("Department", "Documentation", of_wards), ("Manager", "H10001", f"department={documentation}"))
    for what, give, whom in changes:
        page.goto(f"/hr/employees?{whom}")
        expect(page.get_by_text(f"{movers} people found")).to_be_visible()
        page.get_by_role("checkbox", name="Select all on this page").check()
        page.get_by_label("What to change").select_option(label=what)
        page.get_by_role("button", name="Change the selected").click()
        expect(page.get_by_text(f"For {movers} people.")).to_be_visible()
        if what == "Department":
            page.get_by_label("Department", exact=True).select_option(label=give)
        else:
            page.get_by_role("combobox", name="Manager").fill(give)
        page.get_by_role("button", name="Change", exact=True).click()
        expect(page.get_by_text(f"Done for {movers} people.")).to_be_visible()
    for n in range(25 - movers):
        hire(page, f"Writer Number{n}", f"D{n}", department="Documentation", manager="H10001")
        expect(page.get_by_text("No invitation was sent, because there is no e-mail address.")).to_be_visible()
    found(page, f"department={documentation}", 25)
    expect(page.locator("#employees tbody tr").filter(has_text=named(people["H10001"]))).to_have_count(25)


def a_policy_is_written_published_and_asked_for(page: Page, today: dt.date) -> None:
    """Story 4: a text, published, and the team asked to sign it by a day."""
    page.goto("/hr/policies/new")
    page.get_by_label("Title").fill("House style")
    page.get_by_label("Text", exact=True).fill("## Plain words\n\nSay what happened and what to do.")
    page.get_by_role("button", name="Keep the draft").click()
    page.get_by_role("link", name="Publish").click()
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("link", name="Ask people to sign").click()
    page.get_by_role("group", name="Departments").get_by_label("Documentation").check()
    expect(page.locator("#reach")).to_contain_text("This asks 25 people.")
    page.get_by_label("Sign by").fill((today + dt.timedelta(days=14)).isoformat())
    page.get_by_role("button", name="Ask them").click()
    expect(page.get_by_text("Asked. The letters are on their way.")).to_be_visible()
    expect(page.get_by_text("of 25 asked")).to_be_visible()


def the_invitations_arrived(server: LiveServer, people: dict[str, dict[str, str]]) -> None:
    """ORG-4: over SMTP, one for everybody with an address: 68 and Nia, 23 in sales, one foreman."""
    for house, count in (("@hospital.example", 69), ("@saas.example", 23), ("@build.example", 1)):
        arrived = letters(server, house, INVITATION, at_least=count, seconds=90)
        assert len({one["To"] for one in arrived}) == len(arrived) == count
        assert link_in(arrived[0], "/invitation/")


# -- What every step does ----------------------------------------------------------------------------------------------


def upload(page: Page, name: str, content: bytes, *, full: bool = False, known: bool = False) -> None:
    """Up to the dry run; `known` columns are not asked for again, and nothing of the guess is corrected."""
    page.goto("/hr/roster")
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Upload").click()
    if not known:
        page.get_by_label("This file lists everybody").set_checked(full)
        page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_role("heading", name="Dry run")).to_be_visible()


def says(page: Page, **numbers: int) -> None:
    """What the tiles of the dry run say."""
    for word, number in numbers.items():
        expect(page.locator(".tile").filter(has_text=word).locator(".v")).to_have_text(str(number))


def apply(page: Page, number: int | None = None) -> None:
    """`number`: what the page wants typed, because the file looks like the wrong one."""
    if number is not None:
        page.get_by_label("The number").fill(str(number))
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", name="Roster applied")).to_be_visible()


def found(page: Page, query: str, number: int) -> None:
    """The list of employees, filtered by its address."""
    page.goto(f"/hr/employees?{query}")
    expect(page.get_by_text(re.compile(rf"^{number} (person|people) found$"))).to_be_visible()


def row(page: Page, number: str) -> Locator:
    return page.locator("#employees tbody tr").filter(has_text=number)


def hire(page: Page, name: str, number: str, *, email: str = "", department: str = "", manager: str = "") -> None:
    page.goto("/hr/employees/new")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Employee number").fill(number)
    page.get_by_label("Work e-mail").fill(email)
    if department:
        page.get_by_label("Department").select_option(label=department)
    page.get_by_role("combobox", name="Manager").fill(manager)
    page.get_by_role("button", name="Hire", exact=True).click()


def number_of(page: Page, department: str) -> str:
    """As the address of its page has it; on the page of departments."""
    href = page.get_by_role("link", name=department, exact=True).get_attribute("href")
    assert href
    return href.rpartition("/")[2]


def named(person: dict[str, str]) -> str:
    return f"{person['First Name']} {person['Last Name']}"
