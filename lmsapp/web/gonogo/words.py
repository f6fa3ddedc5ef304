"""Words of checklists: groups, standings as the thing says them, what is next for whom (REP-3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app, g, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext

from lmsapp.infra.words import N_
from lmsapp.insight.gonogo.answers import Verdict
from lmsapp.insight.gonogo.lines import BLOCKED, CLEARED, READY
from lmsapp.insight.gonogo.rules import Group, Standing, Thing
from lmsapp.web.gates import policy_of
from lmsapp.web.labels import status_word

# Standings that are no status of an enrollment.
OWN: tuple[str, ...] = (N_("Lapses before the day"), N_("Not enrolled"))
# What HR's ledger calls the same.
LEDGER = {
    Standing.COMPLETED: "Complete",
    Standing.EXEMPT: "Waived",
    Standing.NOT_STARTED: "Required",
    Standing.NOT_ENROLLED: "Required",
}
GROUPS: dict[str, Any] = {
    Group.AUDIENCE.value: __("An audience"),
    Group.LINE.value: __("Everybody who reports to somebody"),
    Group.PEOPLE.value: __("People by name"),
}
STATES: dict[str, tuple[str, Any]] = {
    BLOCKED: ("bad", __("Blocked")),
    CLEARED: ("calm", __("Cleared")),
    READY: ("good", __("Ready")),
}
# Where a person's training is explained and looked after, by who looks; the first that admits them.
WHY = ("studio.why", "hr.employee_why", "team.why", "admin.why")
TO_ASSIGN = (Standing.NOT_STARTED, Standing.IN_PROGRESS, Standing.NOT_ENROLLED, Standing.WITHDRAWN,
             Standing.EXPIRED, Standing.LAPSES, Standing.RENEWAL_REQUIRED)  # fmt: skip


def group_of(who: str, name: str) -> str:
    """Who is on it, in words; `name` of the audience or of the one who leads."""
    if who == Group.AUDIENCE:
        return _("Audience: %(name)s", name=name)
    return _("The line of %(name)s", name=name) if who == Group.LINE else _("People by name")


def standing_status(line: Any) -> str:
    """The status whose badge and word hold: of the course, or of HR's ledger."""
    return LEDGER.get(line.standing, line.standing) if line.kind == Thing.COMPLIANCE else str(line.standing)


def standing_label(line: Any) -> str:
    """As the reader's organisation says it for that course or type."""
    course = line.subject_id if line.kind == Thing.COURSE else None
    of_type = line.subject_id if line.kind == Thing.COMPLIANCE else None
    return status_word(standing_status(line), course, of_type)


def verdict_words(found: Verdict) -> str:
    """Why it is go or no-go, in one sentence."""
    if found.go:
        ready = ngettext("%(num)s person is ready.", "All %(num)s people may go.", found.people)
        if found.cleared:
            ready += " " + ngettext(
                "%(num)s of them was cleared without the training.",
                "%(num)s of them were cleared without the training.",
                found.cleared,
            )
        return ready
    if found.blocked:
        return ngettext(
            "%(num)s of %(all)s people is not ready.", "%(num)s of %(all)s people are not ready.", found.blocked,
            all=found.people,
        )  # fmt: skip
    if found.unseen:
        return ngettext(
            "%(num)s person on this list is not yours to see, so nothing can be said of them.",
            "%(num)s people on this list are not yours to see, so nothing can be said of them.",
            found.unseen,
        )
    return _("Nobody is on this list, so nobody can be said to be ready.")


class Steps:
    """What the reader can do next about a thing that is missing; where they may go is looked up once a page."""

    def __init__(self) -> None:
        self.why = _first(*WHY)
        self.assign = _first("team.new_assignment", "studio.new_assignment")
        self.path, self.person = _first("studio.path_people"), _first("team.person")
        self.ledger = _first("hr.employee_compliance")

    def of(self, line: Any) -> Sequence[tuple[str, str]]:
        """(label, address) of each."""
        if line.kind == Thing.COMPLIANCE:
            return _to(self.ledger, _("Compliance record"), employee_id=line.employee_id)
        if line.kind == Thing.PATH:
            on_path = _to(self.path, _("People on the path"), path_id=line.subject_id)
            return on_path or _to(self.person, _("Their training"), employee_id=line.employee_id)
        found: list[tuple[str, str]] = []
        if line.assignment_id is None and line.standing in TO_ASSIGN:
            found += _to(self.assign, _("Assign"), course=line.subject_id, person=line.employee_id)
        if line.enrollment_id is not None:
            found += _to(self.why, _("Why not complete?"), enrollment_id=line.enrollment_id)
        return found


def _first(*endpoints: str) -> str:
    """The first that admits the viewer; '' for none."""
    return next((one for one in endpoints if policy_of(current_app, one).admits(g.viewer)), "")


def _to(endpoint: str, label: str, **values: Any) -> list[tuple[str, str]]:
    return [(label, url_for(endpoint, **values))] if endpoint else []
