"""The last question before a notice is worded and sent: may it go now, later, or never (REM-7, REM-8)?

Asked by delivery after the claim. Consent comes first and nothing overrides it; then
letters switched off; quiet hours and days off; and the cap, which mandatory notices may exceed. Counting and taking a
place under the cap happen behind one lock per person, so that workers side by side never send one too many: a notice
counts from `passed_at` on, while it is being sent, is sent, or may have been; not when it failed or waits again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, func, or_, select

from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.words import N_
from lmsapp.outreach.contact.queries import Reader, cap_of, opens_at, reader_of
from lmsapp.outreach.contact.rules import DISTURBING, EXEMPT, MORNING, WEEK, day_with_room, is_capped, last_day
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.rules import OPTIONAL, NoticeStatus, Suppressed, moment_of
from lmsapp.people.accounts.queries import switched_off_by
from lmsapp.people.settings.queries import settings
from lmsapp.people.settings.rules import Value

LOOKED_BACK = dt.timedelta(days=WEEK + 1)  # a week by dates anywhere on earth
COUNTED = (NoticeStatus.SENDING, NoticeStatus.SENT, NoticeStatus.UNKNOWN)

SWITCHED_OFF = N_("The recipient has switched letters of this kind off.")
NO_CONSENT = N_("The recipient has not agreed to text messages.")
OTHER_NUMBER = N_("The recipient agreed to text messages to another number than the one on file.")
QUIET_TOO_LONG = N_("Quiet hours and days off held it until its day was over.")
CAP_TOO_LONG = N_("There were so many messages that it was held until its day was over.")

TABLE = Notice.__table__
ALONE = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("whose"), 0)))
PASSED = select(TABLE.c.passed_at).where(
    TABLE.c.employee_id == bindparam("whose"),
    TABLE.c.passed_at > bindparam("after"),
    TABLE.c.channel == bindparam("by"),
    or_(
        TABLE.c.status.in_([one.value for one in COUNTED]),
        (TABLE.c.status == NoticeStatus.QUEUED.value) & TABLE.c.message_id.is_not(None),
    ),
    TABLE.c.template.not_in(sorted(EXEMPT)),
    TABLE.c.id != bindparam("this"),
)


@dataclass(frozen=True, slots=True)
class Go:
    """Now."""


@dataclass(frozen=True, slots=True)
class Later:
    """Not before `at`: put back as it was, this try not counted. `words` say what holds it."""

    at: dt.datetime
    words: str


@dataclass(frozen=True, slots=True)
class Never:
    """Suppressed, and why: by its name, and in words for staff."""

    suppressed_as: Suppressed
    words: str


Verdict = Go | Later | Never

HELD_BY_QUIET = N_("It waits for the end of quiet hours or days off.")
HELD_BY_CAP = N_("It waits for a day with room: this person was told enough for now.")


def may_go(notice: Notice, now: dt.datetime) -> Verdict:
    """Judge a claimed notice. `Go` has set its `passed_at`: it takes its place under the cap as soon as whoever asked
    writes that down, which has to be in the same transaction, while nobody else can count."""
    if notice.channel == "in_app" or _is_free(notice):
        return Go()
    with unit_of_work():
        reader = reader_of(notice.employee_id)
        verdict = _forbidden(notice, reader) or _held(notice, reader, now) or Go()
    if isinstance(verdict, Go):
        notice.passed_at = now
    return verdict


def _is_free(notice: Notice) -> bool:
    """Nothing that could hold it: a letter that reminds of nothing and that nobody can switch off."""
    return notice.channel == "email" and notice.template in EXEMPT and notice.template not in OPTIONAL


def _forbidden(notice: Notice, reader: Reader) -> Never | None:
    if notice.channel == "sms":
        if not reader.agreed:
            return Never(Suppressed.NO_CONSENT, NO_CONSENT)
        if reader.agreed_for_another:
            return Never(Suppressed.NO_CONSENT, OTHER_NUMBER)
    optional = notice.template in OPTIONAL and notice.user_id is not None
    if optional and notice.template in switched_off_by(notice.user_id or 0):
        return Never(Suppressed.SWITCHED_OFF, SWITCHED_OFF)
    return None


def _held(notice: Notice, reader: Reader, now: dt.datetime) -> Later | Never | None:
    """Until when, if at all, and whether it still makes sense then.

    One that was handed over before, without an answer, may have arrived: it has its place under the cap already, and
    nobody may say of it that it was not sent.
    """
    capped = is_capped(notice.template) and notice.message_id is None
    if not capped and notice.channel not in DISTURBING:
        return None
    chosen = settings()
    opens = opens_at(notice.channel, reader, now, chosen)
    at = _with_room(notice, reader, opens, now, chosen) if capped and notice.employee_id is not None else opens
    if at <= now:
        return None
    since = notice.queued_at.astimezone(reader.zone).date()
    last = last_day(notice.key, moment_of(notice.reason), since)
    if capped and at.astimezone(reader.zone).date() > last:
        return Never(Suppressed.TOO_LATE, CAP_TOO_LONG if at > opens else QUIET_TOO_LONG)
    return Later(at, HELD_BY_CAP if at > opens else HELD_BY_QUIET)


def _with_room(
    notice: Notice, reader: Reader, opens: dt.datetime, now: dt.datetime, chosen: Mapping[str, Value]
) -> dt.datetime:
    """`opens`, or the morning of the first day after it with room for one more."""
    if notice.mandatory:
        return opens
    _alone_with(notice.employee_id)
    day = opens.astimezone(reader.zone).date()
    free = day_with_room(_told_on(notice, reader, now), cap_of(notice.channel, chosen), day)
    if free == day:
        return opens
    morning = dt.datetime.combine(free, dt.time(MORNING), tzinfo=reader.zone).astimezone(dt.UTC)
    return opens_at(notice.channel, reader, morning, chosen)


def _alone_with(employee_id: int | None) -> None:
    """Until the end of the transaction nobody else counts this person's messages."""
    db.session.execute(ALONE, {"whose": f"notices/{employee_id}"})


def _told_on(notice: Notice, reader: Reader, now: dt.datetime) -> list[dt.date]:
    asked = {"whose": notice.employee_id, "after": now - LOOKED_BACK, "by": notice.channel, "this": notice.id}
    return [row.passed_at.astimezone(reader.zone).date() for row in db.session.execute(PASSED, asked)]
