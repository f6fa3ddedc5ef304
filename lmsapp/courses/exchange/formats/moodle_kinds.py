"""The question types of Moodle XML that map onto ours, each to what is answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from lmsapp.courses.exchange.formats import answers
from lmsapp.courses.exchange.formats.draft import ALL, EACH, Note, Shape
from lmsapp.courses.exchange.formats.moodle_text import words
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.infra.xml import Node

TRUE = {"true", "1", "yes"}
UNITS = Note(N_("The file knows several units. Here only the first is shown; numbers are taken in that unit."))
PLACE = Note(N_("In the file items next to each other gave points. Here each item in its right place does."))
SUBSET = Note(N_("In the file only some of the items were shown. Here all of them are."))
FILES = N_("A file is to be handed in here. That is an assignment, not a question of a quiz.")
FORMULA = N_("Numbers in this question are drawn anew for each learner. That is not known here.")
LITERAL = Note(N_("An asterisk meant itself in the file. Here it stands for anything."))


def _weighted(node: Node) -> list[tuple[str, Decimal]]:
    return [(words(one), answers.percent_of(one.get("fraction", "0"), Decimal(0))) for one in node.all("answer")]


def _remarks(node: Node) -> tuple[tuple[str, str], ...]:
    said = [(words(one), words(one.first("feedback"))) for one in node.all("answer")]
    return tuple((answer, remark) for answer, remark in said if remark)


def _choice(node: Node) -> Shape:
    single = (node.said("single") or "true").lower() in TRUE
    return replace(answers.choice(_weighted(node), single=single), remarks=_remarks(node))


def _choice_set(node: Node) -> Shape:
    return replace(answers.choice(_weighted(node), single=False, all_or_nothing=True), remarks=_remarks(node))


def _truth(node: Node) -> Shape:
    right = max(_weighted(node), key=lambda pair: pair[1], default=("", Decimal(0)))
    if right[1] <= 0:
        raise RuleBroken(answers.NO_RIGHT)
    shape = answers.true_false(right[0].strip().lower() in TRUE)
    return replace(shape, remarks=tuple(("", remark) for _answer, remark in _remarks(node)))


def _short(node: Node) -> Shape:
    pairs = [(_literal(one), answers.percent_of(one.get("fraction", "0"), Decimal(0))) for one in node.all("answer")]
    literal = any("\\*" in words(one, "plain_text") for one in node.all("answer"))
    shape = answers.short(pairs, case=node.said("usecase").lower() in TRUE)
    return replace(shape, remarks=_remarks(node), notes=(LITERAL,) if literal else ())


def _literal(node: Node) -> str:
    """What is to be typed is no HTML unless it says so."""
    return words(node, "moodle_auto_format").replace("\\*", "*")


def _numeric(node: Node) -> Shape:
    units = [one.said("unit_name") for group in node.all("units") for one in group.all("unit")]
    listed = [
        (
            words(one),
            one.said("tolerance") or one.get("tolerance"),
            answers.percent_of(one.get("fraction", "0"), Decimal(0)),
        )
        for one in node.all("answer")
        if words(one) != "*"
    ]
    shape = answers.numeric(listed, units[0] if units else "")
    return replace(shape, remarks=_remarks(node), notes=(UNITS,) if len(units) > 1 else ())


def _match(node: Node) -> Shape:
    return answers.matching((words(one), words(one.first("answer"))) for one in node.all("subquestion"))


def _gaps(node: Node) -> Shape:
    """Words dragged into gaps, or chosen there: each gap is an item, its word the match."""
    boxes = node.all("dragbox", "selectoption")
    asked = words(node.first("questiontext"))
    pairs, at = [], 1
    while f"[[{at}]]" in asked and at <= len(boxes):
        pairs.append((f"[[{at}]]", words(boxes[at - 1])))
        at += 1
    rest = [("", words(box)) for box in boxes[at - 1 :]]
    if len(pairs) == 1:
        wrong = [(text, Decimal(0)) for _gap, text in rest]
        return answers.choice([(pairs[0][1], answers.FULL), *wrong], single=True)
    return answers.matching([*pairs, *rest])


def _order(node: Node) -> Shape:
    placed = sorted(
        (
            (answers.percent_of(one.get("fraction", "0"), Decimal(0)), at, words(one))
            for at, one in enumerate(node.all("answer"))
        ),
    )
    grading = node.said("gradingtype").upper()
    scoring = ALL if grading in {"", "ALL_OR_NOTHING", "-1"} else EACH
    notes = [] if grading in {"", "ALL_OR_NOTHING", "-1", "ABSOLUTE_POSITION", "0"} else [PLACE]
    if node.said("selecttype").upper() not in {"", "ALL", "0"}:
        notes.append(SUBSET)
    return replace(answers.ordering([text for _place, _at, text in placed], scoring), notes=tuple(notes))


def _essay(node: Node) -> Shape:
    if node.said("responseformat") == "noinline":
        raise RuleBroken(FILES)
    least, most = (_limit(node.said(name)) for name in ("minwordlimit", "maxwordlimit"))
    return answers.open_answer(words(node.first("graderinfo")), least, most)


def _limit(said: str) -> int | None:
    return int(said) if said.isdecimal() and 0 < len(said) < 6 and int(said) else None


def _formula(_node: Node) -> Shape:
    raise RuleBroken(FORMULA)


SHAPES: dict[str, Callable[[Node], Shape]] = {
    "multichoice": _choice,
    "multichoiceset": _choice_set,
    "truefalse": _truth,
    "shortanswer": _short,
    "numerical": _numeric,
    "matching": _match,
    "match": _match,
    "ddmatch": _match,
    "ddwtos": _gaps,
    "gapselect": _gaps,
    "ordering": _order,
    "order": _match,
    "essay": _essay,
    "essayautograde": _essay,
    "calculated": _formula,
    "calculatedsimple": _formula,
    "calculatedmulti": _formula,
}
