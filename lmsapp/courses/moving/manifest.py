"""What a course file says: its shape, checked field by field, and the digest of its content. Pure."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from lmsapp.courses.catalogue.rules import MAX_TITLE, CriterionKind, LessonKind, Mode, Programme
from lmsapp.courses.publishing.rules import canonical
from lmsapp.courses.quizzes.rules import MAX_OPTIONS, QuestionKind, ShowAnswers
from lmsapp.courses.tasks.rules import Task
from lmsapp.infra.markdown import MAX_TEXT
from lmsapp.infra.words import N_, RuleBroken

FORMAT, VERSION = "course", 1
SHA256 = re.compile(r"[0-9a-f]{64}")
NAME = re.compile(r"[\w.-]{1,120}")
LANGUAGES = ("en", "es")
MAX_CHAPTERS, MAX_LESSONS, MAX_QUESTIONS, MAX_LISTED = 200, 1000, 500, 100
Json = Mapping[str, Any]

NO_MANIFEST = N_("This is not a course file: its list of contents cannot be read.")
OTHER_FORMAT = N_("This is not a course file of this product.")
NEWER = N_("This course file was made by a newer version (format %(version)s; this one reads up to %(known)s).")
NOT_RIGHT = N_("This course file was damaged or changed by hand: %(place)s is not right.")
UNKNOWN_KIND = N_("This course file has “%(kind)s” at %(place)s, which is not known here.")
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
        "course": _course(_object(raw, "course", "course")),
        "chapters": [_chapter(*one) for one in _numbered(raw, "chapters", MAX_CHAPTERS, "")],
        "rule": _rule(raw["rule"]) if raw.get("rule") is not None else None,
        "files": _files(raw),
    }
    _check_keys(manifest)
    return manifest


def digest(manifest: Json) -> str:
    """SHA-256 of what the course says; the same whatever house it is in, and whenever it was written out."""
    return hashlib.sha256(canonical({name: manifest[name] for name in ("course", "chapters", "rule")})).hexdigest()


def lessons_of(manifest: Json) -> Iterable[Json]:
    """Every lesson in order."""
    return (lesson for chapter in manifest["chapters"] for lesson in chapter["lessons"])


def uses(lesson: Json) -> dict[str, str]:
    """What each file of a lesson is for, by SHA-256: 'pdf', 'video', 'captions', 'poster', 'file'."""
    found = {one["sha256"]: "file" for part in ("files", "resources") for one in lesson[part] if "sha256" in one}
    found |= dict.fromkeys(lesson["task"]["attached"] if lesson["task"] else (), "file")
    for part in ("poster", "captions"):
        if lesson[part]:
            found[lesson[part]] = part
    return found | ({lesson["file"]: lesson["kind"]} if lesson["file"] else {})


def wrong(place: str) -> NoReturn:
    """Refuse, naming the place."""
    raise RuleBroken(NOT_RIGHT, field="file", place=place)


def _no_number(_name: str) -> NoReturn:
    raise ValueError("NaN and infinity are no JSON")


def _course(raw: Json) -> dict[str, Any]:
    at = "course."
    validity = _number(raw, "validity_months", 1, 240, at, none=True)
    return {
        "title": _title(raw, at),
        "summary": _text(raw, "summary", 2000, at),
        "kind": _one_of(raw, "kind", Programme, at),
        "language": _one_of(raw, "language", LANGUAGES, at),
        "citation": _text(raw, "citation", 200, at),
        "self_enroll": _flag(raw, "self_enroll", at),
        "in_order": _flag(raw, "in_order", at) if "in_order" in raw else False,
        "validity_months": validity,
        "renewal_months": _number(raw, "renewal_months", 1, validity or 1, at, none=True) if validity else None,
    }


def _chapter(raw: Json, at: str) -> dict[str, Any]:
    return {"title": _title(raw, at), "lessons": [_lesson(*one) for one in _numbered(raw, "lessons", MAX_LESSONS, at)]}


def _lesson(raw: Json, at: str) -> dict[str, Any]:
    kind = _one_of(raw, "kind", LessonKind, at)
    lesson = {
        "key": _key(raw, "key", at),
        "kind": kind,
        "title": _title(raw, at),
        "body": _text(raw, "body", MAX_TEXT, at, lines=True),
        "minutes": _number(raw, "minutes", 0, 600, at),
        "min_seconds": _number(raw, "min_seconds", 0, 7200, at),
        "share": _number(raw, "share", 1, 100, at),
        "file": _sha(raw, "file", at),
        "captions": _sha(raw, "captions", at),
        "poster": _sha(raw, "poster", at),
        "seconds": _number(raw, "seconds", 1, 6 * 3600, at, none=True, whole=False),
        "files": [_attached(*one) for one in _numbered(raw, "files", MAX_LISTED, at)],
        "resources": [_resource(*one) for one in _numbered(raw, "resources", MAX_LISTED, at)],
        "quiz": _quiz(_object(raw, "quiz", at + "quiz"), at + "quiz.") if kind == LessonKind.QUIZ else None,
        "task": _task(_object(raw, "task", at + "task"), at + "task")
        if kind == LessonKind.ASSIGNMENT and raw.get("task") is not None
        else None,
    }
    if lesson["file"] and kind not in {LessonKind.PDF, LessonKind.VIDEO}:
        wrong(at + "file")
    if lesson["files"] and kind in {LessonKind.ACKNOWLEDGEMENT, LessonKind.QUIZ}:
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


def _attached(raw: Json, at: str) -> dict[str, Any]:
    name = _text(raw, "name", 120, at)
    if not NAME.fullmatch(name) or name.startswith("."):
        wrong(at + "name")
    return {"name": name, "sha256": _sha(raw, "sha256", at) or wrong(at + "sha256")}


def _resource(raw: Json, at: str) -> dict[str, Any]:
    if raw.get("url") is not None:
        return {"title": _title(raw, at), "url": _text(raw, "url", 2000, at)}
    return {"title": _title(raw, at), "sha256": _sha(raw, "sha256", at) or wrong(at + "sha256")}


def _quiz(raw: Json, at: str) -> dict[str, Any]:
    return {
        "passing_percent": _number(raw, "passing_percent", 1, 100, at),
        "max_attempts": _number(raw, "max_attempts", 1, 100, at, none=True),
        "minutes": _number(raw, "minutes", 1, 600, at, none=True),
        "shuffle": _flag(raw, "shuffle", at),
        "show_answers": _one_of(raw, "show_answers", ShowAnswers, at),
        "questions": [_question(*one) for one in _numbered(raw, "questions", MAX_QUESTIONS, at)],
    }


def _question(raw: Json, at: str) -> dict[str, Any]:
    points = _text(raw, "points", 12, at)
    if not re.fullmatch(r"\d{1,4}(\.\d{1,2})?", points):
        wrong(at + "points")
    return {
        "kind": _one_of(raw, "kind", QuestionKind, at),
        "prompt": _text(raw, "prompt", 4000, at, lines=True),
        "options": [_option(*one) for one in _numbered(raw, "options", MAX_OPTIONS, at)],
        "points": points,
        "explanation": _text(raw, "explanation", 4000, at, lines=True),
        "lesson": _key(raw, "lesson", at) if raw.get("lesson") is not None else None,
    }


def _option(raw: Json, at: str) -> dict[str, Any]:
    return {
        "key": _key(raw, "key", at),
        "text": _text(raw, "text", 1000, at),
        "correct": _flag(raw, "correct", at),
    }


def _rule(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        wrong("rule")
    criteria = [_criterion(*one) for one in _numbered(raw, "criteria", MAX_LISTED, "rule.")]
    return {"mode": _one_of(raw, "mode", Mode, "rule."), "criteria": criteria}


def _criterion(raw: Json, at: str) -> dict[str, Any]:
    """Plain values only; what they may be is for the rules of completion to say when the rule is set."""
    _one_of(raw, "kind", CriterionKind, at)
    for name, value in raw.items():
        plain = isinstance(value, str | int | None) or (
            isinstance(value, list) and len(value) <= MAX_LESSONS and all(isinstance(one, str | int) for one in value)
        )
        if not plain or len(raw) > 20:
            wrong(at + str(name))
    return dict(raw)


def _files(raw: Json) -> dict[str, Any]:
    listed = _object(raw, "files", "files")
    if len(listed) > 5000:
        wrong("files")
    found = {}
    for sha256, one in listed.items():
        at = f"files.{sha256[:12]}."
        if not SHA256.fullmatch(sha256) or not isinstance(one, Mapping):
            wrong(at)
        found[sha256] = {
            "name": _text(one, "name", 255, at) or wrong(at + "name"),
            "media_type": _text(one, "media_type", 120, at),
            "size": _number(one, "size", 0, 1 << 31, at),
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
        for question in lesson["quiz"]["questions"] if lesson["quiz"] else ():
            _no_doubles(option["key"] for option in question["options"])
            if question["lesson"] is not None and question["lesson"] not in keys:
                wrong(f"{lesson['key']}.quiz")
    for criterion in manifest["rule"]["criteria"] if manifest["rule"] else ():
        named = [*_listed(criterion), *([] if criterion.get("lesson") is None else [criterion["lesson"]])]
        if "lesson_id" in criterion or any(one not in keys for one in named):
            wrong("rule")
    if needed != set(manifest["files"]):
        wrong("files")


def _listed(criterion: Json) -> list[Any]:
    found = criterion.get("lessons", [])
    return found if isinstance(found, list) else wrong("rule")


def _no_doubles(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise RuleBroken(TWICE, field="file", name=name)
        seen.add(name)


def _object(raw: Json, name: str, at: str) -> Json:
    found = raw.get(name)
    return found if isinstance(found, Mapping) else wrong(at)


def _numbered(raw: Json, name: str, most: int, at: str) -> list[tuple[Json, str]]:
    """Each object of a list with the place it stands at."""
    found = raw.get(name, [])
    if not isinstance(found, list) or len(found) > most:
        wrong(at + name)
    places = [(one, f"{at}{name}.{number}.") for number, one in enumerate(found, 1)]
    return [(one, place) if isinstance(one, Mapping) else wrong(place) for one, place in places]


def _text(raw: Json, name: str, most: int, at: str, *, lines: bool = False) -> str:
    found = raw.get(name, "")
    if not isinstance(found, str) or len(found) > most:
        wrong(at + name)
    allowed = "\n\r\t" if lines else ""
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in allowed for c in found):
        wrong(at + name)
    return found


def _title(raw: Json, at: str) -> str:
    found = _text(raw, "title", MAX_TITLE, at)
    return found if found.strip() else wrong(at + "title")


def _key(raw: Json, name: str, at: str) -> str:
    found = _text(raw, name, 40, at)
    return found if NAME.fullmatch(found) else wrong(at + name)


def _number(raw: Json, name: str, least: int, most: int, at: str, *, none: bool = False, whole: bool = True) -> Any:
    found = raw.get(name)
    if found is None and none:
        return None
    if isinstance(found, bool) or not (isinstance(found, int) or (isinstance(found, float) and not whole)):
        wrong(at + name)
    return found if least <= found <= most else wrong(at + name)


def _flag(raw: Json, name: str, at: str) -> bool:
    found = raw.get(name)
    return found if isinstance(found, bool) else wrong(at + name)


def _one_of(raw: Json, name: str, known: Iterable[str], at: str) -> str:
    found = raw.get(name)
    if not isinstance(found, str):
        wrong(at + name)
    if found not in {str(one) for one in known}:
        raise RuleBroken(UNKNOWN_KIND, field="file", kind=found[:40], place=(at + name))
    return found


def _sha(raw: Json, name: str, at: str) -> str | None:
    found = raw.get(name)
    if found is None:
        return None
    return found if isinstance(found, str) and SHA256.fullmatch(found) else wrong(at + name)
