"""What is right in a QTI item: declarations, mappings, response processing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from lmsapp.courses.exchange.formats.answers import between, number, plain_number
from lmsapp.courses.exchange.formats.draft import ALL, EACH
from lmsapp.infra.words import RuleBroken
from lmsapp.infra.xml import Node


@dataclass(frozen=True, slots=True)
class Declared:
    """One response: `correct` in order, `mapped` value by key (with whether case counts)."""

    identifier: str
    base: str
    several: bool
    correct: tuple[str, ...]
    mapped: tuple[tuple[str, Decimal, bool], ...]

    @property
    def best(self) -> Decimal:
        """The largest value of the mapping; 1 without one."""
        return max((value for _key, value, _case in self.mapped), default=Decimal(1))


@dataclass(frozen=True, slots=True)
class Near:
    """A number that is accepted. `score` None: the file does not say how much it gives."""

    value: str
    tolerance: str
    score: Decimal | None


def declared(item: Node, place: Node) -> Declared:
    """What is declared for a place to answer."""
    wanted = place.get("responseIdentifier", "RESPONSE")
    node = next((one for one in item.all("responseDeclaration") if one.get("identifier") == wanted), None)
    if node is None:
        return Declared(wanted, "", False, (), ())
    correct = node.first("correctResponse")
    values = tuple(one.text.strip() for one in correct.all("value")) if correct else ()
    several = node.get("cardinality") in {"multiple", "ordered"}
    return Declared(wanted, node.get("baseType"), several, values, tuple(_mapped(node)))


def _mapped(node: Node) -> Iterator[tuple[str, Decimal, bool]]:
    mapping = node.first("mapping")
    for entry in mapping.all("mapEntry") if mapping else ():
        yield (
            entry.get("mapKey").strip(),
            value_of(entry.get("mappedValue"), Decimal(0)),
            entry.get("caseSensitive") == "true",
        )


def value_of(said: str, otherwise: Decimal) -> Decimal:
    """A number of the file."""
    try:
        return Decimal(number(said))
    except RuleBroken:
        return otherwise


def scoring_of(item: Node, said: Declared) -> str:
    """Shares where the response is mapped, else all or nothing."""
    processing = item.first("responseProcessing")
    template = processing.get("template") if processing else ""
    if "map_response" in template:
        return EACH
    if "match_correct" in template or processing is None:
        return EACH if processing is None and said.mapped else ALL
    mapped = any(one.get("identifier") == said.identifier for one in processing.deep("mapResponse"))
    return EACH if mapped else ALL


def points_of(item: Node) -> Decimal:
    """MAXSCORE, else the most SCORE can be, else 1."""
    outcomes = {one.get("identifier"): one for one in item.all("outcomeDeclaration")}
    most = outcomes.get("MAXSCORE")
    score = outcomes.get("SCORE")
    said = most.said("defaultValue", "value") if most else ""
    points = value_of(said or (score.get("normalMaximum") if score else ""), Decimal(1))
    return min(points, Decimal(1000)).quantize(Decimal("0.01")) if points >= Decimal("0.01") else Decimal(1)


def numbers_of(item: Node, said: Declared) -> list[Near]:
    """Numbers accepted by conditions of the response processing, else by declaration."""
    found = [near for branch in _branches(item) for near in _nears(branch, said)]
    if found:
        return found
    if said.mapped:
        return [Near(key, "0", value) for key, value, _case in said.mapped if value > 0]
    return [Near(value, "0", None) for value in said.correct]


def _branches(item: Node) -> Iterator[Node]:
    processing = item.first("responseProcessing")
    yield from processing.deep("responseIf", "responseElseIf") if processing else ()


def _nears(branch: Node, said: Declared) -> Iterator[Near]:
    score = next(
        (value_of(one.text, Decimal(0)) for one in branch.all("setOutcomeValue") if one.get("identifier") == "SCORE"),
        None,
    )
    condition = next((one for one in branch if one.name != "setOutcomeValue"), None)
    if condition is None or (score is not None and score <= 0):
        return
    tests = [condition, *condition.deep("equal", "gte", "lte", "gt", "lt")]
    about = [one for one in tests if any(part.get("identifier") == said.identifier for part in one.all("variable"))]
    for equal in (one for one in about if one.name == "equal"):
        yield from _equal(equal, said, score)
    low = next((_base(one) for one in about if one.name in {"gte", "gt"}), "")
    high = next((_base(one) for one in about if one.name in {"lte", "lt"}), "")
    if low and high and condition.name == "and":
        value, tolerance = between(low, high)
        yield Near(value, tolerance, score)


def _equal(equal: Node, said: Declared, score: Decimal | None) -> Iterator[Near]:
    values = [_base(equal)] if _base(equal) else list(said.correct[:1])
    for value in values:
        span = max((value_of(part, Decimal(0)) for part in equal.get("tolerance").split()), default=Decimal(0), key=abs)
        if equal.get("toleranceMode", "exact") == "relative":
            span = abs(value_of(value, Decimal(0))) * span / 100
        yield Near(value, plain_number(abs(span)) if equal.get("toleranceMode", "exact") != "exact" else "0", score)


def _base(test: Node) -> str:
    return test.said("baseValue")
