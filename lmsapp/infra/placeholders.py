"""Filling names into words that people wrote: certificates, letters. Pure, and nothing is ever evaluated.

A placeholder is a name out of a closed list, found by a pattern whose first group is that name. One pass: what is
filled in is never looked at again.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping


def fill(pattern: re.Pattern[str], text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders replaced; one without a value stays as it was typed."""
    return pattern.sub(lambda hit: values.get(hit[1], hit[0]), text)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like what was typed, or None where nothing comes near."""
    names = list(known)
    for typed in (name.lower().replace(" ", "_"), re.split(r"\W", name.lower())[0]):
        if alike := difflib.get_close_matches(typed, names, n=1, cutoff=0.5):
            return alike[0]
    return None
