"""Rosters made up for the stories, each shaped as an HR system writes it.

A hospital: BOM, semicolons, US dates, managers by number, any order. A construction company: 'Last, First', phones
only. A sales team: a workbook with real dates.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import random

from openpyxl import Workbook

HEADINGS = (
    "Employee Number;First Name;Last Name;Work E-mail;Mobile;Department;Job Title;Location;Region;Hire Date;"
    "Manager Number;Status"
)
GIVEN = ["Lena", "Piotr", "Aisha", "Σωτήριος", "Nguyễn", "Łucja", "José", "伟", "Дмитро", "Zoë", "Kwame", "Ingrid"]
FAMILY = [
    "Fischer",
    "Kowalczyk",
    "Rahman",
    "Σφούνης",
    "Châu",
    "Żółkiewska",
    "García",
    "王",
    "Шевченко",
    "Brontë",
    "Osei",
    "Haugen",
]
DEPARTMENTS = ("Cardiology", "Emergency", "Surgery", "Laboratory", "Oncology")
ROLES = ("RN", "LPN", "Admin", "Technician", "Physician")


def hospital(size: int = 500) -> tuple[bytes, dict[str, dict[str, str]]]:
    """The file's bytes, and its rows by employee number. One director, ten managers, the rest staff; rows shuffled."""
    dice = random.Random(2026)
    rows: dict[str, dict[str, str]] = {}
    for n in range(size):
        number = f"H{10001 + n}"
        level = "Director" if n == 0 else "Nurse Manager" if n <= 10 else dice.choice(ROLES)
        manager = "" if n == 0 else "H10001" if n <= 10 else f"H{10002 + n % 10}"
        rows[number] = {
            "Employee Number": number,
            "First Name": dice.choice(GIVEN),
            "Last Name": dice.choice(FAMILY),
            "Work E-mail": f"{number.lower()}@hospital.example",
            "Mobile": f"+1555{n:07d}",
            "Department": DEPARTMENTS[(n % 10) // 2] if n else "Administration",
            "Job Title": level,
            "Location": "Riverside General" if n % 2 else "Lakeview Clinic",
            "Region": "South",
            "Hire Date": f"{dice.randint(1, 12):02}/{dice.randint(1, 28):02}/{dice.randint(2010, 2025)}",
            "Manager Number": manager,
            "Status": "Active",
        }
    order = list(rows.values())
    dice.shuffle(order)
    return as_file(order), rows


def as_file(rows: list[dict[str, str]]) -> bytes:
    lines = [HEADINGS, *(";".join(row.values()) for row in rows)]
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")


Crew = list[dict[str, str]]


def construction(first: int, size: int) -> Crew:
    """Field workers from number `first` on: the first of all is the foreman with an e-mail, nobody else has one."""
    dice = random.Random(first)
    return [
        {
            "emp_id": f"C{20000 + n}",
            "name": f"{dice.choice(FAMILY)}, {dice.choice(GIVEN)}",
            "email": "foreman@build.example" if n == 1 else "",
            "mobile": f"+1555{n:07d}",
            "crew": f"Crew 0{n % 3 + 1}",
            "trade": "Foreman" if n == 1 else dice.choice(("Roofer", "Crane Operator", "Electrician")),
            "project": "Harbor Tower" if n % 2 else "Route 9 Bridge",
            "hired": f"20{dice.randint(10, 25)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}",
            "foreman_id": "" if n == 1 else "C20001",
        }
        for n in range(first, first + size)
    ]


def crew_file(crew: Crew) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(crew[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(crew)
    return out.getvalue().encode()


REGIONS = {"AMER West": "America/Los_Angeles", "EMEA": "Europe/Berlin", "APAC": "Asia/Singapore"}
SALES = ("ID", "Full name", "E-mail", "Phone", "Department", "Title", "Region", "Time zone", "Cohort", "Start date",
         "Manager ID")  # fmt: skip


def sales(today: dt.date, newcomers: int = 20) -> bytes:
    """A workbook: a manager for each region, there for years; new hires in two cohorts, starting today or in a week."""
    dice, book, regions = random.Random(7), Workbook(), list(REGIONS.items())
    sheet = book.active
    assert sheet is not None
    sheet.append(SALES)
    for n in range(len(regions) + newcomers):
        manages = n < len(regions)
        region, zone = regions[n % len(regions)]
        start = dt.date(2021, 3, 1 + n) if manages else today + dt.timedelta(n % 2 * 7)
        cohort = None if manages else "2026-A" if n % 2 else "2026-B"
        title, manager = ("Sales Manager", None) if manages else ("Sales Rep", f"S{30001 + n % len(regions)}")
        name = f"{dice.choice(GIVEN)} {dice.choice(FAMILY)}"
        number = f"S{30001 + n}"
        sheet.append([number, name, f"{number.lower()}@saas.example", f"+1555{n:07d}", "Sales", title, region, zone, cohort,
                      start, manager])  # fmt: skip
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
