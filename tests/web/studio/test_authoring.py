"""Authoring as a browser sees it; the client checks every page for valid HTML and forms that lead somewhere."""

from __future__ import annotations

import io
import re

import pytest

from lmsapp.courses.catalogue import actions
from lmsapp.courses.catalogue.authored import list_courses
from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.catalogue.queries import current_rule, outline
from lmsapp.courses.quizzes.queries import questions_as_asked, quiz_of_lesson
from lmsapp.infra.db import db
from lmsapp.people.roles import Role
from lmsapp.people.viewer import Viewer
from tests.client import PageClient
from tests.courses.authors import OPTIONS, Written, author, pdf_of

HTMX = {"HX-Request": "true"}
COURSE = {
    "title": "Fire safety",
    "kind": "mandatory compliance",
    "language": "en",
    "self_enroll": "y",
    "validity_months": "12",
}
RULE = {"criteria": ["lessons", "quiz_passed"], "share": "100", "scores": "0", "scores-0": "80"}


@pytest.fixture
def cora() -> Viewer:
    return author()


@pytest.fixture
def written(cora: Viewer) -> Written:
    return Written(cora)


@pytest.fixture
def at_work(client: PageClient, cora: Viewer) -> PageClient:
    client.sign_in(cora.user_id)
    return client


def pages_of(written: Written) -> list[str]:
    course, lesson = written.course.id, written.text.id
    return [
        "/studio/courses",
        "/studio/courses/new",
        f"/studio/courses/{course}",
        f"/studio/courses/{course}/settings",
        f"/studio/courses/{course}/rule",
        f"/studio/chapters/{written.chapter.id}",
        *(
            f"/studio/chapters/{written.chapter.id}/lessons/new?kind={kind}"
            for kind in ("text", "pdf", "video", "quiz", "acknowledgement")
        ),
        f"/studio/lessons/{lesson}",
        f"/studio/lessons/{lesson}/preview",
        f"/studio/lessons/{written.quiz_lesson.id}",
        f"/studio/lessons/{written.quiz_lesson.id}/preview",
        *(
            f"/studio/lessons/{written.quiz_lesson.id}/questions/new?kind={kind}"
            for kind in ("single", "multiple", "true_false")
        ),
        f"/studio/questions/{written.question.id}",
    ]


def test_every_page_of_authoring_stands(at_work: PageClient, written: Written) -> None:
    """CRS-1: all pages and forms, as page and as fragment."""
    for address in pages_of(written):
        assert at_work.get(address).status_code == 200, address
        assert at_work.get(address, headers=HTMX).status_code == 200, address


def test_a_course_from_nothing_to_published(at_work: PageClient, cora: Viewer) -> None:
    """CRS-1, CRS-2, CRS-3: chapters, lessons of all kinds, quiz, rule, publication, without any script."""
    course_at = at_work.post("/studio/courses/new", data=COURSE).location
    at_work.post(f"{course_at}/chapters", data={"title": "First"})
    course_id = int(course_at.rsplit("/", 1)[1])
    chapter = outline(course_id).chapters[0].id  # type: ignore[union-attr]
    new = f"/studio/chapters/{chapter}/lessons/new"
    text = {"title": "Read this", "body": "## Why\n\nBecause.", "minutes": "4", "min_seconds": "30", "share": "90"}
    assert at_work.post(f"{new}?kind=text", data=text).status_code == 303
    pdf = {
        "title": "Card",
        "minutes": "2",
        "min_seconds": "0",
        "share": "90",
        "upload": (io.BytesIO(pdf_of("One", "Two")), "card.pdf"),
    }
    assert at_work.post(f"{new}?kind=pdf", data=pdf).status_code == 303
    pledge = {"title": "Promise", "body": "I will.", "minutes": "1", "min_seconds": "15", "share": "90"}
    assert at_work.post(f"{new}?kind=acknowledgement", data=pledge).status_code == 303
    quiz = {
        "title": "Check",
        "minutes_expected": "5",
        "passing_percent": "80",
        "show_answers": "after_pass",
        "shuffle": "y",
    }
    quiz_at = at_work.post(f"{new}?kind=quiz", data=quiz).location
    early = at_work.post(f"{course_at}/publication")
    assert early.status_code == 422
    assert "Add a question with a right answer to “Check”." in early.text
    assert "State the completion rule." in early.text
    question = {
        "q0-prompt": "Fire?",
        "q0-options-text": ["Alarm", "Wait", ""],
        "q0-options-key": ["", "", ""],
        "q0-options-right": "0",
        "q0-points": "1",
        "q0-source_lesson_id": "0",
    }
    assert at_work.post(f"{quiz_at}/questions/new?kind=single", data=question).status_code == 303
    assert at_work.post(f"{course_at}/rule", data=RULE).status_code == 303
    assert at_work.post(f"{course_at}/publication").status_code == 303
    course = db.session.get_one(Course, course_id)
    assert (course.status, course.content_version, course.lesson_count) == ("published", 1, 4)
    assert [c.title for c in list_courses(cora).rows] == ["Fire safety"]
    assert "Finish all 4 lessons" in at_work.get(course_at).text
    card = next(line.id for line in outline(course_id).lessons if line.kind == "pdf")  # type: ignore[union-attr]
    shown = at_work.get(f"/studio/lessons/{card}/preview").text
    image = re.search(rf"/studio/lessons/{card}/files/\d+", shown)
    assert image is not None
    with at_work.get(image[0]) as sent:
        assert sent.mimetype.startswith("image/")


@pytest.mark.parametrize("role", [Role.LMS_STUDENT, Role.HR_MANAGER, Role.AUDITOR, Role.BATCH_EVALUATOR])
def test_other_roles_do_not_enter(client: PageClient, written: Written, role: Role) -> None:
    """ORG-2, SEC-4: authoring is for course creators and moderators."""
    client.sign_in(author("Otto Other", role).user_id)
    for address in pages_of(written):
        assert client.get(address).status_code == 403, address
    assert client.post(f"/studio/courses/{written.course.id}/publication").status_code == 403


def test_a_stranger_is_sent_to_sign_in(client: PageClient, written: Written) -> None:
    """SEC-4: closed by default."""
    assert client.get(f"/studio/courses/{written.course.id}").location.startswith("/sign-in")


def test_a_foreign_course_does_not_exist(client: PageClient, written: Written) -> None:
    """ORG-2: a course creator changes only what they wrote; whatever is tried is 404, and nothing happens."""
    client.sign_in(author("Dora Different").user_id)
    for address in pages_of(written):
        if "/courses/new" not in address and address != "/studio/courses":
            assert client.get(address).status_code == 404, address
    course, lesson, question = written.course.id, written.text.id, written.question.id
    for address in (
        f"/studio/courses/{course}/settings",
        f"/studio/courses/{course}/rule",
        f"/studio/courses/{course}/rule/words",
        f"/studio/courses/{course}/publication",
        f"/studio/courses/{course}/retirement",
        f"/studio/courses/{course}/chapters",
        f"/studio/chapters/{written.chapter.id}",
        f"/studio/chapters/{written.chapter.id}/place",
        f"/studio/chapters/{written.chapter.id}/archive",
        f"/studio/chapters/{written.chapter.id}/lessons/new",
        f"/studio/lessons/{lesson}",
        f"/studio/lessons/{lesson}/place",
        f"/studio/lessons/{lesson}/archive",
        f"/studio/lessons/{lesson}/restore",
        f"/studio/lessons/{written.quiz_lesson.id}/questions/new",
        f"/studio/questions/{question}",
        f"/studio/questions/{question}/place",
        f"/studio/questions/{question}/archive",
    ):
        assert client.post(address, data={"title": "Mine now", "step": "down"}).status_code == 404, address
    assert client.get(f"/studio/lessons/{lesson}/files/1").status_code == 404
    assert db.session.get_one(Course, course).status == "draft"
    assert "Hand hygiene" not in client.get("/studio/courses").text


def test_a_lesson_cannot_be_dragged_into_a_foreign_course(at_work: PageClient, written: Written) -> None:
    """SEC-4: every id in a request is looked for through the viewer."""
    foreign = Written(author("Dora Different"), title="Foreign")
    answer = at_work.post(
        f"/studio/lessons/{written.text.id}/place", data={"chapter": foreign.chapter.id, "index": "0"}
    )
    assert answer.status_code == 404


def test_a_moderator_sees_every_course(client: PageClient, written: Written) -> None:
    """ORG-2: moderators look after all courses."""
    client.sign_in(author("Mona Moderator", Role.MODERATOR).user_id)
    assert "Hand hygiene" in client.get("/studio/courses").text
    assert client.get(f"/studio/courses/{written.course.id}").status_code == 200


def test_hostile_words_are_shown_and_do_nothing(at_work: PageClient, written: Written) -> None:
    """CRS-1, SEC-6: titles, texts, questions and the preview with markup in them stay words."""
    bad = '<script>alert(1)</script><img src=x onerror="alert(1)">'
    edited = {"title": bad, "body": bad, "minutes": "4", "min_seconds": "30", "share": "90"}
    assert at_work.post(f"/studio/lessons/{written.text.id}", data=edited).status_code == 303
    at_work.post(f"/studio/courses/{written.course.id}/chapters", data={"title": bad})
    question = {
        "q0-prompt": bad,
        "q0-options-text": [bad, "Wait"],
        "q0-options-key": ["", ""],
        "q0-options-right": "0",
        "q0-points": "1",
        "q0-source_lesson_id": "0",
        "q0-explanation": bad,
    }
    at_work.post(f"/studio/lessons/{written.quiz_lesson.id}/questions/new?kind=single", data=question)
    for address in pages_of(written):
        page = at_work.get(address).text
        assert "<script>alert" not in page, address
        assert "<img src=x" not in page, address
    shown = at_work.post("/studio/text-preview", data={"body": bad + "\n\n[x](javascript:alert(1))"}, headers=HTMX).text
    assert "<script" not in shown
    assert "<a" not in shown


def test_what_was_typed_is_kept(at_work: PageClient, written: Written) -> None:
    """SEC-6: a form with an error comes back with 422, the words of the error, and everything typed."""
    answer = at_work.post("/studio/courses/new", data={**COURSE, "title": "", "summary": "My long summary"})
    assert answer.status_code == 422
    assert "My long summary" in answer.text
    assert "Give it a title." in answer.text
    answer = at_work.post("/studio/courses/new", data={**COURSE, "title": "x" * 5000})
    assert answer.status_code == 422
    assert "x" * 5000 in answer.text
    answer = at_work.post("/studio/courses/new", data={**COURSE, "renewal_months": "13"})
    assert answer.status_code == 422
    assert "Renewing must begin before the certification expires." in answer.text
    question = {
        "q0-prompt": "Kept?",
        "q0-options-text": ["First one", "Second one"],
        "q0-options-key": ["", ""],
        "q0-points": "1",
        "q0-source_lesson_id": "0",
    }
    for headers in ({}, HTMX):
        answer = at_work.post(
            f"/studio/lessons/{written.quiz_lesson.id}/questions/new?kind=single", data=question, headers=headers
        )
        assert answer.status_code == 422
        assert "Mark the right answer." in answer.text
        assert "Second one" in answer.text
        assert "Kept?" in answer.text


def test_what_is_left_to_do_leads_there(at_work: PageClient, written: Written, cora: Viewer) -> None:
    """CRS-2, CRS-3: the rule that is missing is one press away, and its page shows what it would say before it is saved."""
    at_work.post("/studio/courses/new", data={**COURSE, "title": "Left to do"})
    here = next(f"/studio/courses/{one.id}" for one in list_courses(cora).rows if one.title == "Left to do")
    at_work.post(f"{here}/chapters", data={"title": "One"})
    assert f'<a href="{here}/rule">State the completion rule.</a>' not in at_work.get(here).text, "lessons come first"
    chapter = outline(int(here.rpartition("/")[2])).chapters[0].id  # type: ignore[union-attr]
    at_work.post(f"/studio/chapters/{chapter}/lessons/quick", data={"title": "A text", "kind": "text"})
    assert f'<a href="{here}/rule">State the completion rule.</a>' in at_work.get(here).text
    rule = at_work.get(f"{here}/rule").text
    assert "No rule is in force yet" in rule and "Nothing is stated yet" not in rule


def test_a_false_pdf_is_refused_in_words(at_work: PageClient, written: Written) -> None:
    """SEC-6: a file is known by its content; nothing is stored, the form says what is wrong."""
    form = {
        "title": "Card",
        "minutes": "2",
        "min_seconds": "0",
        "share": "90",
        "body": "Kept words",
        "upload": (io.BytesIO(b"MZ evil"), "card.pdf"),
    }
    answer = at_work.post(f"/studio/chapters/{written.chapter.id}/lessons/new?kind=pdf", data=form)
    assert answer.status_code == 422
    assert "This is not a PDF file." in answer.text
    assert "Kept words" in answer.text
    assert not db.session.query(Lesson).filter_by(kind="pdf").count()


def test_moving_answers_with_the_outline(at_work: PageClient, written: Written) -> None:
    """CRS-1, UX: by keyboard a button moves one place; htmx gets the outline, a plain form a redirect."""
    answer = at_work.post(f"/studio/lessons/{written.text.id}/place", data={"step": "down"}, headers=HTMX)
    assert answer.text.index("The pledge") < answer.text.index("Why it matters")
    assert "<html" not in answer.text
    assert at_work.post(f"/studio/lessons/{written.text.id}/place", data={"step": "up"}).status_code == 303
    at_work.post(
        f"/studio/lessons/{written.text.id}/place", data={"chapter": written.chapter.id, "index": "2"}, headers=HTMX
    )
    assert [line.title for line in outline(written.course.id).lessons] == ["The pledge", "Check", "Why it matters"]  # type: ignore[union-attr]


def test_the_rule_is_said_in_the_learners_words_while_it_is_chosen(at_work: PageClient, written: Written) -> None:
    """CRS-3: measurable criteria, in words the learner sees."""
    address = f"/studio/courses/{written.course.id}/rule"
    words = at_work.post(f"{address}/words", data={**RULE, "criteria": ["lessons"], "share": "70"}, headers=HTMX).text
    assert "Finish 3 of 3 lessons" in words or "Finish all 3 lessons" in words
    assert at_work.post(address, data={**RULE, "criteria": ["acknowledged"]}).status_code == 303
    assert [one.kind for one in current_rule(written.course.id).criteria] == ["acknowledged"]
    answer = at_work.post(address, data={"share": "100", "scores": "0", "scores-0": "80"})
    assert answer.status_code == 422
    assert "opening a page completes nothing" in answer.text


def test_a_rule_of_every_kind_is_stated_and_comes_back(at_work: PageClient, written: Written) -> None:
    """CRS-3: ticked and chosen, one group of which one is enough; what was stated fills the form again."""
    address = f"/studio/courses/{written.course.id}/rule"
    text, pledge, quiz = written.text.id, written.pledge.id, written.quiz_lesson.id
    stated = {
        "criteria": ["required_lessons", "quiz_passed", "acknowledged", "active_minutes", "lesson_minutes"],
        "required": [str(text), str(pledge)],
        "scores": [str(quiz)],
        f"scores-{quiz}": "70",
        "active_minutes": "9",
        "lesson_minutes": "2",
        "timed": [str(text)],
        "how_acknowledged": "any",
        "how_active_minutes": "any",
    }
    words = at_work.post(f"{address}/words", data=stated, headers=HTMX).text
    assert words.index("do all of this") < words.index("Finish these 2 lessons: “Why it matters”, “The pledge”")
    assert words.index("and one of these") < words.index("Sign “The pledge”") < words.index("9 min of active time")
    assert "2 min of active time in “Why it matters”" in words
    assert at_work.post(address, data=stated).status_code == 303
    kept = [(one.kind.value, one.group) for one in current_rule(written.course.id).criteria]
    assert kept == [
        ("required_lessons", 0),
        ("quiz_passed", 0),
        ("acknowledged", 1),
        ("active_minutes", 1),
        ("lesson_minutes", 0),
    ]
    page = at_work.get(address).text
    assert at_work.post(address, data=stated).status_code == 303
    assert current_rule(written.course.id).version == 2, "the same again makes no version"
    assert f'name="scores-{quiz}" inputmode="numeric" value="70"' in page
    for refused, why in (
        ({**stated, "required": [str(text)], "criteria": ["required_lessons", "lessons"]}, "All lessons are asked"),
        ({**stated, f"scores-{quiz}": "101"}, "a score from 1 to 100"),
        ({**stated, "scores": []}, "Tick the quizzes"),
        ({**stated, "required": ["999999"]}, "not a valid choice"),
        ({**stated, "required": []}, "Choose the lessons"),
    ):
        answer = at_work.post(address, data=refused)
        assert answer.status_code == 422
        assert why in answer.text, why
    assert current_rule(written.course.id).version == 2


def test_editing_a_published_question_makes_a_version(at_work: PageClient, written: Written) -> None:
    """QIZ-4: the page says which version a question has."""
    written.publish()
    edited = {"prompt": "New words", "explanation": "", "points": "2", "source_lesson_id": str(written.text.id)}
    data = {f"q{written.question.id}-{key}": value for key, value in edited.items()}
    name = f"q{written.question.id}-options"
    data |= {f"{name}-text": [o["text"] for o in OPTIONS], f"{name}-key": ["a", "b", "c"], f"{name}-right": "0"}
    answer = at_work.post(f"/studio/questions/{written.question.id}", data=data, headers=HTMX)
    assert answer.status_code == 200
    assert "Version 2" in answer.text
    assert "From “Why it matters”" in answer.text
    quiz = quiz_of_lesson(written.quiz_lesson.id)
    assert quiz is not None
    assert questions_as_asked(quiz.id)[0]["prompt"] == "New words"
    assert "New words" in at_work.get(f"/studio/questions/{written.question.id}").text, (
        "its address shows what it became"
    )


def test_the_list_filters(at_work: PageClient, written: Written, cora: Viewer) -> None:
    """CRS-2: by status and by words; the address carries the filter."""
    written.publish()
    actions.create_course("Half written", by=cora)
    db.session.commit()
    assert "Half written" not in at_work.get("/studio/courses?status=published").text
    assert "Half written" in at_work.get("/studio/courses?status=draft&q=HALF").text
    assert "No course fits" in at_work.get("/studio/courses?q=%25").text
    assert at_work.get("/studio/courses?status=nonsense").status_code == 200
