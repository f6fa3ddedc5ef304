"""The demo as it is loaded (OPS-1): once for all tests here, into a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select, text

from lmsapp import create_app
from lmsapp.assignments.expressions import status_at
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.rules import AssignmentStatus
from lmsapp.compliance.documents.queries import count_to_file
from lmsapp.compliance.ledger.queries import ledger_of
from lmsapp.compliance.ledger.rules import ComplianceStatus
from lmsapp.demo.accounts import ACCOUNTS, PASSWORD
from lmsapp.demo.load import NotOurs, load
from lmsapp.demo.organisation import employees, viewer_of
from lmsapp.infra import clock
from lmsapp.infra.db import db, unit_of_work
from lmsapp.insight.numbers import team_numbers
from lmsapp.insight.reports.catalogue import REPORTS
from lmsapp.insight.reports.report import Asking
from lmsapp.people.accounts.actions import create_user
from lmsapp.people.accounts.queries import authenticate
from tests.client import PageClient
from tests.conftest import settings_for
from tests.demo.loaded import LOADED_AT, Loaded, digest
from tests.demo.questions import AUDITOR, HR, MANAGER, MOST_CLICKS, Question, answer
from tests.servers import TestServers as Servers

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def loaded(test_servers: Servers, worker_number: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    url = test_servers.fresh_database(f"demo_{worker_number}")
    made = Loaded(url, test_servers.queue_url(2 * worker_number + 1), tmp_path_factory.mktemp("demo"))
    yield made
    made.close()


@pytest.fixture(autouse=True)
def transaction() -> None:
    """Instead of the savepoint of other tests: these look at what was committed."""


@pytest.fixture
def own_app(loaded: Loaded) -> Iterator[Flask]:
    """In its context, at the hour of the load."""
    with loaded.app.app_context(), clock.set_to(LOADED_AT):
        yield loaded.app
        db.session.rollback()


def count(sql: str) -> Any:
    return db.session.execute(text(sql)).scalar_one()


def test_it_holds_what_the_stories_need(own_app: Flask) -> None:
    """OPS-1, QIZ-5: people, published courses, a year of assignments, work that waits to be graded."""
    assert count("SELECT count(*) FROM employee") == 123
    assert count("SELECT count(*) FROM course WHERE status = 'published' AND content_version = 1") == 14
    assert count("SELECT count(*) FROM scorm_package") == 2
    assert count("SELECT count(DISTINCT enrollment_id) FROM scorm_attempt") == 5
    assert count("SELECT count(*) FROM hand_in WHERE id NOT IN (SELECT hand_in_id FROM grading)") == 2
    assert 420 <= count("SELECT count(*) FROM training_assignment") <= 500
    assert 330 <= count("SELECT count(*) FROM certificate") <= 420
    assert count("SELECT max(completed_on) - min(completed_on) FROM training_assignment") > 355
    assert count("SELECT count(*) FROM enrollment WHERE failed_at IS NOT NULL") == 3


def test_a_second_load_does_nothing(own_app: Flask, loaded: Loaded) -> None:
    """OPS-1: idempotent."""
    before = digest()
    said: list[str] = []
    assert not load(said.append)
    assert said == []
    assert digest() == before


def test_made_up_people_never_join_real_ones(test_servers: Servers, worker_number: int, tmp_path: Path) -> None:
    """OPS-1: a database with accounts of its own is left alone."""
    url = test_servers.fresh_database(f"taken_{worker_number}")
    app = create_app(settings_for(url, test_servers.queue_url(2 * worker_number + 1), tmp_path))
    with app.app_context():
        with unit_of_work():
            create_user("somebody@example.org", "Somebody Real", by=None)
        with pytest.raises(NotOurs):
            load(print)
        assert count("SELECT count(*) FROM employee") == 0
        db.session.remove()
        db.engine.dispose()


def test_nothing_of_the_past_is_mailed(own_app: Flask, loaded: Loaded) -> None:
    """REM-3: no e-mail waits after the load; the queue hears of PDFs only, and their letters were written already."""
    assert count("SELECT count(*) FROM notice WHERE status IN ('queued', 'sending')") == 0
    assert count("SELECT count(*) FROM notice WHERE status = 'sent' AND channel = 'email'") > 300
    seals = [ring for ring in loaded.rings if ring.job == "seal"]
    assert {ring.job for ring in loaded.rings} == {"seal", "package"}
    assert count("SELECT count(*) FROM package_import WHERE status <> 'taken'") == 0, "the packages are read already"
    assert len(seals) == count("SELECT count(*) FROM sealed_file WHERE status = 'waiting'") < 250
    untold = """SELECT count(*) FROM sealed_file s WHERE s.kind = 'certificate' AND NOT EXISTS
        (SELECT 1 FROM notice n WHERE n.key = 'certificate/' || s.subject_id || '/email')"""
    assert count(untold) == 0


def test_completed_means_one_record_and_one_certificate(own_app: Flask) -> None:
    """EVD-1, CRT-1: every completed enrollment has exactly one of each, and nobody else has any."""
    completed = count("SELECT count(*) FROM enrollment WHERE completed_at IS NOT NULL")
    again = count("SELECT count(*) FROM certification_period WHERE number > 1")
    assert again == 1
    records = count("SELECT count(*) FROM completion_record WHERE subject_kind = 'course'")
    certificates = count("SELECT count(*) FROM certificate WHERE path_id IS NULL")
    assert completed + again == records == certificates == count("SELECT count(*) FROM certification_period")
    joined = """SELECT count(*) FROM enrollment e JOIN certificate c ON c.enrollment_id = e.id
        JOIN completion_record r ON r.id = c.record_id AND r.employee_id = e.employee_id AND r.subject_id = e.course_id
        WHERE r.occurred_at = e.completed_at"""
    assert count(joined) == completed


def test_progress_is_complete_only_when_it_is(own_app: Flask) -> None:
    """ENR-3: 100 says complete, and what is done is what the lessons say."""
    complete = "(completed_at IS NOT NULL AND renewal_started_at IS NULL)"
    assert count(f"SELECT count(*) FROM enrollment WHERE (progress = 100) <> {complete}") == 0
    differing = """SELECT count(*) FROM enrollment e WHERE e.done_lessons <>
        (SELECT count(*) FROM lesson_progress p WHERE p.enrollment_id = e.id AND p.cycle = e.cycle AND p.done_at IS NOT NULL)"""
    assert count(differing) == 0
    odd = """SELECT count(*) FROM enrollment e WHERE (started_at IS NULL) <> (done_lessons = 0)
        AND NOT EXISTS (SELECT 1 FROM scorm_attempt a WHERE a.enrollment_id = e.id)"""  # half-way in a package
    assert count(odd) == 0


def test_time_runs_forward(own_app: Flask) -> None:
    """ASG-1: assigned, started, completed, in that order; and nothing is dated later than the load."""
    wrong = """SELECT count(*) FROM training_assignment
        WHERE started_at < assigned_at OR completed_at < started_at OR closed_at < assigned_at"""
    assert count(wrong) == 0
    for table, column in (("audit_entry", "at"), ("notice", "queued_at"), ("certificate", "issued_at"),
                          ("training_assignment", "assigned_at"), ("employee_document", "filed_at")):  # fmt: skip
        assert count(f"SELECT max({column}) FROM {table}") < LOADED_AT, table


def test_every_status_is_there(own_app: Flask) -> None:
    """ASG-2: each word of the status list has somebody to show it; about six in seven people are compliant."""
    found = db.session.scalars(select(status_at(LOADED_AT)).select_from(TrainingAssignment))
    assert set(found) == {status.value for status in AssignmentStatus}
    late = count(f"""SELECT count(DISTINCT employee_id) FROM training_assignment
        WHERE due_at <= '{LOADED_AT.isoformat()}' AND completed_at IS NULL AND closed_as IS NULL""")
    assert 0.80 <= 1 - late / 122 <= 0.92


def test_story_3_has_somebody_at_each_status(own_app: Flask) -> None:
    """CRS-6: fall protection: valid, renewed on time, being renewed, to renew and lapsed; and its renewals assigned."""
    found = db.session.execute(text(
        "SELECT p.name, e.valid_until - DATE '2026-11-22' AS days, e.renewal_from <= DATE '2026-11-22' AS required, "
        "e.cycle FROM enrollment e JOIN employee p ON p.id = e.employee_id JOIN course c ON c.id = e.course_id "
        "WHERE c.slug LIKE 'fall-protection%' AND e.completed_at IS NOT NULL"
    )).all()  # fmt: skip
    rows = {row.name: row for row in found}
    assert (rows["Bill Kowalski"].days < 0, rows["Frank Castellano"].required) == (True, True)
    assert (rows["Curtis Greene"].days > 300, rows["Curtis Greene"].cycle, rows["Jesús Montoya"].cycle) == (True, 2, 2)
    assert rows["Piotr Lewandowski"].required is False
    assert count("SELECT count(*) FROM training_assignment WHERE source = 'renewal' AND completed_at IS NOT NULL") == 1


def test_lena_has_something_to_do(own_app: Flask) -> None:
    """ENR-4: one training overdue, one to resume after three lessons and due in three days, one later."""
    rows = db.session.execute(text(
        "SELECT c.title, a.due_on - DATE '2026-11-22' AS days, e.done_lessons FROM training_assignment a "
        "JOIN course c ON c.id = a.course_id JOIN enrollment e ON e.id = a.enrollment_id "
        "JOIN employee p ON p.id = a.employee_id WHERE p.name = 'Lena Fischer' AND a.completed_at IS NULL "
        "ORDER BY a.due_on"
    )).all()  # fmt: skip
    assert [tuple(row) for row in rows] == [
        ("Bloodborne Pathogens", -6, 0),
        ("HIPAA Privacy Basics", 3, 3),
        ("Fire Safety and Evacuation", 24, 0),
    ]


def test_the_sales_path_has_people_at_every_place(own_app: Flask) -> None:
    """CRS-4, story 2: one cohort has completed it, in the other both demos are locked for some and the basics done by
    nobody without them opening."""
    counted = "SELECT count(*) FROM path_enrollment WHERE "
    assert (count(counted + "completed_at IS NOT NULL"), count(counted + "completed_at IS NULL")) == (6, 6)
    assert count("SELECT count(*) FROM enrollment WHERE locks <> '[]'") >= 6
    assert count("SELECT count(DISTINCT progress) FROM path_enrollment") >= 3


def test_marks_page_is_alive(own_app: Flask) -> None:
    """DSH-1: overdue, due soon, in progress, expiring, and departments that differ."""
    numbers = team_numbers(viewer_of(employees()["Mark Okafor"]), LOADED_AT, LOADED_AT.date())
    assert numbers.people == 42
    assert min(numbers.overdue, numbers.due_soon, numbers.in_progress, numbers.expiring) >= 3
    assert len({gap.share for gap in numbers.departments}) >= 3
    assert sum(week.late for week in numbers.weeks) > 0
    assert sum(week.on_time > 0 for week in numbers.weeks) >= 10


def test_the_hr_file_shows_every_status(own_app: Flask) -> None:
    """HRD-2, HRD-4: decisions of every age, evidence filed, and evidence that waits to be."""
    hana = viewer_of(employees()["Hana Novák"])
    shown = {line.status for one in employees().values() for line in ledger_of(hana, one.id, LOADED_AT.date())}
    assert shown == set(ComplianceStatus)
    assert count("SELECT count(DISTINCT employee_id) FROM employee_document") >= 35
    assert count("SELECT count(*) FROM employee_document WHERE source = 'certificate'") == 13
    assert count_to_file(hana) > 20


def test_every_report_shows_rows(own_app: Flask) -> None:
    """REP-1, REP-2, OPS-1: no report of the catalogue is empty; of the forklift operators one is due again soon, one was
    never evaluated."""
    people = employees()
    hana = viewer_of(people["Hana Novák"])
    needed = {
        "transcript": {"person": [str(people["Bill Kowalski"].id)]},
        "go-no-go": {"checklist": [str(count("SELECT min(id) FROM go_no_go"))]},
    }
    found = {}
    with own_app.test_request_context("/"), force_locale("en"):
        for key, report in REPORTS.items():
            found[key] = db.session.execute(report.rows(Asking(hana, needed.get(key, {}), LOADED_AT))).all()
            assert found[key], key
    again = {row.name: row[10] for row in found["forklift"]}
    assert len(again) == 7
    assert again["Piotr Lewandowski"] == "not evaluated"
    assert "2026-12-01" < again["Antoine Baptiste"] < "2027-02-01"


def test_everybody_can_sign_in(own_app: Flask) -> None:
    """ORG-1: with the one password that is printed."""
    for email, name, _what in ACCOUNTS:
        assert authenticate(email, PASSWORD, "127.0.0.1").name == name


@pytest.mark.parametrize(("who", "asked"), [("mark", MANAGER), ("hana", HR), ("aki", AUDITOR)])
def test_thirty_questions(own_app: Flask, who: str, asked: tuple[Question, ...]) -> None:
    """DSH-1, DSH-4, REP-1, REP-2, EVD-5: a manager, HR and an auditor get ten answers each in under three clicks."""
    client = PageClient(own_app)
    user = authenticate(f"{who}@northgate.example", PASSWORD, "127.0.0.1")
    client.sign_in(user.id, user.session_epoch)
    start = client.get("/", follow_redirects=True).request.path
    for question in asked:
        assert question.clicks <= MOST_CLICKS, question.words
        answer(client, start, question)
    assert len(asked) == 10
