"""Writing paths: settings, items, order, gates (all of them the draft), publishing and retiring (CRS-4).

Every change takes the path's lock first, so that positions and versions are counted by one author at a time.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from slugify import slugify
from sqlalchemy import delete, func, insert, select

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.rules import CourseStatus, checked_title
from lmsapp.courses.paths.events import PathPublished
from lmsapp.courses.paths.models import LearningPath, PathGate, PathItem, PathVersion
from lmsapp.courses.paths.queries import draft_of, problems_of
from lmsapp.courses.paths.rules import Ordering, PathStatus, Role
from lmsapp.courses.paths.soundness import MOST_ITEMS, PathNotReady, check_due_days, check_gates
from lmsapp.courses.publishing.rules import digest
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.viewer import Viewer

SETTINGS = ("title", "summary", "ordering", "electives", "due_days")
LONGEST_SECTION = 100


def create_path(
    title: str,
    *,
    by: Viewer | None,
    summary: str = "",
    ordering: str = Ordering.GATED,
    electives: int = 0,
    due_days: int | None = None,
) -> LearningPath:
    """A new path as a draft, with a slug made from its title."""
    title = checked_title(title)
    check_due_days(due_days)
    path = LearningPath(
        slug=_free_slug(title),
        title=title,
        summary=summary.strip(),
        ordering=Ordering(ordering).value,
        electives=_checked_electives(electives),
        due_days=due_days,
        created_by_id=by.user_id if by else None,
    )
    db.session.add(path)
    db.session.flush()
    record_change("path created", ("path", path.id), by=by, after={"title": title, "ordering": path.ordering})
    return path


def edit_path(path: LearningPath, *, by: Viewer | None, **changes: Any) -> LearningPath:
    """Change settings named in SETTINGS. Order and electives reach learners when the path is published."""
    path = lock_path(path.id)
    wanted = {name: changes[name] for name in SETTINGS if name in changes}
    if "title" in wanted:
        wanted["title"] = checked_title(wanted["title"])
    if "ordering" in wanted:
        wanted["ordering"] = Ordering(wanted["ordering"]).value
    if "electives" in wanted:
        wanted["electives"] = _checked_electives(wanted["electives"])
    check_due_days(wanted.get("due_days"))
    before = {name: getattr(path, name) for name, value in wanted.items() if getattr(path, name) != value}
    for name in before:
        setattr(path, name, wanted[name])
    if before:
        after = {name: wanted[name] for name in before}
        record_change("path edited", ("path", path.id), by=by, before=before, after=after)
    db.session.flush()
    return path


def add_item(path: LearningPath, course: Course, *, by: Viewer | None, role: str = Role.REQUIRED) -> PathItem:
    """A course at the end of the draft. Raises RuleBroken for one that is in it, or that takes nobody any more."""
    path = lock_path(path.id)
    there = db.session.scalars(select(PathItem).where(PathItem.path_id == path.id)).all()
    if any(one.course_id == course.id for one in there):
        raise RuleBroken(N_("“%(title)s” is in this path already."), title=course.title)
    if course.status == CourseStatus.RETIRED:
        raise RuleBroken(N_("“%(title)s” is retired and takes no new learners."), title=course.title)
    if len(there) >= MOST_ITEMS:
        raise RuleBroken(N_("A path holds at most %(most)s courses."), most=MOST_ITEMS)
    last = max((one.position for one in there), default=0)
    section = there[-1].section if there else ""
    item = PathItem(path_id=path.id, course_id=course.id, position=last + 1, role=Role(role).value, section=section)
    db.session.add(item)
    db.session.flush()
    after = {"course": course.title, "course_id": course.id, "role": item.role}
    record_change("course added to path", ("path", path.id), by=by, after=after)
    return item


def edit_item(
    item: PathItem, *, by: Viewer | None, role: str, section: str, needs: Collection[int], needed: int | None
) -> PathItem:
    """What the item counts as, its heading, and after which items of the path it opens: `needed` of `needs`, None: all.

    `needs` are ids of items. Raises RuleBroken for a circle, or for items of another path.
    """
    path = lock_path(item.path_id)
    asked = draft_of(path)
    course_of = {row.id: row.course_id for row in _rows(path.id)}
    if not set(needs) <= course_of.keys():
        raise RuleBroken(N_("Choose courses of this path."), field="needs")
    if len(needs) < 2 or needed == len(needs):
        needed = None
    check_gates(asked, item.course_id, [course_of[one] for one in needs], needed)
    old = next(one for one in asked.items if one.course_id == item.course_id)
    before: dict[str, Any] = {"role": old.role.value, "section": old.section, "opens_after": _titles(asked, old.needs)}
    item.role, item.needed = Role(role).value, needed
    item.section = " ".join(section.split())[:LONGEST_SECTION]
    db.session.execute(delete(PathGate).where(PathGate.item_id == item.id))
    if needs:
        db.session.execute(insert(PathGate), [{"item_id": item.id, "needs_id": one} for one in sorted(set(needs))])
    db.session.flush()
    new = next(one for one in draft_of(path).items if one.course_id == item.course_id)
    after: dict[str, Any] = {"role": new.role.value, "section": new.section, "opens_after": _titles(asked, new.needs)}
    if (before, old.needed) != (after, new.needed):
        before |= {"course": old.title, "needed": old.needed}
        after |= {"course": old.title, "needed": new.needed}
        record_change("course of path changed", ("path", path.id), by=by, before=before, after=after)
    return item


def move_item(item: PathItem, *, by: Viewer | None, step: int = 0, index: int | None = None) -> None:
    """One place up (-1) or down (+1), or to the place `index` from 0; beyond the ends it stays at the end."""
    path = lock_path(item.path_id)
    rows = _rows(path.id)
    here = next(place for place, one in enumerate(rows) if one.id == item.id)
    there = min(max(here + step if index is None else index, 0), len(rows) - 1)
    if there == here:
        return
    rows.insert(there, rows.pop(here))
    for position, one in enumerate(rows, 1):
        one.position = position
    db.session.flush()
    after = {"course_id": item.course_id, "position": there + 1}
    record_change("course of path moved", ("path", path.id), by=by, before={"position": here + 1}, after=after)


def remove_item(item: PathItem, *, by: Viewer | None) -> None:
    """Take a course out of the draft, and every gate that names it. What learners did in it stays; versions keep it."""
    path = lock_path(item.path_id)
    course = db.session.get_one(Course, item.course_id)
    waiting = db.session.scalars(
        select(PathItem).join(PathGate, PathGate.item_id == PathItem.id).where(PathGate.needs_id == item.id)
    ).all()
    for one in waiting:
        left = db.session.scalar(select(func.count()).where(PathGate.item_id == one.id, PathGate.needs_id != item.id))
        if one.needed is not None and one.needed >= (left or 0):
            one.needed = None
    record_change("course taken out of path", ("path", path.id), by=by, before={"course": course.title})
    db.session.delete(item)
    db.session.flush()


def publish_path(path: LearningPath, *, by: Viewer | None) -> PathVersion | None:
    """Hold learners to the draft from now on; who is on the path follows in the same transaction.

    A retired path opens again. None when nothing is new. Raises PathNotReady with everything that is missing.
    """
    path = lock_path(path.id)
    if missing := problems_of(path):
        raise PathNotReady(missing)
    asked = draft_of(path)
    content = asked.as_json()
    sha256 = digest(content)
    before = {"status": path.status, "version": path.version}
    if path.status == PathStatus.PUBLISHED and sha256 == path.sha256:
        return None
    version = None
    if sha256 != path.sha256:
        version = PathVersion(
            path_id=path.id,
            number=path.version + 1,
            sha256=sha256,
            content=content,
            published_by_id=by.user_id if by else None,
        )
        db.session.add(version)
        path.version, path.sha256 = version.number, sha256
    path.status, path.published_at = PathStatus.PUBLISHED, path.published_at or clock.now()
    db.session.flush()
    after = {"status": path.status, "version": path.version, "sha256": sha256}
    record_change("path published", ("path", path.id), by=by, before=before, after=after)
    emit(PathPublished(path, by))
    return version


def retire_path(path: LearningPath, *, by: Viewer | None, reason: str = "") -> None:
    """Close the path to new learners. Who is on it may finish it; records stay. Raises RuleBroken."""
    path = lock_path(path.id)
    if path.status != PathStatus.PUBLISHED:
        raise RuleBroken(N_("Only a published path can be retired."))
    path.status = PathStatus.RETIRED
    before, after = {"status": "published"}, {"status": "retired"}
    record_change("path retired", ("path", path.id), by=by, before=before, after=after, reason=reason.strip())
    db.session.flush()


def lock_path(path_id: int) -> LearningPath:
    """The path, held until commit."""
    return db.session.get_one(LearningPath, path_id, with_for_update=True)


def _rows(path_id: int) -> list[PathItem]:
    chosen = select(PathItem).where(PathItem.path_id == path_id).order_by(PathItem.position, PathItem.id)
    return list(db.session.scalars(chosen))


def _titles(asked: Any, course_ids: Collection[int]) -> list[str]:
    return [one.title for one in asked.items if one.course_id in course_ids]


def _checked_electives(count: int) -> int:
    if not 0 <= count <= MOST_ITEMS:
        raise RuleBroken(N_("Give a number from 0 to %(most)s."), field="electives", most=MOST_ITEMS)
    return count


def _free_slug(title: str) -> str:
    """From the title; numbered when it is taken."""
    base = slugify(title, max_length=60) or "path"
    known = select(LearningPath.slug).where(LearningPath.slug.startswith(base, autoescape=True))
    taken = set(db.session.scalars(known))
    return base if base not in taken else next(s for n in range(2, len(taken) + 3) if (s := f"{base}-{n}") not in taken)
