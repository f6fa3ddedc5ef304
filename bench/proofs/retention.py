"""EVD-6: nothing under a duty or a hold disappears by any path; what is approved and due goes; the tree stays whole.

People are hired, learn, are filed, leave and ask to be erased; holds and rules come and go; years pass; the worker is
killed in the middle; and somebody with the application's own database role tries to remove things by SQL, with forged
lists too. After every step that could remove something each record is looked for and held against a reckoning in
plain Python. ROUNDS: steps.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
import time
from collections.abc import Callable

import psycopg
from sqlalchemy import text

from bench.proofs import Outcome
from bench.proofs._place import application
from bench.proofs._retention_scene import Scene
from lmsapp.evidence.ledger.sources import COMPLETIONS
from lmsapp.infra.canonical import canonical, plain
from lmsapp.infra.db import db
from lmsapp.infra.merkle import leaf_hash
from tests import servers
from tests.clock import Clock

ROUNDS = 10_000
SEED = 164530
WEIGHTS = {
    "hire": 6, "complete": 16, "file": 10, "write": 10, "hold": 5, "lift": 4, "rule": 2, "years": 7, "leave": 5,
    "move": 4, "retire_course": 1, "erase": 3, "review": 7, "attack": 14, "forge": 6,
}  # fmt: skip
MAY_REMOVE = {"review", "erase", "attack", "forge"}


def prove(rounds: int) -> Outcome:
    begun = time.monotonic()
    with application() as app, app.app_context(), Clock().running() as clock:
        owner_url = servers.servers().owner_url("proof")
        with psycopg.connect(owner_url, autocommit=True) as owner:
            # As the owner, who alone may: the door's day is the proof's.
            owner.execute("CREATE TABLE proof_day (day date)")
            owner.execute("INSERT INTO proof_day VALUES (%s)", [clock.instant.date()])
            owner.execute("GRANT SELECT ON proof_day TO lms_app")
            owner.execute(
                "CREATE OR REPLACE FUNCTION retention_today() RETURNS date LANGUAGE sql STABLE AS"
                " $$ SELECT day FROM public.proof_day $$"
            )
            scene = Scene(app, clock, owner, random.Random(SEED))
            play(scene, rounds)
            settle(scene)
            events = check_tree(scene)
            names = check_names(scene)
            db.session.rollback()
    for words in scene.wrong[:20]:
        print(words, file=sys.stderr, flush=True)
    figures: dict[str, object] = {
        "steps": rounds,
        **scene.figures,
        "events checked": events,
        "erased looked for": names,
    }
    return Outcome({**figures, "seconds": round(time.monotonic() - begun), "wrong": len(scene.wrong)}, not scene.wrong)


def play(scene: Scene, rounds: int) -> None:
    names, weights = list(WEIGHTS), list(WEIGHTS.values())
    for number in range(rounds):
        name = scene.chance.choices(names, weights)[0]
        step: Callable[[], None] = getattr(scene, f"step_{name}")
        step()
        db.session.expire_all()
        if name in MAY_REMOVE:
            look(scene, f"step {number} ({name}, {scene.today})")
        db.session.commit()


def look(scene: Scene, where: str) -> None:
    """What is not there any more must have been allowed to go; what went with nobody's disposal record is wrong too."""
    there = {(kind, row) for kind, row in db.session.execute(text(THERE))}
    gone = [key for key in scene.model.records if key not in there]
    for kind, record_id in gone:
        if not scene.model.may_go(kind, record_id, scene.today):
            scene.wrong.append(f"{where}: {kind} {record_id} is gone")
        noted = db.session.scalar(text(NOTED), {"kind": kind, "id": record_id})
        if not noted:
            scene.wrong.append(f"{where}: {kind} {record_id} went without a disposal record")
        del scene.model.records[kind, record_id]
        scene.figures["disposed"] += 1


def settle(scene: Scene) -> None:
    """At the end every hold is lifted and everything due and approved goes."""
    while scene.model.holds:
        scene.step_lift()
    scene.chance.random = lambda: 0.99  # type: ignore[method-assign] - nobody dies, nothing is kept longer
    for _round in range(3):
        scene.step_review()
        look(scene, "at the end")
    left = [key for key in scene.model.records if scene.model.may_go(*key, scene.today)]
    scene.wrong += [f"{kind} {record_id} is due and approved, and still there" for kind, record_id in left]


def check_tree(scene: Scene) -> int:
    """Each event has its bytes' hash, and what testifies last of a completion fits the row. How many events."""
    events = db.session.execute(text("SELECT id, payload, leaf, what, record_kind, record_id FROM ledger_event")).all()
    last: dict[int, tuple[int, dict[str, object]]] = {}
    for event in events:
        if leaf_hash(event.payload) != event.leaf:
            scene.wrong.append(f"event {event.id} has another leaf")
        if event.record_kind == "completion_record":
            last[event.record_id] = max(
                last.get(event.record_id, (0, {})), (event.id, json.loads(event.payload)), key=first
            )
    salts = dict(db.session.execute(text("SELECT event_id, salt FROM ledger_salt")).all())
    for row in db.session.query(COMPLETIONS.model).all():
        event_id, said = last[row.id]
        if said["facts"] != plain(COMPLETIONS.facts_of(row)):
            scene.wrong.append(f"completion {row.id} is not what its last event says")
        salt = salts.get(event_id)
        fits = salt is not None and said["personal"] == sum_of(salt, COMPLETIONS.personal_of(row))
        if fits == (
            row.id in scene.forged
        ):  # who goes past the product says nothing to the ledger, and is found by that
            told = [(one.id, one.what, one.id in salts) for one in events if one.record_kind == "completion_record"
                    and one.record_id == row.id]  # fmt: skip
            what = "went by a forged list unseen" if fits else "its person is not who the last event says"
            scene.wrong.append(
                f"completion {row.id}: {what} (id, what, has salt: {told}; employee {row.employee_id}, name"
                f" {row.employee_name!r})"
            )
    return len(events)


def check_names(scene: Scene) -> int:
    """Whoever asked to be erased and of whom nothing is kept is found in no column of any table but the trail."""
    kept = {record.person for record in scene.model.records.values()}
    held = {one for one in scene.model.erased if one in kept}
    names = [scene.people[one] for one in scene.model.erased - held]
    tables = db.session.scalars(text(TABLES)).all()
    for table in tables:
        rows = db.session.execute(text(f"SELECT t::text AS row FROM {table} t"))
        whole = "\n".join(row.row for row in rows)
        scene.wrong += [f"{name} is still in {table}" for name in names if name in whole]
    return len(names)


def first(pair: tuple[int, dict[str, object]]) -> int:
    return pair[0]


def sum_of(salt: bytes, identity: object) -> str:
    return hashlib.sha256(salt + canonical(identity)).hexdigest()


THERE = """
    SELECT 'completion_record', id FROM completion_record WHERE employee_id IS NOT NULL AND employee_name <> ''
    UNION ALL SELECT 'employee_document', d.id FROM employee_document d JOIN stored_file f ON f.id = d.file_id
        WHERE f.sha256 = d.sha256
    UNION ALL SELECT 'notice', id FROM notice WHERE body_text <> ''
"""
NOTED = "SELECT count(*) FROM disposal WHERE kind = :kind AND record_id = :id"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'audit_entry'"
