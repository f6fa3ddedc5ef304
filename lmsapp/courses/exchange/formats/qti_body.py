"""The text of a QTI item around its places to answer, and what it says afterwards."""

from __future__ import annotations

from collections.abc import Iterator

from lmsapp.courses.exchange.formats.draft import Note
from lmsapp.courses.exchange.formats.plain import from_html
from lmsapp.infra.xml import Node, markup

GAP = "_____"
HERE = "\ufdda"
INLINE = {"textEntryInteraction", "inlineChoiceInteraction"}
ASIDE = {"rubricBlock", "feedbackBlock", "feedbackInline", "modalFeedback", "stylesheet", "infoControl",
         "templateBlock", "templateInline", "endAttemptInteraction"}  # fmt: skip


def interactions(body: Node) -> Iterator[Node]:
    """The places to answer, in order."""
    for child in body:
        if child.name.endswith("Interaction"):
            if child.name != "endAttemptInteraction":
                yield child
        elif child.name not in ASIDE:
            yield from interactions(child)


def text_around(body: Node, places: list[Node], here: Node) -> tuple[str, list[Note]]:
    """What is asked at `here`. A gap at the very end on a line of its own needs no sign."""
    said, notes = from_html(_markup(body, places, here))
    if said.endswith("\n" + HERE) or said == HERE:
        said = said[:-1].rstrip()
    return said.replace(HERE, GAP), notes


def _markup(node: Node, places: list[Node], here: Node) -> str:
    parts: list[str] = []
    for part in node.parts:
        if isinstance(part, str):
            parts.append(markup(Node("", {}, 0, [part])))
        elif part.name in INLINE:
            parts.append(HERE if part is here else f"[{_at(places, part)}]")
        elif part.name.endswith("Interaction"):
            parts.append(_asked(part) if part is here else "")
        elif part.name not in ASIDE or "candidate" in part.get("view"):
            inside = _markup(part, places, here)
            parts.append(
                f"<{part.name}{_shown(part)}>{inside}</{part.name}>" if part.parts else markup(Node("", {}, 0, [part]))
            )
    return "".join(parts)


def _shown(part: Node) -> str:
    return f' alt="{part.get("alt")}"' if part.get("alt") and '"' not in part.get("alt") else ""


def _at(places: list[Node], wanted: Node) -> int:
    return next((at for at, place in enumerate(places, 1) if place is wanted), 0)


def _asked(place: Node) -> str:
    """A block's own prompt; of a text with words to choose or to fill, the text."""
    prompt = place.first("prompt")
    asked = f"<p>{markup(prompt)}</p>" if prompt else ""
    if place.name == "hottextInteraction":
        return asked + markup(Node("", {}, 0, [part for part in place.parts if part is not prompt]))
    if place.name == "gapMatchInteraction":
        return asked + _gapped(place, prompt)
    return asked


def _gapped(place: Node, prompt: Node | None) -> str:
    gaps = [gap.get("identifier") for gap in place.deep("gap")]

    def inside(node: Node) -> str:
        parts = []
        for part in node.parts:
            if isinstance(part, str):
                parts.append(markup(Node("", {}, 0, [part])))
            elif part.name == "gap":
                parts.append(f"[{gaps.index(part.get('identifier')) + 1}]")
            elif part.name not in {"gapText", "gapImg"} and part is not prompt:
                parts.append(f"<{part.name}>{inside(part)}</{part.name}>")
        return "".join(parts)

    return inside(place)


def choice_text(node: Node) -> tuple[str, str]:
    """(what a choice says, the remark on it)."""
    kept = Node(
        node.name, {}, node.line, [part for part in node.parts if isinstance(part, str) or part.name not in ASIDE]
    )
    remark = " ".join(from_html(markup(one))[0] for one in node.all("feedbackInline"))
    return from_html(markup(kept))[0], remark


def said_afterwards(item: Node) -> str:
    """Feedback of the whole item: each text once, whenever it would be shown."""
    said = [from_html(markup(one))[0] for one in item.deep("modalFeedback", "feedbackBlock")]
    return "\n".join(dict.fromkeys(text for text in said if text))


def for_the_grader(item: Node) -> str:
    """What a rubric block tells whoever grades."""
    blocks = [one for one in item.deep("rubricBlock") if "scorer" in one.get("view") or "tutor" in one.get("view")]
    return "\n".join(from_html(markup(one))[0] for one in blocks)
