"""Tags: the concepts a question is about, in the author's words. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from lmsapp.infra.words import N_, RuleBroken

MOST_TAGS = 12
LONGEST_TAG = 60


def cleaned_tags(tags: Iterable[str]) -> list[str]:
    """Without outer blanks, none twice whatever its case, in their order. Raises RuleBroken (field 'tags')."""
    kept = {" ".join(tag.split()).casefold(): " ".join(tag.split()) for tag in reversed(list(tags)) if tag.strip()}
    found = list(reversed(kept.values()))
    if len(found) > MOST_TAGS or any(len(tag) > LONGEST_TAG or "," in tag for tag in found):
        raise RuleBroken(
            N_("At most %(most)s tags, each at most %(length)s characters and without a comma."),
            field="tags",
            most=MOST_TAGS,
            length=LONGEST_TAG,
        )
    return found
