"""One draft -> one QTI 2.2 item."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from lmsapp.courses.exchange.formats.answers import plain_number
from lmsapp.courses.exchange.formats.draft import EACH, MULTIPLE, QuestionDraft, shortened
from lmsapp.courses.exchange.formats.rubrics import lines_of
from lmsapp.infra.xml import element, safe

TEMPLATES = "http://www.imsglobal.org/question/qti_v2p2/rptemplates/"
Parts = tuple[str, str, str]
"""Response declaration, what stands in the body, response processing."""


def item_xml(draft: QuestionDraft, identifier: str, namespace: str) -> str:
    """The whole item."""
    response, body, processing = _WRITE[draft.kind](draft)
    return element(
        "assessmentItem",
        response,
        _outcome("SCORE", "float", "0"),
        _outcome("MAXSCORE", "float", plain_number(draft.points)),
        _outcome("FEEDBACK", "identifier", None),
        element("itemBody", body),
        processing,
        _afterwards(draft.explanation),
        xmlns=namespace,
        identifier=identifier,
        title=draft.title or shortened(draft.prompt, 80),
        adaptive="false",
        timeDependent="false",
    )


def _outcome(name: str, base: str, value: str | None) -> str:
    default = element("defaultValue", element("value", value)) if value is not None else ""
    return element("outcomeDeclaration", default, identifier=name, cardinality="single", baseType=base)


def _afterwards(explanation: str) -> str:
    if not explanation:
        return ""
    return element(
        "modalFeedback", text(explanation), outcomeIdentifier="FEEDBACK", identifier="EXPLANATION", showHide="show"
    )


def text(said: str) -> str:
    """Paragraphs and lines as HTML; blanks in a row stay."""
    kept = safe(said).replace("  ", " \u00a0").replace("\n ", "\n\u00a0")
    kept = "\u00a0" + kept[1:] if kept.startswith(" ") else kept
    return "".join(element("p", part.replace("\n", "<br/>")) for part in kept.split("\n\n"))


def _line(said: str) -> str:
    return safe(said).replace("  ", " \u00a0").replace("\n", "<br/>")


def _response(base: str, cardinality: str, correct: Iterable[str], mapping: str = "") -> str:
    values = [element("value", safe(one)) for one in correct]
    right = element("correctResponse", *values) if values else ""
    return element("responseDeclaration", right, mapping, identifier="RESPONSE", cardinality=cardinality, baseType=base)


def _mapping(entries: Sequence[tuple[str, Decimal]], points: Decimal, *, case: bool | None = None) -> str:
    said = None if case is None else "true" if case else "false"
    listed = [
        element(
            "mapEntry", mapKey=key, mappedValue=plain_number(value.quantize(Decimal("0.00001"))), caseSensitive=said
        )
        for key, value in entries
    ]
    return element("mapping", *listed, defaultValue="0", lowerBound="0", upperBound=plain_number(points))


def _processing(draft: QuestionDraft, *, mapped: bool) -> str:
    """The standard template where it says all there is to say."""
    if not draft.explanation and (mapped or draft.points == 1):
        return element("responseProcessing", template=TEMPLATES + ("map_response" if mapped else "match_correct"))
    if mapped:
        return _conditions(
            draft, element("setOutcomeValue", element("mapResponse", identifier="RESPONSE"), identifier="SCORE")
        )
    match = element("match", element("variable", identifier="RESPONSE"), element("correct", identifier="RESPONSE"))
    return _conditions(draft, element("responseCondition", element("responseIf", match, _score(draft.points))))


def _conditions(draft: QuestionDraft, *inside: str) -> str:
    shown = element("baseValue", "EXPLANATION", baseType="identifier")
    show = element("setOutcomeValue", shown, identifier="FEEDBACK") if draft.explanation else ""
    return element("responseProcessing", *inside, show)


def _score(points: Decimal) -> str:
    return element("setOutcomeValue", element("baseValue", plain_number(points), baseType="float"), identifier="SCORE")


def _choice(draft: QuestionDraft) -> Parts:
    several = draft.kind == MULTIPLE
    rights = [one["key"] for one in draft.options if one["correct"]]
    each = several and draft.detail.get("scoring") == EACH
    share = draft.points / (len(rights) or 1)
    entries = [(one["key"], share if one["correct"] else -share) for one in draft.options] if each else []
    response = _response(
        "identifier", "multiple" if several else "single", rights, _mapping(entries, draft.points) if each else ""
    )
    choices = [element("simpleChoice", _line(one["text"]), identifier=one["key"]) for one in draft.options]
    return response, _choices(draft, choices, "0" if several else "1", shuffle="true"), _processing(draft, mapped=each)


def _choices(draft: QuestionDraft, choices: list[str], most: str, *, shuffle: str) -> str:
    inside = element("choiceInteraction", *choices, responseIdentifier="RESPONSE", shuffle=shuffle, maxChoices=most)
    return text(draft.prompt) + inside


def _truth(draft: QuestionDraft) -> Parts:
    named = list(zip(("true", "false"), draft.options, strict=True))
    right = [name for name, one in named if one["correct"]]
    choices = [element("simpleChoice", _line(one["text"]), identifier=name) for name, one in named]
    body = _choices(draft, choices, "1", shuffle="false")
    return _response("identifier", "single", right), body, _processing(draft, mapped=False)


def _short(draft: QuestionDraft) -> Parts:
    accepted = draft.detail["accepted"]
    entries = [(one["text"], draft.points * one["percent"] / 100) for one in accepted]
    first = next(one["text"] for one in accepted if one["percent"] == 100)
    mapping = _mapping(entries, draft.points, case=bool(draft.detail["case"]))
    return _response("string", "single", [first], mapping), _entry(draft), _processing(draft, mapped=True)


def _entry(draft: QuestionDraft) -> str:
    return text(draft.prompt) + element("p", element("textEntryInteraction", responseIdentifier="RESPONSE"))


def _numeric(draft: QuestionDraft) -> Parts:
    accepted = draft.detail["accepted"]
    first = next(one["value"] for one in accepted if one["percent"] == 100)
    branches = [
        element("responseIf" if at == 0 else "responseElseIf", _equal(one), _score(draft.points * one["percent"] / 100))
        for at, one in enumerate(accepted)
    ]
    processing = _conditions(draft, element("responseCondition", *branches))
    return _response("float", "single", [first]), _entry(draft), processing


def _equal(one: Any) -> str:
    value = element("baseValue", one["value"], baseType="float")
    mode = "exact" if one["tolerance"] == "0" else "absolute"
    span = None if mode == "exact" else f"{one['tolerance']} {one['tolerance']}"
    return element("equal", element("variable", identifier="RESPONSE"), value, toleranceMode=mode, tolerance=span)


def _match(draft: QuestionDraft) -> Parts:
    each = draft.detail.get("scoring") == EACH
    pairs = [f"{one['key']} {one['match']}" for one in draft.options]
    share = draft.points / len(pairs)
    mapping = _mapping([(pair, share) for pair in pairs], draft.points) if each else ""
    items = [
        element("simpleAssociableChoice", _line(one["text"]), identifier=one["key"], matchMax="1")
        for one in draft.options
    ]
    matches = [
        element("simpleAssociableChoice", _line(one["text"]), identifier=one["key"], matchMax="0")
        for one in draft.detail["matches"]
    ]
    sets = element("simpleMatchSet", *items) + element("simpleMatchSet", *matches)
    body = element("matchInteraction", sets, responseIdentifier="RESPONSE", shuffle="true", maxAssociations="0")
    response = _response("directedPair", "multiple", pairs, mapping)
    return response, text(draft.prompt) + body, _processing(draft, mapped=each)


def _order(draft: QuestionDraft) -> Parts:
    choices = [element("simpleChoice", _line(one["text"]), identifier=one["key"]) for one in draft.options]
    body = element("orderInteraction", *choices, responseIdentifier="RESPONSE", shuffle="true")
    response = _response("identifier", "ordered", [one["key"] for one in draft.options])
    return response, text(draft.prompt) + body, _processing(draft, mapped=False)


def _open(draft: QuestionDraft) -> Parts:
    hints = "\n\n".join(part for part in (draft.detail["sample"], lines_of(draft.detail["rubric"])) if part)
    grader = element("rubricBlock", text(hints), view="scorer") if hints else ""
    body = grader + text(draft.prompt) + element("extendedTextInteraction", responseIdentifier="RESPONSE")
    processing = _conditions(draft) if draft.explanation else ""
    return _response("string", "single", []), body, processing


_WRITE: dict[str, Callable[[QuestionDraft], Parts]] = {
    "single": _choice,
    "multiple": _choice,
    "true_false": _truth,
    "short": _short,
    "numeric": _numeric,
    "matching": _match,
    "ordering": _order,
    "open": _open,
}
