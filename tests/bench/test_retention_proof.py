"""The proof of retention at a small size (EVD-6)."""

from __future__ import annotations

import random

import psycopg
from flask import Flask

from bench.proofs._retention_scene import Scene
from bench.proofs.retention import check_tree, look, play
from lmsapp.infra.db import db
from tests.clock import Clock
from tests.servers import TestServers as Servers


def test_nothing_kept_disappears(own_app: Flask, test_servers: Servers, worker_number: int, clock: Clock) -> None:
    """EVD-6: forty steps without a fault; a record the reckoning keeps and that is gone is seen."""
    owner_url = test_servers.owner_url(f"own_{worker_number}")
    with own_app.app_context(), psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("CREATE TABLE proof_day AS SELECT current_date AS day")
        scene = Scene(own_app, clock, owner, random.Random(7))
        play(scene, 40)
        assert scene.wrong == [] and scene.figures["attacks"] > 0
        assert check_tree(scene) > 0
        scene.model.records["notice", 10**6] = next(iter(scene.model.records.values()))
        look(scene, "here")
        assert len(scene.wrong) >= 1
        db.session.rollback()
