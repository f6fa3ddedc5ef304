"""A hospital's roster of 500, shaped as an HR system writes it: BOM, semicolons, US dates, managers by number, any order."""

from __future__ import annotations

import random

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


def hospital() -> tuple[bytes, dict[str, dict[str, str]]]:
    """The file's bytes, and its rows by employee number. One director, ten managers, 489 staff; rows are shuffled."""
    dice = random.Random(2026)
    rows: dict[str, dict[str, str]] = {}
    for n in range(500):
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
