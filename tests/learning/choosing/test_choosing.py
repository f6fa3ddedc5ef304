"""The catalogue's search and filters, and suggestions, on PostgreSQL (CRS-8)."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import delete

from lmsapp.courses.catalogue.actions import add_chapter, add_lesson, create_course, edit_course, edit_lesson, set_rule
from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.publishing.actions import publish, retire
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.choosing.actions import choose, take_back
from lmsapp.learning.choosing.counting import count_suggestions
from lmsapp.learning.choosing.queries import catalogue
from lmsapp.learning.choosing.rules import ChoiceKind, Filters
from lmsapp.learning.choosing.suggestions import suggestions_for
from lmsapp.learning.enrollments.actions import enroll, enroll_many
from lmsapp.learning.enrollments.models import Enrollment
from tests.cast import Cast, employee, make_cast
from tests.conftest import Statements

TODAY = dt.date(2026, 11, 2)


def course(title: str, body: str = "Words.", lesson: str = "Lesson", **settings: object) -> Course:
    minutes = settings.pop("minutes", 5)
    made = create_course(title, by=None, **settings)  # type: ignore[arg-type]
    chapter = add_chapter(made, "Part", by=None)
    add_lesson(chapter, "text", lesson, by=None, body=body, minutes=minutes)  # type: ignore[arg-type]
    set_rule(made, "all", [{"kind": "lessons", "share": 100}], None)
    publish(made, None)
    return made


@pytest.fixture
def people() -> Cast:
    return make_cast()


def test_a_course_is_found_by_what_it_says(people: Cast) -> None:
    """CRS-8: title before summary before titles of lessons before texts; half a word, another form, no accent, a
    mistyped one; only what is published; safe marks where it stands."""
    viewer = people.lena.viewer
    in_text = course("Kitchen rules", body="Never mix **chlorine** <b>and</b> acid when cleaning.")
    in_lesson = course("Pool care", lesson="Chlorine and you")
    in_summary = course("Water", summary="All about chlorine.")
    in_title = course("Chlorine at work", topics=["Chemicals"])
    spanish = course("Formación en riesgos", language="es", body="Los trabajadores corrían por el almacén.")
    hidden = create_course("Chlorine draft", by=None)

    def found(q: str) -> list[int]:
        return [row.id for row, _one, _said in catalogue(viewer, q, Filters(), "relevance", 1, TODAY).cards]

    assert found("chlorine") == [in_title.id, in_summary.id, in_lesson.id, in_text.id]
    assert found("chlor") == found("CHLORINE")
    assert found("mixing chlorine") == [in_text.id]
    assert found("clean chlor") == [in_text.id]
    assert found("formacion") == found("formación") == [spanish.id]
    assert found("corriendo") == [] or found("corriendo") == [spanish.id]
    assert found("trabajador alma") == [spanish.id]
    assert found("chemic") == [in_title.id]
    assert found("chlorine & !zebra | <->") == []
    assert found("'; DROP TABLE course; --") == []
    assert hidden.id not in found("draft")

    said = catalogue(viewer, "chlorine acid", Filters(), "relevance", 1, TODAY)
    (_row, _one, pieces) = said.cards[0]
    assert [piece.text.lower() for piece in pieces if piece.hit] == ["chlorine", "acid"]
    mistyped = catalogue(viewer, "clorine", Filters(), "relevance", 1, TODAY)
    assert (mistyped.total, mistyped.instead) == (4, "chlorine")

    edit_course(in_summary, by=None, summary="About H2O.", topics=["Swimming"])
    assert in_summary.id not in found("chlorine")
    assert found("swimming") == [in_summary.id]
    lesson = db.session.get_one(Course, in_text.id)
    draft = add_lesson(add_chapter(lesson, "More", by=None), "text", "Ammonia", by=None, body="Sharp.")
    assert found("ammonia") == []
    edit_lesson(draft, by=None, body="Sharp smell.")
    publish(lesson, None)
    assert found("ammonia") == [in_text.id]
    retire(in_title, None)
    assert in_title.id not in found("chlorine")


def test_filters_count_what_they_would_show(people: Cast, statements: Statements) -> None:
    """CRS-8: counts follow the other filters and one's own status; any number of courses costs the same."""
    viewer = people.lena.viewer
    long = course("Long", kind="onboarding", minutes=45, topics=["Wards"], mandatory=True, validity_months=12)
    course("Short", kind="onboarding", topics=["Wards", "Fire"])
    other = course("Other", kind="elective development", language="es")
    enrollment = enroll(people.lena.record, long, source="self", by=None)
    enrollment.started_at = enrollment.completed_at = clock.now()
    enrollment.valid_until = TODAY - dt.timedelta(days=1)
    gone = enroll(people.lena.record, other, source="self", by=None)
    gone.withdrawn_at = clock.now()
    db.session.flush()

    found = catalogue(viewer, "", Filters(kind=("onboarding",), topic=("Wards",)), "title", 1, TODAY)
    assert [row.title for row, _one, _said in found.cards] == ["Long", "Short"]
    assert found.counts["kind"] == {"onboarding": 2}
    assert found.counts["topic"] == {"Wards": 2, "Fire": 1}
    assert found.counts["status"] == {"Expired": 1, "none": 1}
    assert found.counts["must"] == {"yes": 1, "no": 1}
    nothing = catalogue(viewer, "short", Filters(status=("Expired",)), "title", 1, TODAY)
    assert (nothing.total, nothing.cards) == (0, [])

    def cost() -> int:
        db.session.flush()
        statements.clear()
        assert catalogue(viewer, "words", Filters(), "newest", 99, TODAY).number >= 1
        return len(statements)

    few = cost()
    for number in range(23):
        course(f"Course {number}")
    assert cost() == few == 3
    assert catalogue(viewer, "words", Filters(), "newest", 99, TODAY).number == 2


def test_suggestions_have_reasons_and_name_nobody(people: Cast) -> None:
    """CRS-8, ENR-4: by department, job role and what went together; two colleagues at least; what somebody does not
    want stays away until they say otherwise."""
    nurses = [
        employee(f"Nurse{n} Care", f"E-2{n}", department="Cardiology" if n < 2 else "Surgery", job_role="RN")
        for n in range(4)
    ]
    ward, role, mine, pair = (course(title) for title in ("Ward", "Role", "Mine", "Pair"))
    closed = course("Given", self_enroll=False)

    def completed(what: Course, who: list[object]) -> None:
        enroll_many([one.record.id for one in who], what, source="self", by=None)  # type: ignore[attr-defined]
        for one in db.session.query(Enrollment).filter_by(course_id=what.id):
            one.completed_at = clock.now()
        db.session.flush()

    completed(ward, [*nurses[:2], people.otto])
    completed(role, [*nurses[2:]])
    completed(closed, list(nurses))
    completed(mine, [people.lena, people.otto, people.mark])
    completed(pair, [people.otto, people.mark])

    def why() -> dict[str, tuple[str, int, int]]:
        count_suggestions()
        found = suggestions_for(people.lena.viewer, frozenset({mine.id}), [mine.id], most=9)
        return {one.title: (one.why, one.took, one.colleagues) for one in found}

    assert why() == {"Ward": ("department", 2, 3), "Role": ("job role", 2, 4), "Pair": ("together", 2, 2)}
    choose(people.lena.viewer, pair.id, ChoiceKind.NOT_INTERESTED)
    choose(people.lena.viewer, pair.id, ChoiceKind.NOT_INTERESTED)
    assert "Pair" not in why()
    take_back(people.lena.viewer, pair.id, ChoiceKind.NOT_INTERESTED)
    assert "Pair" in why()
    db.session.execute(delete(Enrollment).where(Enrollment.employee_id == nurses[0].record.id))
    assert "Ward" not in why()
    assert suggestions_for(people.hana.viewer, frozenset()) == []
