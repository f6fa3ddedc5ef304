"""Commits of SCORM content: learners in the middle of a package, each commit with another 20 KB of suspend data."""

from __future__ import annotations

import json
import random
import string

import psycopg
from flask import Flask
from sqlalchemy import select

from bench.house import CONTENT_HOST
from bench.requests import Operation, Request
from lmsapp.courses.catalogue.actions import add_chapter, create_course, set_rule
from lmsapp.courses.catalogue.lessons import add_lesson
from lmsapp.courses.packages.models import ScormPackage
from lmsapp.courses.packages.rules import PackageTerms
from lmsapp.courses.publishing.actions import publish
from lmsapp.infra import files
from lmsapp.infra.db import db, unit_of_work
from lmsapp.learning.enrollments.actions import enroll_many
from lmsapp.learning.enrollments.facts import line_of
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.scorm.commits.committing import commit
from lmsapp.learning.scorm.commits.messages import Message
from lmsapp.learning.scorm.launches.launching import launch
from lmsapp.learning.scorm.launches.sitting_down import sit_down
from lmsapp.learning.scorm.launches.tokens import token_of
from lmsapp.people.accounts.models import User
from lmsapp.people.employees.models import Employee
from lmsapp.people.queries import load_viewer

NAME = "SCORM commit, 20 KB of suspend data"
SUSPEND_DATA = 20_000  # characters
LETTERS = string.ascii_letters + string.digits + "+/="


def commits(app: Flask, *, learners: int, each: int) -> Operation:
    """`each` commits in order of each learner; those of one are far apart, so that they do not wait for each other."""
    with app.app_context():
        tokens = dict(_launches(learners))
    chance = random.Random(1)
    packed = "".join(chance.choices(LETTERS, k=SUSPEND_DATA))
    requests = [
        Request(
            f"/c/{token}/commits",
            method="POST",
            body=_body(seq, packed, chance.randrange(SUSPEND_DATA)),
            host=CONTENT_HOST,
            expect=['"ok":true', f'"seq":{seq}', '"completion":"incomplete"'],
        )
        for seq in range(2, each + 2)
        for token in tokens.values()
    ]

    def check(database: psycopg.Connection, sent: int) -> str:
        kept = database.execute(
            "SELECT count(*) FROM scorm_commit c JOIN scorm_launch l ON l.id = c.launch_id "
            "WHERE c.seq > 1 AND l.id = ANY(%s)",
            [list(tokens)],
        ).fetchone()
        whole = database.execute(
            "SELECT count(*) FROM scorm_launch l JOIN scorm_sco s ON s.attempt_id = l.attempt_id AND s.item = l.item "
            "WHERE l.id = ANY(%s) AND length(s.suspend_data) = %s",
            [list(tokens), SUSPEND_DATA],
        ).fetchone()
        right = kept == (sent,) and whole == (min(sent, len(tokens)),)
        return "" if right else f"{kept} of {sent} commits and {whole} parts are in the database"

    return Operation(NAME, 5, "48", requests, once=True, check=check)


def _body(seq: int, packed: str, at: int) -> str:
    """Another suspend data each time; place and status as content sends them along."""
    said = {
        "cmi.suspend_data": packed[at:] + packed[:at],
        "cmi.core.lesson_location": f"slide {seq}",
        "cmi.core.lesson_status": "incomplete",
        "cmi.core.session_time": f"0000:{seq % 60:02d}:00.00",
    }
    return json.dumps({"sitting": 1, "seq": seq, "how": "commit", "set": said, "session_seconds": 10 * seq})


def _launches(learners: int) -> list[tuple[int, str]]:
    """Open launches with their tokens, each of another learner, who said 'incomplete' so far."""
    with unit_of_work():
        course = create_course("Lifting and carrying", by=None)
        lesson = add_lesson(add_chapter(course, "All of it", by=None), "scorm", "The package", by=None)
        kept = files.store(b"PK", name="package.zip", media_type="application/zip")
        item = {"id": "one", "parent": None, "title": "Lifting", "kind": "sco", "href": "index.html"}
        manifest = {"edition": "1.2", "version": "1.2", "title": "Lifting", "items": [item]}
        package = ScormPackage(file_id=kept.id, edition="1.2", title="Lifting", manifest=manifest, file_count=1, size=2)
        db.session.add(package)
        db.session.flush()
        facts = {"package": package.id, "edition": "1.2", "title": "Lifting", "scos": 1}
        lesson.detail, lesson.file_id = {"scorm": facts | PackageTerms().as_json()}, kept.id
        set_rule(course, "all", [{"kind": "lessons", "share": 100}], None)
        publish(course, None)
        people = db.session.execute(
            select(Employee.id, User.id.label("user_id"), User.session_epoch)
            .join(User, User.id == Employee.user_id)
            .order_by(Employee.id)
            .limit(learners)
        ).all()
        ids = enroll_many([person.id for person in people], course, source="staff", by=None)
        lesson_id = lesson.id
    found = []
    for person, enrollment_id in zip(people, ids, strict=True):
        with unit_of_work():
            enrollment = db.session.get_one(Enrollment, enrollment_id)
            viewer = load_viewer(person.user_id, person.session_epoch, "UTC")
            db.session.refresh(enrollment, ["course"])
            line = line_of(enrollment, lesson_id)
            assert viewer is not None and line is not None  # noqa: PT018
            made = launch(enrollment, line, by=viewer)
            sit_down(made)
            commit(made, Message(1, 1, "set", {"cmi.core.lesson_status": "incomplete"}))
            found.append((made.id, token_of(made.id)))
    return found
