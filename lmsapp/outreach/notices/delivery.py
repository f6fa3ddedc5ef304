"""Sending one notice, in four transactions: a kill between two leaves a row that tells the truth.

claim ('sending'); ask whether it is still wanted, ask the gate, word what was only promised; connect, and note that
handing over begins (`message_id`, the key of this row); hand over, and mark. A worker that dies before the note:
sent again. After it: 'unknown', and a person decides; but by a channel that knows second copies by their key it is
simply sent again with the same key. A channel that fails again and again is left alone, see `channels.outages`.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import TemplateError
from sqlalchemy import select

from lmsapp.infra import clock, outcomes
from lmsapp.infra.backoff import LEASE, wait_after
from lmsapp.infra.claims import run_out
from lmsapp.infra.db import db, one_transaction, unit_of_work
from lmsapp.infra.outcomes import NotNow, Refused, Uncertain
from lmsapp.infra.queue import ring, rings_wait
from lmsapp.infra.words import N_
from lmsapp.outreach.channels import outages
from lmsapp.outreach.channels.carriers import CARRIERS, Parcel
from lmsapp.outreach.channels.queries import honours_keys, way_by_id, way_for
from lmsapp.outreach.channels.rules import Way
from lmsapp.outreach.notices.actions import SEND_JOB
from lmsapp.outreach.notices.claimed import ClaimLost, change, claim, settle
from lmsapp.outreach.notices.gate import Later, Never, may_go
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.parcels import Unwanted, key_of, parcel_of
from lmsapp.outreach.notices.personal import Links, put_link
from lmsapp.outreach.notices.rules import NoticeStatus, Suppressed, after_lost_worker
from lmsapp.outreach.notices.wording import put_in_words

log = logging.getLogger(__name__)

# By template: given the id of what the notice is about, why it should not be sent any more, or None.
StillWanted = Mapping[str, Callable[[int], str | None]]

# By template: what a promised notice is to say now, or None when that is not true any more. `link` among the values
# takes the place of the notice's own.
Words = Mapping[str, Callable[[Notice], Mapping[str, Any] | None]]
NO_WORDS: Words = {}
NO_LINKS: Links = {}

FATE_UNKNOWN = N_("The worker stopped while sending; nobody knows whether this message arrived.")
CHANGED_SINCE = N_("What it was to tell has changed since.")
NO_TEXT = N_("Its text could not be written. Look at the message text, then send it again.")
NO_CHANNEL = N_("No channel of this kind is set up and switched on for this person.")
OTHER_CHANNEL = N_("The channel that may have sent it is switched off; nobody knows whether this message arrived.")
MAY_HAVE_COME = N_("It may have arrived. It was not sent again, because it is not wanted any more")
IT_WAITS = N_("It waits: nothing gets through by this channel at present.")
STOPS_WORKERS = N_(
    "The worker stopped each time it prepared this message. Tell your administrator, then send it again."
)
RINGS_A_SWEEP = 1000
MOST_LOST = 20  # workers one notice may cost: what brings each down is left to a person
SPREAD_S = 30  # what waited for a channel does not come back all at once


class KeyLost(Uncertain):
    """Only the channel it was handed to knows its key, and that one is not in use any more."""


class Held(Exception):
    """Not before `at`; this try does not count."""

    def __init__(self, at: dt.datetime, words: str):
        self.at, self.words = at, words
        super().__init__(words)


@dataclass(frozen=True, slots=True)
class Ready:
    """To be handed over. `failing`: the way had failed before."""

    way: Way
    parcel: Parcel
    failing: bool


def send(notice_id: int, still_wanted: StillWanted, words: Words = NO_WORDS, links: Links = NO_LINKS) -> None:
    """What the doorbell asks for. Claimed by somebody else, or done already: nothing."""
    notice = claim(notice_id)
    if notice is None:
        return
    try:
        with one_transaction():
            ready = _prepare(notice, still_wanted, words, links)
        if isinstance(ready, Unwanted | Held):
            raise ready
        if ready is not None:
            _hand_over(notice, ready)
        else:
            _mark(notice, NoticeStatus.SENT, error=None)
    except ClaimLost:
        return
    except (Unwanted, Held, Refused, NotNow, Uncertain) as problem:
        _end(notice, problem)
    else:
        if ready is not None and ready.failing:
            outages.note_success(ready.way.name)


def _prepare(notice: Notice, still_wanted: StillWanted, words: Words, links: Links) -> Ready | Unwanted | Held | None:
    """What to hand over, None for what is there already, or why not; then what was written on the way stays."""
    try:
        _ask(notice, still_wanted)
        way = _way(notice)
        said = _word(notice, words)
        put_link(notice, links)
        ready = _pack(notice, way) if way is not None else None
        if said or notice.passed_at is not None:
            change(notice, passed_at=notice.passed_at, **said)
        return ready
    except (Unwanted, Held) as reason:
        return reason


def _end(notice: Notice, problem: Unwanted | Held | Refused | NotNow | Uncertain) -> None:
    """It was not sent, or nobody knows: what becomes of it."""
    match problem:
        case Unwanted():
            _leave_out(notice, problem)
        case Held():
            _put_back(notice, problem.at, problem.words)
        case Refused():
            _mark(notice, NoticeStatus.FAILED, error=str(problem))
        case NotNow():
            _try_later(notice, problem)
        case Uncertain():
            _unless_known(notice, problem)


def sweep() -> None:
    """Give up the claims of dead workers, truthfully; ring again for what is due."""
    dead = select(Notice).where(Notice.status == NoticeStatus.SENDING, run_out(Notice.lease_until, LEASE))
    for notice in db.session.scalars(dead.with_for_update(skip_locked=True)):
        knows = honours_keys(notice.channel_id) and notice.tries < MOST_LOST
        notice.status, notice.lease_until = after_lost_worker(notice.message_id is not None, knows), None
        notice.error = FATE_UNKNOWN if notice.status == NoticeStatus.UNKNOWN else None
        if notice.message_id is None and notice.tries >= MOST_LOST:
            notice.status, notice.error = NoticeStatus.FAILED, STOPS_WORKERS
    db.session.flush()
    if rings_wait():
        return
    due = select(Notice.id).where(Notice.status == NoticeStatus.QUEUED, Notice.next_try_at <= clock.now())
    for notice_id in db.session.scalars(due.order_by(Notice.next_try_at).limit(RINGS_A_SWEEP)):
        ring(SEND_JOB, notice_id)


def _ask(notice: Notice, still_wanted: StillWanted) -> None:
    """Whether what it is about still wants it, and whether it may go now. Raises Unwanted, Held."""
    ask = still_wanted.get(notice.template)
    if ask is not None and notice.about_id is not None:
        with unit_of_work():
            unwanted = ask(notice.about_id)
        if unwanted is not None:
            raise Unwanted(Suppressed.NOT_WANTED, unwanted)
    verdict = may_go(notice, clock.now())
    if isinstance(verdict, Never):
        raise Unwanted(verdict.suppressed_as, verdict.words)
    if isinstance(verdict, Later):
        raise Held(verdict.at, verdict.words)


def _way(notice: Notice) -> Way | None:
    """By which channel; None: it is there already. Raises Unwanted, or Uncertain for one whose channel is gone."""
    if notice.channel == "in_app":
        return None
    with unit_of_work():
        before = notice.channel_id if notice.message_id is not None else None
        way = way_by_id(before) if before is not None else way_for(notice.channel, notice.employee_id)
    if way is None and before is not None:
        raise KeyLost(OTHER_CHANNEL)
    if way is None:
        raise Unwanted(Suppressed.NO_CHANNEL, NO_CHANNEL)
    notice.channel_id = way.id
    return way


def _word(notice: Notice, words: Words) -> dict[str, Any]:
    """Put a promise into words, at each try anew, by what is true now; a second copy says what the first one said.
    What there is to write down.

    Raises Unwanted when that is not true any more, Refused when nobody can word it.
    """
    if (notice.subject and notice.worded_at is None) or notice.message_id is not None:
        return {}
    try:
        with unit_of_work():
            values = words[notice.template](notice)
            said = put_in_words(notice, values) if values is not None else {}
    except (TemplateError, LookupError, TypeError, ValueError) as problem:
        log.exception("notice %s could not be worded", notice.id)
        raise Refused(NO_TEXT) from problem
    if not said:
        raise Unwanted(Suppressed.NOT_WANTED, CHANGED_SINCE)
    for name, value in said.items():
        setattr(notice, name, value)
    return said


def _pack(notice: Notice, way: Way) -> Ready:
    parcel = parcel_of(notice)
    closed, failing = outages.look_at(way.name)
    if closed is not None:
        raise Held(_spread(notice, closed), IT_WAITS)
    return Ready(way, parcel, failing)


def _hand_over(notice: Notice, ready: Ready) -> None:
    """Mark it sent as soon as it is: a server that is slow to say goodbye must not keep that open."""
    with CARRIERS[ready.way.kind](ready.way, ready.parcel) as hand_over:
        _note_hand_over(notice, ready.parcel.address)
        provider_id = hand_over()
        _mark(notice, NoticeStatus.SENT, error=None, provider_id=provider_id)


def _note_hand_over(notice: Notice, address: str) -> None:
    noted = {"message_id": key_of(notice), "channel_id": notice.channel_id, "address": address or notice.address}
    change(notice, **noted)


def _leave_out(notice: Notice, reason: Unwanted) -> None:
    if notice.message_id is not None:
        _mark(notice, NoticeStatus.UNKNOWN, error=outcomes.told(MAY_HAVE_COME, reason.words))
    else:
        _mark(notice, NoticeStatus.SUPPRESSED, error=reason.words, suppressed_as=reason.suppressed_as)


def _mark(notice: Notice, status: NoticeStatus, *, error: str | None, **more: Any) -> None:
    sent_at = clock.now() if status == NoticeStatus.SENT else None
    settle(notice, status=status, error=error, sent_at=sent_at, **more)


def _try_later(notice: Notice, problem: NotNow) -> None:
    """It was not taken now; whether it was before is as open as it was."""
    until = outages.note_failure(_name(notice), str(problem), problem.after) if problem.whole else None
    if until is not None:
        return _put_back(notice, _spread(notice, until), str(problem))
    end = NoticeStatus.FAILED if notice.message_id is None else NoticeStatus.UNKNOWN
    return _again(notice, str(problem), end, problem.after, message_id=notice.message_id)


def _unless_known(notice: Notice, problem: Uncertain) -> None:
    """Nobody knows. Where the other side would know a second copy, it is asked again by sending one."""
    if isinstance(problem, KeyLost):
        return _mark(notice, NoticeStatus.UNKNOWN, error=str(problem))
    until = outages.note_failure(_name(notice), str(problem))
    with unit_of_work():
        safe = honours_keys(notice.channel_id)
    if not safe:
        _mark(notice, NoticeStatus.UNKNOWN, error=str(problem))
    elif until is not None:
        settle(notice, status=NoticeStatus.QUEUED, tries=notice.tries - 1, error=str(problem), next_try_at=until)
    else:
        _again(notice, str(problem), NoticeStatus.UNKNOWN)
    return None


def _again(notice: Notice, words: str, end: NoticeStatus, after: dt.timedelta | None = None, **more: Any) -> None:
    """After its wait; with none left it ends so."""
    wait = wait_after(notice.tries)
    if wait is None:
        settle(notice, status=end, error=words, **more)
    else:
        later = clock.now() + max(wait, after or wait)
        settle(notice, status=NoticeStatus.QUEUED, error=words, next_try_at=later, **more)


def _put_back(notice: Notice, at: dt.datetime, words: str) -> None:
    """As it was; this try does not count."""
    held = {"tries": notice.tries - 1, "error": words, "next_try_at": at}
    settle(notice, status=NoticeStatus.QUEUED, message_id=notice.message_id, channel_id=notice.channel_id, **held)


def _name(notice: Notice) -> str:
    return "email" if notice.channel_id is None else f"channel/{notice.channel_id}"


def _spread(notice: Notice, at: dt.datetime) -> dt.datetime:
    return at + dt.timedelta(seconds=notice.id % SPREAD_S)
