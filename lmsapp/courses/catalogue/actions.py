"""Authoring courses and chapters, and stating the completion rule. Lessons are in `lessons.py`, named here too.

Every change takes the course's lock first, and ends in `content_changed`, which keeps a version of a published course.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from slugify import slugify
from sqlalchemy import func, select

from lmsapp.courses.catalogue.events import PriceChanged
from lmsapp.courses.catalogue.lessons import (
    add_lesson,
    archive_lesson,
    edit_lesson,
    move_lesson,
    restore_lesson,
    shift_lesson,
)
from lmsapp.courses.catalogue.media import Upload
from lmsapp.courses.catalogue.models import Chapter, CompletionRule, Course, Lesson
from lmsapp.courses.catalogue.queries import live_chapters, outline
from lmsapp.courses.catalogue.rules import (
    CURRENCIES,
    HIGHEST_PRICE,
    Criterion,
    Facts,
    Mode,
    Programme,
    Rule,
    checked_title,
    refusals,
)
from lmsapp.courses.finding.actions import index_course
from lmsapp.courses.finding.rules import cleaned_topics
from lmsapp.courses.publishing.actions import content_changed, lock_course, publish, retire
from lmsapp.courses.validity.policy import Policy
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.viewer import Viewer

__all__ = [
    "Upload",
    "add_chapter",
    "add_lesson",
    "archive_chapter",
    "archive_lesson",
    "create_course",
    "edit_course",
    "edit_lesson",
    "move_chapter",
    "move_lesson",
    "publish",
    "rename_chapter",
    "restore_lesson",
    "retire",
    "set_rule",
    "shift_lesson",
]

SETTINGS = (
    "title",
    "summary",
    "kind",
    "language",
    "mandatory",
    "mandatory_for",
    "onboarding_due_days",
    "self_enroll",
    "in_order",
    "citation",
    "validity_months",
    "renewal_months",
    "validity_terms",
    "topics",
    "price",
    "currency",
)

VALIDITY = ("validity_months", "renewal_months", "validity_terms")


def create_course(
    title: str,
    *,
    by: Viewer | None,
    summary: str = "",
    kind: str = Programme.COMPLIANCE,
    language: str = "en",
    mandatory: bool = False,
    mandatory_for: dict[str, Any] | None = None,
    onboarding_due_days: int | None = None,
    self_enroll: bool = True,
    in_order: bool = False,
    citation: str = "",
    validity_months: int | None = None,
    renewal_months: int | None = None,
    validity_terms: dict[str, Any] | None = None,
    topics: Iterable[str] = (),
    price: Decimal | None = None,
    currency: str = "USD",
) -> Course:
    """A new course as a draft, with a slug made from its title."""
    title = checked_title(title)
    Policy.of(validity_months, renewal_months, validity_terms or {}).check()
    check_onboarding(onboarding_due_days)
    check_price(price, currency)
    course = Course(
        slug=_free_slug(title),
        title=title,
        summary=summary.strip(),
        kind=Programme(kind).value,
        language=language,
        mandatory=mandatory,
        mandatory_for=mandatory_for or {},
        onboarding_due_days=onboarding_due_days,
        self_enroll=self_enroll,
        in_order=in_order,
        citation=citation.strip(),
        validity_months=validity_months,
        renewal_months=renewal_months,
        validity_terms=validity_terms or {},
        topics=cleaned_topics(topics),
        price=price,
        currency=currency,
        created_by_id=by.user_id if by else None,
    )
    db.session.add(course)
    db.session.flush()
    content_changed(course, "course created", by=by, after={"title": title})
    return course


def edit_course(course: Course, *, by: Viewer | None, **changes: Any) -> Course:
    """Change settings named in SETTINGS."""
    course = lock_course(course.id)
    wanted = {name: changes[name] for name in SETTINGS if name in changes}
    if "title" in wanted:
        wanted["title"] = checked_title(wanted["title"])
    if "kind" in wanted:
        wanted["kind"] = Programme(wanted["kind"]).value
    Policy.of(*(wanted.get(name, getattr(course, name)) for name in VALIDITY)).check()
    check_onboarding(wanted.get("onboarding_due_days", course.onboarding_due_days))
    check_price(wanted.get("price", course.price), wanted.get("currency", course.currency))
    if "topics" in wanted:
        wanted["topics"] = cleaned_topics(wanted["topics"])
    before = {name: getattr(course, name) for name, value in wanted.items() if getattr(course, name) != value}
    for name in before:
        setattr(course, name, wanted[name])
    if before:
        index_course(course)
        content_changed(course, "course edited", by=by, before=before, after={name: wanted[name] for name in before})
    if before.keys() & {"price", "currency"}:
        emit(PriceChanged(course, by))
    return course


def check_price(price: Decimal | None, currency: str) -> None:
    """What a course costs, if it costs anything (CRS-9)."""
    if price is not None and not Decimal("0.01") <= price <= HIGHEST_PRICE:
        raise RuleBroken(N_("Give a price from 0.01 to 99,999.99, or none."), field="price")
    if price is not None and price != price.quantize(Decimal("0.01")):
        raise RuleBroken(N_("A price has at most two decimals."), field="price")
    if currency not in CURRENCIES:
        raise RuleBroken(N_("Choose a currency of the list."), field="currency")


def check_onboarding(days: int | None) -> None:
    """Somebody new has between a day and a year."""
    if days is not None and not 1 <= days <= 365:
        raise RuleBroken(N_("Give a number from 1 to 365, or nothing."), field="onboarding_due_days")


def add_chapter(course: Course, title: str, *, by: Viewer | None) -> Chapter:
    """A new chapter at the end."""
    course = lock_course(course.id)
    last = db.session.scalar(select(func.max(Chapter.position)).where(Chapter.course_id == course.id)) or 0
    chapter = Chapter(course_id=course.id, title=checked_title(title), position=last + 1)
    db.session.add(chapter)
    db.session.flush()
    content_changed(course, "chapter added", by=by, after={"chapter": chapter.title})
    return chapter


def rename_chapter(chapter: Chapter, title: str, *, by: Viewer | None) -> Chapter:
    """Another title."""
    course = lock_course(chapter.course_id)
    before, chapter.title = chapter.title, checked_title(title)
    content_changed(course, "chapter renamed", by=by, before={"chapter": before}, after={"chapter": chapter.title})
    return chapter


def move_chapter(chapter: Chapter, step: int, *, by: Viewer | None) -> None:
    """One place up (-1) or down (+1); at the end nothing happens."""
    course = lock_course(chapter.course_id)
    chapters = live_chapters(course.id)
    here = chapters.index(chapter)
    there = min(max(here + step, 0), len(chapters) - 1)
    chapters.insert(there, chapters.pop(here))
    for position, one in enumerate(chapters, 1):
        one.position = position
    content_changed(course, "chapter moved", by=by, after={"chapter": chapter.title, "position": there + 1})


def archive_chapter(chapter: Chapter, *, by: Viewer | None) -> None:
    """Take an empty chapter out of the course. One with lessons stays: they are moved or archived first.

    Raises RuleBroken.
    """
    course = lock_course(chapter.course_id)
    full = select(Lesson.id).where(Lesson.chapter_id == chapter.id, Lesson.archived_at.is_(None)).limit(1)
    if db.session.scalar(full) is not None:
        raise RuleBroken(N_("This chapter has lessons. Move or archive them first."))
    chapter.archived_at = clock.now()
    content_changed(course, "chapter archived", by=by, before={"chapter": chapter.title})


def set_rule(
    course: Course, mode: str, criteria: Iterable[Criterion | Mapping[str, Any]], by: Viewer | None
) -> CompletionRule | None:
    """State what completes the course. A new version each time it differs; None when it says the same as before."""
    course = lock_course(course.id)
    asked = [one if isinstance(one, Criterion) else Criterion.from_json(one) for one in criteria]
    _check_rule(course, Rule(0, Mode(mode), tuple(asked)))
    newest = db.session.scalar(
        select(CompletionRule)
        .where(CompletionRule.course_id == course.id)
        .order_by(CompletionRule.version.desc())
        .limit(1)
    )
    stored = [one.as_json() for one in asked]
    if newest is not None and (newest.mode, newest.criteria) == (Mode(mode).value, stored):
        return None
    rule = CompletionRule(
        course_id=course.id,
        version=(newest.version if newest else 0) + 1,
        mode=Mode(mode).value,
        criteria=stored,
        created_by_id=by.user_id if by else None,
    )
    db.session.add(rule)
    course.rule_version = rule.version
    before = {"mode": newest.mode, "criteria": newest.criteria} if newest else None
    content_changed(course, "completion rule set", by=by, before=before, after={"mode": rule.mode, "criteria": stored})
    return rule


def _check_rule(course: Course, rule: Rule) -> None:
    for criterion in rule.criteria:
        criterion.check()
    known = outline(course.id)
    for broken in refusals(rule, known.facts() if known else Facts({})):
        raise broken


def _free_slug(title: str) -> str:
    """From the title; numbered when it is taken."""
    base = slugify(title, max_length=60) or "course"
    taken = set(db.session.scalars(select(Course.slug).where(Course.slug.startswith(base, autoescape=True))))
    return base if base not in taken else next(s for n in range(2, len(taken) + 3) if (s := f"{base}-{n}") not in taken)
