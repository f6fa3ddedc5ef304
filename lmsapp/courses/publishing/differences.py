"""What differs between two contents of a course, in words for its author. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Content = Mapping[str, Any]


class Kind(StrEnum):
    """What happened to a lesson."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Difference:
    """One lesson. `parts`: what of it changed, as named in PARTS; also 'package', 'terms', 'quiz', 'questions',
    'other'."""

    kind: Kind
    title: str
    lesson_kind: str
    parts: tuple[str, ...] = ()


PARTS: dict[str, tuple[str, ...]] = {
    "title": ("title",),
    "text": ("body",),
    "file": ("file", "captions", "pages"),
    "time": ("minutes", "min_seconds"),
    "share": ("share",),
}
ASKED = ("questions", "draws")
PACKAGED = "scorm"  # the kind of lesson, and where its detail names package and terms
OF_THE_PACKAGE = {"package", "edition", "title", "scos"}
SEEN_ELSEWHERE = {"id", "kind", "file_id", "detail", "quiz", *(name for names in PARTS.values() for name in names)}


def differences(before: Content, after: Content) -> tuple[Difference, ...]:
    """From `before` to `after`: what was added and changed in the order of the course, then what was removed."""
    old, new = _lessons(before), _lessons(after)
    moved = _moved(list(old), list(new), before, after)
    found = []
    for key, lesson in new.items():
        if key not in old:
            found.append(Difference(Kind.ADDED, lesson["title"], lesson["kind"]))
        elif parts := _parts(old[key], lesson):
            found.append(Difference(Kind.CHANGED, lesson["title"], lesson["kind"], parts))
        elif key in moved:
            found.append(Difference(Kind.MOVED, lesson["title"], lesson["kind"]))
    removed = (Difference(Kind.REMOVED, one["title"], one["kind"]) for key, one in old.items() if key not in new)
    return (*found, *removed)


def same_rule(before: Content, after: Content) -> bool:
    """Whether both ask the same for completion, whatever the number of the rule."""
    return all(before["rule"][name] == after["rule"][name] for name in ("mode", "criteria"))


def _lessons(content: Content) -> dict[int, Mapping[str, Any]]:
    return {lesson["id"]: lesson for chapter in content["chapters"] for lesson in chapter["lessons"]}


def _parts(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    parts = [part for part, names in PARTS.items() if any(old.get(name) != new.get(name) for name in names)]
    parts = [*(one for one in parts if one != "file" or new["kind"] != PACKAGED), *_packaged(old, new)]
    before, after = old.get("quiz") or {}, new.get("quiz") or {}
    if any(before.get(name) != after.get(name) for name in ASKED):
        parts.append("questions")
    if any(before.get(name) != after.get(name) for name in {*before, *after} - {*ASKED, "id"}):
        parts.append("quiz")
    if any(old.get(name) != new.get(name) for name in {*old, *new} - SEEN_ELSEWHERE):
        parts.append("other")
    return tuple(parts)


def _packaged(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """Another package, or other terms of it: 'package', 'terms'."""
    before, after = ((one.get("detail") or {}).get(PACKAGED) or {} for one in (old, new))
    other = "package" if before.get("package") != after.get("package") else ""
    terms = {*before, *after} - OF_THE_PACKAGE
    return tuple(filter(None, (other, "terms" if any(before.get(name) != after.get(name) for name in terms) else "")))


def _moved(old: Sequence[int], new: Sequence[int], before: Content, after: Content) -> set[int]:
    """Lessons in another chapter, or in another order among those that both have."""
    place = {lesson["id"]: chapter["id"] for chapter in before["chapters"] for lesson in chapter["lessons"]}
    there = {lesson["id"]: chapter["id"] for chapter in after["chapters"] for lesson in chapter["lessons"]}
    kept_old, kept_new = [one for one in old if one in there], [one for one in new if one in place]
    out_of_order = {one for one, other in zip(kept_new, kept_old, strict=True) if one != other}
    return out_of_order | {one for one in kept_new if place[one] != there[one]}
