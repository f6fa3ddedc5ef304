"""Drafts of every kind, as somebody could have written them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from lmsapp.courses.exchange.formats import answers
from lmsapp.courses.exchange.formats.draft import QuestionDraft, Shape, draft_of

LETTERS = "abcXYZäßÉ漢עд0123456789 .,;:#={}~\\%<>&\"'()[]/*+-_$\n²₂→√"
UNSEEN = re.compile(r" +(?=\n)|(?<=\n\n)\n+")  # blanks at the end of a line and further empty lines: no HTML keeps them
TEXTS = (
    st.text(LETTERS, min_size=1, max_size=24)
    .map(lambda text: UNSEEN.sub("", text).strip())
    .filter(lambda text: text.strip("[] _"))
)
PLAIN = st.text("abcdefgäö ", min_size=1, max_size=12).map(str.strip).filter(bool)
NUMBERS = st.decimals("-9999", "9999", places=2).map(answers.plain_number)
TAGS = st.lists(PLAIN.map(lambda text: " ".join(text.split())), max_size=3, unique=True).map(tuple)


def unlike(texts: st.SearchStrategy[str], least: int, most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(texts, min_size=least, max_size=most, unique_by=lambda text: text.casefold())


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    make = draw(st.sampled_from([single, several, truth, short, numeric, match, order, opened]))
    return make(draw)


def single(draw: st.DrawFn) -> Shape:
    texts = draw(unlike(TEXTS, 2, 5))
    right = draw(st.integers(0, len(texts) - 1))
    return answers.choice([(text, Decimal(100 * (at == right))) for at, text in enumerate(texts)], single=True)


def several(draw: st.DrawFn) -> Shape:
    texts = draw(unlike(TEXTS, 2, 5))
    rights = draw(st.sets(st.integers(0, len(texts) - 1), min_size=1))
    share = Decimal(100) / len(rights)
    weighted = [(text, share if at in rights else -share) for at, text in enumerate(texts)]
    return answers.choice(weighted, single=False, all_or_nothing=draw(st.booleans()))


def truth(draw: st.DrawFn) -> Shape:
    return answers.true_false(draw(st.booleans()), draw(st.sampled_from([("True", "False"), ("Sí", "No")])))


def short(draw: st.DrawFn) -> Shape:
    texts = draw(unlike(TEXTS, 1, 3))
    percents = [100, *(draw(st.integers(1, 100)) for _text in texts[1:])]
    return answers.short([(t, Decimal(p)) for t, p in zip(texts, percents, strict=True)], case=draw(st.booleans()))


def numeric(draw: st.DrawFn) -> Shape:
    values = draw(st.lists(NUMBERS, min_size=1, max_size=3))
    listed = [
        (value, draw(st.sampled_from(["0", "0.05", "2"])), Decimal(100 if at == 0 else 50))
        for at, value in enumerate(values)
    ]
    return answers.numeric(listed, draw(st.sampled_from(["", "m/s2"])))


def match(draw: st.DrawFn) -> Shape:
    items, matches = draw(unlike(TEXTS, 2, 4)), draw(unlike(TEXTS, 2, 5))
    pairs = [(item, matches[draw(st.integers(0, len(matches) - 1))]) for item in items]
    used = {text for _item, text in pairs}
    rest = [("", text) for text in matches if text not in used]
    return answers.matching([*pairs, *rest], draw(st.sampled_from(["all", "each"])))


def order(draw: st.DrawFn) -> Shape:
    return answers.ordering(draw(unlike(TEXTS, 2, 5)), draw(st.sampled_from(["all", "each"])))


def opened(draw: st.DrawFn) -> Shape:
    row = {"key": "r1", "title": "Care", "points": "1", "levels": [{"points": "1", "words": "with care"}]}
    rubric: list[dict[str, Any]] = draw(st.sampled_from([[], [row]]))
    return answers.open_answer(draw(st.one_of(st.just(""), TEXTS)), draw(st.sampled_from([None, 20])), None, rubric)


@st.composite
def drafts(draw: st.DrawFn) -> QuestionDraft:
    return draft_of(
        draw(shapes()),
        draw(TEXTS),
        explanation=draw(st.one_of(st.just(""), TEXTS)),
        points=draw(st.sampled_from([Decimal(1), Decimal(1), Decimal("2.5")])),
        tags=draw(TAGS),
        category=draw(st.sampled_from(["", "Safety", "A/B"])),
    )
