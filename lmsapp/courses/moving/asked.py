"""Quizzes, pools and their questions in a course file: their shape, field by field. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from lmsapp.courses.moving import fields
from lmsapp.courses.moving.fields import Json, wrong
from lmsapp.courses.quizzes.checking import tidy
from lmsapp.courses.quizzes.rules import CHOICES, MAX_OPTIONS, QuestionKind, ShowAnswers
from lmsapp.courses.quizzes.tags import LONGEST_TAG, MOST_TAGS
from lmsapp.infra.words import RuleBroken

MAX_QUESTIONS, MAX_DRAWS, MAX_IN_POOL, MAX_DETAIL = 500, 100, 5000, 100_000


def quiz(raw: Json, at: str) -> dict[str, Any]:
    """A quiz with its settings, questions and draws."""
    return {
        "passing_percent": fields.number(raw, "passing_percent", 1, 100, at),
        "max_attempts": fields.number(raw, "max_attempts", 1, 100, at, none=True),
        "minutes": fields.number(raw, "minutes", 1, 600, at, none=True),
        "shuffle": fields.flag(raw, "shuffle", at),
        "show_answers": fields.one_of(raw, "show_answers", ShowAnswers, at),
        "wait_minutes": fields.number(raw, "wait_minutes", 1, 43_200, at, none=True),
        "negative_percent": fields.number(raw, "negative_percent", 0, 100, at, none=True) or 0,
        "practice": fields.flag(raw, "practice", at) if "practice" in raw else False,
        "questions": [_question(*one) for one in fields.numbered(raw, "questions", MAX_QUESTIONS, at)],
        "draws": [_draw(*one) for one in fields.numbered(raw, "draws", MAX_DRAWS, at)],
    }


def pool(raw: Json, at: str) -> dict[str, Any]:
    """A pool with its questions."""
    return {
        "key": fields.key(raw, "key", at),
        "title": fields.title(raw, at),
        "description": fields.text(raw, "description", 2000, at, lines=True),
        "questions": [_question(*one) for one in fields.numbered(raw, "questions", MAX_IN_POOL, at)],
    }


def _draw(raw: Json, at: str) -> dict[str, Any]:
    return {
        "pool": fields.key(raw, "pool", at),
        "tag": fields.text(raw, "tag", LONGEST_TAG, at),
        "count": fields.number(raw, "count", 1, MAX_IN_POOL, at),
        "points": _points(raw, at),
    }


def _points(raw: Json, at: str) -> str:
    points = fields.text(raw, "points", 12, at)
    return points if re.fullmatch(r"\d{1,4}(\.\d{1,2})?", points) else wrong(at + "points")


def _question(raw: Json, at: str) -> dict[str, Any]:
    kind = QuestionKind(fields.one_of(raw, "kind", QuestionKind, at))
    return {
        "kind": kind.value,
        "prompt": fields.text(raw, "prompt", 4000, at, lines=True),
        "options": [_option(kind, *one) for one in fields.numbered(raw, "options", MAX_OPTIONS, at)],
        "detail": _detail(kind, raw.get("detail", {}), at + "detail"),
        "tags": _tags(raw.get("tags", []), at + "tags"),
        "points": _points(raw, at),
        "explanation": fields.text(raw, "explanation", 4000, at, lines=True),
        "lesson": fields.key(raw, "lesson", at) if raw.get("lesson") is not None else None,
    }


def _option(kind: QuestionKind, raw: Json, at: str) -> dict[str, Any]:
    option: dict[str, Any] = {"key": fields.key(raw, "key", at), "text": fields.text(raw, "text", 1000, at)}
    if kind in CHOICES:
        option["correct"] = fields.flag(raw, "correct", at)
    if kind is QuestionKind.MATCHING:
        option["match"] = fields.key(raw, "match", at)
    return option


def _detail(kind: QuestionKind, raw: Any, at: str) -> dict[str, Any]:
    """As a question of this kind has it; what it may say is for the rules to judge when the question is made."""
    if not isinstance(raw, Mapping):
        wrong(at)
    said = json.dumps(raw)
    if len(said) > MAX_DETAIL or re.search(r"\\u00[01]|\\u007f|\\ud[89a-f]", said.replace("\\\\", "")):
        wrong(at)
    try:
        return tidy(kind, raw)
    except RuleBroken:
        return wrong(at)


def _tags(raw: Any, at: str) -> list[str]:
    if not isinstance(raw, list) or len(raw) > MOST_TAGS or not all(isinstance(one, str) for one in raw):
        wrong(at)
    return [fields.text({"tag": one}, "tag", LONGEST_TAG, at + ".") for one in raw]
