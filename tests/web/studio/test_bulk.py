"""ENR-6: a file is tried line by line, applied when somebody says so, and the same file again changes nothing."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
from sqlalchemy import func, select

from lmsapp.assignments.actions import assign
from lmsapp.assignments.bulk.models import EnrollmentRun
from lmsapp.assignments.bulk.work import MOST_TRIES, sweep_files_of_enrollments, work_on_file
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.courses.authors import Written
from tests.kept import kept

FILE = """Employee number;E-mail;Course;Due date;Note
E-101;;fall protection;2026-12-01;Before the season
;otto@northgate.example;Fall protection;;
E-100;;Fall protection;2026-12-01;
E-101;;Fall protection;2027-01-01;
E-999;;Fall protection;2026-12-01;
E-102;;No such course;2026-12-01;
E-102;;Drafted;;
E-100;;Fall protection;soon;
E-100;;Ladders;2026-01-01;
"""


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


@pytest.fixture
@kept
def written(cast: Cast) -> Written:
    Written(cast.milo.viewer, title="Drafted")
    Written(cast.milo.viewer, title="Ladders").publish()
    course = Written(cast.milo.viewer, title="Fall protection").publish()
    assign(cast.mark.record, course.course, dt.date(2026, 11, 30), by=cast.milo.viewer)
    db.session.commit()
    return course


def upload(client: PageClient, text: str) -> int:
    answer = client.post("/studio/bulk", data={"file": (io.BytesIO(text.encode()), "people.csv")})
    assert answer.status_code == 303, answer.text
    return int(answer.location.rsplit("/", 1)[1])


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_file_from_the_template_to_the_result(client: PageClient, cast: Cast, written: Written) -> None:
    """ENR-6: dry run with words by line, nothing before Apply, a result for each line, the same again is no news."""
    client.sign_in(cast.milo.user.id)
    assert "Employee number,E-mail,Course,Due date,Note" in client.get("/studio/bulk/template.csv").text
    assert zipfile.is_zipfile(io.BytesIO(client.get("/studio/bulk/template.xlsx").data))
    run_id = upload(client, FILE)
    address = f"/studio/bulk/{run_id}"
    assert "Waiting." in client.get(address).text
    assert client.post(f"{address}/application").status_code == 422, "not before it was tried"
    assert work_on_file(run_id)
    assert not work_on_file(run_id), "done is done"
    shown = client.get(address).text
    for words in (
        "2 lines would change something", "Nobody has the employee number", "There is no course", "is not published",
        "is not a date", "stand on line 2 already", "Choose a due date from tomorrow on", "due 2026-11-30; its due date",
    ):  # fmt: skip
        assert words in shown, words
    first = db.session.scalars(select(TrainingAssignment.id)).one()
    assert f'href="/studio/assignments/{first}"' in shown, "ASG-3: who has it already, with a link to it"
    assert (count(TrainingAssignment), count(Enrollment)) == (1, 1)
    assert "No such course" in client.get(f"{address}?show=problem").text
    assert client.post(f"{address}/application").status_code == 303
    assert "Waiting." in client.get(f"{address}/progress").text
    assert work_on_file(run_id)
    done = client.get(address).text
    assert "1 assigned, 1 enrolled, 1 unchanged, 6 left out." in done
    result = client.get(f"{address}/lines.csv").text
    assert "Lena Fischer,Fall protection,2026-12-01,Assigned" in result
    assert "Left out" in result
    made = db.session.scalars(select(TrainingAssignment).where(TrainingAssignment.source == "import")).one()
    assert (made.note, made.due_on) == ("Before the season", dt.date(2026, 12, 1))
    assert (count(TrainingAssignment), count(Enrollment)) == (2, 3)
    again = upload(client, FILE)
    work_on_file(again)
    assert "0 lines would change something" in client.get(f"/studio/bulk/{again}").text
    assert client.post(f"/studio/bulk/{again}/application").status_code == 422
    assert client.post(f"/studio/bulk/{again}/discarded").status_code == 303


def test_what_is_no_such_file(client: PageClient, cast: Cast, written: Written) -> None:
    """ENR-6, SEC-6: said in words at once, or by the worker; nothing is left half done."""
    client.sign_in(cast.milo.user.id)
    assert client.post("/studio/bulk", data={}).status_code == 422
    pdf = client.post("/studio/bulk", data={"file": (io.BytesIO(b"%PDF-1.4"), "x.csv")})
    assert (pdf.status_code, "This is a PDF" in pdf.text) == (422, True)
    wrong = upload(client, "Name;Town\nAnn;Rome\n")
    work_on_file(wrong)
    assert "must name the columns" in client.get(f"/studio/bulk/{wrong}").text
    hostile = upload(client, "Number;Course\n=1+1;=cmd|x\n")
    work_on_file(hostile)
    assert "'=1+1" in client.get(f"/studio/bulk/{hostile}/lines.csv").text
    client.sign_in(cast.otto.user.id)
    assert client.get("/studio/bulk").status_code == 403
    client.sign_in(cast.carla.user.id)
    assert client.get(f"/studio/bulk/{hostile}").status_code == 403


def test_a_dead_worker_is_noticed(client: PageClient, cast: Cast, written: Written) -> None:
    """ENR-6: its claim is freed and rung again; after three tries it says so and can be tried by hand."""
    client.sign_in(cast.milo.user.id)
    run = db.session.get_one(EnrollmentRun, upload(client, FILE))
    for tries in range(1, MOST_TRIES + 1):
        run.state, run.tries, run.lease_until = "running", tries, product_clock.now()
        db.session.flush()
        sweep_files_of_enrollments()
    assert run.state == "failed"
    assert "The worker stopped" in client.get(f"/studio/bulk/{run.id}").text
    assert client.post(f"/studio/bulk/{run.id}/attempt").status_code == 303
    assert work_on_file(run.id)
    assert run.counts["assign"] == 1
