"""Words of a certificate with a fixed set of placeholders (CRT-2). Pure.

No template language: a placeholder is one of eight names between braces, so `{name.__class__}`, `{0}` and `{name!r}`
are names nobody knows, and are refused in words. A part in square brackets is left out where a placeholder in it has
nothing to say: 'with distinction[, valid until {valid_until}]'. What is filled in is never looked at again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from lmsapp.infra import placeholders
from lmsapp.infra.words import N_, RuleBroken

PLACEHOLDERS: dict[str, str] = {
    "name": N_("the holder's name"),
    "course": N_("the title of the course or learning path"),
    "date": N_("the day of completion"),
    "valid_until": N_("the last valid day, where there is one"),
    "score": N_("the score, where there is one"),
    "number": N_("the certificate's number"),
    "organisation": N_("your organisation"),
    "hours": N_("the expected learning time, where it is known"),
}
# The parts of a template's wording, and the most characters of each.
LONGEST: dict[str, int] = {"heading": 60, "lead_in": 120, "sentence": 300, "foot": 160}
BRACES = re.compile(r"\{([^{}]*)\}")
PART = re.compile(r"\[([^\[\]]*)\]")


def check_wording(text: str, *, field: str) -> str:
    """The text, trimmed, when it may be printed. Raises RuleBroken naming the first thing wrong."""
    text = " ".join(text.split())
    part = field.partition("_")[2] or field
    if len(text) > LONGEST.get(part, 300):
        raise RuleBroken(N_("At most %(most)s characters."), field=field, most=LONGEST.get(part, 300))
    if any(unicodedata.category(one) in ("Cc", "Cs", "Co") for one in text):
        raise RuleBroken(N_("There is a character here that cannot be printed."), field=field)
    for name in BRACES.findall(text):
        if name not in PLACEHOLDERS:
            raise RuleBroken(
                N_("{%(name)s} is no placeholder. There are: %(known)s."), field=field, name=name[:40], known=known()
            )
    bare = BRACES.sub("", text)
    if "{" in bare or "}" in bare:
        raise RuleBroken(N_("A brace stands alone. Placeholders are: %(known)s."), field=field, known=known())
    if "[" in PART.sub("", text) or "]" in PART.sub("", text):
        raise RuleBroken(N_("A square bracket stands alone; each part in brackets opens and closes."), field=field)
    return text


def known() -> str:
    """The placeholders as they are typed."""
    return ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders replaced; parts in brackets that have nothing to say are left out.

    One pass: braces and brackets in a value are a value's. An unknown name, which `check_wording` refuses, stays.
    """

    def fill(part: str) -> str:
        return placeholders.fill(BRACES, part, values)

    def keep(part: str) -> str:
        return "" if any(not values.get(name, "-") for name in BRACES.findall(part)) else fill(part)

    pieces = PART.split(text)  # outside, inside, outside, ...
    return "".join(keep(piece) if n % 2 else fill(piece) for n, piece in enumerate(pieces))


def names(text: str) -> frozenset[str]:
    """The placeholders a text uses."""
    return frozenset(BRACES.findall(text)) & PLACEHOLDERS.keys()
