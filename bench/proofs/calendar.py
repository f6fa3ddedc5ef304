"""REM-1 to REM-3, REM-8: months of a company under a fast clock, every reminder exactly once and none too many.

10,000 people in twelve zones are assigned training over 25 days and live 120 days with it: they complete, forget, pause,
leave, are cancelled, get more time. The daily job runs late, twice, and for three days in thirty not at all. Beside it
a list written from the specification's words alone says what each person must be told. ROUNDS: people.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from bench.proofs import Outcome
from bench.proofs._place import application
from bench.proofs._reminded import BEGIN, DAY, Life, lives
from bench.proofs._reminding import CAPS, Played, play, recording, set_the_stage
from lmsapp.infra.db import db
from lmsapp.outreach.notices.models import Notice
from tests.clock import Clock

ROUNDS = 10_000
DAYS = 120
IN_TIME = 300.0  # seconds


def prove(rounds: int) -> Outcome:
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
    with application() as app, app.app_context(), Clock().running() as clock:
        figures = simulate(rounds, DAYS, seed, clock)
    for wrong in figures.pop("wrong words")[:30]:
        print(wrong, file=sys.stderr, flush=True)
    right = not figures["wrong"] and (figures["seconds"] < IN_TIME or rounds != ROUNDS)
    return Outcome({"seed": seed, "people": rounds, "days": DAYS, **figures}, right)


def simulate(people: int, days: int, seed: int, clock: Clock) -> dict[str, Any]:
    """In an application context on an empty database; `clock` is the product's, running."""
    found, played = lives(people, seed), Played()
    clock.set(BEGIN)
    stage = set_the_stage(people, found)
    begun = time.perf_counter()
    with recording(played.handed):
        play(days, found, stage, clock, seed, played)
    seconds = time.perf_counter() - begun
    notices = read()
    wrong = [*doubled(notices, played.handed), *not_as_told(notices, found), *beyond_the_cap(notices, found)]
    fates = Counter(one.suppressed_as or one.status for one in notices)
    return {
        "assignments": sum(bool(life.assignment_id) for life in found),
        "job runs": played.job_runs,
        "reminders": len(notices),
        **{f"{fate}": number for fate, number in sorted(fates.items())},
        "handed over": sum(played.handed.values()),
        **{f"{name} s": round(spent) for name, spent in played.seconds.items()},
        "seconds": round(seconds),
        "wrong": len(wrong),
        "wrong words": wrong,
    }


def read() -> list[Any]:
    """Every reminder there is."""
    columns = (
        Notice.id, Notice.key, Notice.channel, Notice.status, Notice.suppressed_as, Notice.sent_at, Notice.mandatory,
        Notice.employee_id, Notice.about_id, Notice.message_id, Notice.next_try_at,
    )  # fmt: skip
    return list(db.session.execute(select(*columns).where(Notice.template == "training_reminder").order_by(Notice.id)))


def doubled(notices: list[Any], handed: Counter[str]) -> Iterator[str]:
    """Each that is sent left once, the others never."""
    for one in notices:
        wanted = 1 if one.status == "sent" and one.channel != "in_app" else 0
        times = handed[one.message_id] if one.message_id else 0
        if times != wanted:
            yield f"DOUBLED or LOST: {one.key} is {one.status}, handed over {times} times"


def not_as_told(notices: list[Any], found: list[Life]) -> Iterator[str]:
    """What was promised is what had to be; what was sent was wanted then; what was not has a true reason."""
    by_id = {life.assignment_id: life for life in found if life.assignment_id}
    promised: dict[int, set[str]] = defaultdict(set)
    for one in notices:
        life, key = by_id[one.about_id], one.key.split("/", 3)[3]
        promised[one.about_id].add(key)
        yield from _fate(one, life, dt.date.fromisoformat(key[:10]))
    for assignment_id, life in by_id.items():
        if promised[assignment_id] != life.keys:
            lost, more = life.keys - promised[assignment_id], promised[assignment_id] - life.keys
            yield f"NOT AS TOLD: TA-{assignment_id} ({life.fate}, {life.policy.name}): missing {lost}, too many {more}"


def _fate(one: Any, life: Life, due_on: dt.date) -> Iterator[str]:
    match one.status:
        case "sent" if not life.wanted(due_on, one.sent_at):
            yield f"UNWANTED: {one.key} sent {one.sent_at} ({life.fate} {life.at})"
        case "sent":
            pass
        case "suppressed" if one.suppressed_as == "not wanted":
            ended = not life.open or life.paused_until is not None or len(life.spans) > 1
            if not ended:
                yield f"FOR NO REASON: {one.key} was not sent, and nothing had happened"
        case "suppressed" if one.suppressed_as == "no consent":
            if life.person % 4:
                yield f"FOR NO REASON: {one.key}: {life.person} had agreed"
        case "suppressed" if one.suppressed_as == "too late":
            pass
        case _:
            yield f"LEFT OVER: {one.key} is {one.status}, next {one.next_try_at}"


def beyond_the_cap(notices: list[Any], found: list[Life]) -> Iterator[str]:
    """Counted anew from what was sent: on its day and its week none but mandatory ones beyond the cap."""
    zones = {life.assignment_id: life.zone for life in found}
    sent = sorted((one for one in notices if one.status == "sent"), key=lambda one: (one.sent_at, one.id))
    days: dict[tuple[int, str], Counter[dt.date]] = defaultdict(Counter)
    for one in sent:
        if one.channel == "in_app":
            continue
        told, day = days[one.employee_id, one.channel], one.sent_at.astimezone(zones[one.about_id]).date()
        week = sum(told[day - back * DAY] for back in range(7))
        full = told[day] >= CAPS[f"cap_{one.channel}_day"] or week >= CAPS[f"cap_{one.channel}_week"]
        if full and not one.mandatory:
            yield f"BEYOND THE CAP: {one.key} on {day}"
        told[day] += 1
