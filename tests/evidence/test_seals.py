"""Promised PDFs are made, once, whatever happens to the workers."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select

from lmsapp.evidence.seals import actions
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.evidence.seals.queries import sealed_for
from lmsapp.evidence.seals.sealing import seal_next
from lmsapp.infra import files
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.queue import Ring
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.people.employees.models import Employee
from lmsapp.people.roles import Role
from tests.clock import Clock
from tests.courses.authors import author, pdf_of

DRAW = {"thing": lambda subject_id, _language: pdf_of(f"Thing {subject_id}")}


def promise(*subject_ids: int) -> list[SealedFile]:
    """Promises of PDFs of 'things', committed."""
    with unit_of_work():
        employee = db.session.scalars(select(Employee)).first()
        if employee is None:
            employee = Employee(number="E1", name="Ann", sort_name="ann", time_zone="UTC")
            db.session.add(employee)
            db.session.flush()
        whose = employee.id
        return [actions.promise_file("thing", one, employee_id=whose, title=f"Thing {one}") for one in subject_ids]


def state(subject_id: int) -> SealedFile:
    db.session.expire_all()
    sealed = sealed_for("thing", subject_id)
    assert sealed is not None
    return sealed


def fail(_subject_id: int, _language: str) -> bytes:
    raise ValueError("the printer is on fire")


def test_promising_twice_is_one_promise(rings: list[Ring]) -> None:
    """EVD-7: the same evidence asked for again is the same row."""
    first, again = promise(7)[0], promise(7)[0]
    assert first.id == again.id
    assert rings == [Ring("seal", (first.id,), urgent=True)]


def test_the_newest_comes_first(clock: Clock) -> None:
    """CRT-1: whoever just finished waits seconds, whatever backlog there is."""
    promise(1, 2, 3)
    assert seal_next(DRAW)
    assert [state(one).status for one in (1, 2, 3)] == ["waiting", "waiting", "ready"]


def test_it_is_stored_once_and_never_made_again(clock: Clock) -> None:
    """EVD-7: byte-identical when asked for again."""
    promise(7)
    assert seal_next(DRAW)
    sealed = state(7)
    assert sealed.file is not None
    before = files.read(sealed.file.sha256)
    clock.move(days=400)
    promise(7)
    assert not seal_next(DRAW)
    after = state(7).file
    assert after is not None
    assert files.read(after.sha256) == before


def test_a_killed_worker_delays_and_loses_nothing(clock: Clock, rings: list[Ring]) -> None:
    """EVD-7: between claim and mark the lease runs out, another worker makes it, and the late result is thrown away."""
    promise(7)
    with unit_of_work():
        claimed = actions.claim_file()
        assert claimed is not None
        lost_id, lost_tries = claimed.id, claimed.tries
    assert not seal_next(DRAW)
    with unit_of_work():
        actions.sweep_files()
    assert state(7).status == "running"  # nobody knows yet

    clock.move(minutes=7)
    rings.clear()
    with unit_of_work():
        actions.sweep_files()
    assert rings == [Ring("seal", (lost_id,))]
    assert state(7).status == "waiting"
    assert seal_next(DRAW)
    kept = state(7).file_id
    with unit_of_work():
        assert actions.mark_sealed(lost_id, pdf_of("late"), tries=lost_tries) is None
        actions.mark_failed(lost_id, "late", tries=lost_tries)
    assert (state(7).status, state(7).file_id) == ("ready", kept)


def test_a_failure_is_tried_again_and_then_left_to_a_person(clock: Clock, rings: list[Ring]) -> None:
    """EVD-7: back-off, the words of what went wrong, and a way to begin again."""
    promise(7)
    waits = []
    for _attempt in range(7):
        assert seal_next({"thing": fail})
        waits.append(state(7).next_try_at - clock.instant)
        assert "the printer is on fire" in (state(7).error or "")
        assert not seal_next({"thing": fail})
        clock.move(hours=13)
    assert waits[:3] == [dt.timedelta(minutes=1), dt.timedelta(minutes=5), dt.timedelta(minutes=15)]
    assert state(7).status == "failed"

    with pytest.raises(NotAllowed):
        actions.retry_file(state(7).id, author("Stu Dent", Role.LMS_STUDENT))
    moderator = author("Mo Derator", Role.MODERATOR)
    with unit_of_work():
        actions.retry_file(state(7).id, moderator)
    assert seal_next(DRAW)
    assert (state(7).status, state(7).error) == ("ready", None)
    with pytest.raises(RuleBroken):
        actions.retry_file(state(7).id, moderator)


def test_an_unknown_kind_is_noted_on_its_row(clock: Clock) -> None:
    """EVD-7: a promise nobody can keep does not stop the worker."""
    promise(7)
    assert seal_next({})
    assert state(7).error is not None


def test_two_workers_make_each_once(own_app: Flask) -> None:
    """EVD-7: with real commits and two workers, each promise is drawn and stored exactly once."""
    drawn: list[int] = []

    def draw(subject_id: int, _language: str) -> bytes:
        drawn.append(subject_id)
        return pdf_of(f"Thing {subject_id}")

    def work(_number: int) -> None:
        with own_app.app_context():
            while seal_next({"thing": draw}):
                pass

    with own_app.app_context():
        promise(*range(1, 9))
    with ThreadPoolExecutor(2) as workers:
        list(workers.map(work, range(2)))
    assert sorted(drawn) == list(range(1, 9))
    with own_app.app_context():
        assert set(db.session.scalars(select(SealedFile.status))) == {"ready"}
