"""Rows are promises, the queue is a doorbell: rung after commit, never before, and its absence hurts nobody."""

from __future__ import annotations

import logging

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import text

from lmsapp import jobs
from lmsapp.infra import queue
from lmsapp.infra.db import db, unit_of_work


def test_rings_after_commit_once_each(rings: list[queue.Ring]) -> None:
    with unit_of_work():
        db.session.execute(text("SELECT 1"))
        queue.ring("render", 1)
        queue.ring("render", 1)
        queue.ring("send", 2)
        assert rings == []
    assert rings == [queue.Ring("render", (1,)), queue.Ring("send", (2,))]


def test_a_rollback_forgets_the_ring(rings: list[queue.Ring]) -> None:
    def break_off() -> None:
        with unit_of_work():
            db.session.execute(text("SELECT 1"))
            queue.ring("render", 1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    with unit_of_work():
        db.session.execute(text("SELECT 1"))
    assert rings == []


def test_a_savepoint_is_no_commit(rings: list[queue.Ring]) -> None:
    """Neither releasing one rings, nor does rolling one back lose what was noted before."""
    with unit_of_work():
        queue.ring("render", 1)
        with db.session.begin_nested():
            db.session.execute(text("SELECT 1"))
            queue.ring("render", 2)
        assert rings == []
        nested = db.session.begin_nested()
        db.session.execute(text("SELECT 1"))
        nested.rollback()
    assert queue.Ring("render", (1,)) in rings


def test_the_real_worker_hears_it(own_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through a real queue server, as JSON, in an application context of its own."""
    seen: list[tuple[int, str]] = []
    monkeypatch.setitem(jobs.JOBS, "note", lambda number, word: seen.append((number, word)))
    monkeypatch.setattr(queue.Worker, "_install_signal_handlers", lambda _self: None)
    with Redis.from_url(own_app.config["REDIS_URL"]) as redis:
        redis.flushdb()
    with own_app.app_context(), unit_of_work():
        db.session.execute(text("SELECT 1"))
        queue.ring("note", 7, "Łódź")
    assert queue.worker(own_app).work(burst=True, logging_level="WARNING")
    assert seen == [(7, "Łódź")]


def test_a_failing_job_is_tried_again(own_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []

    def fail_once(number: int) -> None:
        tries.append(number)
        if len(tries) == 1:
            raise RuntimeError("the printer is on fire")

    monkeypatch.setitem(jobs.JOBS, "note", fail_once)
    monkeypatch.setattr(queue.Worker, "_install_signal_handlers", lambda _self: None)
    with Redis.from_url(own_app.config["REDIS_URL"]) as redis:
        redis.flushdb()
    with own_app.app_context(), unit_of_work():
        db.session.execute(text("SELECT 1"))
        queue.ring("note", 3)
    queue.worker(own_app).work(burst=True, logging_level="CRITICAL")
    assert tries == [3, 3]


def test_without_a_queue_server_the_commit_stands(
    app: Flask, rings: list[queue.Ring], caplog: pytest.LogCaptureFixture
) -> None:
    """The person at the page notices nothing; the log says that the sweep will ring again."""
    queue.use_bell(app, queue.RedisBell("redis://127.0.0.1:1/0"))
    with caplog.at_level(logging.WARNING), unit_of_work():
        db.session.execute(text("SELECT 1"))
        queue.ring("render", 1)
    assert "the sweep will ring again" in caplog.text
    caplog.clear()
    with unit_of_work():
        db.session.execute(text("SELECT 1"))
        queue.ring("render", 2)
    assert caplog.text == "", "a dead queue is not asked again at once"
