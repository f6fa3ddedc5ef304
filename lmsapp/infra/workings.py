"""How the machinery is: what ran by the clock, how long the queue is, who works on it (OPS)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from redis.exceptions import RedisError
from rq.registry import FailedJobRegistry
from sqlalchemy import select

from lmsapp.infra.db import db
from lmsapp.infra.queue import Worker, connect, queue
from lmsapp.infra.scheduling import JobRun

SHOWN_RUNS = 30


@dataclass(frozen=True, slots=True)
class QueueState:
    """`waiting` rings, `failed` ones that were given up within a week, `workers` alive."""

    waiting: int
    failed: int
    workers: int


def recent_runs(limit: int = SHOWN_RUNS) -> Sequence[Any]:
    """Daily jobs that ran, newest first: job, logical_date, finished_at."""
    columns = (JobRun.job, JobRun.logical_date, JobRun.finished_at)
    return db.session.execute(select(*columns).order_by(JobRun.id.desc()).limit(limit)).all()


def queue_state() -> QueueState | None:
    """None when the queue server does not answer; what was promised is safe in the database all the same."""
    client = connect(current_app.config["REDIS_URL"])
    try:
        bell = queue(client)
        return QueueState(bell.count, FailedJobRegistry(queue=bell).count, Worker.count(queue=bell))
    except (RedisError, OSError):
        return None
    finally:
        client.close()
