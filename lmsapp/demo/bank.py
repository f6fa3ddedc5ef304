"""A pool of questions for all courses, and a quiz that draws from it: every kind of question has one to look at."""

from __future__ import annotations

from typing import Any, Final

from lmsapp.courses.catalogue.actions import add_lesson
from lmsapp.courses.catalogue.models import Chapter
from lmsapp.courses.quizzes import composing
from lmsapp.courses.quizzes.actions import add_question, create_quiz
from lmsapp.courses.quizzes.models import QuestionPool
from lmsapp.courses.quizzes.pools import add_draw, create_pool
from lmsapp.people.viewer import Viewer

POOL: Final = "Projects: everyday questions"
PLANNING, DONE, SLIPPING = ["Planning"], ["What done means"], ["Slipping"]


def _rows(*texts: str, right: int = 1) -> list[dict[str, Any]]:
    """Answers of which the first `right` are right."""
    return [{"text": text, "correct": place < right} for place, text in enumerate(texts)]


# (kind, prompt, (options, detail), tags, explanation)
QUESTIONS: Final[tuple[tuple[str, str, composing.Content, list[str], str], ...]] = (
    (
        "single",
        "Two people describe the end of your project in different sentences. What comes first?",
        composing.choice(_rows("Talk until there is one sentence", "Plan for both", "Ask for more money", "Begin")),
        DONE,
        "A plan for two different ends fails for one of them. Talk before you plan.",
    ),
    (
        "multiple",
        "What does each piece of a plan need? Choose three.",
        composing.choice(_rows("One name", "One date", "What it waits for", "A colour", "A budget", right=3), "each"),
        PLANNING,
        "One name, one date, and what it waits for: with these anybody can see whether it is done.",
    ),
    (
        "true_false",
        "A piece of work may take a month if nobody looks at it before.",
        composing.choice(
            [{"text": "True", "correct": False}, {"text": "False", "correct": True}],
        ),
        PLANNING,
        "Nothing longer than two weeks: what cannot be looked at cannot be called done.",
    ),
    (
        "numeric",
        "How many weeks may the longest piece of a plan take?",
        composing.numeric([{"value": "2", "tolerance": "0", "percent": "100"}], "weeks"),
        PLANNING,
        "Two weeks is short enough to notice in time that something slips.",
    ),
    (
        "short",
        "On which day do you say that something slips? The day you …",
        composing.short([{"text": "*know*", "percent": "100"}, {"text": "*notice*", "percent": "50"}], case=False),
        SLIPPING,
        "On the day you know it. Nobody minds a late piece as much as a late surprise.",
    ),
    (
        "ordering",
        "Something slips. Bring the news in the right order.",
        composing.ordering(
            [{"text": "The reason"}, {"text": "What it means for the end date"}, {"text": "Two ways out"}], "all"
        ),
        SLIPPING,
        "First why, then what follows, then a choice: whoever listens can decide at once.",
    ),
    (
        "matching",
        "Which sentence belongs to which habit?",
        composing.matching(
            [
                {"text": "What will be true when it is over", "match": "Say what done means"},
                {"text": "Nothing longer than two weeks", "match": "Plan what is seen"},
                {"text": "On the day you know it", "match": "Speak up"},
            ],
            [{"text": "Hope for the best"}],
            "each",
        ),
        DONE,
        "Three habits bring a project to its end; hoping is none of them.",
    ),
)
OPEN: Final = composing.written_open(
    [
        {"title": "Says what will be true", "points": "2", "levels": "2: can be seen by anybody\n1: needs explaining"},
        {"title": "Names who says so, and by when", "points": "1", "levels": ""},
    ],
    "The new rota runs for four weeks without a gap. Mark says so, by 1 March.",
    5,
    120,
)


def add_pool(by: Viewer) -> QuestionPool:
    """The pool with its questions."""
    pool = create_pool(POOL, by=by, description="For anybody who writes about projects. Draw a few of them.")
    for kind, prompt, (options, detail), tags, explanation in QUESTIONS:
        add_question(pool, kind, prompt, options, by=by, detail=detail, tags=tags, explanation=explanation)
    return pool


def add_quiz(chapter: Chapter, by: Viewer) -> None:
    """A quiz with an open question, and four more that every attempt draws from the pool."""
    lesson = add_lesson(chapter, "quiz", "Your own project", by=by, minutes=6)
    quiz = create_quiz(lesson, by=by, passing_percent=60, max_attempts=3, wait_minutes=60, show_answers="after_last")
    options, detail = OPEN
    prompt = "Write down the end of a project of yours: what will be true, who says so, by when?"
    add_question(quiz, "open", prompt, options, by=by, detail=detail, tags=DONE, points=3)
    pool = add_pool(by)
    add_draw(quiz, pool, 2, by=by, tag="Planning")
    add_draw(quiz, pool, 2, by=by, tag="Slipping")
