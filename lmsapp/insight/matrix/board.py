"""One line per person: who they are, and the letters of what they hold. Every question of the matrix starts here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, ColumnElement, Text, and_, func, literal, or_, select, true, union_all

from lmsapp.compliance.ledger.expressions import NOT_ASKED
from lmsapp.compliance.ledger.moments import Moment
from lmsapp.compliance.standing.models import ComplianceStanding
from lmsapp.compliance.standing.working_out import kept, worked_out
from lmsapp.insight.matrix.columns import Columns
from lmsapp.insight.matrix.filters import MatrixFilters
from lmsapp.people.employees.models import Employee
from lmsapp.people.employees.rules import fold
from lmsapp.people.organisation.queries import departments_below
from lmsapp.people.queries import SEES_EVERYBODY, line_of
from lmsapp.people.viewer import Viewer

FACETS = ("departments", "roles", "locations", "regions", "cohorts", "statuses")
WHO = (
    Employee.id,
    Employee.sort_name,
    Employee.department_id,
    Employee.job_role,
    Employee.location,
    Employee.region,
    Employee.cohort,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for what of which instant; `line`: of the own line only. `columns` as the filters choose them."""

    viewer: Viewer
    filters: MatrixFilters
    moment: Moment
    columns: Columns
    line: bool


def board(asked: Asked) -> CTE:
    """Columns: WHO, worst, next_on, states, and `has`, the letters of the types shown.

    Of everybody that search and line leave; facets are conditions over it. Materialized: else PostgreSQL puts the
    letters together anew each time they are looked at.
    """
    who = [asked.moment.employed, *_within(asked), *_searched(asked.filters.search)]
    if asked.moment.past:
        return _with_letters(asked, _from_facts(asked, who))
    texts = select(*WHO, ComplianceStanding.worst, ComplianceStanding.next_on, ComplianceStanding.states).where(
        kept(asked.moment), *who
    )
    has_text = select(ComplianceStanding.employee_id).where(kept(asked.moment)).correlate(Employee).exists()
    return _with_letters(asked, union_all(texts, _from_facts(asked, [*who, ~has_text])))


def _with_letters(asked: Asked, lines: Any) -> CTE:
    line = lines.subquery("line")
    return select(line, _shown(asked.columns, line.c.states).label("has")).cte("board").prefix_with("MATERIALIZED")


def conditions(asked: Asked, lines: Any) -> dict[str, ColumnElement[bool]]:
    """What each facet asks for, by the name of the filter, over the columns of a board; 'types' has no counts."""
    filters, c = asked.filters, lines.c
    return {
        "departments": _among(c.department_id, departments_below(filters.departments)),
        "roles": _among(c.job_role, filters.roles),
        "locations": _among(c.location, filters.locations),
        "regions": _among(c.region, filters.regions),
        "cohorts": _among(c.cohort, filters.cohorts),
        "statuses": has_letter(c.has, filters.statuses) if filters.statuses else true(),
        "types": true() if asked.columns.every else has_something(c.has),
    }


def chosen(asked: Asked, lines: Any) -> ColumnElement[bool]:
    """All of them."""
    return and_(*conditions(asked, lines).values())


def _shown(columns: Columns, states: Any) -> ColumnElement[str]:
    """The letters of the types shown, in the order of their ids."""
    if columns.every and columns.width == len(columns.all):
        return states
    places = sorted(one.place for one in columns.shown)
    return func.concat(*(func.substr(states, place + 1, 1) for place in places)) if places else literal("", Text)


def has_letter(letters: Any, wanted: tuple[str, ...]) -> ColumnElement[bool]:
    """At least one of these."""
    return or_(*(func.strpos(letters, one) > 0 for one in wanted))


def has_something(letters: Any) -> ColumnElement[bool]:
    """Asked of them, or held."""
    return func.ltrim(letters, NOT_ASKED) != ""


def _from_facts(asked: Asked, who: list[ColumnElement[bool]]) -> Any:
    found = worked_out(asked.moment, *who).subquery("found")
    columns = select(*WHO, found.c.worst, found.c.next_on, found.c.states)
    return columns.join(found, found.c.employee_id == Employee.id)


def _within(asked: Asked) -> list[ColumnElement[bool]]:
    if asked.line or not asked.viewer.may(*SEES_EVERYBODY):
        return [Employee.id.in_(line_of(asked.viewer))]
    return []


def _searched(typed: str) -> list[ColumnElement[bool]]:
    """In names, accents or not, and employee numbers."""
    words = [Employee.sort_name.contains(word, autoescape=True) for word in fold(typed.replace(",", " ")).split()]
    if not typed:
        return []
    number = func.lower(Employee.number) == typed.lower()
    named = and_(*words) if words else Employee.name.icontains(typed, autoescape=True)
    return [or_(named, number)]


def _among(column: Any, wanted: Any) -> ColumnElement[bool]:
    return column.in_(wanted) if wanted else true()
