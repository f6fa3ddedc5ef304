"""Drafts -> Moodle XML."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from lmsapp.courses.exchange.formats.answers import plain_number
from lmsapp.courses.exchange.formats.draft import ALL, SINGLE, QuestionDraft, shortened
from lmsapp.courses.exchange.formats.rubrics import lines_of
from lmsapp.infra.xml import element, safe

PLAIN = "plain_text"
TYPES = {
    "single": "multichoice",
    "multiple": "multichoice",
    "true_false": "truefalse",
    "short": "shortanswer",
    "numeric": "numerical",
    "matching": "matching",
    "ordering": "ordering",
    "open": "essay",
}


def write_moodle(drafts: Iterable[QuestionDraft]) -> str:
    """The file as text."""
    parts, category = [], ""
    for number, draft in enumerate(drafts, 1):
        if draft.category != category:
            category = draft.category
            path = "$course$/" + category.replace("/", "//")
            parts.append(element("question", element("category", _text(path)), type="category"))
        parts.append(_question(draft, number))
    inside = "\n".join(parts)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n{inside}\n</quiz>\n'


def _question(draft: QuestionDraft, number: int) -> str:
    name = draft.title or f"{number}. {shortened(draft.prompt, 60)}"
    tags = [element("tag", _text(tag)) for tag in draft.tags]
    return element(
        "question",
        "\n",
        element("name", _text(name)),
        element("questiontext", _text(draft.prompt), format=PLAIN),
        element("generalfeedback", _text(draft.explanation), format=PLAIN) if draft.explanation else "",
        element("defaultgrade", plain_number(draft.points)),
        *_WRITE[draft.kind](draft),
        element("tags", *tags) if tags else "",
        type=TYPES[draft.kind],
    )


def _text(text: str) -> str:
    return element("text", safe(text))


def _answer(text: str, percent: str, *more: str) -> str:
    return element("answer", _text(text), *more, fraction=percent, format=PLAIN)


def _choice(draft: QuestionDraft) -> list[str]:
    single = draft.kind == SINGLE
    rights = sum(1 for one in draft.options if one["correct"])
    share = plain_number((Decimal(100) / (rights or 1)).quantize(Decimal("0.00001")))
    listed = [
        _answer(one["text"], share if one["correct"] else "0" if single else f"-{share}") for one in draft.options
    ]
    return [element("single", "true" if single else "false"), element("shuffleanswers", "true"), *listed]


def _truth(draft: QuestionDraft) -> list[str]:
    right = bool(draft.options[0]["correct"])
    return [_answer("true", "100" if right else "0"), _answer("false", "0" if right else "100")]


def _short(draft: QuestionDraft) -> list[str]:
    accepted = [_answer(one["text"], str(one["percent"])) for one in draft.detail["accepted"]]
    return [element("usecase", "1" if draft.detail["case"] else "0"), *accepted]


def _numeric(draft: QuestionDraft) -> list[str]:
    accepted = [
        _answer(one["value"], str(one["percent"]), element("tolerance", one["tolerance"]))
        for one in draft.detail["accepted"]
    ]
    unit = draft.detail["unit"]
    named = element("unit", element("multiplier", "1"), element("unit_name", safe(unit)))
    return [*accepted, element("unitgradingtype", "0"), *([element("units", named)] if unit else [])]


def _match(draft: QuestionDraft) -> list[str]:
    texts = {one["key"]: one["text"] for one in draft.detail["matches"]}
    used = {one["match"] for one in draft.options}
    pairs = [(one["text"], texts[one["match"]]) for one in draft.options]
    pairs += [("", text) for key, text in texts.items() if key not in used]
    return [
        element("shuffleanswers", "true"),
        *(
            element("subquestion", _text(item), element("answer", _text(match), format=PLAIN), format=PLAIN)
            for item, match in pairs
        ),
    ]


def _order(draft: QuestionDraft) -> list[str]:
    grading = "ALL_OR_NOTHING" if draft.detail["scoring"] == ALL else "ABSOLUTE_POSITION"
    listed = [_answer(one["text"], str(at)) for at, one in enumerate(draft.options, 1)]
    return [element("layouttype", "VERTICAL"), element("selecttype", "ALL"), element("gradingtype", grading), *listed]


def _open(draft: QuestionDraft) -> list[str]:
    detail = draft.detail
    hints = "\n".join(part for part in (detail["sample"], lines_of(detail["rubric"])) if part)
    limits = [
        element(name, str(detail[key]))
        for name, key in (("minwordlimit", "min_words"), ("maxwordlimit", "max_words"))
        if detail[key]
    ]
    return [
        element("responseformat", "plain"),
        element("responserequired", "1"),
        *limits,
        element("graderinfo", _text(hints), format=PLAIN),
    ]


_WRITE: dict[str, Callable[[QuestionDraft], list[str]]] = {
    "single": _choice,
    "multiple": _choice,
    "true_false": _truth,
    "short": _short,
    "numeric": _numeric,
    "matching": _match,
    "ordering": _order,
    "open": _open,
}
