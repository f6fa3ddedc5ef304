"""What a course file says: its shape, checked field by field, and the digest of its content. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from lmsapp.courses.catalogue.rules import CriterionKind, LessonKind, Mode, Programme
from lmsapp.courses.moving import fields
from lmsapp.courses.moving.asked import pool, quiz
from lmsapp.courses.moving.fields import NAME, SHA256, Json, wrong
from lmsapp.courses.packages.rules import PackageTerms
from lmsapp.courses.publishing.rules import canonical
from lmsapp.courses.tasks.rules import Task
from lmsapp.infra.markdown import MAX_TEXT
from lmsapp.infra.words import N_, RuleBroken

FORMAT, VERSION = "course", 2  # 1: without pools, draws and the kinds that need a detail; still read
LANGUAGES = ("en", "es")
MAX_CHAPTERS, MAX_LESSONS, MAX_LISTED, MAX_POOLS = 200, 1000, 100, 100

NO_MANIFEST = N_("This is not a course file: its list of contents cannot be read.")
OTHER_FORMAT = N_("This is not a course file of this product.")
NEWER = N_("This course file was made by a newer version (format %(version)s; this one reads up to %(known)s).")
TWICE = N_("This course file names “%(name)s” twice.")


def parse(content: bytes) -> dict[str, Any]:
    """The manifest, every field checked and nothing else left in it. Raises RuleBroken (field 'file') in words."""
    try:
        raw = json.loads(content.decode("utf-8"), parse_constant=_no_number)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise RuleBroken(NO_MANIFEST, field="file") from None
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise RuleBroken(OTHER_FORMAT, field="file")
    version = raw.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        wrong("version")
    if version > VERSION:
        raise RuleBroken(NEWER, field="file", version=version, known=VERSION)
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "course": _course(fields.object_in(raw, "course", "course")),
        "chapters": [_chapter(*one) for one in fields.numbered(raw, "chapters", MAX_CHAPTERS, "")],
        "pools": [pool(*one) for one in fields.numbered(raw, "pools", MAX_POOLS, "")],
        "rule": _rule(raw["rule"]) if raw.get("rule") is not None else None,
        "files": _files(raw),
    }
    _check_keys(manifest)
    return manifest


def digest(manifest: Json) -> str:
    """SHA-256 of what the course says; the same whatever house it is in, and whenever it was written out."""
    return hashlib.sha256(
        canonical({name: manifest[name] for name in ("course", "chapters", "pools", "rule")})
    ).hexdigest()


def lessons_of(manifest: Json) -> Iterable[Json]:
    """Every lesson in order."""
    return (lesson for chapter in manifest["chapters"] for lesson in chapter["lessons"])


def uses(lesson: Json) -> dict[str, str]:
    """What each file of a lesson is for, by SHA-256: 'pdf', 'video', 'scorm', 'captions', 'poster', 'file'."""
    found = {one["sha256"]: "file" for part in ("files", "resources") for one in lesson[part] if "sha256" in one}
    found |= dict.fromkeys(lesson["task"]["attached"] if lesson["task"] else (), "file")
    for part in ("poster", "captions"):
        if lesson[part]:
            found[lesson[part]] = part
    return found | ({lesson["file"]: lesson["kind"]} if lesson["file"] else {})


def _no_number(_name: str) -> NoReturn:
    raise ValueError("NaN and infinity are no JSON")


def _course(raw: Json) -> dict[str, Any]:
    at = "course."
    validity = fields.number(raw, "validity_months", 1, 240, at, none=True)
    return {
        "title": fields.title(raw, at),
        "summary": fields.text(raw, "summary", 2000, at),
        "kind": fields.one_of(raw, "kind", Programme, at),
        "language": fields.one_of(raw, "language", LANGUAGES, at),
        "citation": fields.text(raw, "citation", 200, at),
        "self_enroll": fields.flag(raw, "self_enroll", at),
        "in_order": fields.flag(raw, "in_order", at) if "in_order" in raw else False,
        "validity_months": validity,
        "renewal_months": fields.number(raw, "renewal_months", 1, validity or 1, at, none=True) if validity else None,
    }


def _chapter(raw: Json, at: str) -> dict[str, Any]:
    return {
        "title": fields.title(raw, at),
        "lessons": [_lesson(*one) for one in fields.numbered(raw, "lessons", MAX_LESSONS, at)],
    }


def _lesson(raw: Json, at: str) -> dict[str, Any]:
    kind = fields.one_of(raw, "kind", LessonKind, at)
    lesson = {
        "key": fields.key(raw, "key", at),
        "kind": kind,
        "title": fields.title(raw, at),
        "body": fields.text(raw, "body", MAX_TEXT, at, lines=True),
        "minutes": fields.number(raw, "minutes", 0, 600, at),
        "min_seconds": fields.number(raw, "min_seconds", 0, 7200, at),
        "share": fields.number(raw, "share", 1, 100, at),
        "file": fields.sha(raw, "file", at),
        "captions": fields.sha(raw, "captions", at),
        "poster": fields.sha(raw, "poster", at),
        "seconds": fields.number(raw, "seconds", 1, 6 * 3600, at, none=True, whole=False),
        "files": [_attached(*one) for one in fields.numbered(raw, "files", MAX_LISTED, at)],
        "resources": [_resource(*one) for one in fields.numbered(raw, "resources", MAX_LISTED, at)],
        "quiz": quiz(fields.object_in(raw, "quiz", at + "quiz"), at + "quiz.") if kind == LessonKind.QUIZ else None,
        "task": _task(fields.object_in(raw, "task", at + "task"), at + "task")
        if kind == LessonKind.ASSIGNMENT and raw.get("task") is not None
        else None,
    }
    if kind == LessonKind.SCORM:
        lesson["scorm"] = _terms(fields.object_in(raw, "scorm", at + "scorm"), at + "scorm")
    if lesson["file"] and kind not in {LessonKind.PDF, LessonKind.VIDEO, LessonKind.SCORM}:
        wrong(at + "file")
    if lesson["files"] and kind in {LessonKind.ACKNOWLEDGEMENT, LessonKind.QUIZ, LessonKind.SCORM}:
        wrong(at + "files")
    _no_doubles(one["name"] for one in lesson["files"])
    return lesson


def _task(raw: Json, at: str) -> dict[str, Any]:
    """As `Task` has it, its attached files by SHA-256."""
    attached = raw.get("attached", [])
    if not isinstance(attached, list) or not all(isinstance(one, str) and SHA256.fullmatch(one) for one in attached):
        wrong(at + ".attached")
    try:
        task = Task.from_json({**raw, "attached": ()})
        task.check()
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError):
        wrong(at)
    said = {**task.as_json(), "attached": attached}
    return wrong(at) if "\\u0000" in json.dumps(said) else said


def _terms(raw: Json, at: str) -> dict[str, Any]:
    """When a lesson with a package is done; the package itself is the lesson's file."""
    try:
        return PackageTerms.from_json(raw).checked().as_json()
    except (ValueError, TypeError, KeyError, OverflowError):
        wrong(at)


def _attached(raw: Json, at: str) -> dict[str, Any]:
    name = fields.text(raw, "name", 120, at)
    if not NAME.fullmatch(name) or name.startswith("."):
        wrong(at + "name")
    return {"name": name, "sha256": fields.sha(raw, "sha256", at) or wrong(at + "sha256")}


def _resource(raw: Json, at: str) -> dict[str, Any]:
    if raw.get("url") is not None:
        return {"title": fields.title(raw, at), "url": fields.text(raw, "url", 2000, at)}
    return {"title": fields.title(raw, at), "sha256": fields.sha(raw, "sha256", at) or wrong(at + "sha256")}


def _rule(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        wrong("rule")
    criteria = [_criterion(*one) for one in fields.numbered(raw, "criteria", MAX_LISTED, "rule.")]
    return {"mode": fields.one_of(raw, "mode", Mode, "rule."), "criteria": criteria}


def _criterion(raw: Json, at: str) -> dict[str, Any]:
    """Plain values only; what they may be is for the rules of completion to say when the rule is set."""
    fields.one_of(raw, "kind", CriterionKind, at)
    for name, value in raw.items():
        plain = isinstance(value, str | int | None) or (
            isinstance(value, list) and len(value) <= MAX_LESSONS and all(isinstance(one, str | int) for one in value)
        )
        if not plain or len(raw) > 20:
            wrong(at + str(name))
    return dict(raw)


def _files(raw: Json) -> dict[str, Any]:
    listed = fields.object_in(raw, "files", "files")
    if len(listed) > 5000:
        wrong("files")
    found = {}
    for sha256, one in listed.items():
        at = f"files.{sha256[:12]}."
        if not SHA256.fullmatch(sha256) or not isinstance(one, Mapping):
            wrong(at)
        found[sha256] = {
            "name": fields.text(one, "name", 255, at) or wrong(at + "name"),
            "media_type": fields.text(one, "media_type", 120, at),
            "size": fields.number(one, "size", 0, 1 << 31, at),
        }
    return found


def _check_keys(manifest: Json) -> None:
    """Keys are unique, and whatever is named is there."""
    lessons = list(lessons_of(manifest))
    if len(lessons) > MAX_LESSONS:
        wrong("chapters")
    _no_doubles(one["key"] for one in lessons)
    keys = {one["key"] for one in lessons}
    needed: set[str] = set()
    for lesson in lessons:
        needed |= uses(lesson).keys()
        _check_asked(lesson["quiz"]["questions"] if lesson["quiz"] else (), keys, f"{lesson['key']}.quiz")
    _check_pools(manifest, lessons, keys)
    for criterion in manifest["rule"]["criteria"] if manifest["rule"] else ():
        named = [*_listed(criterion), *([] if criterion.get("lesson") is None else [criterion["lesson"]])]
        if "lesson_id" in criterion or any(one not in keys for one in named):
            wrong("rule")
    if needed != set(manifest["files"]):
        wrong("files")


def _check_asked(questions: Iterable[Json], keys: set[str], at: str) -> None:
    for question in questions:
        _no_doubles(option["key"] for option in question["options"])
        if question["lesson"] is not None and question["lesson"] not in keys:
            wrong(at)


def _check_pools(manifest: Json, lessons: Iterable[Json], keys: set[str]) -> None:
    """Each pool once, each draw from one that is there."""
    _no_doubles(one["key"] for one in manifest["pools"])
    for one in manifest["pools"]:
        _check_asked(one["questions"], keys, f"pools.{one['key']}")
    there = {one["key"] for one in manifest["pools"]}
    for lesson in lessons:
        if any(draw["pool"] not in there for draw in (lesson["quiz"] or {"draws": ()})["draws"]):
            wrong(f"{lesson['key']}.quiz")


def _listed(criterion: Json) -> list[Any]:
    found = criterion.get("lessons", [])
    return found if isinstance(found, list) else wrong("rule")


def _no_doubles(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise RuleBroken(TWICE, field="file", name=name)
        seen.add(name)
