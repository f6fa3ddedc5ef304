"""The document of the thirty questions says what the test of the loaded demo follows (DSH-4)."""

from __future__ import annotations

import re
from pathlib import Path

from tests.demo.questions import AUDITOR, HR, MANAGER

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "questions.md"


def test_every_question_stands_there_with_its_way() -> None:
    """DSH-4: all questions in their order, under who asks them, each with the links in theirs and the number of clicks."""
    _before, *parts = DOCUMENT.read_text(encoding="utf-8").split("\n## ")
    assert len(parts) == 3
    for part, asked in zip(parts, (MANAGER, HR, AUDITOR), strict=True):
        rows = re.findall(r"^\| (.+\?) \| (.+) \| (\d) \|$", part, flags=re.MULTILINE)
        assert [words for words, _way, _clicks in rows] == [question.words for question in asked]
        for (_words, way, clicks), question in zip(rows, asked, strict=True):
            named = re.findall(r"\*\*(.+?)\*\*", way)
            assert len(named) == len(question.links), way
            wanted = zip(question.links, named, strict=True)
            assert all(link.casefold() in word.casefold() for link, word in wanted), way
            assert int(clicks) == question.clicks, question.words
