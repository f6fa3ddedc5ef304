"""Keeping what a part came to: the best of what is known and what is said now."""

from __future__ import annotations

from lmsapp.learning.scorm.models import ScormSco
from lmsapp.learning.scorm.outcome.rules import Completion, Facts, Success

COLUMNS = ("completion", "success", "score_scaled", "score_raw", "score_min", "score_max", "progress", "said_done")


def facts_of(sco: ScormSco) -> Facts:
    """What is known of it."""
    return Facts(
        Completion(sco.completion),
        Success(sco.success),
        sco.score_scaled,
        sco.score_raw,
        sco.score_min,
        sco.score_max,
        sco.progress,
        sco.said_done,
    )


def note_facts(sco: ScormSco, said: Facts) -> dict[str, list[str | None]]:
    """Keep the best; what changed by it: {'completion': [before, after], ...}, the score in per cent."""
    before = facts_of(sco)
    after = before.best(said)
    for name in COLUMNS:
        value = getattr(after, name)
        if getattr(before, name) != value:
            setattr(sco, name, str(value) if name in ("completion", "success") else value)
    pairs = {
        "completion": (before.completion.value, after.completion.value),
        "success": (before.success.value, after.success.value),
        "score": (before.percent, after.percent),
    }
    return {
        name: [None if one is None else str(one) for one in (was, now)]
        for name, (was, now) in pairs.items()
        if was != now
    }
