"""Whatever is changed on record is found, and nothing else (EVD-2, EVD-3).

First ROUNDS acts of somebody with every right on the database (triggers off): single values of records, events, hashes,
places, checkpoints, salts, seals, trail entries, documents on disk; rows removed, slipped in, swapped; records changed
together with their events and all roots. Each is looked for by the whole verification, over the connection that
tampered, and undone. Every hundred acts the untouched ledger is verified too. Then a clean ledger of CLEAN events with
awkward values and as many trail entries.

Not tried, since nothing in one database can tell them: removing an event within the second before its checkpoint
together with its record, moving the hour of a checkpoint that is under no seal yet, and adding a new trail entry as the
application does.
"""

from __future__ import annotations

import os
import random
import resource
import time
from collections import Counter
from pathlib import Path

import psycopg
from flask import Flask

from bench.ledger_data import Bench
from bench.proofs import Outcome
from bench.proofs._place import application
from bench.proofs._tampering import Tamperer
from lmsapp.evidence.ledger.checking.parts import View
from lmsapp.evidence.ledger.keeping import current_tree, ledger_key
from lmsapp.evidence.ledger.verification import Verdict, verdict_of, verify
from lmsapp.evidence.sealed_tables.actions import seal_tables
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.rights import plain_url
from lmsapp.insight.testified import SEALED, SOURCES
from tests.clock import Clock
from tests.evidence.sequenced import place_all
from tests.evidence.testifying import put_on_record
from tests.servers import APPLICATION, ROLE

ROUNDS = 10_000
CLEAN = 1_000_000
PEOPLE = 2_000
WITHIN_S, WITHIN_MB = 60, 512


def prove(rounds: int) -> Outcome:
    """Good when all acts were found, the clean ledgers raised no alarm, and the large one was verified in time."""
    clean = int(os.environ.get("CLEAN") or (CLEAN if rounds >= ROUNDS else 100 * rounds))
    with application() as app, app.app_context():
        with Clock().running() as clock:
            put_on_record(clock)
        db.session.remove()
        acts, unseen, alarms, seconds = tamper(app, rounds)
        figures: dict[str, object] = {
            "acts": sum(acts.values()), "unseen": len(unseen), "false alarms": alarms, "seconds": round(seconds),
        }  # fmt: skip
        print(f"acts: {dict(acts)}", flush=True)
        make_clean(app, clean)
        verdict, cpu, peak = measured()
    figures |= {
        "clean events": verdict.events, "trail entries and other sealed rows": verdict.entries,
        "checkpoints": verdict.checkpoints, "alarms": verdict.wrong, "verified in": f"{verdict.seconds:.1f} s",
        "CPU": f"{cpu:.1f} s", "peak": f"{peak:.0f} MB",
    }  # fmt: skip
    for one in [*unseen[:20], *map(str, verdict.findings[:20])]:
        print(one, flush=True)
    good = not unseen and not alarms and verdict.good and verdict.seconds < WITHIN_S and peak < WITHIN_MB
    return Outcome(figures, good)


def tamper(app: Flask, rounds: int) -> tuple[Counter[str], list[str], int, float]:
    """What was done how often, what went unseen, and how often nothing was taken for something."""
    chance = random.Random(int(os.environ.get("SEED") or 7))
    acts: Counter[str] = Counter()
    unseen, alarms, began = [], 0, time.monotonic()
    sealed = {one.table: one for one in SEALED}
    files = [file for file in (Path(app.config["DATA_DIR"]) / "files").rglob("*") if file.is_file()]
    with Clock().running(), psycopg.connect(owner_url(app)) as connection:
        view = View(connection, None)
        tamperer = Tamperer(connection, SOURCES, sealed, files, chance)
        for number in range(rounds):
            if not number % 100:
                alarms += not verdict_of(view, SOURCES, SEALED).good
            with connection.transaction(force_rollback=True):
                said = tamperer.act()
                if verdict_of(view, SOURCES, SEALED).good:
                    unseen.append(said)
                    print(f"unseen: {said}", flush=True)
            tamperer.put_back()
            acts[said.partition(":")[0]] += 1
            if not (number + 1) % 500:
                print(f"{number + 1} acts, {len(unseen)} unseen, {time.monotonic() - began:.0f} s", flush=True)
        alarms += not verdict_of(view, SOURCES, SEALED).good
        connection.rollback()
    return acts, unseen, alarms, time.monotonic() - began


def make_clean(app: Flask, events: int) -> None:
    began = time.monotonic()
    epoch, ledger_id = current_tree()
    key = ledger_key(ledger_id)
    db.session.rollback()
    with psycopg.connect(owner_url(app)) as connection:
        bench = Bench(connection, epoch, ledger_id, key)
        bench.completions(events, bench.people(min(PEOPLE, events)))
        bench.trail(events)
    with psycopg.connect(owner_url(app), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    print(f"{events} events made in {time.monotonic() - began:.0f} s", flush=True)
    began, more = time.monotonic(), 1
    while more:
        with unit_of_work():
            more = seal_tables(SEALED)
    with unit_of_work():
        place_all()
    print(f"sealed in {time.monotonic() - began:.0f} s", flush=True)


def measured() -> tuple[Verdict, float, float]:
    """CPU seconds of this process and its children, and the largest of them in MB; PostgreSQL's own are not counted."""
    db.session.remove()
    before = cpu()
    verdict = verify(SOURCES, SEALED)
    spent = cpu() - before
    peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return verdict, spent, max(peaks)


def cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def owner_url(app: Flask) -> str:
    return plain_url(str(app.config["SQLALCHEMY_DATABASE_URI"]).replace(f"//{APPLICATION}@", f"//{ROLE}@"))
