"""Moodle XML -> drafts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from lmsapp.courses.exchange.formats.answers import number
from lmsapp.courses.exchange.formats.draft import Found, Note, Place, QuestionDraft, Shape, draft_of, once, shortened
from lmsapp.courses.exchange.formats.moodle_cloze import cloze_drafts
from lmsapp.courses.exchange.formats.moodle_kinds import SHAPES
from lmsapp.courses.exchange.formats.moodle_text import rich
from lmsapp.courses.exchange.formats.plain import media_in
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.infra.xml import Node

ROOT = "quiz"
BREAKS = N_("The file breaks at line %(line)s. What came before it was read, nothing after it.")
UNKNOWN = N_("Questions of the type “%(kind)s” are not known here.")
ONLY_TEXT = N_("This is a text without a question. It belongs into a lesson.")
NO_PROMPT = N_("The question is empty.")
FILES = N_("%(n)s pictures or files within the question were left out.")
NOT_CLOZE = frozenset({"cloze", "multianswer"})


def moodle_of(root: Node, broken: int) -> Found:
    """Every question of a parsed `quiz` file, or the one. `broken`: the line at which it ends too early, or 0."""
    found, category = Found("moodle"), ""
    for node in root.all("question") if root.name == ROOT else [root]:
        if node.get("type") == "category":
            category = category_of(node.said("category", "text") or node.said("category"))
        elif node.closed:
            _take(found, node, category)
    if broken:
        found.refuse(Place(broken), RuleBroken(BREAKS, line=broken))
    return found


def category_of(path: str) -> str:
    """'$course$/top/Default for X/Safety' -> 'Safety': where it stood there says nothing here."""
    parts = [part.strip() for part in path.replace("//", "\0").split("/")]
    named = [part.replace("\0", "/") for part in parts if part and not part.startswith("$") and part != "top"]
    return "/".join(named)[:200]


def _take(found: Found, node: Node, category: str) -> None:
    try:
        for draft in _drafts(node, category):
            found.take(draft)
    except RuleBroken as broken:
        if broken.field == "file":
            raise
        found.refuse(Place(node.line), broken, _prompt(node)[0] or node.said("name", "text"))


def _drafts(node: Node, category: str) -> list[QuestionDraft]:
    kind = node.get("type")
    rest = {
        "category": category,
        "title": shortened(node.said("name", "text"), 200),
        "tags": tuple(dict.fromkeys(tag.said("text") or tag.text.strip() for one in node.all("tags") for tag in one)),
        "place": Place(node.line),
    }
    if kind in NOT_CLOZE:
        return cloze_drafts(node, rest)
    if kind == "description":
        raise RuleBroken(ONLY_TEXT)
    make: Callable[[Node], Shape] | None = SHAPES.get(kind)
    if make is None:
        raise RuleBroken(UNKNOWN, kind=kind[:40])
    prompt, notes = _prompt(node)
    shape = make(node)
    return [_draft(node, shape, prompt, notes, rest)]


def _draft(node: Node, shape: Shape, prompt: str, notes: list[Note], rest: Mapping[str, object]) -> QuestionDraft:
    if not prompt:
        raise RuleBroken(NO_PROMPT)
    explanation, more = rich(node.first("generalfeedback"))
    inside = [media_in(one.text) for one in node.all("answer", "subquestion", "dragbox", "selectoption")]
    lost = once((*notes, *more, *(note for some in inside for note in some)))
    return draft_of(shape, prompt, explanation=explanation, notes=lost, points=points_of(node), **rest)


def _prompt(node: Node) -> tuple[str, list[Note]]:
    asked = node.first("questiontext")
    prompt, notes = rich(asked)
    embedded = sum(1 for _file in node.deep("file")) + bool(node.said("image"))
    return prompt, [*notes, *([Note(FILES, {"n": embedded})] if embedded and not notes else [])]


def points_of(node: Node) -> Decimal:
    """`defaultgrade`, 1 without a positive one."""
    try:
        points = Decimal(number(node.said("defaultgrade") or "1"))
    except RuleBroken:
        return Decimal(1)
    return min(points, Decimal(1000)).quantize(Decimal("0.01")).normalize() + 0 if points > 0 else Decimal(1)
