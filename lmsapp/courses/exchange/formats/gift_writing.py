"""Drafts -> Moodle GIFT."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from lmsapp.courses.exchange.formats.answers import plain_number
from lmsapp.courses.exchange.formats.draft import MULTIPLE, SINGLE, QuestionDraft
from lmsapp.courses.exchange.formats.gift_text import escaped

PLAIN = "[plain]"  # so that a < in a text is a < when it is read again


def write_gift(drafts: Iterable[QuestionDraft]) -> str:
    """The file as text."""
    parts, category = [], ""
    for number, draft in enumerate(drafts, 1):
        if draft.category != category:
            category = draft.category
            parts.append(f"$CATEGORY: {escaped(category)}\n")
        parts.append(_question(draft, number))
    return "\n".join(parts)


def _question(draft: QuestionDraft, number: int) -> str:
    tags = "".join(f" [tag:{tag}]" for tag in draft.tags)
    before = f"// question: {number}{tags}\n"
    general = f"\n\t####{PLAIN}{escaped(draft.explanation)}" if draft.explanation else ""
    name = f"::{escaped(draft.title)}::" if draft.title else ""
    return f"{before}{name}{PLAIN}{escaped(draft.prompt)}{{{_BODIES[draft.kind](draft)}{general}\n}}\n"


def _choice(draft: QuestionDraft) -> str:
    rights = sum(1 for one in draft.options if one["correct"])
    share = plain_number((Decimal(100) / (rights or 1)).quantize(Decimal("0.00001")))
    marks = {
        (SINGLE, True): "=",
        (SINGLE, False): "~",
        (MULTIPLE, True): f"~%{share}%",
        (MULTIPLE, False): f"~%-{share}%",
    }
    return "".join(f"\n\t{marks[draft.kind, bool(one['correct'])]}{escaped(one['text'])}" for one in draft.options)


def _truth(draft: QuestionDraft) -> str:
    return "TRUE" if draft.options[0]["correct"] else "FALSE"


def _short(draft: QuestionDraft) -> str:
    return "".join(f"\n\t={_weight(one)}{escaped(one['text'])}" for one in draft.detail["accepted"])


def _numeric(draft: QuestionDraft) -> str:
    lines = (f"\n\t={_weight(one)}{one['value']}:{one['tolerance']}" for one in draft.detail["accepted"])
    return "#" + "".join(lines)


def _match(draft: QuestionDraft) -> str:
    texts = {one["key"]: one["text"] for one in draft.detail["matches"]}
    used = {one["match"] for one in draft.options}
    pairs = [(one["text"], texts[one["match"]]) for one in draft.options]
    pairs += [("", text) for key, text in texts.items() if key not in used]
    return "".join(f"\n\t={escaped(item)} -> {escaped(match)}" for item, match in pairs)


def _order(draft: QuestionDraft) -> str:
    grading = "ALL_OR_NOTHING" if draft.detail["scoring"] == "all" else "ABSOLUTE_POSITION"
    lines = "".join(f"\n{PLAIN}{escaped(one['text'])}" for one in draft.options)
    return f">{len(draft.options)} ALL VERTICAL {grading} SHOW none{lines}"


def _weight(one: Mapping[str, Any]) -> str:
    return f"%{one['percent']}%"


_BODIES: dict[str, Any] = {
    "single": _choice,
    "multiple": _choice,
    "true_false": _truth,
    "short": _short,
    "numeric": _numeric,
    "matching": _match,
    "ordering": _order,
    "open": lambda _draft: "",
}
