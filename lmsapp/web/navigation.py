"""The navigation of each wing: of the places named here, those whose policy admits the viewer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __

from lmsapp.people.roles import Role
from lmsapp.people.viewer import Viewer
from lmsapp.web.gates import WINGS, policy_of
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
class Navigation:
    """What the shell shows: the wing's places, the viewer's other wings, the account menu.

    `doors`: name -> address of what the shell itself leads to (sign_out, language, notices, search), where it exists.
    """

    wing: str
    title: str
    items: tuple[Place, ...] = ()
    also: tuple[Place, ...] = field(default=())
    account: tuple[Place, ...] = ()
    doors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a wing's navigation: label, endpoint, icon. Seen by whoever may go there.

    `holds`: where addresses of its pages begin, beside those below its own."""

    label: object
    endpoint: str
    icon: str
    holds: tuple[str, ...] = ()


WING_TITLES: dict[str, object] = {
    "student": __("My learning"),
    "team": __("Team"),
    "hr": __("HR"),
    "studio": __("Studio"),
    "admin": __("Administration"),
    "gonogo": __("Go/no-go"),
}

ENTRIES: dict[str, tuple[Entry, ...]] = {
    "student": (
        Entry(__("Home"), "student.home", "home", ("/learn/",)),
        Entry(__("Catalogue"), "student.catalogue", "book"),
        Entry(
            __("My record"),
            "student.record",
            "award",
            ("/learn/certificates/", "/learn/papers/", "/learn/enrollments/"),
        ),
        Entry(__("Help"), "help.index", "help"),
    ),
    "team": (
        Entry(__("Team"), "team.dashboard", "users", ("/team/",)),
        Entry(__("Assignments"), "team.assignments", "list"),
        Entry(__("Enrollments"), "team.enrollments", "book"),
        Entry(__("More time"), "team.extension_requests", "calendar"),
        Entry(__("Compliance matrix"), "team.matrix", "grid"),
        Entry(__("Onboarding"), "team.onboardings", "check"),
        Entry(__("Reports"), "team.reports", "chart"),
        Entry(__("Statistics"), "team.statistics", "trend"),
    ),
    "hr": (
        Entry(__("Employees"), "hr.employees", "users"),
        Entry(__("Onboarding"), "hr.onboardings", "check"),
        Entry(__("To file"), "hr.to_file", "inbox"),
        Entry(__("Documents"), "hr.documents_ending", "file"),
        Entry(__("Policies"), "hr.policies", "signature"),
        Entry(__("Compliance matrix"), "hr.matrix", "grid"),
        Entry(__("Reconciliation"), "hr.reconciliation", "list"),
        Entry(__("Compliance types"), "hr.compliance_types", "shield"),
        Entry(__("Completion ledger"), "hr.completion_ledger", "shield"),
        Entry(__("Retention"), "hr.retention", "archive"),
        Entry(__("Organisation"), "hr.organisation", "folder"),
        Entry(__("Roster"), "hr.roster", "upload"),
        Entry(__("Reports"), "hr.reports", "chart"),
        Entry(__("Statistics"), "hr.statistics", "trend"),
        Entry(__("Evidence packs"), "hr.evidence_packs", "download"),
    ),
    "studio": (
        Entry(__("Courses"), "studio.courses", "book"),
        Entry(__("Question bank"), "studio.bank", "quiz"),
        Entry(__("Learning paths"), "studio.paths", "path"),
        Entry(__("Assignments"), "studio.assignments", "list"),
        Entry(__("Reminder policies"), "studio.reminder_policies", "bell"),
        Entry(__("Enrollments"), "studio.enrollments", "users"),
        Entry(__("By hand"), "studio.overrides", "edit"),
        Entry(__("Grading"), "studio.grading", "inbox"),
        Entry(__("Time asked for"), "studio.instructor_requests", "comment"),
        Entry(__("Certificates"), "studio.certificates", "award"),
        Entry(__("Expiring"), "studio.expiring", "renew"),
        Entry(__("Audiences"), "studio.audiences", "users"),
        Entry(__("Payments"), "studio.payments", "tag"),
        Entry(__("Messages to come"), "studio.messages_to_come", "calendar"),
        Entry(__("Message texts"), "studio.message_texts", "mail"),
    ),
    "admin": (
        Entry(__("People and roles"), "admin.users", "users"),
        Entry(__("Who may do what"), "admin.roles", "shield"),
        Entry(__("Notices"), "admin.notices", "mail"),
        Entry(__("Channels"), "admin.channel_list", "plug"),
        Entry(__("Jobs"), "admin.jobs", "clock"),
        Entry(__("Audit trail"), "admin.audit_trail", "list"),
        Entry(__("Compliance matrix"), "admin.matrix", "grid"),
        Entry(__("Signatures"), "admin.signatures", "signature"),
        Entry(__("Checkpoints"), "admin.checkpoints", "shield"),
        Entry(__("Completion ledger"), "admin.completion_ledger", "shield"),
        Entry(__("Reports"), "admin.reports", "chart"),
        Entry(__("Statistics"), "admin.statistics", "trend"),
        Entry(__("Evidence packs"), "admin.evidence_packs", "download"),
        Entry(__("Links in reminders"), "admin.links", "key"),
        Entry(__("Access tokens"), "admin.access_tokens", "key"),
        Entry(__("Settings"), "admin.organisation_settings", "gear"),
        Entry(__("Status words"), "admin.status_words", "edit"),
    ),
    "gonogo": (
        Entry(__("Checklists"), "gonogo.index", "check"),
        Entry(__("Access tokens"), "gonogo.tokens", "key"),
    ),
}

# Where each wing begins.
WING_DOORS: tuple[tuple[str, Entry], ...] = (
    ("student", Entry(__("My learning"), "student.home", "home")),
    ("team", Entry(__("My team"), "team.dashboard", "users")),
    ("hr", Entry(__("HR"), "hr.employees", "folder")),
    ("studio", Entry(__("Studio"), "studio.courses", "book")),
    ("admin", Entry(__("Administration"), "admin.notices", "gear")),
    ("gonogo", Entry(__("Go/no-go"), "gonogo.index", "check")),
)

HOMES = ("admin", "hr", "studio", "team", "student")

ACCOUNT: tuple[Entry, ...] = (
    Entry(__("Your account"), "account.profile", "user"),
    Entry(__("Notices"), "account.notices", "bell"),
    Entry(__("To sign"), "account.to_sign", "signature"),
    Entry(__("Your documents"), "account.own_documents", "file"),
)

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
    """Where the viewer's day begins: at the work only they can do; everybody else at their own learning; who came by a
    link, at what it is for."""
    if viewer.only_course is not None:
        return url_for("student.course", course_id=viewer.only_course)
    doors = dict(WING_DOORS)
    for wing in HOMES:
        if wing == "student" and Role.AUDITOR in viewer.roles:
            return url_for(_endpoint("admin", doors["admin"], viewer))
        if WINGS[wing].admits(viewer) and (wing != "admin" or Role.SYSTEM_MANAGER in viewer.roles):
            return url_for(_endpoint(wing, doors[wing], viewer))
    return url_for(doors["admin"].endpoint if WINGS["admin"].admits(viewer) else "account.profile")


def navigation(viewer: Viewer | None) -> Navigation:
    """The places of the present wing and the viewer's other wings."""
    wing = request.endpoint.partition(".")[0] if request.endpoint else ""
    if viewer is None:
        return Navigation(wing=wing, title="", doors=_doors())
    if (request.endpoint or "").startswith(OF_REPORTS):
        wing = reports_wing(viewer) or wing
    theirs = [name for name, _door in WING_DOORS if WINGS[name].admits(viewer)]
    # Who only learns keeps the places of the wing on the pages of their account and of the help.
    places = "student" if wing not in ENTRIES and theirs == ["student"] else wing
    entries = [e for e in ENTRIES.get(places, ()) if policy_of(current_app, e.endpoint).admits(viewer)]
    here = _current(entries)
    doors = [door for other, door in WING_DOORS if other != places and other in theirs]
    also = [Place(str(door.label), url_for(_endpoint(_wing(door), door, viewer)), door.icon) for door in doors]
    if places != "student":
        also.append(Place(_("Help for this page") if entries else _("Help"), _help(), "help"))
    if "mailbox.inbox" in current_app.view_functions:
        also.append(Place(_("Mailbox (demo)"), url_for("mailbox.inbox"), "mail"))
    return Navigation(
        wing=wing,
        title=str(WING_TITLES.get(wing, "")),
        items=tuple(Place(str(e.label), url_for(e.endpoint), e.icon, e is here) for e in entries),
        also=tuple(also),
        account=tuple(Place(str(e.label), url_for(e.endpoint), e.icon) for e in ACCOUNT),
        doors=_doors(),
    )


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
