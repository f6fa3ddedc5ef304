"""Which column holds what: guessed from its heading, corrected by a person."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.employees.rules import fold
from lmsapp.people.roster.values import DateOrder


class Column(StrEnum):
    """What a roster can tell of a person. In the order the page lists them."""

    NUMBER = "number"
    NAME = "name"
    FIRST = "first_name"
    LAST = "last_name"
    EMAIL = "email"
    MOBILE = "mobile"
    DEPARTMENT = "department"
    JOB_ROLE = "job_role"
    LOCATION = "location"
    REGION = "region"
    HIRE_DATE = "hire_date"
    COHORT = "cohort"
    MANAGER = "manager_number"
    STATUS = "status"
    TIME_ZONE = "time_zone"
    LANGUAGE = "language"


WORDS: dict[Column, str] = {
    Column.NUMBER: N_("Employee number"),
    Column.NAME: N_("Full name"),
    Column.FIRST: N_("First name"),
    Column.LAST: N_("Last name"),
    Column.EMAIL: N_("E-mail"),
    Column.MOBILE: N_("Mobile"),
    Column.DEPARTMENT: N_("Department"),
    Column.JOB_ROLE: N_("Job role"),
    Column.LOCATION: N_("Location"),
    Column.REGION: N_("Region"),
    Column.HIRE_DATE: N_("Hire date"),
    Column.COHORT: N_("Hire cohort"),
    Column.MANAGER: N_("Manager's employee number"),
    Column.STATUS: N_("Status"),
    Column.TIME_ZONE: N_("Time zone"),
    Column.LANGUAGE: N_("Language"),
}

# Headings as HR systems write them, folded to letters and digits; the first that fits wins.
SYNONYMS: dict[Column, str] = {
    Column.NUMBER: "employeenumber employeeid empid empno employeeno employee personnelnumber personnelno personid "
    "workerid staffid staffnumber badge badgenumber payrollnumber payrollid associateid id number numeroempleado "
    "numerodeempleado legajo",
    Column.FIRST: "firstname givenname forename first given legalfirstname preferredfirstname nombre",
    Column.LAST: "lastname familyname surname last family legallastname apellido apellidos",
    Column.NAME: "fullname name employeename displayname workername legalname nombrecompleto "
    "nombreyapellidos apellidosynombre",
    Column.EMAIL: "workemail email emailaddress workemailaddress mail businessemail primaryemail correo "
    "correoelectronico",
    Column.MOBILE: "mobile mobilephone cell cellphone phone phonenumber mobilenumber telephone telefono movil",
    Column.DEPARTMENT: "department dept departmentname orgunit organization organisation team crew division costcenter "
    "unit departamento",
    Column.JOB_ROLE: "jobtitle jobrole title job role position designation trade occupation jobname businesstitle "
    "puesto puestodetrabajo cargo",
    Column.LOCATION: "location site worksite worklocation project office facility building branch ubicacion centro",
    Column.REGION: "region area district territory zona",
    Column.HIRE_DATE: "hiredate datehired hired startdate dateofhire joiningdate joindate employmentdate start "
    "originalhiredate fechaingreso fechadeingreso fechacontratacion fechadecontratacion",
    Column.COHORT: "cohort hirecohort class intake batch cohorte",
    Column.MANAGER: "managernumber managerid manageremployeenumber manageremployeeid managerempid foremanid "
    "supervisorid supervisornumber supervisor reportsto manager linemanagerid foreman bossid",
    Column.STATUS: "status employmentstatus employeestatus active workerstatus estado",
    Column.TIME_ZONE: "timezone tz zonahoraria",
    Column.LANGUAGE: "language preferredlanguage locale idioma",
}


@dataclass(frozen=True, slots=True)
class Matching:
    """Column -> position in the header, and what the user decided about the file as a whole.

    `full`: the file lists everybody, so whoever is missing has left. `dates`: the order of day and month.
    """

    columns: Mapping[Column, int]
    full: bool = False
    dates: DateOrder = DateOrder.AUTO

    def as_json(self) -> dict[str, Any]:
        """For keeping with the run."""
        columns = {column.value: place for column, place in self.columns.items()}
        return {"columns": columns, "full": self.full, "dates": self.dates.value}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Matching:
        """What `as_json` kept."""
        columns = {Column(name): int(place) for name, place in kept["columns"].items()}
        return cls(columns, bool(kept["full"]), DateOrder(kept["dates"]))


def guess_columns(header: tuple[str, ...]) -> dict[Column, int]:
    """What the headings say. A heading is used once; a full name is not asked for where first and last are there.

    A heading that stands there twice is left to a person: the wrong one of two would not be noticed.
    """
    plain = [_plain(heading) for heading in header]
    found: dict[Column, int] = {}
    for column, synonyms in SYNONYMS.items():
        for synonym in synonyms.split():
            places = [i for i, heading in enumerate(plain) if heading == synonym and i not in found.values()]
            if len(places) == 1:
                found[column] = places[0]
                break
    if Column.FIRST in found and Column.LAST in found:
        found.pop(Column.NAME, None)
    elif Column.NAME in found:
        found.pop(Column.FIRST, None)
        found.pop(Column.LAST, None)
    return found


def check_columns(columns: Mapping[Column, int], header: tuple[str, ...]) -> None:
    """Enough to know who is who, and no column twice. Raises RuleBroken naming the form field."""
    if Column.NUMBER not in columns:
        raise RuleBroken(N_("Choose the column with the employee number."), field=Column.NUMBER.value)
    if Column.NAME not in columns and not {Column.FIRST, Column.LAST} <= set(columns):
        raise RuleBroken(
            N_("Choose the column with the full name, or those with first and last name."), field=Column.NAME.value
        )
    used: dict[int, Column] = {}
    for column, place in columns.items():
        if not 0 <= place < len(header):
            raise RuleBroken(N_("This column is not in the file."), field=column.value)
        if place in used:
            raise RuleBroken(N_("Column '%(heading)s' is chosen twice."), field=column.value, heading=header[place])
        used[place] = column


def headings_key(header: Sequence[str]) -> str:
    """The same for the same headings in any order and spelling of case, accents and spaces."""
    return hashlib.sha256("\n".join(sorted(map(_plain, header))).encode()).hexdigest()[:32]


def carry_over(matching: Matching, before: Sequence[str], header: Sequence[str]) -> Matching:
    """A matching made for the headings `before`, for the same headings as they stand in `header`."""
    places = {name: place for place, name in enumerate(_numbered(header))}
    old = _numbered(before)
    columns = {
        column: places[old[place]]
        for column, place in matching.columns.items()
        if place < len(old) and old[place] in places
    }
    return Matching(columns, matching.full, matching.dates)


def _numbered(header: Sequence[str]) -> list[tuple[str, int]]:
    """Each heading folded, with how many of its name stand before it."""
    seen: Counter[str] = Counter()
    found = []
    for heading in map(_plain, header):
        found.append((heading, seen[heading]))
        seen[heading] += 1
    return found


def _plain(heading: str) -> str:
    return re.sub(r"[^\w]|_", "", fold(heading))
