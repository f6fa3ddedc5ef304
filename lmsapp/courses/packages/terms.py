"""When a lesson with a package is done, and which of its packages the draft has (SCO-1, SCO-3).

Both stand in `Lesson.detail["scorm"]`, so that versions keep them: learners in an older version keep its package and
its terms. The facts of the package stand beside the terms: 'package' (id), 'edition', 'title', 'scos' (how many).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lmsapp.courses.catalogue.models import Lesson
from lmsapp.courses.catalogue.rules import LessonKind
from lmsapp.courses.packages.models import ScormPackage
from lmsapp.courses.packages.rules import Manifest, PackageTerms
from lmsapp.courses.publishing.actions import content_changed, lock_course
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.viewer import Viewer

SCORM = "scorm"  # the key in `Lesson.detail`
NO_PACKAGE_LESSON = N_("Only a lesson that is a SCORM package has a package.")


def terms_of(lesson: Any) -> PackageTerms:
    """As the lesson states them: a row, or a lesson as a version has it."""
    return PackageTerms.from_json(lesson.detail.get(SCORM, {}))


def package_facts(package: ScormPackage) -> dict[str, Any]:
    """What a lesson says of its package beside the terms."""
    scos = len(Manifest.from_json(package.manifest).scos)
    return {"package": package.id, "edition": package.edition, "title": package.title, "scos": scos}


def state_terms(lesson: Lesson, terms: PackageTerms, *, by: Viewer | None) -> None:
    """When the lesson is done from now on; learners hear of it when the course is published. Raises RuleBroken."""
    course = lock_course(lesson.course_id)
    db.session.refresh(lesson, ["detail"])
    _check_kind(lesson)
    before, after = terms_of(lesson).as_json(), terms.checked().as_json()
    if before == after and SCORM in lesson.detail:
        return
    lesson.detail = {**lesson.detail, SCORM: {**lesson.detail.get(SCORM, {}), **after}}
    changed = [name for name in after if before[name] != after[name]]
    content_changed(
        course,
        "package terms changed",
        by=by,
        before=_said(before, changed),
        after={"lesson": lesson.title, **_said(after, changed)},
    )


def use_package(lesson: Lesson, package: ScormPackage | None, *, by: Viewer | None) -> None:
    """The draft has this package of the lesson; its terms stay. Those who are in an older version keep theirs.

    `package` None: what was chosen is none of the lesson's. Raises RuleBroken.
    """
    if package is None:
        raise RuleBroken(N_("Choose one of the packages of this lesson."))
    course = lock_course(lesson.course_id)
    db.session.refresh(lesson, ["detail", "file_id"])
    _check_kind(lesson)
    before = lesson.detail.get(SCORM, {})
    if before.get("package") == package.id:
        return
    lesson.file_id = package.file_id
    lesson.detail = {**lesson.detail, SCORM: {**terms_of(lesson).as_json(), **package_facts(package)}}
    content_changed(
        course,
        "package used again",
        by=by,
        before={"package_id": before.get("package"), "title": before.get("title")},
        after={"lesson": lesson.title, "package_id": package.id, "title": package.title},
    )


def _check_kind(lesson: Lesson) -> None:
    if lesson.kind != LessonKind.SCORM:
        raise RuleBroken(NO_PACKAGE_LESSON)


def _said(terms: Mapping[str, Any], names: list[str]) -> dict[str, Any]:
    return {name: terms[name] for name in names}
