"""What runs behind the pages, and what to do when it did not (OPS, EVD-7)."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import insert, select

from lmsapp.evidence.seals.actions import promise_file
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra.db import db
from lmsapp.infra.queue import Ring, connect, queue
from lmsapp.infra.scheduling import JobRun
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.outreach.post import promise

ATTACK = "<script>alert(1)</script>"


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


def failed_file(cast: Cast, title: str = "Fire safety", error: str = "OSError: disk full") -> SealedFile:
    sealed = promise_file("certificate", 7, employee_id=cast.lena.record.id, title=title)
    sealed.status, sealed.error, sealed.tries = "failed", error, 7
    db.session.commit()
    return sealed


def test_who_may_read_it(client: PageClient, cast: Cast) -> None:
    """ORG-2, SEC-4."""
    assert client.get("/admin/jobs").status_code == 302
    for name, person in cast.everybody.items():
        client.sign_in(person.user.id, person.user.session_epoch)
        assert client.get("/admin/jobs").status_code == (200 if name in ("sam", "aki") else 403), name


def test_what_it_shows(app: Flask, client: PageClient, cast: Cast, clock: Clock) -> None:
    """OPS: what ran for which date, the length of the queue, mail that waits too long, PDFs that failed and why."""
    db.session.execute(
        insert(JobRun).values(job="reminders", logical_date=dt.date(2026, 11, 1), finished_at=clock.instant)
    )
    failed_file(cast)
    promise()
    db.session.commit()
    with Redis.from_url(app.config["REDIS_URL"]) as redis:
        redis.flushdb()
    queue(connect(app.config["REDIS_URL"])).enqueue("lmsapp.jobs.run_job", "seal", 1)
    client.sign_in(cast.aki.user.id, cast.aki.user.session_epoch)
    page = client.get("/admin/jobs").text
    for words in ("Sun 1 Nov", "Fire safety", "disk full", "Lena Fischer", "No worker is running"):
        assert words in page
    assert "has been waiting since" not in page
    assert "Make again" not in page, "auditors only read"
    clock.move(minutes=11)
    assert "has been waiting since" in client.get("/admin/jobs").text
    with Redis.from_url(app.config["REDIS_URL"]) as redis:
        redis.flushdb()


def test_without_a_queue_server_it_says_so(app: Flask, client: PageClient, cast: Cast) -> None:
    before = app.config["REDIS_URL"]
    app.config["REDIS_URL"] = "redis://127.0.0.1:1/0"
    client.sign_in(cast.sam.user.id, cast.sam.user.session_epoch)
    try:
        page = client.get("/admin/jobs")
    finally:
        app.config["REDIS_URL"] = before
    assert page.status_code == 200
    assert "The queue does not answer" in page.text


def test_make_again(client: PageClient, cast: Cast, rings: list[Ring]) -> None:
    """EVD-7: a PDF that failed for good is begun again by a system manager."""
    sealed = failed_file(cast)
    client.sign_in(cast.sam.user.id, cast.sam.user.session_epoch)
    assert "Make again" in client.get("/admin/jobs").text
    rings.clear()
    assert client.post(f"/admin/jobs/files/{sealed.id}/tries").location == "/admin/jobs"
    assert rings == [Ring("seal", (sealed.id,))]
    again = client.post(f"/admin/jobs/files/{sealed.id}/tries")
    assert again.status_code == 422
    assert "not waiting for another try" in again.text


def test_only_system_managers_make_again(client: PageClient, cast: Cast) -> None:
    """SEC-4."""
    sealed = failed_file(cast)
    for name, person in cast.everybody.items():
        if name != "sam":
            client.sign_in(person.user.id, person.user.session_epoch)
            assert client.post(f"/admin/jobs/files/{sealed.id}/tries").status_code == 403, name
    assert db.session.scalar(select(SealedFile.status).where(SealedFile.id == sealed.id)) == "failed"


def test_errors_and_titles_are_text(client: PageClient, cast: Cast) -> None:
    """SEC-2."""
    failed_file(cast, title=ATTACK, error=f"{ATTACK} 100% %(x)s")
    client.sign_in(cast.sam.user.id, cast.sam.user.session_epoch)
    page = client.get("/admin/jobs").text
    assert ATTACK not in page
    assert "100% %(x)s" in page


@pytest.mark.parametrize(
    ("address", "sources", "words", "ready"),
    [
        ("", (), "SCORM content: off", "off"),
        ("http://content.example", (), "SCORM content: another site", "another site"),
        ("http://content.localhost", ("https://cdn.example",), "SCORM content: a sibling", "sibling"),
    ],
)
def test_where_scorm_content_lives(
    app: Flask, client: PageClient, cast: Cast, address: str, sources: tuple[str, ...], words: str, ready: str
) -> None:
    """SEC-3: how well packages are kept apart, and what to do; for machines at /readyz."""
    before = {name: app.config[name] for name in ("CONTENT_URL", "CONTENT_SOURCES")}
    app.config.update(CONTENT_URL=address, CONTENT_SOURCES=sources)
    client.sign_in(cast.sam.user.id, cast.sam.user.session_epoch)
    try:
        page, told = client.get("/admin/jobs").text, client.get("/readyz").json
    finally:
        app.config.update(before)
    assert words in page
    assert all(one in page for one in sources)
    assert "/help/scorm-content-host" in page
    assert told is not None
    assert told["content"] == ready
