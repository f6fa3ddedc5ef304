"""The demo in a database of its own, and a digest of what it says."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

from sqlalchemy import text

from lmsapp import create_app
from lmsapp.demo.load import load
from lmsapp.infra import clock, queue
from lmsapp.infra.db import db
from tests.conftest import settings_for

LOADED_AT = dt.datetime(2026, 11, 22, 16, 0, tzinfo=dt.UTC)
# What must be the same after each load of one date: everything but tokens, hashes and signed bytes.
KEY_TABLES = {
    "employee": "number, name, sort_name, department_id, manager_id, hr_partner_id, hire_date, status, left_on",
    "training_assignment": "employee_id, course_id, due_on, assigned_at, started_at, completed_at, closed_as",
    "enrollment": "employee_id, course_id, source, progress, done_lessons, started_at, completed_at, last_active_at",
    "lesson_progress": "enrollment_id, lesson_id, opened_at, active_seconds, seen, done_at, detail",
    "quiz_submission": "enrollment_id, number, questions, percent, submitted_at, result",
    "path_enrollment": "employee_id, path_id, due_on, progress, completed_at, enrolled_at",
    "completion_record": "employee_id, subject_id, content_sha256, criteria, score, attempt, occurred_at",
    "certificate": "number, record_id, issued_on, valid_until",
    "notice": "key, status, subject, queued_at, sent_at, read_at",
    "sealed_file": "kind, subject_id, status, created_at",
    "employee_compliance": "employee_id, type_id, decision, completed_on, renewal_on, decided_at",
    "audit_entry": "at, actor_name, action, subject_kind, subject_id, reason",
}


class Loaded:
    """An application with the demo in it, and what was rung and said while it was loaded."""

    def __init__(self, url: str, redis_url: str, folder: Path):
        self.app = create_app(settings_for(url, redis_url, folder))
        self.rings: list[queue.Ring] = []
        self.said: list[str] = []
        queue.use_bell(self.app, self.rings.extend)
        with self.app.app_context(), clock.set_to(LOADED_AT):
            assert load(self.said.append)

    def close(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


def digest() -> dict[str, str]:
    """SHA-256 of each key table."""
    found = {}
    for table, columns in KEY_TABLES.items():
        rows = db.session.execute(text(f"SELECT {columns} FROM {table} ORDER BY {columns}"))
        found[table] = hashlib.sha256("\n".join(map(str, rows)).encode()).hexdigest()
    return found
