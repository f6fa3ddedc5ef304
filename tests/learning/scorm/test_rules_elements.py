"""SCO-2, SEC-6: what content may set, and what a post may hold."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmsapp.courses.packages.rules import Edition
from lmsapp.infra.words import RuleBroken
from lmsapp.learning.scorm.commits import elements
from lmsapp.learning.scorm.commits.elements import SUSPEND_DATA, packed, taken, unpacked
from lmsapp.learning.scorm.commits.messages import DEEPEST, read_beat, read_commit, read_item
from lmsapp.learning.scorm.launches.prerequisites import waits_for

GOOD: dict[Edition, dict[str, Any]] = {
    Edition.V12: {
        "cmi.core.lesson_status": "browsed",
        "cmi.core.score.raw": "-3.5",
        "cmi.core.score.max": "",
        "cmi.core.exit": "time-out",
        "cmi.core.session_time": "0001:00:00.00",
        "cmi.comments": "Good",
        "cmi.objectives.12.status": "passed",
        "cmi.objectives.0.score.raw": "7",
        "cmi.student_preference.audio": "-1",
        "cmi.interactions.3.correct_responses.1.pattern": "a,b",
        "cmi.interactions.3.objectives.0.id": "o",
        "cmi.interactions.3.student_response": "ü" * 3000,
        SUSPEND_DATA: "x" * 64_000,
    },
    Edition.V2004: {
        "cmi.completion_status": "unknown",
        "cmi.success_status": "failed",
        "cmi.progress_measure": "1.0",
        "cmi.score.scaled": "-0.25",
        "cmi.exit": "normal",
        "cmi.location": "l" * 1000,
        "cmi.session_time": "P1Y",
        "cmi.objectives.100.completion_status": "incomplete",
        "cmi.objectives.100.score.scaled": "1",
        "cmi.interactions.250.learner_response": "ja",
        "cmi.comments_from_learner.0.comment": "Hm",
        "cmi.learner_preference.audio_captioning": "1",
        "adl.nav.request": "continue",
        "adl.data.0.store": "s" * 64_000,
        SUSPEND_DATA: "é" * 64_000,
    },
}
BAD: dict[Edition, dict[str, Any]] = {
    Edition.V12: {
        "cmi.core.lesson_status": "done",
        "cmi.core.score.raw": "NaN",
        "cmi.core.score.min": "1e400",
        "cmi.core.session_time": "soon",
        "cmi.core.student_id": "me",
        "cmi.completion_status": "completed",
        "cmi.core.lesson_location": "l" * 4001,
        "cmi.comments": "zero \0 byte",
        "cmi.interactions.99999.id": "x",
        "cmi.interactions.5001.id": "x",
        "cmi.interactions.x.id": "x",
        "n\0ame\ud800": "x",
        "q" * 300: "x",
        SUSPEND_DATA: "x" * 128_001,
    },
    Edition.V2004: {
        "cmi.completion_status": "done",
        "cmi.progress_measure": "1.01",
        "cmi.score.scaled": "Infinity",
        "cmi.score.raw": "a lot",
        "cmi.objectives.0.score.scaled": "2",
        "cmi.core.lesson_status": "completed",
        "cmi.learner_id": "me",
        "cmi.location": "half \ud83d",
        "cmi.exit": "quickly",
        "cmi.session_time": "P1W",
        "cmi.success_status": None,
        "adl.nav.request": {"a": 1},
    },
}


@pytest.mark.parametrize("edition", list(Edition))
def test_each_element_stands_for_itself(edition: Edition) -> None:
    """SCO-2: what is good is taken as it is; what is not is refused in words, beside it, and can be logged."""
    kept = taken(edition, {**BAD[edition], **{f"{n}": v for n, v in GOOD[edition].items() if n not in BAD[edition]}})
    assert len(kept.refused) == len(BAD[edition])
    assert all(kept.refused.values())
    json.dumps([kept.refused, kept.said]).encode()
    assert "\\u0000" not in json.dumps(kept.refused)
    assert "\\ud8" not in json.dumps(kept.refused)
    kept = taken(edition, GOOD[edition])
    assert not kept.refused
    assert not {name for name in kept.remarks if name != SUSPEND_DATA}
    assert kept.suspend_data == GOOD[edition][SUSPEND_DATA]
    assert kept.said == {**GOOD[edition], SUSPEND_DATA: 64_000}
    assert set(kept.names) == set(GOOD[edition])


def test_a_little_too_long_is_kept_and_said() -> None:
    """SCO-2: content that works elsewhere does not lose its place here (Xerte #847)."""
    kept = taken(Edition.V12, {SUSPEND_DATA: "x" * 70_000, "cmi.core.lesson_location": "p" * 300})
    assert len(kept.suspend_data or "") == 70_000
    assert kept.remarks == {SUSPEND_DATA: elements.OVER, "cmi.core.lesson_location": elements.OVER}
    assert not kept.refused


def test_numbers_and_flags_are_read_as_written() -> None:
    """SCO-2: a player may pass on what a script set as a number."""
    kept = taken(Edition.V2004, {"cmi.score.scaled": 0.5, "cmi.score.raw": 7, "cmi.location": True})
    assert kept.values == {"cmi.score.scaled": "0.5", "cmi.score.raw": "7", "cmi.location": "true"}


@settings(max_examples=40)
@given(st.text("\0\x1b\x02a0é\ud800\udfff"), st.booleans())
def test_suspend_data_comes_back_as_it_was(text: str, marked: bool) -> None:
    """SCO-2: also what content packs into characters that no database takes."""
    text = elements.PACKED[:-1] + text if marked else text
    kept = packed(text)
    assert unpacked(kept) == text
    kept.encode()
    assert "\0" not in kept


def commit(**said: Any) -> bytes:
    return json.dumps({"sitting": 1, "seq": 1, "how": "set", "set": {}} | said).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"x" * ((1 << 20) + 1),
        commit(sitting=None),
        commit(sitting=True),
        commit(seq=0),
        commit(seq=2**31),
        commit(seq="1"),
        commit(how="shouted"),
        commit(how=[]),
        commit(set=["a"]),
        commit(set={f"a{number}": 1 for number in range(5001)}),
    ],
)
def test_what_is_no_commit(body: bytes) -> None:
    """SEC-6: refused in words, whatever it is."""
    with pytest.raises(RuleBroken) as broken:
        read_commit(body)
    assert broken.value.message.endswith(".")


def test_what_is_one() -> None:
    """SCO-3: what does not matter for the values stops nothing: times, states and requests that cannot be."""
    deep: Any = {}
    for _level in range(DEEPEST + 5):
        deep = {"a": deep}
    message = read_commit(
        commit(session_seconds=float("nan"), sequencing=deep, nav=["x"], set={"a": 1}).replace(b"NaN", b"1e999")
    )
    assert (message.shown, message.sequencing, message.nav, dict(message.said)) == (0, None, "", {"a": 1})
    message = read_commit(commit(session_seconds=12.7, sequencing={"a\ud800": ["\0b"]}, nav="exit\0All"))
    assert (message.shown, message.sequencing, message.nav) == (12.7, {"a": ["b"]}, "exitAll")
    assert read_commit(commit(set=None)).said == {}
    assert read_beat(b'{"sitting": 2, "session_seconds": -5}').shown == 0
    assert read_item(b'{"item": "a\\u0000"}').item == "a"
    with pytest.raises(RuleBroken):
        read_item(b'{"item": 5}')


STATUSES = {"A": "completed", "B": "passed", "C": "incomplete", "D": "failed"}


@pytest.mark.parametrize(
    ("script", "waits"),
    [
        (None, None),
        ("  ", None),
        ("A", None),
        ("C", ("C",)),
        ("A & B", None),
        ("A&(C|B)", None),
        ("A & C & E", ("C", "E")),
        ("~D", None),
        ("~A", ()),
        ('D="failed"', None),
        ('C = "completed"', ()),
        ("C<>passed", None),
        ("2*{A, B, C}", None),
        ("3*{A,B,C}", ("C",)),
        ("A &", None),  # what cannot be read locks nothing
        ("((((", None),
        ("(" * 5000, None),
        ("A B", None),
        ("~" * 3999 + "A", None),
    ],
)
def test_prerequisites(script: str | None, waits: tuple[str, ...] | None) -> None:
    """SCO-2: the language of 1.2, read in full; nonsense opens."""
    assert waits_for(script, STATUSES) == waits
