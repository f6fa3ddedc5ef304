"""What changed from one version of a question to the next. Pure."""

from __future__ import annotations

from typing import Any

PARTS: dict[str, tuple[str, ...]] = {
    "kind": ("kind",),
    "prompt": ("prompt",),
    "answers": ("options", "detail"),
    "explanation": ("explanation",),
    "points": ("points",),
    "tags": ("tags",),
    "lesson": ("source_lesson_id",),
}


def changed_parts(before: Any, after: Any) -> tuple[str, ...]:
    """Names of PARTS in which two questions differ."""
    return tuple(
        part for part, names in PARTS.items() if any(getattr(before, name) != getattr(after, name) for name in names)
    )
