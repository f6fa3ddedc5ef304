"""Stating what an assignment lesson asks, and naming who grades a course."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from lmsapp.courses.catalogue.media import Upload
from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.publishing.actions import content_changed, lock_course
from lmsapp.courses.tasks.models import CourseEvaluator
from lmsapp.courses.tasks.queries import evaluators_to_choose
from lmsapp.courses.tasks.rules import FILE_GROUPS, MOST_FILES, MOST_MB, Task
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import files
from lmsapp.infra.db import db
from lmsapp.infra.filetypes import fitting_name
from lmsapp.infra.uploads import check_upload
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.viewer import Viewer


def set_task(
    lesson: Lesson, task: Task, *, by: Viewer | None, uploads: Sequence[Upload] = (), take_away: Iterable[int] = ()
) -> None:
    """State it anew. Files come by `uploads` and go by `take_away` (ids), not by `task.attached`. Raises RuleBroken."""
    course = lock_course(lesson.course_id)
    task.check()
    before = dict(lesson.detail.get("task", {}))
    gone = set(take_away)
    kept = [one for one in before.get("attached", ()) if one not in gone]
    if len(kept) + len(uploads) > MOST_FILES:
        raise RuleBroken(N_("At most %(most)s files belong to a task."), field="uploads", most=MOST_FILES)
    kept += [_keep(upload) for upload in uploads]
    after = {**task.as_json(), "attached": kept}
    if after == before:
        return
    lesson.detail = {**lesson.detail, "task": after}
    db.session.flush()
    changed = [name for name in after if before.get(name) != after[name]]
    content_changed(
        course,
        "assignment set",
        by=by,
        before={name: before[name] for name in changed if name in before},
        after={"lesson": lesson.title, **{name: after[name] for name in changed}},
    )


def set_evaluators(course: Course, user_ids: Iterable[int], *, by: Viewer) -> None:
    """Who grades what is handed in; nobody named: every evaluator. Raises RuleBroken for somebody who may not grade."""
    course = lock_course(course.id)
    known = dict(evaluators_to_choose(course.id))
    wanted = set(user_ids)
    if wanted - set(known):
        raise RuleBroken(N_("Choose people who hold the role Batch Evaluator."), field="evaluators")
    here = CourseEvaluator.course_id == course.id
    named = set(db.session.scalars(select(CourseEvaluator.user_id).where(here)))
    if wanted == named:
        return
    db.session.execute(delete(CourseEvaluator).where(here, CourseEvaluator.user_id.not_in(wanted)))
    if wanted - named:
        rows = [{"course_id": course.id, "user_id": one} for one in sorted(wanted - named)]
        db.session.execute(insert(CourseEvaluator).on_conflict_do_nothing(), rows)
    record_change(
        "evaluators set",
        ("course", course.id),
        by=by,
        before={"evaluators": sorted(known.get(one, str(one)) for one in named)},
        after={"evaluators": sorted(known[one] for one in wanted)},
    )


def _keep(upload: Upload) -> int:
    taken = [kind for group in FILE_GROUPS.values() for kind in group]
    name = upload.name.replace("\\", "/").rpartition("/")[2] or "file"
    kind = check_upload(upload.source, name, taken=taken, largest=MOST_MB << 20, field="uploads")
    stored: Any = files.store(upload.source, name=fitting_name(name, kind), media_type=kind.media_type)
    return int(stored.id)
