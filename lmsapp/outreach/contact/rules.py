"""When somebody may be written to, and how often. Pure and dated (REM-8).

Hours and days are those where the reader is. Hours are read off the wall clock, so that changes of the clock need no
rule of their own: a quiet end that does not exist that day is over when the clock jumps past it; one that comes twice
is over the first time, and what the clock shows again is judged again.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Container, Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.calendar.rules import is_working_day

DAY = dt.timedelta(days=1)
WEEK = 7  # days, the one asked about among them
QUARTER = dt.timedelta(minutes=15)  # every zone's distance from UTC is a whole number of them
MORNING = 6  # o'clock: when the day's letters begin
FURTHEST = dt.timedelta(days=400)
LEAST_OPEN = 4  # hours of a day somebody leaves to be told something by their channels
HELD_DAYS = 7  # a reminder held for longer says what nobody needs to hear any more

# Channels that make a telephone ring or light up. E-mail and notices in the product wait for their reader.
DISTURBING = frozenset({"sms", "slack", "apprise"})

# Whatever else is a reminder: it repeats what somebody was told before, counts against the cap and is held by it.
# A message of its own kind has its reason here, or is capped.
EXEMPT: dict[str, str] = {
    "invitation": "somebody waits for it to sign in",
    "password_reset": "somebody waits for it to sign in",
    "email_confirm": "somebody waits for it to confirm an address",
    "email_in_use": "warns of what somebody does with an account",
    "email_changed": "warns of what somebody did with an account",
    "mobile_changed": "warns of what somebody did with an account",
    "training_assigned": "tells of a duty, once",
    "path_assigned": "tells of a duty, once",
    "certification_renewal": "tells of a duty, once",
    "certification_expired": "says that somebody may not do this work any more",
    "certificate_ready": "a certificate; the reader may switch it off",
    "certificate_not_awarded": "says what somebody has to do again",
    "training_completed": "tells of what was done, once",
    "completion_told": "tells of what was done, once",
    "training_link": "somebody waits for it to begin",
    "work_graded": "the answer to what the reader handed in",
    "quiz_graded": "the answer to what the reader handed in",
    "instructor_answered": "the answer to what the reader asked",
    "extension_answered": "the answer to what the reader asked",
    "instructor_asked": "a learner waits for the reader's answer",
    "extension_asked": "a learner waits for the reader's answer",
    "welcome_back": "tells once what a pause did to due dates",
    "onboarding_started": "tells of the first weeks, once",
    "onboarding_new_colleague": "tells of the first weeks, once",
    "onboarding_completed": "tells of the first weeks, once",
    "onboarding_handed_in": "a new colleague waits for the reader",
    "onboarding_sent_back": "the answer to what the reader handed in",
    "signature_requested": "tells of a duty, once",
    "digest_compliance": "one a day by itself, of what others have to renew",
    "digest_manager": "one a day by itself, of what others have to do",
    "reconciliation": "once a month, to whoever keeps the ledger",
    "evidence_pack_ready": "the answer to what the reader asked",
    "evidence_pack_failed": "the answer to what the reader asked",
    "report_ready": "the answer to what the reader asked",
    "pdf_ready": "the answer to what the reader asked",
    "acts_done": "the answer to what the reader asked",
    "report_failed": "the answer to what the reader asked",
    "report_sent": "comes as often as it was set up to, and to nobody else",
    "roster_waits": "work of HR stands still until it is read",
    "roster_missing": "work of HR stands still until it is read",
    "ledger_trouble": "evidence is in danger until it is read",
    "ledger_checkpoint": "one a day, kept as evidence and not read",
    "retrieval_failed": "evidence cannot be read until HR sees to it",
    "ledger_changed": "somebody may have changed the records",
    "ledger_unverified": "nobody knows whether the records were changed",
}


@dataclass(frozen=True, slots=True)
class Quiet:
    """From the hour `start` up to the hour `end` (0 to 23), past midnight where `end` is smaller. Equal: never."""

    start: int
    end: int

    def covers(self, hour: int) -> bool:
        """Whether the hour of the day, 0 to 23, is quiet."""
        if self.start <= self.end:
            return self.start <= hour < self.end
        return hour >= self.start or hour < self.end


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `per_day` on one day and `per_week` on seven days in a row."""

    per_day: int
    per_week: int


def is_capped(template: str) -> bool:
    """Whether messages of this kind count against the cap, and are held by it."""
    return template not in EXEMPT


def open_hours(quiets: Iterable[Quiet]) -> int:
    """How many hours of a day are not quiet."""
    quiets = tuple(quiets)
    return sum(not any(quiet.covers(hour) for quiet in quiets) for hour in range(24))


def check_quiet(own: Quiet, organisation: Quiet) -> None:
    """Whether somebody may have these hours besides the organisation's. Raises RuleBroken (field 'quiet_until')."""
    if not all(0 <= hour <= 23 for hour in (own.start, own.end)):
        raise RuleBroken(N_("Choose hours from 0 to 23."), field="quiet_from")
    if open_hours((own, organisation)) < LEAST_OPEN:
        raise RuleBroken(
            N_("Leave at least %(hours)s hours of the day in which messages may come."),
            field="quiet_until",
            hours=LEAST_OPEN,
        )


def next_open(
    at: dt.datetime,
    zone: ZoneInfo,
    quiets: Collection[Quiet],
    *,
    working_days: bool = False,
    holidays: Container[dt.date] = frozenset(),
) -> dt.datetime:
    """`at`, or the first instant after it that is in no quiet hour and, if asked, on a working day. In UTC.

    Quiet hours that together leave no hour of the day are taken for none: silence for ever is nobody's wish.
    """
    if not open_hours(quiets):
        quiets = ()
    moment = at.astimezone(dt.UTC)
    while not _is_open(moment.astimezone(zone), quiets, working_days, holidays):
        if moment - at > FURTHEST:
            raise ValueError("no working day within a year")
        moment += QUARTER - dt.timedelta(seconds=moment.timestamp() % QUARTER.total_seconds())
    return moment


def day_with_room(told_on: Iterable[dt.date], cap: Cap, today: dt.date) -> dt.date:
    """The first day from `today` on which one more fits, given the days on which messages went out before."""
    count = Counter(told_on)
    day = today
    while count[day] >= cap.per_day or sum(count[day - n * DAY] for n in range(WEEK)) >= cap.per_week:
        day += DAY
    return day


def last_day(key: str, moment: str, held_since: dt.date) -> dt.date:
    """The day after which a held reminder is not sent: its due date, for one that speaks of days left; else a week on.

    `key` as in `reminder/assignment/<id>/<due date>/...`; `moment` is the policy's word for the step.
    """
    week = held_since + HELD_DAYS * DAY
    if not moment.startswith("before"):
        return week
    parts = key.split("/")
    try:
        return dt.date.fromisoformat(parts[3])
    except (IndexError, ValueError):
        return week


def same_number(one: str | None, other: str | None) -> bool:
    """Whether two telephone numbers are one, however they are written."""
    return _digits(one) == _digits(other) != ""


def _digits(number: str | None) -> str:
    return "".join(c for c in number or "" if c.isdigit())


def _is_open(local: dt.datetime, quiets: Collection[Quiet], working_days: bool, holidays: Container[dt.date]) -> bool:
    if working_days and not is_working_day(local.date(), holidays):
        return False
    return not any(quiet.covers(local.hour) for quiet in quiets)
