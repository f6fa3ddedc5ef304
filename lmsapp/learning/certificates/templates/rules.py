"""What a template may say of a page. Pure (CRT-2).

Lengths on the page are millimetres from its upper left corner, sizes of letters points.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.certificates.templates.wording import LONGEST, check_wording

LONGEST_TITLE = 100
LONGEST_NAME = 80
LANGUAGES = ("en", "es")
LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3: small text on white
HEX = re.compile(r"#[0-9a-f]{6}")


class Page(StrEnum):
    """Paper."""

    A4 = "a4"
    LETTER = "letter"


class Turn(StrEnum):
    """How the paper lies."""

    LANDSCAPE = "landscape"
    PORTRAIT = "portrait"


class Border(StrEnum):
    """What stands around the words."""

    CLASSIC = "classic"  # double rule, corners and rosette
    LINE = "line"  # one rule
    BAND = "band"  # a band of colour above and below
    NONE = "none"


PAPER = {Page.A4: (297.0, 210.0), Page.LETTER: (279.4, 215.9)}  # lying
COLOURS: dict[str, str] = {
    "#0e5a66": N_("Teal"),
    "#1d3a6e": N_("Navy"),
    "#1f5c3a": N_("Forest"),
    "#6a2c5b": N_("Plum"),
    "#8a2f1d": N_("Brick"),
    "#333f48": N_("Graphite"),
}
TEAL = "#0e5a66"


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who stands under a line. Empty: nobody."""

    name: str = ""
    position: str = ""


@dataclass(frozen=True, slots=True)
class Design:
    """A version of a template but for its pictures. `wording`: by language, by part; what is empty has our words."""

    page: Page = Page.A4
    turn: Turn = Turn.LANDSCAPE
    colour: str = TEAL
    border: Border = Border.CLASSIC
    signatory: Signatory = Signatory()
    second: Signatory = Signatory()
    wording: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Design:
        """As a version keeps it."""
        return cls(
            page=Page(kept.get("page", Page.A4)),
            turn=Turn(kept.get("turn", Turn.LANDSCAPE)),
            colour=kept.get("colour", TEAL),
            border=Border(kept.get("border", Border.CLASSIC)),
            signatory=Signatory(**kept.get("signatory", {})),
            second=Signatory(**kept.get("second", {})),
            wording=kept.get("wording", {}),
        )

    def as_json(self) -> dict[str, Any]:
        """For a version."""
        return {**asdict(self), "wording": {language: dict(parts) for language, parts in self.wording.items()}}

    def words(self, language: str, part: str) -> str:
        """What the template says in that language, or ''."""
        return self.wording.get(language, {}).get(part, "")

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in millimetres."""
        wide, high = PAPER[self.page]
        return (wide, high) if self.turn is Turn.LANDSCAPE else (high, wide)


def checked_title(title: str) -> str:
    """Raises RuleBroken for none, or one too long."""
    title = " ".join(title.split())
    if not title:
        raise RuleBroken(N_("Give it a title."), field="title")
    if len(title) > LONGEST_TITLE:
        raise RuleBroken(N_("At most %(most)s characters."), field="title", most=LONGEST_TITLE)
    return title


def checked(design: Design) -> Design:
    """The same with colour and words trimmed, when it may be used. Raises RuleBroken naming the field."""
    wording = {
        language: {
            part: text
            for part in LONGEST
            if (text := check_wording(design.words(language, part), field=f"{language}_{part}"))
        }
        for language in LANGUAGES
    }
    return Design(
        page=design.page,
        turn=design.turn,
        colour=checked_colour(design.colour),
        border=design.border,
        signatory=_checked_signatory(design.signatory, "signatory"),
        second=_checked_signatory(design.second, "second"),
        wording={language: parts for language, parts in wording.items() if parts},
    )


def checked_colour(colour: str) -> str:
    """'#rrggbb' that can be read on white. Raises RuleBroken."""
    colour = colour.strip().lower()
    if not HEX.fullmatch(colour):
        raise RuleBroken(
            N_("Give the colour as # and six digits, for example %(example)s."), field="colour", example=TEAL
        )
    if (found := contrast(colour)) < LEAST_CONTRAST:
        raise RuleBroken(
            N_("This colour is too light to read on white: its contrast is %(found)s, at least %(least)s are needed."),
            field="colour",
            found=f"{found:.1f}",
            least=LEAST_CONTRAST,
        )
    return colour


def contrast(colour: str) -> float:
    """Of '#rrggbb' on white, 1 to 21 (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def tint(colour: str, share: float) -> str:
    """The colour mixed with white; `share` 0 is white, 1 the colour."""
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(255 - (255 - part) * share):02x}" for part in parts)


def darker(colour: str) -> str:
    """For large words: a quarter darker."""
    return "#" + "".join(f"{int(int(colour[at : at + 2], 16) * 0.78):02x}" for at in (1, 3, 5))


def _checked_signatory(one: Signatory, field: str) -> Signatory:
    name, position = " ".join(one.name.split()), " ".join(one.position.split())
    for text, part in ((name, "name"), (position, "position")):
        if len(text) > LONGEST_NAME:
            raise RuleBroken(N_("At most %(most)s characters."), field=f"{field}_{part}", most=LONGEST_NAME)
    if position and not name:
        raise RuleBroken(N_("Say who signs, or leave the position empty too."), field=f"{field}_name")
    return Signatory(name, position)
