"""Duplicating a course, writing it out, asking for one to be read in (CRS-10)."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from typing import IO

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.rules import MAX_TITLE
from lmsapp.courses.moving.archive import packed, quick_look
from lmsapp.courses.moving.inbox import keep_sent
from lmsapp.courses.moving.making import LessonFiles, make_course
from lmsapp.courses.moving.manifest import digest
from lmsapp.courses.moving.models import CourseImport
from lmsapp.courses.moving.taking import keys_of, lessons_in_order, manifest_of, pools_of
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra.db import db
from lmsapp.infra.files import size_of
from lmsapp.infra.queue import ring
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.viewer import Viewer

IMPORT_JOB = "course import"


def duplicate_course(course: Course, title: str, *, by: Viewer) -> Course:
    """The same content, rule, quizzes and settings as a draft of `by`; files are shared, learners are not taken along.

    For whom it is mandatory is not taken over either: two courses that say the same would be asked of everybody.
    """
    lessons = lessons_in_order(course.id)
    keys = keys_of(lessons)
    held = {keys[one.id]: LessonFiles(one.file_id, dict(one.detail)) for one in lessons}
    shared = {key: pool for key, pool in pools_of(lessons).items() if pool.course_id is None}
    return make_course(
        manifest_of(course.id),
        held,
        by=by,
        action="course duplicated",
        title=title[:MAX_TITLE],
        shared=shared,
        **{"from course": course.title, "course id": course.id},
    )


def export_course(course: Course, *, by: Viewer) -> Iterator[bytes]:
    """The course file, piece by piece. That it was taken is on the trail. Raises RuleBroken where a file is gone."""
    manifest = manifest_of(course.id)
    found = {sha256: size_of(sha256) for sha256 in manifest["files"]}
    sizes = {sha256: size for sha256, size in found.items() if size is not None}
    gone = [manifest["files"][sha256]["name"] for sha256 in found.keys() - sizes.keys()]
    if gone:
        raise RuleBroken(N_("The file “%(name)s” cannot be found. Upload it again, then export."), name=gone[0])
    after = {"title": course.title, "content": digest(manifest), "files": len(sizes)}
    record_change("course exported", ("course", course.id), by=by, after=after)
    return packed(manifest, sizes)


def ask_import(source: IO[bytes], file_name: str, *, by: Viewer) -> CourseImport:
    """Keep a course file and ask the worker to read it. Raises RuleBroken (field 'file') for what cannot be one."""
    head = source.read(4)
    source.seek(0, os.SEEK_END)
    size = source.tell()
    source.seek(0)
    quick_look(head, size)
    wanted = CourseImport(
        file_name=file_name.replace("\\", "/").rpartition("/")[2][:200] or "course.zip",
        stored_as=secrets.token_hex(16) + ".zip",
        size=size,
        asked_by_id=by.user_id,
        error_values={},
    )
    keep_sent(source, wanted.stored_as)
    db.session.add(wanted)
    db.session.flush()
    after = {"file": wanted.file_name, "size": size}
    record_change("course file sent", ("course_import", wanted.id), by=by, after=after)
    ring(IMPORT_JOB, wanted.id, urgent=True)
    return wanted
