"""Which messages may be put in one's own words, with which placeholders. Pure.

A closed list. What is not on it keeps the words it ships with: letters about a change to the account, which must say
the same everywhere, and results of work and quizzes, which say too many different things for one text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lmsapp.infra.words import N_
from lmsapp.outreach.digests.rules import Section

LANGUAGES = ("en", "es")
CHANNELS = ("email", "sms", "slack", "in_app")
WITH_SUBJECT = frozenset({"email", "in_app"})

PLACEHOLDERS: dict[str, str] = {
    "name": N_("the reader's name"),
    "first_name": N_("the first word of it"),
    "title": N_("the title of the course, learning path or text"),
    "number": N_("the number of the assignment or certificate"),
    "due_on": N_("the due date"),
    "days_left": N_("days until then; after it, days since"),
    "due_words": N_("the due date in a sentence, with the days left or past"),
    "progress": N_("the reader's own progress, such as 40 %"),
    "so_far": N_("what the reader has done so far, in a sentence"),
    "lesson_count": N_("how many lessons the course has"),
    "note": N_("the note of whoever assigned it, where there is one"),
    "courses": N_("the courses, one in a line; of a learning path, how many"),
    "tasks": N_("what the reader has to do, one in a line"),
    "first_day": N_("the first day at work"),
    "valid_until": N_("the last valid day"),
    "grace_until": N_("until when a renewal counts as in time, where there is such a day"),
    "verify_link": N_("where anybody can check the certificate"),
    "issued_on": N_("the day of completion"),
    "employee": N_("whom it is about"),
    "newcomer": N_("the new colleague"),
    "wanted_on": N_("until when more time is asked for"),
    "reason": N_("the reason in their own words"),
    "by": N_("who decided"),
    "answer": N_("what they answered, where they did"),
    "email": N_("the address the reader signs in with"),
    "list": N_("what the letter brings together, one in a line"),
    "count": N_("how many there are"),
    "late": N_("how many of them are late"),
    "standing": N_("how they stand: the due date, and the lessons done"),
    "lesson": N_("the lesson they stopped at"),
    "choice_link": N_("where the reader asks for each reminder by itself"),
    "manager": N_("the reader's line manager"),
    "organisation": N_("your organisation"),
    "link": N_("the address that lands on the right page; without it nobody finds there"),
}
LINKS = frozenset({"link", "verify_link", "choice_link"})
ALWAYS = ("name", "first_name", "organisation", "manager", "link")

MOMENTS: dict[str, str] = {
    "": N_("At any time"),
    "before due": N_("Before the due date"),
    "on due": N_("On the due date"),
    "after due": N_("After the due date"),
    "before expiry": N_("Before a certification lapses"),
    "granted": N_("Granted"),
    "declined": N_("Declined"),
}
GROUPS: dict[str, str] = {
    "training": N_("Training and reminders"),
    "managers": N_("To managers"),
    "certificates": N_("Certificates and renewal"),
    "onboarding": N_("First weeks"),
    "signing": N_("Texts to sign"),
    "accounts": N_("Accounts"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """`template` is the folder; `own` its placeholders beside those every message has. `specimen`: values as the code
    passes them, each different from the others; `by_moment` takes their place in a moment of `moments`. `must`: what
    its text may not leave out."""

    template: str
    group: str
    own: tuple[str, ...]
    specimen: Mapping[str, Any]
    moments: tuple[str, ...] = ()
    by_moment: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    must: tuple[str, ...] = ("link",)

    @property
    def placeholders(self) -> tuple[str, ...]:
        """As they are listed: those of its own between the reader and the link."""
        return (*ALWAYS[:2], *self.own, *ALWAYS[2:])

    def values(self, moment: str = "") -> dict[str, Any]:
        """Its specimen in a moment."""
        return {**self.specimen, **self.by_moment.get(moment or (self.moments or ("",))[0], {})}


DUE = dt.date(2027, 3, 18)
TRAINING = {
    "title": "Safe handling of medicines",
    "course_id": None,
    "number": "TA-0042",
    "due_on": DUE,
    "days_left": 7,
    "progress": 38,
    "done_lessons": 3,
    "lesson_count": 8,
}
REMINDED = ("title", "number", "due_on", "days_left", "due_words", "progress", "so_far", "lesson_count")
TIMES = {
    "before due": {"days_left": 7, "moment": "before due"},
    "on due": {"days_left": 0, "moment": "on due"},
    "after due": {"days_left": -7, "moment": "after due"},
    "before expiry": {"days_left": 30, "moment": "before expiry", "renewal": True},
}
SIGNED = {"title": "Code of conduct", "due_on": DUE, "days_left": 7}
SINCE = dt.date(2027, 3, 15)
LATE = {"title": "Safe handling of medicines", "employee": "Lena Lorenz", "number": "TA-0042", "due_on": DUE,
        "days_left": -3, "done_lessons": 3, "lesson_count": 8, "since": SINCE, "lesson": "Storing them",
        "link": "https://training.example/one"}  # fmt: skip
OTHER = {**LATE, "title": "Fire safety", "employee": "Omar Ortiz", "days_left": -12, "done_lessons": 0}
LATE_OR_SOON = {
    "after due": {"days_left": -3, "moment": "after due"},
    "before due": {"days_left": 3, "moment": "before due"},
}
WHO = ("employee", "title", "number", "due_on", "days_left", "standing")
CERTIFIED = {"title": "First aid", "valid_until": DUE, "begun": False, "required": True}


def _own(line: dict[str, Any]) -> dict[str, Any]:
    """A line of the reader's own letter: it names nobody."""
    return {name: value for name, value in line.items() if name != "employee"}


KINDS: dict[str, Kind] = {
    one.template: one
    for one in (
        Kind(
            "training_assigned", "training", ("title", "number", "due_on", "days_left", "lesson_count", "note"),
            {**TRAINING, "note": "Please take it before the audit."},
        ),
        Kind(
            "path_assigned", "training", ("title", "due_on", "courses", "note"),
            {"title": "First steps on the ward", "due_on": DUE, "courses": 4, "note": "Begin with hygiene."},
        ),
        Kind("training_reminder", "training", REMINDED, TRAINING, tuple(TIMES), TIMES),
        Kind("training_overdue", "training", REMINDED, {**TRAINING, "days_left": -1}),
        Kind("welcome_back", "training", ("title",), {"title": "Safe handling of medicines"}),
        Kind(
            "extension_asked", "managers", ("employee", "title", "due_on", "wanted_on", "reason"),
            {"employee": "Lena Lorenz", "title": "Safe handling of medicines", "due_on": DUE,
             "wanted_on": dt.date(2027, 4, 9), "reason": "I was on leave for three weeks."},
        ),
        Kind(
            "extension_answered", "training", ("title", "due_on", "by", "answer"),
            {"title": "Safe handling of medicines", "due_on": DUE, "by": "Mark Meyer", "answer": "Take your time."},
            ("granted", "declined"), {"granted": {"granted": True}, "declined": {"granted": False}},
        ),
        Kind(
            "escalation", "managers", WHO, {name: value for name, value in LATE.items() if name != "link"},
            tuple(LATE_OR_SOON), LATE_OR_SOON,
        ),
        Kind(
            "stalled", "managers", (*WHO, "lesson"),
            {name: value for name, value in LATE.items() if name != "link"} | {"days_left": 5, "hours": 48},
        ),
        Kind(
            "digest_manager", "managers", ("list", "count", "late"),
            {"sections": [Section("newly overdue", 1, (LATE,), 0), Section("still overdue", 1, (OTHER,), 0)],
             "count": 2, "late": 2},
            must=("link", "list"),
        ),
        Kind(
            "digest_learner", "training", ("list", "count", "late", "choice_link"),
            {"sections": [Section("overdue", 2, (_own(LATE), _own(OTHER)), 1)], "count": 3, "late": 2,
             "choice_link": "https://training.example/choice"},
            must=("link", "list"),
        ),
        Kind(
            "compliance_renewal", "certificates", ("title", "due_on", "days_left", "courses"),
            {"title": "HIPAA privacy", "due_on": DUE, "days_left": 30, "courses": "HIPAA privacy 2027"},
        ),
        Kind("certification_renewal", "certificates", ("title", "valid_until"), CERTIFIED),
        Kind(
            "certification_expired", "certificates", ("title", "valid_until", "grace_until"),
            {**CERTIFIED, "grace_until": dt.date(2027, 4, 17)},
        ),
        Kind(
            "certificate_ready", "certificates", ("title", "number", "issued_on", "valid_until", "verify_link"),
            {"title": "First aid", "number": "CRT-2027-0042", "issued_on": DUE, "valid_until": dt.date(2029, 3, 18),
             "verify_link": "https://training.example/verify/specimen", "path": False, "again": False},
        ),
        Kind(
            "onboarding_started", "onboarding", ("first_day", "tasks", "courses"),
            {"title": "Nora Neumann", "first_day": dt.date(2027, 3, 1),
             "tasks": [("Hand in your work permit", dt.date(2027, 3, 5)), ("Meet your mentor", dt.date(2027, 3, 3))],
             "courses": [("Fire safety", dt.date(2027, 3, 31))]},
        ),
        Kind(
            "onboarding_task_due", "onboarding", ("title", "newcomer", "due_on"),
            {"title": "Hand out the keys", "newcomer": "Nora Neumann", "due_on": DUE, "days_left": 2,
             "for_other": True},
        ),
        Kind("signature_requested", "signing", ("title", "due_on", "days_left", "due_words"), SIGNED),
        Kind("signature_reminder", "signing", ("title", "due_on", "days_left", "due_words"), SIGNED),
        Kind("invitation", "accounts", ("email",), {"email": "lena@training.example"}),
        Kind("password_reset", "accounts", ("email",), {"email": "lena@training.example"}),
    )
}  # fmt: skip


def moment_of(template: str, values: Mapping[str, Any]) -> str:
    """In which of its moments a message goes out, from what is known of it; '' for a kind that has none."""
    kind = KINDS.get(template)
    if kind is None or not kind.moments:
        return ""
    if values.get("moment") in kind.moments:
        return str(values["moment"])
    if "granted" in kind.moments:
        return "granted" if values.get("granted") else "declined"
    left = values.get("days_left")
    if left is None:
        return ""
    if values.get("renewal") and left > 0:
        return "before expiry"
    return "before due" if left > 0 else "after due" if left < 0 else "on due"
