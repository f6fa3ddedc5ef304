"""Who is asking. Every query and many actions take a Viewer; nothing is fetched unscoped."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

from lmsapp.people.roles import GRANTS, May, Role


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in user as one request sees them.

    `leads` is true when somebody reports to them, directly or not. `zone` is an IANA name. `words_version`: which
    version of the status words holds, '' where nobody chose any (see `people.labels`).

    `only_course`: came by a single-use link for this course (REM-5): learns there, and is nobody anywhere else, until
    the instant `until`. Which addresses that opens is `web.limited`'s to say.

    `heads`: their line is whoever works in these departments, instead of who reports to them or, with `line_too`,
    besides (see `as_head`).
    """

    user_id: int
    employee_id: int | None
    name: str
    email: str
    title: str = ""
    roles: frozenset[Role] = frozenset()
    leads: bool = False
    language: str = "en"
    zone: str = "UTC"
    words_version: str = ""
    only_course: int | None = None
    until: dt.datetime | None = None
    heads: tuple[int, ...] = ()
    line_too: bool = False
    grants: frozenset[May] = field(init=False)

    def __post_init__(self) -> None:
        granted: set[May] = set().union(*(GRANTS[role] for role in self.roles))
        if self.leads and self.employee_id is not None:
            granted.add(May.LEAD)
        if self.employee_id is None:
            granted.discard(May.LEARN)
        if self.only_course is not None:
            granted &= {May.LEARN}
        object.__setattr__(self, "grants", frozenset(granted))

    def may(self, *any_of: May) -> bool:
        """Whether one of the things asked is granted."""
        return not self.grants.isdisjoint(any_of)

    def as_head(self, departments: tuple[int, ...], *, line_too: bool = False) -> Viewer:
        """The same person as head of `departments` (ids, those below among them) and nothing else: for a report of
        them. Whoever works there is their line, with `line_too` who reports to them as well; what their roles would
        show is left out."""
        return replace(self, roles=frozenset(), leads=bool(departments), heads=departments, line_too=line_too)

    @property
    def initials(self) -> str:
        """One or two letters for the face beside the name."""
        parts = [part for part in self.name.split() if part[0].isalpha()]
        return "".join(part[0] for part in (parts[:1] + parts[1:][-1:])).upper()
