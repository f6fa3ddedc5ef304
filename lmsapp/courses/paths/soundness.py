"""Whether a path can be taken to its end: what stands against publishing, and against a gate. Pure (CRS-4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lmsapp.courses.paths.rules import Asked, Item, Ordering, Role, standing
from lmsapp.infra.words import N_, RuleBroken

MOST_ITEMS = 60
MOST_DUE_DAYS = 3650


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that stands against publishing, in words; `course_id` of the item it is about, or None."""

    words: str
    values: Mapping[str, Any] = field(default_factory=dict)
    course_id: int | None = None

    def __str__(self) -> str:
        return self.words % self.values if self.values else self.words


class PathNotReady(RuleBroken):
    """The path may not be published. `problems` are to be shown as a list."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = tuple(problems)
        super().__init__(
            N_("The path cannot be published like this: %(missing)s"), missing=" ".join(map(str, self.problems))
        )


def problems(asked: Asked, published: Collection[int]) -> list[Problem]:
    """What stands against publishing, in the order of the items. `published`: the courses learners can take."""
    found: list[Problem] = []
    for item in asked.items:
        if item.course_id not in published:
            words = N_("“%(title)s” is not published. Publish it, or take it out.")
            found.append(Problem(words, {"title": item.title}, item.course_id))
        if unmet := _unreachable(asked, item):
            found.append(unmet)
    if round_about := circle(asked):
        titles = {one.course_id: one.title for one in asked.items}
        words = N_("These wait for each other and would never open: %(titles)s.")
        found.append(Problem(words, {"titles": ", ".join(titles[one] for one in round_about)}))
    electives = len(asked.of_role(Role.ELECTIVE))
    if asked.electives > electives:
        words = N_("The path asks for %(asked)s elective courses, but has %(there)s.")
        found.append(Problem(words, {"asked": asked.electives, "there": electives}))
    if electives and not asked.electives:
        found.append(Problem(N_("Say how many of the elective courses are asked for, or make them optional.")))
    if standing(asked, ()).need == 0:
        found.append(Problem(N_("Add a course that is required.")))
    return found


def _unreachable(asked: Asked, item: Item) -> Problem | None:
    """A course that counts must open without a course that does not."""
    needs, count = asked.needs_of(item)
    counting = [one for one in needs if one not in asked.of_role(Role.OPTIONAL)]
    if item.role is Role.OPTIONAL or len(counting) >= count:
        return None
    words = N_("“%(title)s” counts, but opens only after a course that is optional. Make that one required.")
    return Problem(words, {"title": item.title}, item.course_id)


def circle(asked: Asked) -> tuple[int, ...]:
    """Courses that wait for each other, in the order of the path; () where there are none."""
    waits = {one.course_id: set(asked.needs_of(one)[0]) for one in asked.items}
    while free := {key for key, needs in waits.items() if not needs & waits.keys()}:
        waits = {key: needs for key, needs in waits.items() if key not in free}
    # What only waits for the circle is not part of it.
    while idle := {key for key in waits if not any(key in needs for needs in waits.values())}:
        waits = {key: needs for key, needs in waits.items() if key not in idle}
    return tuple(waits)


def check_due_days(days: int | None) -> None:
    """A day to ten years, or none."""
    if days is not None and not 1 <= days <= MOST_DUE_DAYS:
        raise RuleBroken(N_("Give a number of days from 1 to 3650, or nothing."), field="due_days")


def check_gates(asked: Asked, course_id: int, needs: Collection[int], needed: int | None) -> None:
    """A gate names other items of the path, asks for at most as many as it names, and closes no circle."""
    known = set(asked.course_ids) - {course_id}
    if not set(needs) <= known:
        raise RuleBroken(N_("Choose courses of this path."), field="needs")
    if needed is not None and not 1 <= needed <= len(needs):
        raise RuleBroken(
            N_("Ask for at least one of the courses ticked, and for no more than are ticked."), field="needed"
        )
    items = tuple(replace(one, needs=tuple(needs)) if one.course_id == course_id else one for one in asked.items)
    if round_about := circle(replace(asked, ordering=Ordering.GATED, items=items)):
        titles = {one.course_id: one.title for one in items}
        others = ", ".join(f"“{titles[one]}”" for one in round_about if one != course_id)
        raise RuleBroken(
            N_("That would be a circle: “%(title)s” has to come before %(others)s already."),
            field="needs",
            others=others,
            title=titles[course_id],
        )
