"""The navigation of each wing: of the places named here, those whose policy admits the viewer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import current_app, request, url_for
from flask_babel import gettext as _

from lmsapp.people.roles import May, Role
from lmsapp.people.viewer import Viewer
from lmsapp.web.gates import WINGS, policy_of
from lmsapp.web.places import ACCOUNT, ENTRIES, GROUPS, WING_DOORS, WING_TITLES, Entry
from lmsapp.web.screens import help_of


@dataclass(frozen=True, slots=True)
class Place:
    """A place to go. `current`: the viewer is there."""

    label: str
    href: str
    icon: str
    current: bool = False
    tally: int | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """Those that belong together; `label` '' in a wing of few."""

    label: str
    items: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Navigation:
    """What the shell shows: the wing's places, the viewer's other wings, the account menu.

    `doors`: name -> address of what the shell itself leads to (sign_out, language, notices, search), where it exists.
    """

    wing: str
    title: str
    groups: tuple[Places, ...] = ()
    also: tuple[Place, ...] = field(default=())
    account: tuple[Place, ...] = ()
    doors: dict[str, str] = field(default_factory=dict)

    @property
    def items(self) -> tuple[Place, ...]:
        """All of them, in their order."""
        return tuple(place for group in self.groups for place in group.items)


HOMES = ("admin", "hr", "studio", "team", "student")

# Files and schedules of reports belong to whoever asked, in whichever wing that was: they keep its navigation.
OF_REPORTS = ("account.report", "hr.compliance_report")
REPORTING = ("hr", "admin", "team")

# What the shell leads to.
DOORS: dict[str, str] = {
    "sign_out": "door.end",
    "language": "door.choose_language",
    "notices": "account.notices",
}


def home_of(viewer: Viewer) -> str:
    """Where the viewer's day begins: at the work only they can do, for an auditor at the reports, which can be asked
    as of any day; everybody else at their own learning; who came by a link, at what it is for."""
    if viewer.only_course is not None:
        return url_for("student.course", course_id=viewer.only_course)
    wing = _home_wing(viewer)
    if wing == "admin" and Role.AUDITOR in viewer.roles and Role.SYSTEM_MANAGER not in viewer.roles:
        return url_for("admin.reports")
    return url_for(_endpoint(wing, dict(WING_DOORS)[wing], viewer) if wing else "account.profile")


def _home_wing(viewer: Viewer) -> str:
    """The wing in which the viewer's day begins; '' for whom there is none."""
    for wing in HOMES:
        if wing == "student" and Role.AUDITOR in viewer.roles:
            return "admin"
        if WINGS[wing].admits(viewer) and (wing != "admin" or Role.SYSTEM_MANAGER in viewer.roles):
            return wing
    return "admin" if WINGS["admin"].admits(viewer) else ""


def navigation(viewer: Viewer | None) -> Navigation:
    """The places of the present wing and the viewer's other wings. Pages of no wing, as those of the account and of the
    help, have the places of the wing in which the viewer's day begins."""
    wing = request.endpoint.partition(".")[0] if request.endpoint else ""
    if viewer is None:
        return Navigation(wing=wing, title="", doors=_doors())
    if (request.endpoint or "").startswith(OF_REPORTS):
        wing = reports_wing(viewer) or wing
    theirs = [name for name, _door in WING_DOORS if WINGS[name].admits(viewer)]
    if wing not in GROUPS:
        wing = _home_wing(viewer) or wing
    groups = _groups(wing, viewer)
    doors = [door for other, door in WING_DOORS if other != wing and other in theirs]
    also = [Place(str(door.label), url_for(_endpoint(_wing(door), door, viewer)), door.icon) for door in doors]
    if viewer.may(May.AUDIT, May.KEEP_RECORDS):
        also.append(Place(_("Check a PDF"), url_for("public.check"), "file"))
    if wing != "student":
        also.append(Place(_("Help for this page") if groups else _("Help"), _help(), "help"))
    if "mailbox.inbox" in current_app.view_functions:
        also.append(Place(_("Mailbox (demo)"), url_for("mailbox.inbox"), "mail"))
    return Navigation(
        wing=wing,
        title=str(WING_TITLES.get(wing, "")),
        groups=groups,
        also=tuple(also),
        account=tuple(
            Place(str(e.label), url_for(e.endpoint), e.icon, e.endpoint == request.endpoint) for e in ACCOUNT
        ),
        doors=_doors(),
    )


def _groups(wing: str, viewer: Viewer) -> tuple[Places, ...]:
    """Of each group what the viewer may enter; a group of nothing is left out."""
    open_to = [e for e in ENTRIES.get(wing, ()) if policy_of(current_app, e.endpoint).admits(viewer)]
    here = _current(open_to)
    groups = (
        Places(
            str(group.label),
            tuple(Place(str(e.label), url_for(e.endpoint), e.icon, e is here) for e in group.entries if e in open_to),
        )
        for group in GROUPS.get(wing, ())
    )
    return tuple(group for group in groups if group.items)


def reports_wing(viewer: Viewer) -> str:
    """Where the viewer finds reports; '' for somebody who only gets them."""
    return next((wing for wing in REPORTING if policy_of(current_app, f"{wing}.reports").admits(viewer)), "")


def _wing(door: Entry) -> str:
    return door.endpoint.partition(".")[0]


def _endpoint(wing: str, door: Entry, viewer: Viewer) -> str:
    """Where the wing begins for the viewer: its door, else the first of its places they may enter."""
    places = (door, *ENTRIES[wing])
    return next((e.endpoint for e in places if policy_of(current_app, e.endpoint).admits(viewer)), door.endpoint)


def _doors() -> dict[str, str]:
    return {name: url_for(endpoint) for name, endpoint in DOORS.items()} | {"help": _help()}


def _help() -> str:
    """The help page of this screen; all of them where it has none."""
    slug = help_of(request.endpoint or "")
    return url_for("help.read", slug=slug) if slug else url_for("help.index")


def _current(entries: Sequence[Entry]) -> Entry | None:
    """The place a page belongs to: it is the place, or its address begins as those of the place; the longest wins."""
    if (request.endpoint or "").startswith(OF_REPORTS):
        return next((one for one in entries if one.endpoint.endswith(".reports")), None)
    found = [(max(map(len, begun)), one) for one in entries if (begun := _begun(one))]
    return max(found, key=lambda one: one[0])[1] if found else None


def _begun(entry: Entry) -> list[str]:
    """Those of its addresses that begin the one asked for. The wing's own, '/team', is exactly that."""
    here, place = request.path, url_for(entry.endpoint)
    if here == place:
        return [place]
    below = (place.rstrip("/") + "/",) if place.count("/") > 1 else ()
    return [one for one in (*below, *entry.holds) if here.startswith(one)]
