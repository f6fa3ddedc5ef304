"""The doorbell: after commit the queue hears which row to look at.

Rows are promises and the queue only rings: a ring that is lost is rung again by the sweep, a ring too many finds
the row claimed. So losing Redis loses nothing, and its absence is never an error to the person at the page.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from flask import Flask, current_app, has_app_context
from redis import Redis
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeout
from rq import Queue, Retry
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.worker import SimpleWorker
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from lmsapp.infra import tracing
from lmsapp.infra.db import db

log = logging.getLogger(__name__)

QUEUE = "lms"
ENTRY = "lmsapp.jobs.run_job"
JOB_TIMEOUT_S = 300
RETRIES = 2  # with none left, a job whose worker was killed would be given up instead of run again
KEEP_FAILED_S = 7 * 24 * 3600
QUIET_AFTER_FAILURE_S = 5.0
QUIET_AFTER_SILENCE_S = 30.0  # a queue that hangs costs each try PATIENCE_S, one that is gone costs nothing
PATIENCE_S = 0.5
LOOK_AGAIN_S = 0.5
PENDING = "doorbell"
EXTENSION = "doorbell"


@dataclass(frozen=True, slots=True)
class Ring:
    """Which job, with which ids. Only what JSON carries. `urgent`: somebody waits at the page.

    `trace`: request id, person's id and name of what rang, so that the trail can name them.
    """

    job: str
    args: tuple[int | str, ...]
    urgent: bool = False
    trace: tuple[str, int, str] = field(default=("", 0, ""), compare=False)


Bell = Callable[[Sequence[Ring]], None]


def ring(job: str, *args: int | str, urgent: bool = False) -> None:
    """Note that `job` has something to look at; the queue hears of it once the transaction is committed.

    An urgent one is taken before the others: a certificate does not wait for a thousand letters.
    """
    pending: dict[Ring, None] = db.session().info.setdefault(PENDING, {})
    pending[Ring(job, args, urgent, _trace())] = None


def _trace() -> tuple[str, int, str]:
    trace = tracing.current()
    return (trace.request_id, trace.person.id, trace.person.name) if trace.person else (trace.request_id, 0, "")


def use_bell(app: Flask, bell: Bell) -> None:
    """Deliver rings differently: tests collect them."""
    app.extensions[EXTENSION] = bell


def rings_wait() -> bool:
    """Whether rings are still to be worked through; then a sweep need not ring for what has rung already."""
    waiting = getattr(_bell(current_app), "waiting", None)
    return bool(waiting and waiting())


def connect(url: str, patience_s: float = 2) -> Redis:
    """A client that gives up quickly: a page must not wait for a queue."""
    return Redis.from_url(url, socket_connect_timeout=0.5, socket_timeout=patience_s, health_check_interval=30)


def wait_until_reached(url: str) -> None:
    """For a worker that starts while the queue is away: dying and being started again takes longer each time."""
    client = connect(url)
    while True:
        try:
            client.ping()
        except (RedisError, OSError):
            time.sleep(LOOK_AGAIN_S)
        else:
            client.close()
            return


def queue(connection: Redis) -> Queue:
    return Queue(QUEUE, connection=connection, serializer=JSONSerializer, default_timeout=JOB_TIMEOUT_S)


class RedisBell:
    """Rings through rq. After a failure it stays quiet for a moment, so that a dead Redis slows nobody down."""

    def __init__(self, url: str):
        self.queue = queue(connect(url, PATIENCE_S))
        self.quiet_until = 0.0

    def __call__(self, rings: Sequence[Ring]) -> None:
        if time.monotonic() < self.quiet_until:
            return
        jobs = [
            Queue.prepare_data(
                ENTRY,
                args=(one.job, *one.args),
                kwargs={"trace": one.trace},
                retry=Retry(max=RETRIES),
                result_ttl=0,
                failure_ttl=KEEP_FAILED_S,
                at_front=one.urgent,
                description=f"{one.job}{one.args}",
            )
            for one in rings
        ]
        try:
            self.queue.enqueue_many(jobs)
        except (RedisError, OSError) as problem:
            hangs = isinstance(problem, RedisTimeout)
            self.quiet_until = time.monotonic() + (QUIET_AFTER_SILENCE_S if hangs else QUIET_AFTER_FAILURE_S)
            log.warning("queue not reached (%s); the sweep will ring again", problem)

    def waiting(self) -> int:
        """How many rings nobody has taken yet; 0 when the queue cannot be asked."""
        try:
            return int(self.queue.count)
        except (RedisError, OSError):
            return 0


@event.listens_for(Session, "after_commit")
def _ring_after_commit(session: Session) -> None:
    """Releasing a savepoint is no commit: what it noted waits for the real one."""
    if PENDING not in session.info or session.in_nested_transaction() or not has_app_context():
        return
    _bell(current_app)(list(session.info.pop(PENDING)))


@event.listens_for(Session, "after_soft_rollback")
def _forget_after_rollback(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(PENDING, None)


def _bell(app: Flask) -> Bell:
    if EXTENSION not in app.extensions:
        app.extensions[EXTENSION] = RedisBell(app.config["REDIS_URL"])
    bell: Bell = app.extensions[EXTENSION]
    return bell


class Worker(SimpleWorker):
    """Runs jobs in its own process, each in a fresh application context.

    Not in a fork per job: 158 jobs/s against 45 were measured, and no database connection is carried over a fork. A job
    that takes the process down costs nothing: its row keeps the lease, the supervisor starts another worker, the sweep
    rings again.
    """

    app: Flask

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        with self.app.app_context():
            return super().perform_job(job, queue, execution)


def worker(app: Flask) -> Worker:
    """Maintenance, which finds the jobs of killed workers, runs within 30 s, however idle the queue is."""
    made = Worker(
        [queue(connect(app.config["REDIS_URL"]))],
        serializer=JSONSerializer,
        maintenance_interval=20,
        worker_ttl=40,  # the wait for a job ends 15 s before
        log_job_description=False,
    )
    made.app = app
    return made
