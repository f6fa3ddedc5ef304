"""QIZ-1: questions from a file are looked through, taken, taken back; out again in four formats."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from lmsapp.courses.bank.queries import Wanted, find_questions
from lmsapp.courses.exchange import actions
from lmsapp.courses.exchange.formats.reading import read_questions
from lmsapp.courses.exchange.models import QuestionImport, QuestionImportLine
from lmsapp.courses.exchange.work import MOST_TRIES, sweep_question_files, work_on_questions
from lmsapp.courses.quizzes.actions import add_question, edit_question
from lmsapp.courses.quizzes.models import Question, QuestionPool
from lmsapp.courses.quizzes.pools import create_pool
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.infra.queue import Ring
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.conftest import Statements
from tests.courses.authors import Written
from tests.kept import kept

GIFT = """$CATEGORY: House/Fire
::One::Where to? {=Out ~Up}

Where to? {=out ~UP}

Is it hot? {T####Touch it.}

Twenty? {=a ~b ~c ~d ~e ~f ~g ~h ~i ~j ~k}

Only words.
"""


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


@pytest.fixture
@kept
def pool(cast: Cast) -> QuestionPool:
    made = create_pool("Fire", by=cast.carla.viewer)
    options = [{"text": "True", "correct": True}, {"text": "False", "correct": False}]
    add_question(made, "true_false", "is it  HOT?", options, by=cast.carla.viewer)
    db.session.commit()
    return made


def send(client: PageClient, into: str, text: str | bytes, name: str = "fire.gift") -> str:
    data = text if isinstance(text, bytes) else text.encode()
    sent = client.post("/studio/question-files", data={"into": into, "file": (io.BytesIO(data), name)})
    assert sent.status_code == 303, sent.text
    return sent.location


def asked(pool: QuestionPool) -> list[Question]:
    current = (Question.pool_id == pool.id, Question.archived_at.is_(None), Question.replaced_by_id.is_(None))
    return list(db.session.scalars(select(Question).where(*current).order_by(Question.position)))


def test_from_a_file_into_a_pool_and_back(client: PageClient, cast: Cast, pool: QuestionPool) -> None:
    """QIZ-1: nothing before Import; problems with their lines; what is there already is left out unless taken; tags for
    all; doubled clicks add nothing; taking back archives all but what was edited since. Each step is on the trail."""
    client.sign_in(cast.carla.user.id)
    assert "Pool: Fire" in client.get(f"/studio/question-files?into=pool-{pool.id}").text
    where = send(client, f"pool-{pool.id}", GIFT)
    shown = client.get(where).text
    for words in (
        "1 question will be taken", "2 cannot be taken", "2 are there already", "Twice in the file", "There already",
        "line 10", "Only words.", "It belongs into a lesson", "Give between two and 10 options",
    ):  # fmt: skip
        assert words in shown, words
    assert len(asked(pool)) == 1, "nothing has happened yet"
    assert "Only words." not in client.get(f"{where}?show=questions").text
    taken = client.post(f"{where}/selection", data={"what": "take", "pick": ["2", "4", "99"], "show": "same"})
    assert (taken.status_code, taken.location.endswith("?show=same")) == (303, True)
    assert "2 questions will be taken" in client.get(where).text, "a problem cannot be taken"
    tagged = client.post(f"{where}/application", data={"tags": "drill, a", "categories": "y"})
    assert tagged.status_code == 303
    added = asked(pool)[1:]
    assert [(one.prompt, one.tags) for one in added] == [("Where to?", ["drill", "a", "Fire"])] * 2
    assert client.post(f"{where}/application", data={}).status_code == 422, "once is enough"
    assert "2 questions were added" in client.get(where).text
    assert client.post(f"{where}/selection", data={"what": "none"}).status_code == 422
    edit_question(added[0], "single", "Where now?", added[0].options, by=cast.carla.viewer)
    db.session.commit()
    assert client.post(f"{where}/reversal").status_code == 303
    back = client.get(where).text
    assert "1 question of this file was archived" in back
    assert "1 was edited since and stays" in back
    assert [one.prompt for one in asked(pool)] == ["is it  HOT?", "Where now?"]
    assert client.post(f"{where}/reversal").status_code == 422
    entries = select(AuditEntry.action).where(AuditEntry.subject_kind == "question_import").order_by(AuditEntry.id)
    assert list(db.session.scalars(entries)) == [
        "uploaded", "selection changed", "applying asked", "applied", "taken back",
    ]  # fmt: skip


def test_a_large_file_is_the_workers(
    client: PageClient, cast: Cast, pool: QuestionPool, rings: list[Ring], monkeypatch: pytest.MonkeyPatch
) -> None:
    """QIZ-1: read and applied by the worker, with its progress to see; a dead worker's claim is freed, and a file that
    holds no question is refused in words."""
    monkeypatch.setattr(actions, "SMALL_BYTES", 10)
    monkeypatch.setattr(actions, "SMALL_COUNT", 1)
    client.sign_in(cast.carla.user.id)
    where = send(client, f"pool-{pool.id}", "question,A,B,correct\nOne?,a,b,A\nTwo?,a,b,B\n", "q.csv")
    run_id = int(where.rsplit("/", 1)[1])
    assert "Waiting." in client.get(f"{where}/progress").text
    assert client.post(f"{where}/application").status_code == 422
    assert work_on_questions(run_id)
    assert not work_on_questions(run_id), "done is done"
    assert client.post(f"{where}/application").status_code == 303
    run = db.session.get_one(QuestionImport, run_id)
    run.state, run.tries, run.lease_until = "running", MOST_TRIES, product_clock.now()
    db.session.commit()
    sweep_question_files()
    db.session.commit()
    assert "The worker stopped" in client.get(where).text
    assert client.post(f"{where}/attempt").status_code == 303
    assert work_on_questions(run_id)
    assert [one.prompt for one in asked(pool)[1:]] == ["One?", "Two?"]
    wrong = send(client, f"pool-{pool.id}", "a,b\n" + "1,2\n" * 5, "people.csv")
    work_on_questions(int(wrong.rsplit("/", 1)[1]))
    assert "No column for the question" in client.get(wrong).text


def test_who_may(client: PageClient, cast: Cast, pool: QuestionPool) -> None:
    """SEC-4: only who sent it and moderators see a file; only places one may write are offered; the worker looks again."""
    client.sign_in(cast.carla.user.id)
    bad = {"into": f"pool-{pool.id}", "file": (io.BytesIO(b"%PDF-1.4"), "x.csv")}
    refused = client.post("/studio/question-files", data=bad)
    assert (refused.status_code, "This is a PDF" in refused.text) == (422, True)
    where = send(client, f"pool-{pool.id}", GIFT)
    milo_pool = create_pool("Of Milo", by=cast.milo.viewer)
    db.session.commit()
    theirs = {"into": f"pool-{milo_pool.id}", "file": (io.BytesIO(GIFT.encode()), "x.gift")}
    assert client.post("/studio/question-files", data=theirs).status_code == 422
    run = db.session.get_one(QuestionImport, int(where.rsplit("/", 1)[1]))
    run.pool_id = milo_pool.id
    db.session.commit()
    assert client.post(f"{where}/application", data={}).status_code == 403
    assert client.post(f"{where}/discarded").status_code == 303
    assert db.session.scalar(select(func.count()).select_from(QuestionImportLine)) == 0
    client.sign_in(cast.milo.user.id)
    assert client.get(where).status_code == 200
    client.sign_in(cast.otto.user.id)
    for address in (
        where,
        "/studio/question-files",
        "/studio/question-exports",
        "/studio/question-exports/file?format=csv",
    ):
        assert client.get(address).status_code == 403


def test_out_again(client: PageClient, cast: Cast, statements: Statements) -> None:
    """QIZ-1: a quiz, a pool, the bank as filtered and ticked questions; what a format cannot say stands before the
    download; what one may not see is not in the file; 5 and 45 questions cost the same; the trail names the list."""
    written = Written(cast.carla.viewer)
    foreign = Written(cast.milo.viewer, title="Foreign")
    pool = create_pool("Numbers", by=cast.carla.viewer)
    detail = {"accepted": [{"value": "9.81", "tolerance": "0.05", "percent": 100}], "unit": "m/s2"}
    for number in range(5):
        add_question(
            pool, "numeric", f"g{number}?", [], by=cast.carla.viewer, detail=detail, points=Decimal(2), tags=["g"]
        )
    db.session.commit()
    client.sign_in(cast.carla.user.id)
    offer = client.get(f"/studio/question-exports?of_pool={pool.id}").text
    assert "the unit" in offer
    assert "5 questions" in offer
    for key in ("csv", "gift", "moodle", "qti"):
        data = client.get(f"/studio/question-exports/file?format={key}&of_pool={pool.id}").data
        found = read_questions(data)
        assert [one.prompt for one in found.drafts] == [f"g{number}?" for number in range(5)]
    assert found.drafts[0].category == "Numbers"
    quiz = client.get(f"/studio/question-exports/file?format=csv&lesson={written.quiz_lesson.id}")
    assert "cdn" not in quiz.headers["Content-Disposition"]
    assert len(read_questions(quiz.data).drafts) == 1
    picked = client.get(
        f"/studio/question-exports/file?format=csv&pick={foreign.question.id}&pick={written.question.id}"
    )
    assert len(read_questions(picked.data).drafts) == 1, "not the one of a course of somebody else"
    assert client.get(f"/studio/question-exports/file?format=csv&pick={foreign.question.id}").status_code == 404
    assert client.get(f"/studio/question-exports?lesson={foreign.quiz_lesson.id}").status_code == 404
    assert client.get("/studio/question-exports/file?format=exe").status_code == 404
    filtered = client.get("/studio/question-exports/file?format=csv&tag=g&q=g3").data
    assert [one.prompt for one in read_questions(filtered).drafts] == ["g3?"]
    said = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "downloaded").order_by(AuditEntry.id.desc())
    )
    assert next(iter(said)).after == {"list": "questions", "format": "CSV", "questions": 1, "of": "Question bank"}
    statements.clear()
    client.get(f"/studio/question-exports?of_pool={pool.id}")
    few = len(statements)
    for number in range(5, 45):
        add_question(pool, "numeric", f"g{number}?", [], by=cast.carla.viewer, detail=detail)
    db.session.commit()
    statements.clear()
    client.get(f"/studio/question-exports?of_pool={pool.id}")
    assert len(statements) == few
    assert find_questions(cast.carla.viewer, Wanted(pools=(pool.id,))).total == 45
