"""QIZ-1, QIZ-2: writing every kind of question, the bank, pools and draws, as a browser sees them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from lmsapp.courses.bank.pools import draws_of
from lmsapp.courses.quizzes.actions import add_question
from lmsapp.courses.quizzes.models import Question, QuestionPool, Quiz
from lmsapp.courses.quizzes.pools import add_draw, create_pool
from lmsapp.courses.quizzes.queries import questions_as_asked
from lmsapp.infra.db import db
from lmsapp.people.roles import Role
from tests.client import PageClient
from tests.courses.authors import OPTIONS, Written, author
from tests.kept import kept

HTMX = {"HX-Request": "true"}
# What is typed for each kind, beside prompt, points and tags; and what is stored of it.
TYPED: dict[str, dict[str, Any]] = {
    "single": {"options-text": ["Wash", "Wait", ""], "options-key": ["", "", ""], "options-right": "0"},
    "multiple": {"options-text": ["Wash", "Dry", "Wait"], "options-right": ["0", "1"], "scoring": "each"},
    "true_false": {"options-text": ["Yes", "No"], "options-right": "1"},
    "short": {"accepted-text": ["hand*wash*", ""], "accepted-percent": ["", ""]},
    "numeric": {"accepted-value": ["62,5"], "accepted-tolerance": ["0,5"], "accepted-percent": [""], "unit": "ml"},
    "matching": {
        "options-text": ["Measles", "Flu"],
        "options-match": ["Airborne", "Droplet"],
        "matches-text": ["Contact"],
        "scoring": "each",
    },
    "ordering": {"options-text": ["Gloves", "Gown", "Goggles"], "scoring": "all"},
    "open": {
        "rubric-title": ["Clear", "Kind"],
        "rubric-points": ["2", "1,5"],
        "rubric-levels": ["2: at once", ""],
        "sample": "Please wash your hands.",
        "min_words": "3",
        "max_words": "50",
    },
}
DETAIL: dict[str, dict[str, Any]] = {
    "short": {"accepted": [{"text": "hand*wash*", "percent": 100}], "case": False},
    "numeric": {"accepted": [{"value": "62.5", "tolerance": "0.5", "percent": 100}], "unit": "ml"},
    "multiple": {"scoring": "each"},
    "ordering": {"scoring": "all"},
    "single": {},
    "true_false": {},
}
# An answer typed into 'Try it', and what is said of it.
TRIED: dict[str, tuple[dict[str, Any], str]] = {
    "single": ({}, "Not answered"),
    "short": ({"try-0": "Hand  washing"}, "Right: 1 of 1 point"),
    "numeric": ({"try-0": "63,1"}, "Not right: 0 of 1 point"),
    "matching": ({"try-0-a": "a", "try-0-b": "b"}, "of 1 point"),
    "ordering": ({"try-0-a": "1", "try-0-b": "2", "try-0-c": "3"}, "of 1 point"),
    "open": ({"try-0": "Please wash."}, "Somebody would grade this answer"),
}


def typed(kind: str, question_id: int = 0, **more: Any) -> dict[str, Any]:
    """A form of that kind, filled in."""
    said = {"prompt": f"A {kind} question", "points": "1", "source_lesson_id": "0", "tags": "Doses, Hands"}
    return {f"q{question_id}-{name}": value for name, value in (said | TYPED[kind] | more).items()}


@kept
class Bank:
    """Cora's course and her pool for all courses; Dora writes other courses."""

    def __init__(self) -> None:
        self.cora, self.dora = author(), author("Dora Different")
        self.written = Written(self.cora)
        self.pool = create_pool("Medication", by=self.cora)
        self.questions = [add_question(self.pool, "single", f"Case {n}?", OPTIONS, by=self.cora) for n in range(3)]
        self.draw = add_draw(self.written.quiz, self.pool, 2, by=self.cora)
        db.session.commit()

    @property
    def new(self) -> str:
        return f"/studio/lessons/{self.written.quiz_lesson.id}/questions/new"

    @property
    def pages(self) -> list[str]:
        """What only the author and moderators find."""
        lesson, question = self.written.quiz_lesson.id, self.written.question.id
        return [
            f"/studio/lessons/{lesson}",
            f"/studio/lessons/{lesson}/preview",
            f"/studio/lessons/{lesson}/trial",
            f"/studio/lessons/{lesson}/draws/new",
            f"/studio/draws/{self.draw.id}",
            f"/studio/questions/{question}/history",
            f"/studio/bank?into={lesson}",
        ]

    @property
    def shared(self) -> list[str]:
        """What every author finds."""
        return [
            "/studio/bank",
            "/studio/bank/tags",
            "/studio/bank/pools",
            "/studio/bank/pools/new",
            f"/studio/bank/pools/{self.pool.id}",
            f"/studio/questions/{self.questions[0].id}/history",
            *(f"/studio/bank/selection?pick={self.questions[0].id}&what={what}" for what in ("quiz", "pool", "tags")),
        ]


@pytest.fixture
def bank() -> Bank:
    return Bank()


@pytest.fixture
def at_work(client: PageClient, bank: Bank) -> PageClient:
    client.sign_in(bank.cora.user_id)
    return client


def test_who_may_see_and_change_what(client: PageClient, bank: Bank) -> None:
    """ORG-2, SEC-4: learners and graders do not enter; other authors draw from a pool for all and change nothing."""
    for role in (Role.LMS_STUDENT, Role.BATCH_EVALUATOR):
        client.sign_in(author(f"Otto {role.name}", role).user_id)
        for address in (bank.pages[0], bank.pages[-1], *bank.shared[:3]):
            assert client.get(address).status_code == 403, address
    client.sign_in(bank.dora.user_id)
    for address in bank.pages:
        assert client.get(address).status_code == 404, address
    for address in bank.shared:
        assert client.get(address).status_code == 200, address
    question, pool, draw = bank.questions[0].id, bank.pool.id, bank.draw.id
    assert client.get(f"/studio/questions/{question}").status_code == 303
    for address in (f"/studio/bank/pools/{pool}/settings", f"/studio/bank/pools/{pool}/questions/new"):
        assert client.get(address).status_code == 403
        assert client.post(address, data={"title": "Mine"}).status_code == 403
    for address in (f"/studio/questions/{question}", f"/studio/questions/{question}/archive"):
        assert client.post(address, data=typed("single", question)).status_code == 403
    assert client.post("/studio/bank/selection/archive", data={"pick": question}).status_code == 403
    assert client.post(f"/studio/bank/pools/{pool}/archive").status_code == 403
    for address in (f"/studio/draws/{draw}", f"/studio/draws/{draw}/place", f"/studio/draws/{draw}/removal"):
        assert client.post(address).status_code == 404
    foreign = {"pick": question, "lesson_id": bank.written.quiz_lesson.id}
    assert client.post("/studio/bank/selection/quiz", data=foreign).status_code == 422
    client.sign_in(author("Mona Moderator", Role.MODERATOR).user_id)
    for address in (*bank.pages, *bank.shared, f"/studio/bank/pools/{pool}/settings", f"/studio/questions/{question}"):
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("kind", TYPED)
def test_each_kind_is_written_tried_and_opened_again(at_work: PageClient, bank: Bank, kind: str) -> None:
    """QIZ-1, SEC-6: a row more, a trial that stores nothing, saved, opened and saved again without a change."""
    address = f"{bank.new}?kind={kind}"
    field = next(name for name in TYPED[kind] if name.endswith(("-text", "-title", "-value")))
    first = field.partition("-")[0]
    rows = max(len(TYPED[kind][field]), at_work.get(address).text.count(f'name="q0-{field}"'))
    if kind != "true_false":
        more = at_work.post(address, data=typed(kind) | {"rows": f"add:{first}"}, headers=HTMX)
        assert (more.status_code, more.text.count(f'name="q0-{field}"')) == (200, rows + 1)
        assert "autofocus" in more.text
        gone = at_work.post(address, data=typed(kind) | {"rows": f"drop:{first}:0"})
        assert f'value="{TYPED[kind][field][0]}"' not in gone.text
    given, words = TRIED.get(kind, ({}, "Not answered"))
    tried = at_work.post(address, data=typed(kind) | given | {"go": "try", "answered": "1"}, headers=HTMX)
    assert tried.status_code == 200
    assert words in re.sub(r"\s+", " ", tried.text)
    assert len(questions_as_asked(bank.written.quiz.id)) == 1
    assert at_work.post(address, data=typed(kind)).status_code == 303
    stored = questions_as_asked(bank.written.quiz.id)[-1]
    assert (stored["kind"], stored["tags"]) == (kind, ["Doses", "Hands"])
    assert stored["detail"] == DETAIL.get(kind, stored["detail"])
    assert stored["points"] == ("3.5" if kind == "open" else "1")
    again = at_work.get(f"/studio/questions/{stored['id']}", headers=HTMX)
    assert again.status_code == 200
    assert at_work.post(f"/studio/questions/{stored['id']}", data=sent_back(again.text)).status_code == 303
    assert questions_as_asked(bank.written.quiz.id)[-1] == stored
    assert at_work.get(f"/studio/lessons/{bank.written.quiz_lesson.id}").status_code == 200
    assert at_work.get(f"/studio/lessons/{bank.written.quiz_lesson.id}/preview").status_code == 200


def sent_back(html: str) -> dict[str, Any]:
    """What a browser would send of the form as it stands."""
    data: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", html):
        said = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        ticked = said.get("type") not in ("radio", "checkbox") or " checked" in tag
        if "name" in said and ticked and said["name"] != "csrf_token":
            data.setdefault(said["name"], []).append(said.get("value", ""))
    for name, value in re.findall(r'<textarea[^>]* name="([^"]*)"[^>]*>([^<]*)</textarea>', html):
        data.setdefault(name, []).append(value.strip())
    for name, body in re.findall(r'<select[^>]* name="([^"]*)"[^>]*>(.*?)</select>', html, re.DOTALL):
        data[name] = re.findall(r'<option selected[^>]* value="([^"]*)"|value="([^"]*)"', body)[0]
        data[name] = next(filter(None, data[name]), "0")
    return {name: value for name, value in data.items() if name != "go"}


def test_errors_stand_beside_the_field_and_nothing_is_lost(at_work: PageClient, bank: Bank) -> None:
    """SEC-6: what cannot be read is said in words with 422; hostile rows do no harm."""
    address = f"{bank.new}?kind=numeric"
    answer = at_work.post(address, data=typed("numeric", **{"accepted-value": ["about two"]}), headers=HTMX)
    assert answer.status_code == 422
    assert "“about two” is not a number" in answer.text
    assert 'value="about two"' in answer.text
    assert answer.headers["HX-Retarget"] == "#question-form-0"
    for rows in ("drop:accepted:99999", "up:accepted:-1", "fly:away", "add:prompt", "drop:csrf_token:0", ""):
        assert at_work.post(address, data=typed("numeric") | {"rows": rows}).status_code == 200
    many = typed("short", **{"accepted-text": ["x"] * 500, "accepted-percent": ["<b>"] * 500})
    assert at_work.post(f"{bank.new}?kind=short", data=many).status_code == 422
    settings = {"title": "Check", "minutes_expected": "5", "passing_percent": "80", "show_answers": "after_last"}
    answer = at_work.post(f"/studio/lessons/{bank.written.quiz_lesson.id}", data=settings)
    assert answer.status_code == 422
    assert "Without a limit of attempts there is always one left" in answer.text


def test_items_change_places_by_buttons(at_work: PageClient, bank: Bank) -> None:
    """QIZ-1: rows are moved without script; questions of the quiz by steps and to a place."""
    data = typed("ordering") | {"rows": "up:options:2"}
    shown = at_work.post(f"{bank.new}?kind=ordering", data=data, headers=HTMX).text
    assert re.findall(r'name="q0-options-text" value="(\w+)"', shown) == ["Gloves", "Goggles", "Gown"]
    for n in range(3):
        add_question(bank.written.quiz, "single", f"Number {n}?", OPTIONS, by=bank.cora)
    db.session.commit()
    last = questions_as_asked(bank.written.quiz.id)[-1]["id"]
    place = f"/studio/questions/{last}/place"
    assert at_work.post(place, data={"step": "up"}, headers=HTMX).status_code == 200
    assert [one["id"] for one in questions_as_asked(bank.written.quiz.id)].index(last) == 2
    assert at_work.post(place, data={"index": "0"}, headers=HTMX).status_code == 200
    assert [one["id"] for one in questions_as_asked(bank.written.quiz.id)].index(last) == 0
    away = at_work.post(f"/studio/questions/{last}/archive", headers=HTMX)
    assert f"/studio/questions/{last}/restore" in away.headers["HX-Trigger"]
    assert at_work.get(f"/studio/questions/{last}").status_code == 404
    assert "Bring back" in at_work.get(f"/studio/questions/{last}/history").text
    assert at_work.post(f"/studio/questions/{last}/restore", headers=HTMX).status_code == 200
    assert len(questions_as_asked(bank.written.quiz.id)) == 4


def test_a_quiz_draws_and_can_be_tried(at_work: PageClient, bank: Bank) -> None:
    """QIZ-2: a draw is added, refused, changed, removed; the preview attempt draws as for a learner, stores nothing."""
    lesson = bank.written.quiz_lesson.id
    new = f"/studio/lessons/{lesson}/draws/new"
    wanted = {"pool_id": str(bank.pool.id), "count": "9", "points": "2", "tag": ""}
    refused = at_work.post(new, data=wanted)
    assert refused.status_code == 422
    assert "Only 3 can be drawn here." in refused.text
    assert at_work.post(f"/studio/draws/{bank.draw.id}", data=wanted | {"count": "3"}).status_code == 303
    assert [(one.number, one.points) for one in draws_of(bank.written.quiz.id)] == [(3, 2)]
    page = at_work.get(f"/studio/lessons/{lesson}").text
    assert "4 questions are asked" in page
    trial = at_work.get(f"/studio/lessons/{lesson}/trial").text
    seed = re.search(r'name="seed" value="(\w+)"', trial)
    assert seed is not None
    assert trial.count('class="question"') == 4
    right = {f"q{one['id']}": "x" for one in questions_as_asked(bank.written.quiz.id)}
    scored = at_work.post(f"/studio/lessons/{lesson}/trial", data={"seed": seed[1]} | right).text
    assert "0 of 7 points" in scored
    assert at_work.post(f"/studio/draws/{bank.draw.id}/removal", headers=HTMX).status_code == 200
    assert draws_of(bank.written.quiz.id) == []


def test_several_questions_at_once(at_work: PageClient, bank: Bank) -> None:
    """QIZ-1: tags, a pool, a quiz and the archive, each from the page of what was ticked."""
    picks = [str(one.id) for one in bank.questions]
    for what in ("quiz", "pool", "tags", "archive"):
        shown = at_work.get("/studio/bank/selection", query_string={"pick": picks, "what": what})
        assert "3 questions selected" in shown.text
    post = "/studio/bank/selection"
    assert at_work.post(f"{post}/tags", data={"pick": picks, "add": "Doses, Hands"}).status_code == 303
    assert at_work.get("/studio/bank?tag=Hands").text.count('id="bank-') == 3
    assert at_work.post("/studio/bank/tags", data={"tag": "Hands", "into": "Doses"}).status_code == 303
    assert at_work.get("/studio/bank?tag=Hands").text.count('id="bank-') == 0
    into = {"pick": picks[:2], "lesson_id": str(bank.written.quiz_lesson.id)}
    assert at_work.post(f"{post}/quiz", data=into).location.endswith(f"/lessons/{bank.written.quiz_lesson.id}")
    assert len(questions_as_asked(bank.written.quiz.id)) == 3
    assert at_work.post("/studio/bank/pools/new", data={"title": "Ward", "course_id": "0"}).status_code == 303
    ward = db.session.scalars(select(QuestionPool).where(QuestionPool.title == "Ward")).one()
    own = [str(bank.written.question.id)]
    assert at_work.post(f"{post}/pool", data={"pick": own, "pool_id": str(ward.id), "how": "move"}).status_code == 303
    assert db.session.get_one(Question, int(own[0])).archived_at is not None
    assert "original in" in at_work.get(f"/studio/questions/{copy_of(int(own[0]))}/history").text
    assert at_work.post(f"{post}/archive", data={"pick": picks[:1]}).status_code == 303
    assert at_work.post(f"{post}/archive", data={"pick": picks[:1]}).status_code == 303
    assert db.session.get_one(Question, int(picks[0])).archived_at is None
    assert at_work.get("/studio/bank/selection").status_code == 303
    assert "Only" not in at_work.post(f"/studio/bank/pools/{ward.id}/archive").text
    assert at_work.get("/studio/bank/pools?archived=1").text.count("Ward") >= 1
    assert at_work.post(f"/studio/bank/pools/{bank.pool.id}/archive").status_code == 422


def copy_of(question_id: int) -> int:
    return db.session.scalars(select(Question.id).where(Question.copied_from_id == question_id)).one()


def test_hostile_words_stay_words(at_work: PageClient, bank: Bank) -> None:
    """SEC-2: markup in prompts, tags, pools and units is shown, not run."""
    bad = '<script>alert(1)</script>"><img src=x>'
    more = {"prompt": bad, "unit": "<i>ml</i>", "tags": "<b>tag</b>", "explanation": bad}
    assert at_work.post(f"{bank.new}?kind=numeric", data=typed("numeric", **more)).status_code == 303
    assert at_work.post("/studio/bank/pools/new", data={"title": bad[:60], "course_id": "0"}).status_code == 303
    question = questions_as_asked(bank.written.quiz.id)[-1]["id"]
    lesson = bank.written.quiz_lesson.id
    for address in (
        "/studio/bank",
        "/studio/bank/tags",
        "/studio/bank/pools",
        f"/studio/lessons/{lesson}",
        f"/studio/lessons/{lesson}/trial",
        f"/studio/lessons/{lesson}/draws/new",
        f"/studio/questions/{question}",
        f"/studio/questions/{question}/history",
        f"/studio/bank/selection?pick={question}&what=tags",
    ):
        page = at_work.get(address).text
        assert "<script>alert" not in page, address
        assert "<img src=x" not in page, address
        assert "<i>ml" not in page, address


def test_a_quiz_of_many_questions_costs_as_few_statements(at_work: PageClient, bank: Bank, statements: Any) -> None:
    """QIZ-1: five questions and fifty are read by the same number of statements."""
    counts = []
    for more in (4, 45):
        for n in range(more):
            db.session.add(
                Question(quiz_id=bank.written.quiz.id, position=n + 2, kind="open", prompt=f"Say {n}", options=[])
            )
        db.session.commit()
        statements.clear()
        at_work.get(f"/studio/lessons/{bank.written.quiz_lesson.id}")
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert db.session.scalar(select(Quiz.id).where(Quiz.id == bank.written.quiz.id))
