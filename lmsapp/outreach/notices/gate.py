"""The last question before a notice is worded and sent: may it go now, later, or never (REM-7, REM-8)?

Asked by delivery after the claim, in a transaction of its own. Consent comes first and nothing overrides it; then
letters switched off; quiet hours and days off; and the cap, which mandatory notices may exceed. Counting and taking a
place under the cap happen behind one lock per person, so that workers side by side never send one too many: a notice
counts from `passed_at` on, while it is being sent, is sent, or nobody knows; not when it failed or waits again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select, update

from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.words import N_
from lmsapp.outreach.contact.queries import Reader, cap_of, opens_at, reader_of
from lmsapp.outreach.contact.rules import DISTURBING, EXEMPT, MORNING, WEEK, day_with_room, is_capped, last_day
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.rules import OPTIONAL, NoticeStatus, Suppressed
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
    """Judge a claimed notice ('sending', of our `tries`). `Go` has taken its place under the cap."""
    if notice.channel == "in_app" or _is_free(notice):
        return Go()
    with unit_of_work():
        reader = reader_of(notice.employee_id)
        return _forbidden(notice, reader) or _held(notice, reader, now) or _pass(notice, now)


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
    """Until when, if at all, and whether it still makes sense then."""
    capped = is_capped(notice.template)
    if not capped and notice.channel not in DISTURBING:
        return None
    chosen = settings()
    opens = opens_at(notice.channel, reader, now, chosen)
    at = _with_room(notice, reader, opens, now, chosen) if capped and notice.employee_id is not None else opens
    if at <= now:
        return None
    since = notice.queued_at.astimezone(reader.zone).date()
    moment = str(notice.reason.get("policy", ""))
    if capped and at.astimezone(reader.zone).date() > last_day(notice.key, moment, since):
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
    key = func.hashtextextended(f"notices/{employee_id}", 0)
    db.session.execute(select(func.pg_advisory_xact_lock(key)))


def _told_on(notice: Notice, reader: Reader, now: dt.datetime) -> list[dt.date]:
    passed = db.session.scalars(
        select(Notice.passed_at).where(
            Notice.employee_id == notice.employee_id,
            Notice.passed_at > now - LOOKED_BACK,
            Notice.channel == notice.channel,
            Notice.status.in_(COUNTED),
            Notice.template.not_in(EXEMPT),
            Notice.id != notice.id,
        )
    )
    return [at.astimezone(reader.zone).date() for at in passed if at is not None]


def _pass(notice: Notice, now: dt.datetime) -> Go:
    """From here on it counts, as long as our claim of it stands."""
    ours = (Notice.id == notice.id, Notice.status == NoticeStatus.SENDING, Notice.tries == notice.tries)
    db.session.execute(update(Notice).where(*ours).values(passed_at=now))
    return Go()
