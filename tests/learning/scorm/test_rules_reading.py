"""What content said, read in both editions and through all nonsense."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from lmsapp.learning.scorm.seen.answers import Answer, read_answer
from lmsapp.learning.scorm.seen.reading import (
    Verdict,
    comments,
    instant,
    interactions,
    objectives,
    reported,
    seconds_of,
)


def test_answers_of_every_kind_in_both_editions() -> None:
    """SCO-5: true/false, choice, fill-in, matching, performance, sequencing, likert, numeric, long-fill-in."""
    read = read_answer
    assert [read("true-false", one).truth for one in ("t", "true", "1", "f", "false", "0")] == [True] * 3 + [False] * 3
    assert read("true-false", "maybe") == Answer(parts=("maybe",), ordered=True)
    assert read("choice", "a,b").parts == read("choice", "{a,b}").parts == read("choice", "a[,]b").parts == ("a", "b")
    assert read("choice", "urn:scormdriver:Exit%20A[,]fire_door").parts == ("Exit A", "fire door")
    assert read("choice", "b,a").key == read("choice", "{a,b}").key
    assert read("sequencing", "b,a").key != read("sequencing", "a,b").key
    assert read("matching", "1.c,2.a").pairs == read("matching", "1[.]c[,]2[.]a").pairs == (("1", "c"), ("2", "a"))
    assert read("performance", "{order_matters=true}step_1[.]inspect tag[,]step_2[.]lock").pairs[0] == (
        "step 1",
        "inspect tag",
    )
    assert read("performance", "called the foreman").parts == ("called the foreman",)
    assert read("fill-in", "{case_matters=true}{lang=en-US}4:1, always").parts == ("4:1, always",)
    assert read("fill-in", "car[,]{lang=fr}voiture").parts == ("car", "voiture")
    assert read("long-fill-in", "First, look.\nThen climb.").parts == ("First, look.\nThen climb.",)
    assert read("likert", "strongly_agree").parts == ("strongly agree",)
    assert (read("numeric", "3.2[:]4").least, read("numeric", "[:]4").least) == ("3.2", "")
    assert read("numeric", "75").parts == ("75",)


def test_interactions_objectives_and_comments() -> None:
    """SCO-5: both editions give the same facts; gaps and strange numbers are no obstacle."""
    old = interactions(
        {
            "cmi.interactions.0.id": "Q1_angle",
            "cmi.interactions.0.type": "choice",
            "cmi.interactions.0.time": "10:14:03",
            "cmi.interactions.0.student_response": "b",
            "cmi.interactions.0.correct_responses.0.pattern": "a",
            "cmi.interactions.0.correct_responses.1.pattern": "c",
            "cmi.interactions.0.result": "wrong",
            "cmi.interactions.0.weighting": "2.50",
            "cmi.interactions.0.latency": "0000:00:12.00",
            "cmi.interactions.7.id": "gap",
            "cmi.interactions.7.result": "0.5",
            "cmi.interactions.x.id": "no number",
            "cmi.interactions._count": "2",
        }
    )
    assert [one.number for one in old] == [1, 8]
    first = old[0]
    assert (first.label, first.verdict, first.seconds, first.weighting) == (
        "Q1 angle",
        Verdict.WRONG,
        12,
        Decimal("2.5"),
    )
    assert ([one.parts for one in first.right], first.clock) == ([("a",), ("c",)], "10:14:03")
    assert (old[1].verdict, old[1].points, old[1].answer) == (Verdict.POINTS, Decimal("0.5"), None)
    new = interactions(
        {
            "cmi.interactions.0.id": "q",
            "cmi.interactions.0.type": "true-false",
            "cmi.interactions.0.description": "{lang=en}Tie off\nfirst?",
            "cmi.interactions.0.timestamp": "2026-11-20T10:14:03.5Z",
            "cmi.interactions.0.learner_response": "true",
            "cmi.interactions.0.result": "incorrect",
            "cmi.interactions.0.latency": "PT1M2.5S",
            "cmi.interactions.0.objectives.0.id": "obj_fall",
        }
    )[0]
    assert (new.label, new.verdict, new.seconds, new.objectives) == (
        "Tie off first?",
        Verdict.WRONG,
        62.5,
        ("obj fall",),
    )
    assert new.at == dt.datetime(2026, 11, 20, 10, 14, 3, 500000, dt.UTC)
    cmi = {"cmi.objectives.0.id": "o", "cmi.objectives.0.status": "passed", "cmi.objectives.0.score.raw": "8",
           "cmi.objectives.0.score.max": "10", "cmi.objectives.1.id": "p", "cmi.objectives.1.success_status": "failed",
           "cmi.objectives.1.score.scaled": "0.4", "cmi.objectives.2.status": "not attempted"}  # fmt: skip
    told = [(one.completion, one.success, one.score) for one in objectives(cmi)]
    assert told == [("completed", "passed", "8 / 10"), ("", "failed", "40 %")]
    said = comments(
        {
            "cmi.comments_from_lms.0.comment": "Welcome",
            "cmi.comments": "too fast",
            "cmi.comments_from_learner.0.comment": "{lang=en}Page 3 is wrong",
            "cmi.comments_from_learner.0.location": "p3",
        }
    )
    assert [(one.text, one.ours) for one in said] == [
        ("too fast", False),
        ("Page 3 is wrong", False),
        ("Welcome", True),
    ]
    assert reported({"cmi.completion_status": "completed", "cmi.success_status": "failed"}) == ("completed", "failed")
    assert reported({"cmi.core.lesson_status": "not attempted"}) == ()


def test_times() -> None:
    """SCO-5: durations beyond a day and in ISO 8601, instants with and without a zone."""
    spans = ["0030:00:01.5", "00:00:00", "P1DT2H", "PT0.25S", "P", "PT", "12 s", "", "-1:00:00"]
    assert [seconds_of(one) for one in spans] == [108001.5, 0, 93600, 0.25, None, None, None, None, None]
    assert instant("2026-11-20T10:14:03") == dt.datetime(2026, 11, 20, 10, 14, 3, tzinfo=dt.UTC)
    assert [instant(one) for one in ("10:14:03", "0001-01-01T00:00:00", "yesterday at noon")] == [None, None, None]


NAMES = st.builds(
    "cmi.{}.{}.{}".format,
    st.sampled_from(["interactions", "objectives", "comments_from_learner"]),
    st.one_of(st.integers(-1, 3).map(str), st.text(max_size=3)),
    st.sampled_from(
        ["id", "type", "result", "learner_response", "student_response", "latency", "timestamp", "status", "comment",
         "correct_responses.0.pattern", "score.raw", "score.max", "weighting", "objectives.0.id", "description"]
    ),
)  # fmt: skip
SAID = st.one_of(
    st.text(max_size=40),
    st.none(),
    st.integers(),
    st.lists(st.integers(), max_size=2),
    st.sampled_from(["matching", "numeric", "NaN", "1e999", "[,]", "[.]", "[:]", "{lang=", "PT1S", "choice"]),
)


@settings(max_examples=60)
@given(st.dictionaries(NAMES, SAID, max_size=12))
def test_nonsense_never_fails(cmi: dict[str, object]) -> None:
    """SCO-5: content may say anything; the page about it is shown all the same."""
    for one in interactions(cmi):
        assert one.label
        assert one.answer is None or one.answer.key
    assert all(one.label for one in objectives(cmi))
    assert all(isinstance(one.text, str) for one in comments(cmi))
