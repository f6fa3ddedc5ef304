"""The places to answer of QTI that map onto our kinds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from lmsapp.courses.exchange.formats import answers
from lmsapp.courses.exchange.formats.draft import ALL, Note, Shape
from lmsapp.courses.exchange.formats.qti_body import choice_text, for_the_grader
from lmsapp.courses.exchange.formats.qti_scoring import Declared, declared, numbers_of, points_of, scoring_of
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.infra.xml import Node

NUMBERS = {"float", "integer", "duration"}
UNPAIRED = Note(N_("Items that belong to nothing were left out."))
UNEVEN = Note(N_("In the file some pairs gave more points than others. Here each gives the same."))
MANY_TO_MANY = N_("Here an item belongs to one match only; in the file some belong to several.")
UNKNOWN = N_("Questions of the type “%(kind)s” are not known here.")
HAND_IN = N_("A file is to be handed in here. That is an assignment, not a question of a quiz.")
NO_MATCH_TEXT = N_("The items to match are pictures, which cannot be taken over.")


def shape_of(item: Node, place: Node) -> Shape:
    """Raises RuleBroken for what no kind of ours is."""
    if place.name == "uploadInteraction":
        raise RuleBroken(HAND_IN)
    make = _MAKE.get(place.name)
    if make is None:
        raise RuleBroken(UNKNOWN, kind=place.name[:40])
    return make(item, place)


def _choice(item: Node, place: Node) -> Shape:
    said = declared(item, place)
    nodes = list(place.deep("simpleChoice", "inlineChoice", "hottext"))
    texts = [choice_text(node) for node in nodes]
    ids = [node.get("identifier") for node in nodes]
    single = place.get("maxChoices", "1") == "1" and not said.several
    remarks = tuple((text, remark) for text, remark in texts if remark)
    if sorted(ids) == ["false", "true"] and single and len(said.correct) == 1:
        return replace(
            answers.true_false(
                ids.index(said.correct[0]) == 0 if said.correct[0] in ids else True, (texts[0][0], texts[1][0])
            ),
            remarks=remarks,
        )
    percents = _percents(ids, said, single=single)
    weighted = [(text, percent) for (text, _remark), percent in zip(texts, percents, strict=True)]
    whole = not single and scoring_of(item, said) == ALL
    return replace(answers.choice(weighted, single=single, all_or_nothing=whole), remarks=remarks)


def _percents(ids: Sequence[str], said: Declared, *, single: bool) -> list[Decimal]:
    """By the mapping where there is one, else by what is correct; wrong ones of several take their share away."""
    mapped = {key: value for key, value, _case in said.mapped}
    if mapped and any(value > 0 for value in mapped.values()):
        whole = (
            max(mapped.values()) if single else sum((v for k, v in mapped.items() if v > 0 and k in ids), Decimal(0))
        )
        return [answers.FULL * mapped.get(one, Decimal(0)) / (whole or 1) for one in ids]
    rights = [one for one in ids if one in said.correct]
    share = answers.FULL if single else answers.FULL / (len(rights) or 1)
    return [share if one in rights else Decimal(0) if single else -share for one in ids]


def _order(item: Node, place: Node) -> Shape:
    texts = {node.get("identifier"): choice_text(node)[0] for node in place.all("simpleChoice")}
    placed = [texts[one] for one in declared(item, place).correct if one in texts]
    return answers.ordering(placed)


def _match(item: Node, place: Node) -> Shape:
    sets = [{one.get("identifier"): choice_text(one)[0] for one in node} for node in place.all("simpleMatchSet")]
    if len(sets) != 2:
        raise RuleBroken(answers.ONE_PAIR)
    said = declared(item, place)
    pairs = _pairs(said)
    if len({first for first, _second in pairs}) < len(pairs):
        sets, pairs = sets[::-1], [(second, first) for first, second in pairs]
    return _paired(sets[0], sets[1], pairs, item, said)


def _associate(item: Node, place: Node) -> Shape:
    texts = {one.get("identifier"): choice_text(one)[0] for one in place.all("simpleAssociableChoice")}
    said = declared(item, place)
    pairs = _pairs(said)
    items = {first: texts[first] for first, _second in pairs if first in texts}
    matches = {one: text for one, text in texts.items() if one not in items}
    return _paired(items, matches, pairs, item, said)


def _gaps(item: Node, place: Node) -> Shape:
    gaps = {gap.get("identifier"): f"[{at}]" for at, gap in enumerate(place.deep("gap"), 1)}
    words = {one.get("identifier"): choice_text(one)[0] for one in place.deep("gapText", "gapImg")}
    said = declared(item, place)
    return _paired(gaps, words, [(gap, word) for word, gap in _pairs(said)], item, said)


def _pairs(said: Declared) -> list[tuple[str, str]]:
    listed = said.correct or tuple(key for key, value, _case in said.mapped if value > 0)
    parts = [one.split() for one in listed]
    return [(part[0], part[1]) for part in parts if len(part) == 2]


def _paired(
    items: dict[str, str], matches: dict[str, str], pairs: list[tuple[str, str]], item: Node, said: Declared
) -> Shape:
    if len({first for first, _second in pairs}) < len(pairs):
        raise RuleBroken(MANY_TO_MANY)
    known = {first: second for first, second in pairs if first in items and second in matches}
    if any(not items[one] or not matches[other] for one, other in known.items()):
        raise RuleBroken(NO_MATCH_TEXT)
    listed = [(items[one], matches[known[one]]) for one in items if one in known]
    distractors = [("", text) for one, text in matches.items() if one not in known.values()]
    shape = answers.matching([*listed, *distractors], scoring_of(item, said))
    uneven = len({value for _key, value, _case in said.mapped if value > 0}) > 1
    return replace(shape, notes=(*([UNPAIRED] if len(known) < len(items) else []), *([UNEVEN] if uneven else [])))


def _entry(item: Node, place: Node) -> Shape:
    said = declared(item, place)
    most = points_of(item)
    if said.base in NUMBERS or place.name == "sliderInteraction":
        nears = numbers_of(item, said)
        best = max((near.score for near in nears if near.score is not None), default=most)
        return answers.numeric(
            (near.value, near.tolerance, answers.FULL if near.score is None else near.score * 100 / best)
            for near in nears
        )
    if said.mapped:
        best = said.best if said.best > 0 else most
        accepted = [(key, value * 100 / best) for key, value, _case in said.mapped]
        return answers.short(accepted, case=_case_counts(said))
    return answers.short([(value, answers.FULL) for value in said.correct])


def _case_counts(said: Declared) -> bool:
    """Where it is said, or where two keys differ in nothing else."""
    keys = [key.casefold() for key, value, _case in said.mapped if value > 0]
    return all(case for _key, _value, case in said.mapped) or len(set(keys)) < len(keys)


def _open(item: Node, place: Node) -> Shape:
    sample = "\n".join(declared(item, place).correct)
    return answers.open_answer(for_the_grader(item) or sample)


_MAKE: dict[str, Callable[[Node, Node], Shape]] = {
    "choiceInteraction": _choice,
    "inlineChoiceInteraction": _choice,
    "hottextInteraction": _choice,
    "orderInteraction": _order,
    "matchInteraction": _match,
    "associateInteraction": _associate,
    "gapMatchInteraction": _gaps,
    "textEntryInteraction": _entry,
    "sliderInteraction": _entry,
    "extendedTextInteraction": _open,
}
