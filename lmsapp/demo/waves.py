"""What was assigned to whom over the year, and what was out of the ordinary. Day -1 is yesterday."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lmsapp.demo.people import Person, people

HIPAA, BLOOD, CONDUCT, FIRE = "hipaa-privacy-basics", "bloodborne-pathogens", "code-of-conduct", "fire-safety"
FALL, STYLE = "fall-protection", "style-guide-essentials"
CORE, RIVALS = "core-product-features", "competitive-positioning"
SKILLS, LIVE = "product-demo-skills", "live-demo-certification"
NURSES: Final = ("RN", "Charge Nurse", "Nurse Manager", "Clinical Educator", "Director of Nursing")
CONDUCT_GROUPS: Final = 13


@dataclass(frozen=True, slots=True)
class Wave:
    """One course, assigned at once to `who` (names), due on day `due`, `lead` days before it."""

    course: str
    due: int
    who: tuple[str, ...]
    lead: int = 30
    by: str = "Milo Brandt"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Extension:
    """A due date moved to day `to`, on day `on`, with the reason the employee reads."""

    name: str
    course: str
    on: int
    to: int
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Closing:
    """An assignment closed as 'exempt' or 'cancelled'."""

    name: str
    course: str
    on: int
    closed_as: str
    by: str
    reason: str


FIRE_DUE: Final = {
    "Facilities": -300, "Construction Crew": -290, "Safety": -290, "Emergency": -250, "Surgery": -205,
    "Laboratory": -160, "Front Desk and Admissions": -128, "Administration": -110, "Human Resources": -110,
    "Training": -110, "Documentation": -95, "Digital Sales": -70, "Cath Lab": -84, "Interventional Radiology": -84,
    "Cardiac ICU": -52, "Cardiology": -52, "Cardiology 4A": -19, "Telemetry 4B": 24, "Outpatient Cardiology": 41,
}  # fmt: skip
BLOOD_DUE: Final = {
    "Emergency": -268, "Surgery": -222, "Laboratory": -150, "Cath Lab": -101, "Interventional Radiology": -101,
    "Cardiac ICU": -44, "Cardiology 4A": -13, "Telemetry 4B": -6, "Outpatient Cardiology": 17,
}  # fmt: skip
HIPAA_DUE: Final = (  # by job role, as the first story asks
    (-190, ("Admin", "Admissions Manager")),
    (-75, ("Technician", "Laboratory Manager")),
    (-24, ("LPN",)),
    (3, NURSES),
)
FALL_GROUPS: Final = (
    (-372, ("Bill Kowalski", "Curtis Greene")),
    (-338, ("Jesús Montoya", "Tyrone Jackson", "Frank Castellano")),
    (-150, ("Piotr Lewandowski", "Raúl Espinoza", "Ben Yazzie")),
    (-9, ("Miroslav Horvat",)),
    (12, ("Devon Marsh", "Carlos Ibarra")),
)
PATH_DUE: Final = {
    "Spring": ((CORE, -172), (RIVALS, -162), (SKILLS, -150), (LIVE, -132)),
    "Autumn": ((CORE, -14), (RIVALS, -3), (SKILLS, 9), (LIVE, 23)),
}
SPRINT: Final = "Please finish before sprint planning. The go/no-go list is made from this."
EXTENSIONS: Final = (
    Extension("Jamal Whitfield", BLOOD, -9, 8, "Mark Okafor", "On nights until the end of the week; agreed in huddle."),
    Extension("Fatima Al-Rashid", FIRE, -24, 5, "Mark Okafor", "Back from leave on Monday."),
    Extension("Chiamaka Eze", BLOOD, -50, -30, "Mark Okafor", "Float pool to another campus for two weeks."),
    Extension("Hannah Lindgren", HIPAA, -4, 14, "Mark Okafor", "Conference on the due date."),
    Extension("Tyler Kaminski", HIPAA, -195, -170, "Milo Brandt", "Started a week later than planned."),
    Extension("Samira Farouk", RIVALS, -5, 11, "Danielle Laurent", "Shadowing two customer visits this week."),
)
CLOSINGS: Final = (
    Closing("Naledi Dlamini", BLOOD, -15, "exempt", "Mark Okafor", "On parental leave until spring."),
    Closing(
        "Rosalind Achterberg",
        FIRE,
        -130,
        "exempt",
        "Milo Brandt",
        "Is a certified fire warden.",
    ),
    Closing("Imani Robinson", HIPAA, -20, "cancelled", "Milo Brandt", "Teaches this course; her record is kept by HR."),
)
LEAVER: Final = ("Derek Halloran", -68)
# Three attempts used up.
FAILED: Final = {("Julien Moreau", STYLE), ("Terrence Washington", HIPAA), ("Matthias Vogel", CORE)}
# (name, course): day it was finished, lessons done so far, or 0 for not begun. What stories and pages need.
DONE: Final = {
    ("Lena Fischer", CONDUCT): -118,
    ("Mark Okafor", HIPAA): -12,
    ("Mark Okafor", CONDUCT): -200,
    ("Jasper Holloway", LIVE): -133,
    ("Parker Lindqvist", CORE): -20,
    ("Parker Lindqvist", RIVALS): -6,
    ("Anastasia Melnyk", STYLE): -3,
    ("Felix Amundsen", STYLE): -2,
    ("Bill Kowalski", FALL): -374,
    ("Curtis Greene", FALL): -371,
    ("Jesús Montoya", FALL): -340,
    ("Tyrone Jackson", FALL): -339,
    ("Frank Castellano", FALL): -344,
}
BEGUN: Final = {
    ("Lena Fischer", HIPAA): 3,
    ("Kateryna Shevchenko", HIPAA): 5,
    ("Oluwaseun Adeleke", HIPAA): 8,
    ("Connor O’Malley", BLOOD): 2,
    ("Brianna Foster", RIVALS): 2,
    ("Renata Oliveira", CORE): 3,
    ("Ruth Kimani", STYLE): 2,
    ("Miroslav Horvat", FALL): 4,
    ("Lena Fischer", BLOOD): 0,
    ("Lena Fischer", FIRE): 0,
    ("Dwayne Carter", HIPAA): 0,
    ("Theo Pappas", STYLE): 0,
    ("Wei Zhang", STYLE): 0,
    ("Devon Marsh", FALL): 0,
    ("Carlos Ibarra", FALL): 1,
}
# Taken again before it lapsed: (name, course, day begun, lessons, whether it was finished that day).
RENEWED: Final = (("Curtis Greene", FALL, -41, 0, True), ("Jesús Montoya", FALL, -2, 3, False))
# Taken out of interest, nobody assigned it: (name, course, day finished).
BY_THEMSELVES: Final = (
    ("Lena Fischer", STYLE, -61),
    ("Carla Reyes", STYLE, -140),
    ("Eva Lindqvist", STYLE, -33),
    ("Priya Raghunathan", STYLE, -27),
    ("Soo-jin Park", STYLE, -15),
    ("Jamal Whitfield", STYLE, -40),
)


def waves() -> Iterator[Wave]:
    """Everything that was assigned; people hired later get it when they start, see `plan`."""
    yield from _conduct()
    for department, due in FIRE_DUE.items():
        yield Wave(FIRE, due, _who(departments=(department,)))
    for department, due in BLOOD_DUE.items():
        yield Wave(BLOOD, due, _who((*NURSES, "LPN", "Technician", "Laboratory Manager"), (department,)))
    for due, roles in HIPAA_DUE:
        yield Wave(HIPAA, due, _who(roles), lead=42)
    for due, names in FALL_GROUPS:
        yield Wave(FALL, due, names, lead=24, by="Ottilie Brandvold")
    for cohort, path in PATH_DUE.items():
        who = tuple(one.name for one in people() if one.cohort == cohort)
        yield from (Wave(course, due, who, lead=24, by="Danielle Laurent") for course, due in path)
    yield Wave(STYLE, 4, _who(("Writer",)), lead=14, by="Nora Blackwood", note=SPRINT)


def _conduct() -> Iterator[Wave]:
    """Everybody, all year round, in thirteen groups; who has a day of their own in DONE apart from them."""
    for group in range(CONDUCT_GROUPS):
        who = tuple(one.name for place, one in enumerate(people()) if place * 5 % CONDUCT_GROUPS == group)
        yield Wave(CONDUCT, -362 + 32 * group, tuple(name for name in who if (name, CONDUCT) not in DONE))
    yield from (Wave(CONDUCT, day + 7, (name,)) for (name, course), day in DONE.items() if course == CONDUCT)


def _who(roles: tuple[str, ...] = (), departments: tuple[str, ...] = ()) -> tuple[str, ...]:
    return tuple(one.name for one in people() if _fits(one, roles, departments))


def _fits(one: Person, roles: tuple[str, ...], departments: tuple[str, ...]) -> bool:
    return (not roles or one.job_role in roles) and (not departments or one.department in departments)
