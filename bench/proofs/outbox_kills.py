"""Nobody is told twice and nobody is forgotten, whenever a worker is killed (REM-3, REM-4).

Notices are written all the while, real workers take the rings, a real scheduler sweeps, and worker after worker is
killed: at a step that is drawn (around each commit, around each word with the provider, half a word included) or from
outside at any moment. The product's clock runs fast, so that leases run out. Then everything is left to end, and what
the provider wrote down is held against the outbox.

Lost: neither accepted nor shown as unknown. Doubled: accepted twice. On plain SMTP a kill between the handing over and
the mark leaves 'unknown', and nothing else does; with a gateway that knows a second copy nothing is left unknown.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from flask import Flask
from sqlalchemy import func, select

from bench.proofs import Outcome
from bench.proofs._killing import Killer, end, fork
from bench.proofs._place import application
from bench.proofs._post_offices import Accepted, mail_server, text_gateway
from lmsapp import jobs
from lmsapp.infra import clock, queue, scheduling
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.scheduling import Every
from lmsapp.outreach.contact.models import ContactPreference
from lmsapp.outreach.notices import delivery
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.promising import promise_many, promise_row
from lmsapp.outreach.notices.recipient import Recipient, recipient_of
from lmsapp.outreach.notices.waits import ring_for_overlooked
from lmsapp.people.employees.models import Employee
from lmsapp.people.settings.actions import change_settings
from tests.outreach.gateway import Gateway
from tests.outreach.post import promise
from tests.outreach.ways import sms_channel

ROUNDS = 1000
AT_MOST_S = 1800
END_WITHIN_S = 180


@dataclass(frozen=True)
class Transport:
    """A way out: what stands at the other end, what is set up for it, and how to promise the notice of a number.

    `write` answers by what the provider's book names the recipient.
    """

    name: str
    provider: Callable[[Flask, Path], AbstractContextManager[Accepted]]
    set_up: Callable[[Accepted], None]
    write: Callable[[int], str]
    may_be_unknown: bool


def set_up_mail(_accepted: Accepted) -> None:
    """The environment says which server."""


def write_mail(number: int) -> str:
    """Everybody has an address of their own. In words already, or to be worded when it is sent, in turn."""
    address = f"n{number}@example.org"
    to = Recipient(name=f"Person {number}", address=address)
    if number % 2:
        promise(f"proof/{number}/email", to)
    else:
        promise_many([_promise(number, "email", to)])
    return address


def set_up_texts(accepted: Accepted) -> None:
    """A gateway that honours keys, and no quiet hours: a day takes a few minutes here."""
    change_settings({"quiet_from_hour": 0, "quiet_until_hour": 0, "sms_working_days": False}, None)
    sms_channel(Gateway(accepted.port))


def write_text(number: int) -> str:
    """Everybody has a number of their own and has agreed to texts."""
    mobile = f"+1312{2000000 + number}"
    person = Employee(number=f"P{number}", name=f"Person {number}", sort_name=f"person {number}", time_zone="UTC")
    person.mobile = mobile
    db.session.add(person)
    db.session.flush()
    db.session.add(ContactPreference(employee_id=person.id, sms_consent=True))
    db.session.flush()
    promise_many([_promise(number, "sms", recipient_of(person))])
    return mobile


def _promise(number: int, channel: str, to: Recipient) -> dict[str, Any]:
    key, about = f"proof/{number}/{channel}", ("proof", number)
    return promise_row(key=key, channel=channel, template=TEMPLATE, to=to, about=about, reason={}, link="/account")


TEMPLATE = "invitation"
TRANSPORTS = (
    Transport("smtp", mail_server, set_up_mail, write_mail, may_be_unknown=True),
    Transport("gateway", text_gateway, set_up_texts, write_text, may_be_unknown=False),
)


def prove(rounds: int) -> Outcome:
    """Half of the kills with each transport."""
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
    print(f"SEED={seed}", flush=True)
    figures: dict[str, object] = {"seed": seed}
    good = True
    for transport in TRANSPORTS:
        with application() as app:
            ran = play(app, transport, rounds // len(TRANSPORTS), seed)
        figures |= {f"{transport.name} {name}": value for name, value in ran.figures.items()}
        good = good and ran.good
    return Outcome(figures, good)


@dataclass(frozen=True)
class Pace:
    """How many workers at once; notices written before they are needed; how much faster the clock runs (60: a lease of
    six minutes runs out in six seconds); seconds a worker has to come to the step it is to be killed at."""

    at_once: int = 3
    ahead: int = 40
    faster: int = 60
    patience_s: float = 20


def play(app: Flask, transport: Transport, kills: int, seed: int, pace: Pace = Pace()) -> Outcome:
    """On an application whose commits are commits, in a process without threads."""
    began = time.monotonic()
    start = clock.now()
    queue.connect(app.config["REDIS_URL"]).flushdb()
    cast("dict[str, Any]", jobs.WORDS)[TEMPLATE] = lambda notice: {"email": notice.address}
    with (
        tempfile.TemporaryDirectory(prefix="lms-proof-") as folder,
        clock.set_to(lambda: fast(start, began, pace.faster)),
        transport.provider(app, Path(folder)) as accepted,
        _scheduler(app),
    ):
        with app.app_context(), unit_of_work():
            transport.set_up(accepted)
        killer = Killer(app, accepted.port, random.Random(seed), pace.at_once, pace.patience_s)
        try:
            written = _kill(app, transport, killer, kills, pace.ahead)
            _let_it_end(app, killer)
        finally:
            killer.stop()
        return _judge(app, transport, killer, written, accepted, time.monotonic() - began)


def fast(start: dt.datetime, began: float, times: int) -> dt.datetime:
    """The same in every process: the monotonic clock is the machine's."""
    return start + times * dt.timedelta(seconds=time.monotonic() - began)


@contextmanager
def _scheduler(app: Flask) -> Iterator[None]:
    def run() -> None:
        scheduling.LOOK_EVERY_S = 0.1
        logging.disable(logging.WARNING)
        rows = [Every("sweep", 15, delivery.sweep), Every("overlooked", 600, ring_for_overlooked)]
        scheduling.run_forever(app, rows, "UTC", threading.Event())

    pid = fork(app, run)
    try:
        yield
    finally:
        end(pid)


def _kill(app: Flask, transport: Transport, killer: Killer, kills: int, ahead: int) -> list[str]:
    """Until so many were killed; the recipients written to."""
    written: list[str] = []
    _write(app, transport, written, ahead)
    killer.steps = _learn_steps(killer)
    deadline = time.monotonic() + AT_MOST_S
    told = 0
    while killer.kills < kills and time.monotonic() < deadline:
        killer.keep_going()
        _write(app, transport, written, ahead)
        time.sleep(0.01)
        if killer.kills >= told + 100:
            told = killer.kills
            print(f"{transport.name}: {told} kills, {len(written)} notices", flush=True)
    return written


def _learn_steps(killer: Killer) -> tuple[str, ...]:
    """The steps of one job, by watching the first that hands something over."""
    life = killer.begin(None, ends_at=time.monotonic() + 60, spies=True)
    steps: tuple[str, ...] = ()
    while not steps and life.over() is None:
        time.sleep(0.01)
        whole = [job for job in life.said.decode().split("ring taken\n") if job.endswith("done\n")]
        steps = next((("ring taken", *job.split("\n")[:-1]) for job in whole if "the message" in job), ())
    end(life.pid)
    print(f"steps of a job: {', '.join(steps)}", flush=True)
    return steps


def _write(app: Flask, transport: Transport, written: list[str], ahead: int) -> None:
    """Keep the queue from running dry."""
    with app.app_context():
        bell = queue.queue(queue.connect(app.config["REDIS_URL"]))
        missing = ahead - int(bell.count)
        for _one in range(max(0, missing)):
            with unit_of_work():
                written.append(transport.write(len(written)))
        db.session.remove()


def _let_it_end(app: Flask, killer: Killer) -> None:
    """One worker that lives, until nothing waits any more."""
    killer.stop()
    deadline = time.monotonic() + END_WITHIN_S
    killer.lives.append(killer.begin(None, ends_at=deadline + 60))
    while _open(app) and time.monotonic() < deadline:
        time.sleep(0.3)


def _open(app: Flask) -> int:
    with app.app_context():
        waits = select(func.count()).where(Notice.status.in_(("queued", "sending")))
        found = db.session.scalar(waits) or 0
        db.session.remove()
        return found


def _judge(
    app: Flask, transport: Transport, killer: Killer, written: list[str], accepted: Accepted, seconds: float
) -> Outcome:
    with app.app_context():
        rows = {row.address: row for row in db.session.execute(select(Notice.address, Notice.status, Notice.error))}
        ran_out = db.session.scalar(select(func.max(Notice.tries)))
        db.session.remove()
    copies = accepted.by_recipient()
    fates = Counter(judge(rows[to].status if to in rows else None, copies.get(to, ())) for to in written)
    for to in written:
        if judge(rows[to].status, copies.get(to, ())) in ("lost", "doubled"):
            print(f"{to}: {rows[to].status} ({rows[to].error}), accepted {len(copies.get(to, ()))} times", flush=True)
    where = ", ".join(f"{name} {n}" for name, n in sorted(killer.killed.items(), key=lambda one: -one[1]))
    print(f"{transport.name}: killed {where}", flush=True)
    unknown = fates["unknown, arrived"] + fates["unknown, not arrived"]
    figures: dict[str, object] = {
        "kills": killer.kills,
        "kinds of step": len(killer.killed),
        "notices": len(written),
        "most tries": ran_out,
        "sent": fates["sent"],
        "unknown": unknown,
        "of which arrived": fates["unknown, arrived"],
        "lost": fates["lost"],
        "doubled": fates["doubled"],
        "seconds": round(seconds),
    }
    strangers = set(rows) ^ set(written) | set(copies) - set(written)
    if strangers:
        print(f"{transport.name}: written to nobody we know of: {sorted(map(str, strangers))[:9]}", flush=True)
    good = not strangers and not fates["lost"] and not fates["doubled"] and (transport.may_be_unknown or not unknown)
    return Outcome(figures, good)


def judge(status: str | None, copies: object) -> str:
    """What became of one notice, by its row and by the provider's book."""
    arrived = len(list(copies))  # type: ignore[call-overload]
    if arrived > 1:
        return "doubled"
    if status == "unknown":
        return "unknown, arrived" if arrived else "unknown, not arrived"
    return "sent" if status == "sent" and arrived else "lost"
