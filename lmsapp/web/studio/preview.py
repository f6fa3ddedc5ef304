"""The course as a learner reads it, as on a phone or on this screen; nothing is measured or stored (CRS-1)."""

from __future__ import annotations

from typing import Any

from flask import g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lmsapp.courses.catalogue.authored import course_for, lesson_for
from lmsapp.courses.catalogue.queries import current_rule, outline
from lmsapp.courses.catalogue.rules import LessonKind
from lmsapp.courses.packages.queries import package_of
from lmsapp.courses.packages.terms import terms_of
from lmsapp.courses.publishing.reading import version_of
from lmsapp.courses.quizzes.drawing import asked_for
from lmsapp.courses.quizzes.queries import questions_as_asked, quiz_of_lesson
from lmsapp.infra.markdown import with_addresses
from lmsapp.web.criteria import rule_parts
from lmsapp.web.dates import minutes, percent
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.studio.lesson_files import address_in, resources_context
from lmsapp.web.studio.packages_shown import preview_context, terms_said
from lmsapp.web.studio.task_form import task_shown
from lmsapp.web.studio.wing import bp

PHONE = "phone"


@bp.get("/courses/<int:course_id>/preview")
def preview(course_id: int) -> ResponseReturnValue:
    """Its first lesson."""
    get_or_404(course_for(g.viewer, course_id))
    shown = get_or_404(outline(course_id))
    if not shown.lessons:
        return to(url_for("studio.course", course_id=course_id), said=_("There is no lesson to look at yet."))
    return to(url_for("studio.preview_lesson", lesson_id=shown.lessons[0].id))


@bp.get("/lessons/<int:lesson_id>/preview")
def preview_lesson(lesson_id: int) -> ResponseReturnValue:
    """One lesson of the draft in the shell learners know."""
    lesson = get_or_404(lesson_for(g.viewer, lesson_id))
    shown = get_or_404(outline(lesson.course_id))
    ids = [line.id for line in shown.lessons]
    here = ids.index(lesson_id) if lesson_id in ids else None
    quiz = quiz_of_lesson(lesson_id) if lesson.kind == LessonKind.QUIZ else None
    return page(
        "studio/preview/lesson.html",
        lesson=lesson,
        body_html=with_addresses(lesson.body_html, address_in(lesson)),
        course=shown,
        here=here,
        before=shown.lessons[here - 1] if here else None,
        after=shown.lessons[here + 1] if here is not None and here + 1 < len(ids) else None,
        quiz=quiz,
        questions=questions_shown(lesson, quiz) if quiz else [],
        task=task_shown(lesson) if lesson.kind == LessonKind.ASSIGNMENT else None,
        rule_said=rule_parts(current_rule(lesson.course_id), shown.facts()),
        needs=package_needs(lesson) if lesson.kind == LessonKind.SCORM else lesson_needs(lesson, quiz),
        phone=request.args.get("width") == PHONE,
        resources=resources_context(lesson)["resources"],
        **(preview_context(lesson) if lesson.kind == LessonKind.SCORM else {}),
    )


def questions_shown(lesson: Any, quiz: Any) -> list[dict[str, Any]]:
    """As one attempt would ask them, in the author's order; of a lesson out of the course only its own questions."""
    content = version_of(lesson.course_id, 0).quizzes.get(lesson.id)
    if content is None:
        return asked_for(questions_as_asked(quiz.id), (), "preview", shuffle=False)
    return asked_for(content.questions, content.draws, "preview", shuffle=False)


def package_needs(lesson: Any) -> list[str]:
    """What the content has to report, as its author reads it too."""
    meaning: list[str] = terms_said(package_of(lesson), terms_of(lesson))["meaning"]
    return meaning[:1]


def lesson_needs(lesson: Any, quiz: Any) -> list[str]:
    """What the learner will be asked for in this lesson, in words."""
    if quiz is not None and quiz.practice:
        return [_("Hand it in once. It is practice: no score is asked for")]
    if quiz is not None:
        words = [_("Pass with at least %(percent)s", percent=percent(quiz.passing_percent))]
        if quiz.max_attempts:
            words.append(ngettext("%(num)s attempt", "%(num)s attempts", quiz.max_attempts))
        if quiz.wait_minutes:
            words.append(_("%(time)s between attempts", time=minutes(quiz.wait_minutes)))
        if quiz.negative_percent:
            words.append(_("%(percent)s of the points off for a wrong answer", percent=percent(quiz.negative_percent)))
        return words
    if lesson.kind == LessonKind.VIDEO:
        return [_("Watch at least %(share)s of the video; seeking ahead does not count", share=percent(lesson.share))]
    if lesson.kind == LessonKind.PDF:
        return [_("See at least %(share)s of the pages", share=percent(lesson.share))]
    words = (
        [ngettext("Stay on it for %(num)s second", "Stay on it for %(num)s seconds", lesson.min_seconds)]
        if lesson.min_seconds
        else []
    )
    return [*words, _("Sign with your password")] if lesson.kind == LessonKind.ACKNOWLEDGEMENT else words
