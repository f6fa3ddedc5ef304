"""/healthz depends on nothing; /readyz names the parts."""

from __future__ import annotations

import time

from flask import Flask
from flask.testing import FlaskClient


def test_all_parts_answer(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "alive"}
    parts = {"database": "ok", "queue": "ok", "evidence": "protected", "signing": "ok", "content": "another site"}
    parts |= {"ledger": "ok", "verified": "fits"}
    assert client.get("/readyz").json == {"status": "ready", **parts}


def test_without_the_queue_it_still_serves(own_app: Flask) -> None:
    own_app.config["REDIS_URL"] = "redis://127.0.0.1:1/0"
    answer = own_app.test_client().get("/readyz")
    assert (answer.status_code, answer.json["queue"], answer.json["status"]) == (200, "down", "degraded")


def test_without_the_database_it_says_so_soon(own_app: Flask) -> None:
    own_app.config["SQLALCHEMY_DATABASE_URI"] = "postgresql://nobody@10.255.255.1/none"
    started = time.monotonic()
    answer = own_app.test_client().get("/readyz")
    assert time.monotonic() - started < 20, "a network that swallows packets keeps others waiting for two minutes"
    assert (answer.status_code, answer.json["database"]) == (503, "down")
    assert own_app.test_client().get("/healthz").status_code == 200
